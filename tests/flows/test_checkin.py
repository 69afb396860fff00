from datetime import UTC, date, datetime


async def test_a_day_without_pain_takes_two_taps_from_the_prompt(bot):
    nora = await bot.onboarded()
    await bot.jump(datetime(2026, 3, 2, 20, 0, 1, tzinfo=UTC))
    assert "How was your day" in nora.last.text
    await bot.taps(nora, "No pain, no signs, no pills", "Well")
    assert "Saved for Mon 2 Mar" in nora.last.text
    day = await bot.stored(nora, date(2026, 3, 2))
    assert (day.value("back_pain"), day.value("headache"), day.value("sleep")) == (0, 0, "well")


async def test_an_emergency_stops_the_checkin_and_is_said_with_the_number_of_the_country(bot):
    nora = await bot.onboarded()
    await bot.send(nora, "Check in")
    await bot.taps(nora, "Back or legs", "Numb between the legs")
    assert "Go to A&E now" in nora.last.text
    assert "999" in nora.last.text
    assert any("has stopped here" in message.text for message in nora.messages)


async def test_a_tap_after_midnight_counts_for_the_day_that_was_asked(bot):
    nora = await bot.onboarded()
    await bot.jump(datetime(2026, 3, 2, 20, 0, 1, tzinfo=UTC))
    prompt = nora.last
    await bot.jump(datetime(2026, 3, 3, 0, 30, tzinfo=UTC))
    await nora.tap("No pain, no signs, no pills", message_id=prompt.id)
    assert (await bot.stored(nora, date(2026, 3, 2))).value("back_pain") == 0
    assert await bot.stored(nora, date(2026, 3, 3)) is None


async def test_leaving_half_way_loses_nothing_and_coming_back_goes_on(bot):
    nora = await bot.onboarded()
    await bot.send(nora, "/checkin")
    await bot.taps(nora, "None", "4")
    await bot.send(nora, "/checkin")
    assert "headache" in nora.last.text.lower()
    await bot.taps(nora, "0", "A bit", "None", "So-so")
    assert "Back 4, head 0" in nora.last.text or any("Back 4, head 0" in each.text for each in nora.messages)


async def test_every_tap_is_answered(bot):
    nora = await bot.onboarded()
    await bot.send(nora, "/checkin")
    await bot.taps(nora, "None", "4", "6", "Yes", "A lot", "None", "Well")
    assert await bot.sandbox.spinners() == []
