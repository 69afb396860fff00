"""The daily check-in: one message, answers kept as they are given, one answer on the right day."""

from datetime import UTC, date, datetime

import pytest

from bot.clinical.answers import Level
from handlers.buttons import button, packed_id
from storage import advice
from tests.flows.conftest import heard

MONDAY = date(2026, 3, 2)
ORDINAL = button("", MONDAY).data


async def given(bot, patient):
    known = await bot.known(patient)
    return await advice.everything(bot.database, known.patient_id)


async def test_a_day_without_pain_takes_two_taps_from_the_prompt(bot):
    nora = await bot.onboarded()
    await bot.to(MONDAY)
    assert "How was your day" in nora.last.text
    await bot.taps(nora, "No pain, no signs, no pills", "Well")
    assert "Saved for Mon 2 Mar" in nora.last.text
    day = await bot.stored(nora)
    assert (day.value("back_pain"), day.value("headache"), day.value("medicine")) == (0, 0, "none")
    assert (day.value("sleep"), day.recalled) == ("well", False)


async def test_a_day_with_headache_takes_seven_taps_in_one_message_that_counts(bot):
    nora = await bot.onboarded()
    await bot.to(MONDAY)
    prompt, seen = nora.last.id, [nora.last.text]
    for label in ("None", "4", "6", "Yes", "A lot", "Triptan", "So-so"):
        assert nora.last.id == prompt
        await nora.tap(label)
        seen.append(nora.last.text)
    places = [next((n for n in range(1, 7) if f"{n} of 6" in text), None) for text in seen]
    assert places == [1, 2, 3, 3, 4, 5, 6, None]
    assert heard(nora, "Back 4, head 6")
    day = await bot.stored(nora)
    assert day.value("migraine_like") == "yes"
    assert (day.value("interference"), day.value("medicine")) in [(2, "triptan"), ("2", "triptan")]


async def test_back_shows_the_question_before_and_the_new_answer_counts(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    assert "‹ Back" not in nora.last.buttons
    await bot.taps(nora, "None", "4", "‹ Back")
    assert "back pain in the last 24 hours" in nora.last.text
    await bot.taps(nora, "7")
    assert "headache" in nora.last.text
    assert (await bot.stored(nora)).value("back_pain") == 7


async def test_skipped_is_not_a_day_without_pain(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    for _ in range(6):
        await nora.tap("Skip")
    assert heard(nora, "Saved for")
    assert not heard(nora, "No pain and no warning signs")
    day = await bot.stored(nora)
    assert set(day.answers) == {"warning", "back_pain", "headache", "interference", "medicine", "sleep"}
    assert {answer.value for answer in day.answers.values()} == {None}
    await nora.send("/diary")
    assert "Mon 2 Mar: skipped" in nora.last.text


async def test_leaving_half_way_loses_nothing_and_coming_back_goes_on(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "None", "4")
    assert (await bot.stored(nora)).value("back_pain") == 4
    await nora.send("/checkin")
    assert "headache" in nora.last.text.lower()
    await bot.taps(nora, "0", "A bit", "None", "So-so")
    assert heard(nora, "Back 4, head 0")


async def test_the_prompt_does_not_come_for_a_day_that_is_begun(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "None")
    said = len(nora.from_bot)
    await bot.to(MONDAY)
    assert len(nora.from_bot) == said


async def test_a_second_tap_changes_nothing(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await nora.tap("None")
    for _ in range(2):
        await bot.forge(nora, f"ci:{ORDINAL}:back_pain:4")
    day = await bot.stored(nora)
    assert day.value("back_pain") == 4
    assert set(day.answers) == {"warning", "back_pain"}


async def test_the_same_tap_delivered_twice_has_one_effect(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "None", "4")
    before = await bot.stored(nora)
    await bot.sandbox.deliver_again()
    await bot.sandbox.wait_idle()
    assert await bot.stored(nora) == before


async def test_an_old_button_of_today_corrects_the_answer_and_goes_on(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "None", "4", "0", "A bit")
    await bot.forge(nora, f"ci:{ORDINAL}:back_pain:6")
    assert (await bot.stored(nora)).value("back_pain") == 6
    assert "medicine" in nora.last.text


async def test_a_tap_after_midnight_counts_for_the_day_that_was_asked(bot):
    nora = await bot.onboarded()
    await bot.to(MONDAY)
    prompt = nora.last
    await bot.jump(datetime(2026, 3, 3, 0, 30, tzinfo=UTC))
    await nora.tap("No pain, no signs, no pills", message_id=prompt.id)
    assert (await bot.stored(nora, MONDAY)).value("back_pain") == 0
    assert not (await bot.stored(nora, MONDAY)).recalled
    assert await bot.stored(nora, date(2026, 3, 3)) is None


async def test_an_old_prompt_fills_an_empty_day_from_memory(bot):
    nora = await bot.onboarded()
    await bot.to(MONDAY)
    prompt = nora.last
    await bot.next_day(4)
    await nora.tap("No pain, no signs, no pills", message_id=prompt.id)
    assert (await bot.stored(nora, MONDAY)).recalled
    await nora.send("/diary")
    await nora.tap("Mon 2")
    assert "Filled in from memory" in nora.last.text


@pytest.mark.parametrize(("days", "answered"), [(2, True), (20, False)])
async def test_a_day_that_is_closed_stays_as_it_was(bot, days, answered):
    nora = await bot.onboarded()
    await bot.to(MONDAY)
    prompt = nora.last
    if answered:
        await bot.taps(nora, "No pain, no signs, no pills", "Well")
    await bot.next_day(days)
    before = await bot.stored(nora, MONDAY)
    assert "closed" in await bot.forge(nora, f"ci:{ORDINAL}:back_pain:9", prompt.id)
    assert await bot.stored(nora, MONDAY) == before


async def test_a_note_of_any_text_is_stored_whole_and_shown_escaped(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "No pain, no signs, no pills", "Well", "Add a note")
    note = ("<b>bold & strange</b> **stars** " * 200)[:4096].strip()
    await nora.send(note)
    assert heard(nora, "Your note is saved")
    assert (await bot.stored(nora)).value("note") == note
    await nora.send("/diary")
    await nora.tap("Mon 2")
    shown = "".join(message.text for message in nora.from_bot[-2:])
    assert "<b>bold & strange</b>" in shown
    assert not any("Sorry" in message.text for message in nora.from_bot)


async def test_a_note_that_is_not_written_does_not_take_a_later_question(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "No pain, no signs, no pills", "Well", "Add a note")
    await bot.next_day(3)
    await nora.send("is heat good for my back?")
    assert "note" not in (await bot.stored(nora, MONDAY)).answers
    assert not heard(nora, "Your note is saved")


async def test_no_note_is_wanted_after_all(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "No pain, no signs, no pills", "Well", "Add a note", "No note")
    assert "Saved for" in nora.last.text
    assert (await bot.known(nora)).expects is None


async def test_once_a_note_is_kept_nothing_in_the_chat_says_that_there_is_none(bot):
    nora = await bot.onboarded()
    await bot.day(nora, back=3)
    await bot.tap(nora, "Add a note")
    asked = next(message.id for message in nora.messages if "No note" in message.buttons)
    await nora.send("Slept badly")
    (question,) = (message for message in nora.messages if message.id == asked)
    assert "Saved for" in question.text
    assert question.buttons == ["Add to my note", "Change an answer"]
    await bot.tap(nora, "Add to my note")
    assert not any("No note" in message.buttons for message in nora.messages)
    await bot.tap(nora, "Nothing to add")
    assert (await bot.stored(nora)).value("note") == "Slept badly"


async def test_a_picture_or_a_voice_note_is_no_answer_and_costs_nothing(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "None", "4")
    await nora.photo()
    assert "can't look at pictures" in nora.last.text
    await nora.voice()
    assert "can't listen" in nora.last.text
    await nora.tap("6")
    day = await bot.stored(nora)
    assert (day.value("back_pain"), day.value("headache")) == (4, 6)


@pytest.mark.parametrize(
    "data",
    [
        "ci",
        "ci:::",
        "ci:zzzzzz:warning:none",
        f"ci:{ORDINAL}:warning:maybe",
        f"ci:{ORDINAL}:back_pain:11",
        f"ci:{ORDINAL}:back_pain:-1",
        f"ci:{ORDINAL}:back_pain:4.5",
        f"ci:{ORDINAL}:shoe_size:4",
        f"ci:{ORDINAL}:migraine_like:yes",
        f"ci:{ORDINAL}:-end:sing",
        f"ci:{ORDINAL}:back_pain:4:5",
        f"ci:{button('', date(2026, 3, 3)).data}:back_pain:4",
        f"ci:{button('', date(2025, 1, 1)).data}:back_pain:4",
        "ci:1:warning:none",
        "week:more:1",
        "week:why:zzz",
        "diary:page:1",
        "diary:page:-1",
        "adv:why:nothing",
        "adv:old:1",
        "seen:yes:1",
        "visit:set:-1",
        "visit:set:<b>",
        "visit:happened:zz",
        "rev:1:impact_work:3",
        "you:o:birth_year:3000",
        "susp:medicine",
        "settings:root",
        "privacy:sell",
        "faq:show:nothing",
        "faq:topic:nothing",
        "help:me",
        "now:perhaps",
        "crisis:perhaps",
        "start:x",
        "x",
        "<b>&\"'",
        "привет:1:2",
    ],
)
async def test_a_tap_made_up_by_hand_is_answered_and_stores_nothing(bot, data):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    before = await bot.tables()
    assert await bot.forge(nora, data)
    after = await bot.tables()
    for table in ("patients", "checkins", "reviews", "advice", "appointments", "doctor_questions", "due"):
        assert after[table] == before[table], table
    assert not heard(nora, "something went wrong")


async def test_a_tap_with_another_patients_data_reaches_only_the_own_diary(bot):
    nora, omar = await bot.onboarded(), await bot.onboarded("Omar")
    await omar.send("/checkin")
    await bot.taps(omar, "Back or legs", "Fever or chills", "Done")
    await nora.send("/visit")
    await bot.taps(nora, "Set a visit")
    await nora.send("tomorrow")
    visit = (await bot.rows("appointments"))[0]["appointment_id"]
    packed = button("", MONDAY).data
    before = await bot.rows("checkins")
    await bot.forge(nora, f"ci:{packed}:warning:none")
    assert [row for row in await bot.rows("checkins") if row in before] == before
    await bot.forge(omar, f"visit:remove:{packed_id(visit)}")
    assert (await bot.rows("appointments"))[0]["appointment_id"] == visit
    assert "older message" in await bot.forge(omar, f"visit:happened:{packed_id(visit)}")


async def test_another_patients_advice_is_not_explained(bot):
    nora, omar = await bot.onboarded(), await bot.onboarded("Omar")
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "Numb between the legs")
    (one,) = [each for each in await given(bot, nora) if each.level is Level.EMERGENCY]
    assert "can't find" in await bot.forge(omar, f"adv:why:{one.advice_id}", 2)
    assert not heard(omar, "Why I said this")


async def test_yesterday_can_be_changed_and_the_rules_run_again(bot):
    nora = await bot.onboarded()
    await bot.day(nora, back=3)
    await bot.next_day()
    await nora.send("/diary")
    await bot.taps(
        nora, "Mon 2", "Change answers", "Warning signs: None", "Back or legs", "Numb between the legs"
    )
    assert heard(nora, "Go to A&E now")
    (one,) = [each for each in await given(bot, nora) if each.level is Level.EMERGENCY]
    assert one.rule_id == "B-01"
    assert (await bot.stored(nora, MONDAY)).value("signs_back") == ("saddle",)


async def test_a_day_before_yesterday_can_be_looked_at_only(bot):
    nora = await bot.onboarded()
    await bot.day(nora, back=3)
    await bot.next_day(2)
    await nora.send("/diary")
    await nora.tap("Mon 2")
    assert "This day is closed" in nora.last.text
    assert "Change answers" not in nora.last.buttons


async def test_several_signs_are_ticked_and_unticked(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(
        nora, "Back or legs", "Pain down one leg", "After a small fall or lift", "✓ Pain down one leg"
    )
    assert (await bot.stored(nora)).value("signs_back") == ("minor_fall",)
    await nora.tap("Done")
    assert "back pain in the last 24 hours" in nora.last.text


@pytest.mark.parametrize("country", ["United Kingdom", "United States"])
async def test_an_emergency_stops_the_checkin_and_is_said_with_the_number_of_the_country(bot, country):
    nora = await bot.onboarded(country=country, zone="New York" if "States" in country else None)
    await nora.send("Check in")
    checkin = nora.last.id
    await bot.taps(nora, "Back or legs", "Numb between the legs")
    assert nora.last.id > checkin
    assert ("999" if "Kingdom" in country else "911") in nora.last.text
    assert ("A&E" if "Kingdom" in country else "ER") in nora.last.text
    stopped = next(message for message in nora.from_bot if message.id == checkin)
    assert "has stopped here" in stopped.text
    assert not any("of 6" in message.text for message in nora.from_bot)


async def test_an_emergency_that_was_a_slip_can_be_taken_back(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "Numb between the legs", "I tapped that by mistake")
    await bot.taps(nora, "Warning signs: Back or legs", "None", "2", "0", "Not at all", "None", "Well")
    assert heard(nora, "Back 2, head 0")
    await bot.next_day()
    day = await bot.stored(nora, MONDAY)
    assert day.value("warning") == "none"


async def test_after_an_emergency_the_checkin_can_go_on(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "Numb between the legs", "Go on with my check-in", "Done", "5", "0")
    assert (await bot.stored(nora)).value("back_pain") == 5


async def test_thoughts_of_self_harm_open_the_crisis_message_and_are_not_stored(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "Some other sign", "Thoughts of harming myself")
    assert "I'm really glad you told me" in nora.last.text
    assert "116 123" in nora.last.text
    assert "signs_other" not in (await bot.stored(nora)).answers


async def test_what_is_suspected_is_asked_each_day(bot):
    nora = await bot.onboarded()
    await nora.send("/settings")
    await bot.taps(nora, "What goes with bad days", "Stress", "A missed meal")
    assert await bot.forge(nora, "susp:alcohol")
    await bot.taps(nora, "Done", "Close")
    assert set((await bot.known(nora)).profile.suspects) == {"stress", "skipped_meal"}
    await nora.send("/checkin")
    await bot.taps(nora, "None", "4", "0", "A bit", "None", "Well")
    assert "a lot of stress" in nora.last.text
    await nora.tap("Yes")
    assert "miss a meal" in nora.last.text
    await nora.tap("No")
    assert heard(nora, "Saved for")
    assert (await bot.stored(nora)).value("stress") == "yes"


async def test_a_diary_of_the_head_alone_asks_nothing_of_the_back(bot):
    nora = await bot.onboarded()
    await nora.send("/settings")
    await bot.taps(nora, "About you", "Skip", "Headaches", "Skip")
    await nora.send("/checkin")
    await nora.tap("None")
    assert "headache in the last 24 hours" in nora.last.text
    assert "2 of 5" in nora.last.text


async def test_every_tap_is_answered(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "None", "4", "6", "Yes", "A lot", "None", "Well")
    assert await bot.sandbox.spinners() == []


async def test_several_kinds_of_medicine_are_picked(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "None", "4", "0", "A bit", "More than one", "Paracetamol", "Triptan", "Done", "Well")
    assert set((await bot.stored(nora)).value("medicine_picks")) == {"paracetamol", "triptan"}


async def test_days_are_the_patients_own(bot):
    nora = await bot.onboarded(country="New Zealand", zone="Auckland", at="20:00")
    await bot.jump(datetime(2026, 3, 3, 7, 0, 1, tzinfo=UTC))
    assert "Tue 3 Mar" in nora.last.text
    await bot.jump(datetime(2026, 3, 3, 11, 30, tzinfo=UTC))
    await nora.send("/checkin")
    assert "Wed 4 Mar" in nora.last.text


async def test_a_second_note_stands_below_the_first(bot):
    nora = await bot.onboarded()
    await bot.day(nora, back=3)
    for label, note in (("Add a note", "Slept badly"), ("Add to my note", "Walked in the park")):
        await bot.tap(nora, label)
        await nora.send(note)
    stored = str((await bot.rows("checkins"))[-1]["document"])
    assert "Slept badly" in stored
    assert "Walked in the park" in stored
