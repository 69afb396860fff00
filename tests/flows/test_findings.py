"""Ways through a day on which something was once lost: one test each."""

from datetime import date

from bot.clinical.answers import Level
from tests.flows.conftest import heard
from tests.flows.test_advice import given, profile

MONDAY = date(2026, 3, 2)
SCORES = ("3", "0", "A bit", "None", "Well")


def times(patient, words):
    return sum(words in message.text for message in patient.from_bot)


async def test_a_new_sign_in_the_afternoon_can_be_ticked_on_a_list_that_was_answered_in_the_morning(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "Pain down one leg", "Done", *SCORES)
    await nora.send("Warning signs")
    await nora.tap("Back or legs")
    assert "✓ Pain down one leg" in nora.last.buttons
    await nora.tap("Numb between the legs")
    assert "Go to A&E now" in nora.last.text
    assert (await bot.stored(nora)).value("signs_back") == ("saddle", "leg_pain")


async def test_what_is_asked_about_a_sign_is_asked_again_when_it_is_named_again(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "Fever or chills", "Done", "No", "No", *SCORES)
    await nora.send("Warning signs")
    await bot.taps(nora, "Back or legs", "Done", "No")
    assert "very ill" in nora.last.text
    await nora.tap("Yes")
    assert heard(nora, "Call 999 now")


async def test_a_list_of_signs_is_open_until_it_is_done(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "Numb between the legs", "Go on with my check-in")
    assert any("✓ Numb between the legs" in message.buttons for message in nora.from_bot)
    await nora.tap("Legs very weak, fast worse")
    await nora.send("/checkin")
    assert "✓ Legs very weak, fast worse" in nora.last.buttons
    await nora.tap("Done")
    assert "back pain in the last 24 hours" in nora.last.text


async def test_a_sign_that_was_not_named_before_leaving_is_a_worry(bot):
    for label in ("Back or legs", "Not sure", "Some other sign"):
        nora = await bot.onboarded()
        await profile(bot, nora)
        await nora.send("/checkin")
        await nora.tap(label)
        await bot.jump(bot.clock.now().replace(hour=bot.clock.now().hour + 1))
        assert [one.rule_id for one in await given(bot, nora)] == ["C-03"], label


async def test_a_checkin_that_is_left_a_second_time_is_judged_again(bot):
    nora = await bot.onboarded()
    await profile(bot, nora)
    await nora.send("/checkin")
    await bot.taps(nora, "Some other sign", "I am worried about more", "Done")
    await bot.jump(bot.clock.now().replace(hour=11))
    assert not [one for one in await given(bot, nora) if one.level is Level.SAME_DAY]
    await nora.send("Warning signs")
    await bot.taps(nora, "Back or legs", "Fever or chills", "Done")
    await bot.jump(bot.clock.now().replace(hour=13))
    assert [one for one in await given(bot, nora) if one.level is Level.SAME_DAY]


async def test_a_day_with_scores_cannot_be_called_quiet_by_a_slip(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    assert "No pain, no signs, no pills" in nora.last.buttons
    await bot.taps(nora, "None", *SCORES)
    await nora.send("Warning signs")
    assert "No pain, no signs, no pills" not in nora.last.buttons


async def test_a_skipped_question_about_signs_is_not_called_a_day_without_signs(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "Skip", "0", "0", "Not at all", "None", "Well")
    assert "Back 0, head 0" in nora.last.text
    assert not heard(nora, "no warning signs")
