"""Ways through a day on which something was once lost: one test each."""

from datetime import UTC, date, datetime

import pytest

from bot.clinical.advice import Loop
from bot.clinical.answers import Level
from bot.clinical.checkin import signs
from handlers import seen
from storage import advice
from tests.flows.conftest import heard
from tests.flows.test_advice import given, profile

MONDAY = date(2026, 3, 2)
SCORES = ("3", "0", "A bit", "None", "Well")


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


async def test_a_headache_in_the_evening_does_not_drop_the_numbness_of_the_morning(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "Numb between the legs", "Go on with my check-in", "Done", *SCORES)
    await nora.send("Warning signs")
    await bot.taps(nora, "Head, eyes or face", "A new kind of headache", "Done")
    (last,) = [message for message in nora.from_bot if "Saved for" in message.text][-1:]
    assert "Please do not wait: Go to A&E now" in last.text
    known = await bot.known(nora)
    assert {"saddle", "new_headache"} <= signs(await bot.stored(nora), known.profile)


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


async def test_an_advice_stays_in_the_chat_until_its_sign_is_called_old_twice_and_the_rest_of_it_stands(bot):
    nora = await bot.onboarded()
    await profile(bot, nora)
    await nora.send("/checkin")
    await bot.taps(nora, "Not sure", "New trouble when I pee")
    urgent = next(message for message in nora.from_bot if "Go to A&E now" in message.text)
    await nora.tap("Go on with my check-in")
    await bot.taps(nora, "Done", "Sudden, worst in 5 minutes")
    await nora.tap("It is old and was checked", message_id=urgent.id)
    assert "Has a doctor looked" in nora.last.text
    assert "checked_before" not in (await bot.stored(nora)).answers
    await nora.tap("Old, same, a doctor knows")
    assert (await bot.stored(nora)).value("checked_before") == ("bladder",)
    assert any(message.id == urgent.id and "Go to A&E now" in message.text for message in nora.from_bot)
    assert "Call 999 now" in nora.last.text
    assert "headache that peaks" in nora.last.text


async def test_a_sign_that_is_not_old_after_all_stays_new(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "New trouble when I pee", "It is old and was checked")
    await nora.tap("No, it is new or worse")
    assert "still stands" in nora.last.text
    assert "checked_before" not in (await bot.stored(nora)).answers


async def test_a_sign_of_yesterday_can_be_called_old_after_midnight(bot):
    nora = await bot.onboarded()
    await profile(bot, nora)
    await bot.to(MONDAY)
    await nora.tap("Back or legs")
    await bot.jump(datetime(2026, 3, 3, 0, 10, tzinfo=UTC))
    await nora.tap("New trouble when I pee")
    (one,) = [each for each in await given(bot, nora) if each.rule_id == "B-02"]
    assert (one.local_date, one.about) == (date(2026, 3, 3), MONDAY)
    await bot.taps(nora, "It is old and was checked", "Old, same, a doctor knows")
    assert (await bot.stored(nora, MONDAY)).value("checked_before") == ("bladder",)


@pytest.mark.parametrize("words", ["I cant breathe", "my lips are blue"])
async def test_an_emergency_that_no_rule_names_is_kept_explained_and_asked_about(bot, words):
    nora = await bot.onboarded()
    await nora.send(words)
    (one,) = await given(bot, nora)
    assert (one.rule_id, one.level, one.loop) == ("T-01", Level.EMERGENCY, Loop.OPEN)
    assert "Call 999 now" in nora.last.text
    await nora.tap("Why this advice?")
    assert "What you wrote" in nora.last.text
    await nora.send("/week")
    await bot.next_day()
    assert "Have you been seen" in nora.last.text


async def test_an_advice_whose_rule_is_gone_does_not_stand_in_the_way(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "Numb between the legs")
    known = await bot.known(nora)
    (one,) = await given(bot, nora)
    await bot.database.commit([advice.saved(known.patient_id, one.model_copy(update={"rule_id": "B-99"}))])
    await bot.next_day()
    assert nora.last.text == "Have you been seen, or have you talked to someone?"
    await nora.tap("Not yet")
    await bot.taps(nora, nora.last.buttons[0], "Go on with my check-in")
    assert not heard(nora, "went wrong")


async def test_who_was_not_seen_about_an_emergency_is_not_sent_to_a_phone_line(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "Numb between the legs")
    await bot.next_day()
    await nora.tap("Not yet")
    assert "Go to A&E now" in nora.last.text
    assert "Go on with my check-in" in nora.last.buttons
    await nora.tap("I felt better")
    assert "Go to A&E, or call 999" in nora.last.text
    assert "111" not in nora.last.text


async def test_the_last_screen_of_a_day_repeats_what_cannot_wait(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "Numb between the legs", "Go on with my check-in", "Done", *SCORES)
    (last,) = [message for message in nora.from_bot if "Saved for" in message.text]
    assert "Please do not wait: Go to A&E now" in last.text
    assert "That is all for this day" not in last.text
    await nora.send("Warning signs")
    await nora.tap("None")
    assert heard(nora, "That is all for this day")


async def test_a_prompt_that_fails_for_good_is_followed_by_the_next(bot, monkeypatch):
    nora = await bot.onboarded()

    async def fails(*_):
        raise ValueError

    with monkeypatch.context() as broken:
        broken.setattr(seen, "ask_if_open", fails)
        await bot.to(MONDAY)
    assert [row["state"] for row in await bot.rows("due") if row["local_date"] == "2026-03-02"] == ["failed"]
    await bot.next_day()
    assert "How was your day, Tue 3 Mar" in nora.last.text


async def test_the_questions_of_a_sunday_evening_are_taken_on_the_morning_after(bot):
    nora = await bot.onboarded()
    await bot.day(nora, back=3)
    await bot.to(date(2026, 3, 8))
    assert heard(nora, "A few questions about your week")
    await bot.jump(datetime(2026, 3, 9, 9, tzinfo=UTC))
    await bot.taps(nora, "Yes, ask me", "2", "3", "4", "None of these")
    assert [row["week_start"] for row in await bot.rows("reviews")] == ["2026-03-02"]
    assert heard(nora, "Your week is saved")


async def test_a_review_that_was_left_is_offered_again_with_what_was_ticked(bot):
    nora = await bot.onboarded()
    await bot.next_day(6)
    await bot.taps(nora, "Yes, ask me", "2", "3", "4", "Weight loss not planned")
    await nora.send("/week")
    assert "A few questions about your week" in nora.last.text
    await nora.tap("Yes, ask me")
    assert "✓ Weight loss not planned" in nora.last.buttons


async def test_slow_signs_are_judged_when_their_list_is_done(bot):
    nora = await bot.onboarded()
    await bot.next_day(21)
    await nora.send("/week")
    await bot.taps(nora, "Yes, ask me", "2", "3", "4", "Clumsy hands, not steady", "Done")
    assert [one.level for one in await given(bot, nora) if one.rule_id == "B-38"] == [Level.SOON]
    assert heard(nora, "Book a visit in the next few days")


async def test_care_at_home_is_not_said_after_an_emergency_of_the_same_day(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await nora.tap("None")
    await bot.jump(datetime(2026, 3, 2, 9, 1, tzinfo=UTC))
    await nora.send("cant feel my bum since this morning")
    assert heard(nora, "Go to A&E now")
    await bot.taps(nora, "5", "0", "A bit", "None", "Well")
    assert heard(nora, "Please do not wait: Go to A&E now")
    assert not heard(nora, "Care for yourself")
    assert not heard(nora, "Call your cancer team today")


async def test_a_diary_without_a_day_adds_no_count_to_an_answer(bot):
    nora = await bot.onboarded()
    await nora.send("how many headache days are too many?")
    assert heard(nora, "Four or more a month")
    assert not heard(nora, "0 of 0")


async def test_a_day_in_the_diary_names_each_answer_in_short(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "None", "4", "0", "A bit", "None", "Well")
    await nora.send("/diary")
    await nora.tap("Mon 2")
    assert {"Warning signs: None", "Back pain: 4", "Headache: 0", "Sleep: Well"} <= set(
        nora.last.text.splitlines()
    )
