"""What is said of the answers: how often, on whose word, and whether the patient was seen."""

from datetime import date

from bot.clinical.advice import Loop
from bot.clinical.answers import Level
from storage import advice, patients
from tests.flows.conftest import heard

MONDAY = date(2026, 3, 2)


async def given(bot, patient):
    known = await bot.known(patient)
    return await advice.everything(bot.database, known.patient_id)


async def shown(bot, patient, rule):
    return [one.local_date for one in await given(bot, patient) if one.rule_id == rule]


async def profile(bot, patient, **changes):
    """Fill in what a patient may tell of themselves."""
    known = await bot.known(patient)
    made = known.profile.model_copy(update={"conditions": frozenset(), "birth_year": 1980} | changes)
    await bot.database.commit([patients.saved(known.model_copy(update={"profile": made}))])


async def test_advice_for_the_same_day_comes_each_day_that_it_holds(bot):
    nora = await bot.onboarded()
    await profile(bot, nora)
    for _ in range(3):
        await bot.next_day(1)
        if "Have you been seen" in nora.last.text:
            await bot.taps(nora, "Not yet")
            await bot.taps(nora, nora.last.buttons[0], "Go on with my check-in")
        await bot.taps(
            nora, "Back or legs", "Fever or chills", "Done", "No", "No", "3", "0", "A bit", "None", "Well"
        )
    urgent = [one for one in await given(bot, nora) if one.level is Level.SAME_DAY and one.shown == "main"]
    assert len({one.local_date for one in urgent}) == 3


async def test_advice_to_be_seen_soon_comes_again_after_three_days(bot):
    nora = await bot.onboarded()
    await profile(bot, nora)
    for _ in range(5):
        await bot.next_day(1)
        await nora.send("/checkin")
        await bot.taps(
            nora, "Some other sign", "I am worried about more", "Done", "3", "0", "A bit", "None", "Well"
        )
    assert await shown(bot, nora, "C-03") == [date(2026, 3, 3), date(2026, 3, 6)]


async def test_the_next_checkin_asks_whether_the_patient_was_seen_until_it_is_yes(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "Numb between the legs")
    await bot.next_day()
    assert "Have you been seen" in nora.last.text
    assert "Go to A&E now" in nora.last.text
    await nora.tap("Not yet")
    assert "got in the way" in nora.last.text
    barrier = nora.last.buttons[0]
    await nora.tap(barrier)
    assert "Go to A&E now" in nora.last.text
    (one,) = [each for each in await given(bot, nora) if each.rule_id == "B-01"]
    assert (one.loop, bool(one.barrier)) == (Loop.NOT_SEEN, True)
    await bot.next_day()
    assert "Have you been seen" in nora.last.text
    await bot.taps(nora, "Yes", "Go on with my check-in")
    assert "Any new or worse warning sign" in nora.last.text
    await bot.next_day()
    assert "How was your day" in nora.last.text


async def test_not_yet_without_a_reason_is_asked_again(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "Numb between the legs")
    await bot.next_day()
    await nora.tap("Not yet")
    await bot.next_day()
    assert "Have you been seen" in nora.last.text


async def test_an_ordinary_day_is_not_followed_by_the_question(bot):
    nora = await bot.onboarded()
    await bot.day(nora, back=3)
    await bot.next_day()
    assert "How was your day" in nora.last.text


async def test_why_shows_the_reason_what_it_stood_on_and_the_source(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "Numb between the legs", "Why this advice?")
    assert "Why I said this" in nora.last.text
    assert "Numb between the legs" in nora.last.text or "numb" in nora.last.text.lower()
    assert "https://" in nora.last.text


async def test_an_old_and_checked_sign_is_not_an_emergency_for_two_weeks_unless_it_gets_worse(bot):
    nora = await bot.onboarded()
    await profile(bot, nora)
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "New trouble when I pee")
    assert heard(nora, "Go to A&E now")
    await bot.taps(nora, "It is old and was checked", "Old, same, a doctor knows")
    assert "14 days" in nora.last.text
    await bot.next_day(3)
    await bot.taps(nora, "Yes", "Go on with my check-in")
    said = len([one for one in await given(bot, nora) if one.level is Level.EMERGENCY])
    await bot.taps(nora, "Back or legs", "New trouble when I pee", "Done", "The same as then")
    assert len([one for one in await given(bot, nora) if one.level is Level.EMERGENCY]) == said
    await bot.taps(nora, "3", "0", "A bit", "None", "Well")
    assert heard(nora, "Saved for Thu 5 Mar")
    await bot.next_day()
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "New trouble when I pee", "Done", "It is worse")
    assert len([one for one in await given(bot, nora) if one.level is Level.EMERGENCY]) == said + 1


async def test_an_old_sign_counts_as_new_after_two_weeks(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "New trouble when I pee", "It is old and was checked")
    await nora.tap("Old, same, a doctor knows")
    await bot.next_day(15)
    await bot.taps(nora, "Yes", "Go on with my check-in", "Back or legs", "New trouble when I pee")
    assert "Go to A&E now" in nora.last.text


async def test_numbness_between_the_legs_can_never_be_called_old(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "Numb between the legs")
    assert "It is old and was checked" not in nora.last.buttons
    (one,) = await given(bot, nora)
    for action in ("old", "checked"):
        assert "older message" in await bot.forge(nora, f"adv:{action}:{one.advice_id}")


async def test_a_worry_is_reason_enough_to_be_seen(bot):
    nora = await bot.onboarded()
    await nora.send("/help")
    await nora.tap("I'm worried")
    assert [one.rule_id for one in await given(bot, nora)] == ["C-03"]
    assert "111" in nora.last.text or "visit" in nora.last.text


async def test_a_slow_sign_of_the_week_leads_to_a_visit_soon(bot):
    nora = await bot.onboarded()
    await profile(bot, nora)
    for _ in range(4):
        await bot.day(nora, back=4)
        await bot.next_day()
    await bot.next_day(2)
    await nora.send("/week")
    await bot.taps(nora, "Yes, ask me", "2", "3", "4")
    assert "4 of 4" in nora.last.text
    await bot.taps(nora, "Weight loss not planned", "Done")
    assert heard(nora, "Your week is saved")
    highest = max(await given(bot, nora), key=lambda one: one.level)
    assert (highest.level, highest.facts["slow.weight"]) == (Level.SOON, True)


async def test_the_weekly_questions_go_back_and_are_asked_once_a_week(bot):
    nora = await bot.onboarded()
    await bot.next_day(6)
    await bot.taps(nora, "Yes, ask me", "2", "‹ Back", "5", "3", "4", "None of these")
    (row,) = await bot.rows("reviews")
    assert '"impact_work":{"value":5' in row["document"].replace(" ", "")
    await nora.send("/week")
    assert not any("A few questions about your week" in message.text for message in nora.from_bot[-1:])


async def test_a_week_that_begins_today_is_not_asked_about_and_the_last_one_can_be_answered_still(bot):
    nora = await bot.onboarded()
    await nora.send("/week")
    assert not heard(nora, "A few questions about your week")
    await bot.next_day(6)
    await nora.tap("Not now")
    for days, weekday in ((1, 0), (3, 3), (2, 5)):
        assert (await bot.next_day(days)).weekday() == weekday
        await nora.send("/week")
        assert "A few questions about your week" in nora.last.text
    await bot.taps(nora, "Yes, ask me", "2", "3", "4", "None of these")
    assert [row["week_start"] for row in await bot.rows("reviews")] == ["2026-03-02"]
    await bot.next_day()
    await bot.taps(nora, "Yes, ask me", "2", "3", "4", "None of these")
    assert [row["week_start"] for row in await bot.rows("reviews")] == ["2026-03-02", "2026-03-09"]


async def test_a_summary_on_a_monday_asks_about_the_week_before(bot):
    nora = await bot.onboarded(weekday="Monday")
    await bot.next_day(7)
    await bot.taps(nora, "Yes, ask me", "2", "3", "4", "None of these")
    assert [row["week_start"] for row in await bot.rows("reviews")] == ["2026-03-02"]


async def test_every_fourth_week_asks_of_mood_and_a_low_mood_names_who_can_help(bot):
    nora = await bot.onboarded()
    await bot.next_day(7)
    await nora.send("/week")
    await nora.tap("Yes, ask me")
    assert "1 of 4" in nora.last.text
    await bot.next_day(21)
    await nora.send("/week")
    await nora.tap("Yes, ask me")
    assert "1 of 6" in nora.last.text
    await bot.taps(nora, "2", "3", "4", "None of these", "More than half the days", "Several days")
    assert heard(nora, "116 123")


async def test_a_weekly_question_of_a_week_that_is_over_is_not_taken(bot):
    nora = await bot.onboarded()
    await bot.next_day(6)
    await nora.send("/week")
    await bot.taps(nora, "Yes, ask me")
    old = nora.last.data[3]
    await bot.next_day(14)
    assert "over" in await bot.forge(nora, old)
    assert await bot.rows("reviews") == []


async def test_signs_of_a_checkin_that_is_left_are_judged_before_night(bot):
    nora = await bot.onboarded()
    await profile(bot, nora)
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "Fever or chills", "Done")
    assert await given(bot, nora) == []
    await bot.jump(bot.clock.now().replace(hour=11))
    assert any(one.level is Level.SAME_DAY for one in await given(bot, nora))
