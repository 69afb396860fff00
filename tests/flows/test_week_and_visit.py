"""The weekly summary, its picture and buttons, the 90 days, and what is sent around a visit."""

import contextlib
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image

from bot.sandbox.example import diary
from handlers.buttons import packed_id
from storage import checkins
from tests.flows.conftest import heard


async def filled(bot, days=7, **about):
    nora = await bot.onboarded(**about)
    for number in range(days):
        await bot.day(
            nora, back=3 + number % 3, head=(number % 2) * 5, medicine="Paracetamol" if number % 2 else "None"
        )
        await bot.next_day()
    return nora


def pictures(patient):
    return [message for message in patient.from_bot if "photo" in message.body]


def documents(patient):
    return [message for message in patient.from_bot if "document" in message.body]


def read(pdf):
    """Give the words of a page."""
    with contextlib.closing(pypdfium2.PdfDocument(pdf)) as document:
        return " ".join(page.get_textpage().get_text_bounded() for page in document)


async def content(bot, message):
    return await bot.sandbox.file(message.file_id)


async def test_the_summary_comes_on_its_day_with_a_picture_and_a_text(bot):
    nora = await filled(bot, 5)
    assert pictures(nora) == []
    await bot.to(date(2026, 3, 8))
    (picture,) = pictures(nora)
    image = Image.open(BytesIO(await content(bot, picture)))
    assert (image.format, image.width >= 1000) == ("PNG", True)
    assert "back" in picture.text.lower()
    summary = next(message for message in nora.from_bot if "Visit brief" in message.buttons)
    assert "of 7" in summary.text
    assert len(summary.text) <= 1000
    assert heard(nora, "A few questions about your week")


async def test_the_days_question_stands_below_the_summary_and_its_questions(bot):
    nora = await filled(bot, 5)
    before = len(nora.from_bot)
    await bot.to(date(2026, 3, 8))
    come = [message.text for message in nora.from_bot[before:]]
    assert "How was your day" in come[-1]
    assert any("A few questions about your week" in text for text in come[:-1])


async def test_the_summary_comes_once_for_its_day(bot):
    nora = await filled(bot, 5)
    await bot.to(date(2026, 3, 8))
    await bot.to(date(2026, 3, 8), time(23))
    await bot.to(date(2026, 3, 9))
    assert len(pictures(nora)) == 1


async def test_a_thin_week_is_short_and_claims_nothing(bot):
    nora = await filled(bot, 2)
    await nora.send("/week")
    summary = next(message for message in nora.from_bot if "Visit brief" in message.buttons)
    for claim in ("better", "worse", "average"):
        assert claim not in summary.text.lower()
    assert len(pictures(nora)) == 1


async def test_the_buttons_of_a_summary_lead_on(bot):
    nora = await filled(bot)
    await nora.send("/week")
    said = len(nora.from_bot)
    await nora.tap("More")
    assert len(nora.from_bot) == said + 1
    more = nora.last.text
    assert more
    week = next(data for message in nora.from_bot for data in message.data if data.startswith("week:more"))
    await bot.forge(nora, week.replace("more", "why"))
    assert "Why I said this" in nora.last.text or "There was no advice" in nora.last.text
    await nora.tap("Fix a day")
    assert heard(nora, "Your days")
    await bot.forge(nora, week)
    await nora.send("/week")
    await nora.tap("Visit brief")
    assert (await content(bot, documents(nora)[-1])).startswith(b"%PDF")


async def test_a_week_without_any_day_is_kind(bot):
    nora = await bot.onboarded()
    await nora.send("/week")
    assert len(pictures(nora)) == 1
    assert not heard(nora, "something went wrong")
    assert all("Why this advice?" not in message.buttons for message in nora.from_bot)


async def test_the_summary_of_a_week_with_advice_says_why(bot):
    nora = await bot.onboarded()
    await nora.send("cant feel my bum since this morning")
    await nora.send("/week")
    summary = next(message for message in nora.from_bot if "Visit brief" in message.buttons)
    assert "Why this advice?" in summary.buttons


async def test_ninety_days_on_request(bot):
    nora = await filled(bot, 3)
    await nora.send("/trend")
    assert Image.open(BytesIO(await content(bot, pictures(nora)[-1]))).format == "PNG"
    assert pictures(nora)[-1].text


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("tomorow", "Tue 3 Mar"),
        ("31/12", "Thu 31 Dec"),
        ("31.12.", "Thu 31 Dec"),
        ("dec 31", "Thu 31 Dec"),
        ("friday", "Fri 6 Mar"),
        ("on wensday", "Wed 4 Mar"),
    ],
)
async def test_a_visits_date_is_read_as_people_type_it(bot, typed, day):
    nora = await bot.onboarded()
    await nora.send("/visit")
    await nora.tap("Set a visit")
    await nora.send(typed)
    assert f"Your visit: {day}." in nora.last.text


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("next friday", ["Fri 6 Mar", "Fri 13 Mar"]),
        ("monday", ["Mon 2 Mar", "Mon 9 Mar"]),
        ("3/4", ["Fri 3 Apr", "Wed 4 Mar"]),
    ],
)
async def test_a_date_that_could_be_two_is_asked_back(bot, typed, days):
    nora = await bot.onboarded()
    await nora.send("/visit")
    await nora.tap("Set a visit")
    await nora.send(typed)
    assert nora.last.buttons == [*days, "‹ Back"]
    await nora.tap(days[1])
    assert f"Your visit: {days[1]}." in nora.last.text
    await nora.tap("Skip")
    assert f"Your next visit: {days[1]}" in nora.last.text


async def test_a_button_for_a_date_that_nobody_asked_for_sets_no_visit(bot):
    nora = await bot.onboarded()
    await nora.send("/visit")
    await bot.forge(nora, f"visit:on:{packed_id(date(2026, 3, 6).toordinal())}")
    assert await bot.rows("appointments") == []


async def test_an_empty_diary_is_drawn_nothing(bot):
    nora = await bot.onboarded()
    before = len(nora.from_bot)
    await nora.send("/trend")
    (said,) = nora.from_bot[before:]
    assert "nothing to draw yet" in said.text
    assert pictures(nora) == []


async def test_a_visit_is_set_and_its_page_comes_the_evening_before(bot):
    nora = await filled(bot, 3)
    await nora.send("/visit")
    await nora.tap("Set a visit")
    for text, words in (
        ("1 March 2026", "That day has passed"),
        ("3 March 2031", "more than two years"),
        ("someday", "can't read that as a date"),
        ("31 February", "can't read that as a date"),
    ):
        await nora.send(text)
        assert words in nora.last.text, text
        assert nora.last.buttons == ["‹ Back"], text
    await nora.send("12 March")
    assert "Who will you see?" in nora.last.text
    await nora.send("Dr <b>Ñandú</b> & 李")
    assert "Dr <b>Ñandú</b> & 李" in nora.last.text
    await nora.send("/ask_doctor Is a scan needed?")
    assert "Kept" in nora.last.text
    await nora.send("/ask_doctor")
    await nora.send("Can I swim?")
    await nora.send("/visit")
    assert "Can I swim?" in nora.last.text
    assert "Thu 12 Mar" in nora.last.text
    await bot.jump(datetime(2026, 3, 11, 17, 59, tzinfo=UTC))
    assert documents(nora) == []
    await bot.jump(datetime(2026, 3, 11, 18, 0, tzinfo=UTC))
    (page,) = documents(nora)
    text = read(await content(bot, page))
    assert "Is a scan needed?" in text
    assert "Can I swim?" in text
    assert heard(nora, "To read aloud")


async def visited(bot, day="tomorrow"):
    nora = await filled(bot, 3)
    await nora.send("/visit")
    await nora.tap("Set a visit")
    await nora.send(day)
    await nora.tap("Skip")
    return nora


async def test_the_day_after_asks_what_came_of_it_and_four_weeks_later_compares(bot):
    nora = await visited(bot)
    await bot.jump(datetime(2026, 3, 7, 10, 0, tzinfo=UTC))
    assert "Did your visit take place?" in nora.last.text
    await nora.tap("Yes")
    await nora.send("A new exercise plan")
    assert "Your charts will show the day" in nora.last.text
    await bot.jump(datetime(2026, 4, 3, 9, 0, tzinfo=UTC))
    assert heard(nora, "Four weeks since your visit on")
    assert heard(nora, "It does not prove what caused it")


async def test_a_visit_that_was_moved_is_asked_for_again(bot):
    nora = await visited(bot)
    await bot.jump(datetime(2026, 3, 7, 10, 0, tzinfo=UTC))
    await nora.tap("It was moved")
    await nora.send("20 March")
    assert "Who will you see?" in nora.last.text
    await nora.tap("Skip")
    await nora.send("/visit")
    assert "Fri 20 Mar" in nora.last.text


async def test_a_visit_can_be_removed_and_then_nothing_comes(bot):
    nora = await visited(bot, "10 March")
    await nora.send("/visit")
    await nora.tap("Remove this visit")
    await bot.jump(datetime(2026, 3, 9, 18, 0, tzinfo=UTC))
    await bot.jump(datetime(2026, 3, 11, 12, 0, tzinfo=UTC))
    assert documents(nora) == []
    assert not heard(nora, "Did your visit take place?")


async def test_for_a_visit_today_the_page_comes_at_once(bot):
    nora = await filled(bot, 3)
    await nora.send("/visit")
    await nora.tap("Set a visit")
    await nora.send("today")
    await nora.send("my GP")
    assert heard(nora, "Saved: today, with my GP. Here is your page.")
    assert len(documents(nora)) == 1
    await bot.jump(datetime(2026, 3, 6, 10, 0, tzinfo=UTC))
    assert heard(nora, "Did your visit take place?")


async def test_the_page_now_without_any_day(bot):
    nora = await bot.onboarded()
    await nora.send("/visit")
    await nora.tap("The page now")
    assert (await content(bot, documents(nora)[-1])).startswith(b"%PDF")


async def test_a_name_in_any_script_stands_on_the_page(bot):
    nora = await filled(bot, 2)
    await nora.send("/settings")
    await nora.tap("Name on brief: none")
    await nora.send("x" * 61)
    assert "under 60" in nora.last.text
    await nora.send("Zoë Ångström")
    await nora.send("/visit")
    await nora.tap("The page now")
    assert "Zoë Ångström" in read(await content(bot, documents(nora)[-1]))


async def test_a_look_is_kept_until_a_day_before_it_is_changed(bot):
    """The same words come from the kept look as from all the days, and a day that is changed takes it away."""
    nora = await bot.onboarded()
    known, today = await bot.known(nora), bot.clock.now().date()
    days = list(diary(today))
    for day in days:
        await bot.database.commit(checkins.saved(known.patient_id, day))
    texts = []
    for _ in range(2):
        before = len(nora.from_bot)
        await nora.send("/week")
        texts.append([message.text for message in nora.from_bot[before:]])
        (kept,) = await bot.rows("looks")
        assert kept["looked_on"] == "2026-02-23"
    assert texts[0] == texts[1]
    await bot.day(nora, back=4)
    assert await bot.rows("looks") == [kept]
    await bot.database.commit(checkins.saved(known.patient_id, days[20]))
    assert await bot.rows("looks") == []


async def test_a_week_before_the_kept_look_is_made_from_its_own_days(bot):
    nora = await bot.onboarded()
    known, today = await bot.known(nora), bot.clock.now().date()
    days = list(diary(today))
    for day in days:
        await bot.database.commit(checkins.saved(known.patient_id, day))
    await nora.send("/week")
    summary = next(message for message in nora.from_bot if "More" in message.buttons)
    told = await nora.tap("More", message_id=summary.id)
    for day in days[-10:]:
        later = day.model_copy(update={"local_date": day.local_date + timedelta(days=25)})
        await bot.database.commit(checkins.saved(known.patient_id, later))
    await bot.to(today + timedelta(days=25))
    await nora.send("/week")
    (kept,) = await bot.rows("looks")
    assert kept["looked_on"] > str(today)
    again = await nora.tap("More", message_id=summary.id)
    assert again.id != told.id
    assert again.text == told.text


async def test_no_look_is_kept_on_its_own_day(bot):
    """Who travels west answers the day before it once more, and an answer of today does not ask for looks."""
    nora = await bot.onboarded()
    known, today = await bot.known(nora), bot.clock.now().date()
    for day in diary(today):
        if day.local_date >= today - timedelta(days=28):
            await bot.database.commit(checkins.saved(known.patient_id, day))
    await nora.send("/week")
    assert await bot.rows("looks") == []
    await bot.to(today + timedelta(days=1))
    await nora.send("/week")
    (kept,) = await bot.rows("looks")
    assert kept["looked_on"] == str(today)
