"""`/diary`: the days, one week to a page; a day to look at, to fill in from memory or to put right."""

from datetime import date, timedelta

from bot.clinical.answers import CheckIn
from bot.clinical.patient import Patient
from bot.conversations.editing import Editing, editing
from bot.diary.days import day_of
from bot.diary.ledger import Day, DayState
from bot.reports.dates import span, weekday_day, weekday_short
from bot.runtime.parsing import Update
from bot.runtime.turn import Turn
from bot.words import Words
from handlers import checkin
from handlers.answering import Answering
from handlers.buttons import BadButtonError, Button, button, unpack, unpack_date
from handlers.render import Screen
from handlers.screens import local_date, show, words_of
from storage import checkins

_PAGE_DAYS = 7


async def open_newest(turn: Turn, patient: Patient, update: Update) -> None:
    """Show the last seven days."""
    await _show_page(turn, update, patient, local_date(turn, patient))


async def press(turn: Turn, patient: Patient, update: Update) -> None:
    """Turn the page, open a day or start to change one."""
    action, packed = unpack(update.callback_query.data if update.callback_query else None, 2)
    day = unpack_date(packed)
    if action == "page":
        await _show_page(turn, update, patient, min(day, local_date(turn, patient)))
    elif action == "day":
        await _show_day(turn, update, patient, day)
    elif action == "edit":
        await checkin.open_day(turn, update, patient, day, changing=True)
    else:
        raise BadButtonError("no such page")


async def _show_page(turn: Turn, update: Update, patient: Patient, last: date) -> None:
    words = words_of(patient)
    first = last - timedelta(days=_PAGE_DAYS - 1)
    found = {
        checkin.local_date: checkin
        for checkin in await checkins.between(turn.database, patient.patient_id, first, last)
    }
    days = [first + timedelta(days=n) for n in range(_PAGE_DAYS)]
    lines = [_line(day_of(found[day]) if day in found else Day(day), words) for day in days]
    buttons = [button(f"{weekday_short(words, day)} {day.day}", "diary", "day", day) for day in days]
    ways: tuple[Button, ...] = (
        button(words.text("diary.earlier"), "diary", "page", first - timedelta(days=1)),
    )
    if last < local_date(turn, patient):
        ways += (button(words.text("diary.later"), "diary", "page", last + timedelta(days=_PAGE_DAYS)),)
    rows = (*(tuple(buttons[start : start + 3]) for start in range(0, _PAGE_DAYS, 3)), ways)
    show(
        turn,
        update,
        Screen("\n".join([words.text("diary.title", span=span(words, first, last)), "", *lines]), rows),
    )


async def _show_day(turn: Turn, update: Update, patient: Patient, day: date) -> None:
    words = words_of(patient)
    stored = await checkins.on(turn.database, patient.patient_id, day)
    title = words.text("diary.day_title", day=weekday_day(words, day))
    text = [title, *(_answers(stored, patient, words) if stored else [words.text("diary.day.unanswered")])]
    allowed = editing(day, local_date(turn, patient), stored)
    back = (button(words.text("diary.back"), "diary", "page", local_date(turn, patient)),)
    rows = {
        Editing.CHANGE: ((button(words.text("diary.change"), "diary", "edit", day),), back),
        Editing.FILL_IN: ((button(words.text("diary.fill"), "diary", "edit", day),), back),
    }.get(allowed, (back,))
    if allowed in (Editing.LOCKED, Editing.TOO_OLD):
        text += ["", words.text(f"diary.{allowed}")]
    show(turn, update, Screen("\n".join(text), rows))


def _line(day: Day, words: Words) -> str:
    shown = weekday_day(words, day.date)
    if day.state is not DayState.PAIN:
        return words.text(f"diary.line.{day.state}", day=shown)
    scores = [
        words.text(f"diary.line.{name}", score=score)
        for name, score in (("back", day.back_pain), ("head", day.headache))
        if score is not None
    ]
    return words.text("diary.line.pain", day=shown, scores=", ".join(scores))


def _answers(stored: CheckIn, patient: Patient, words: Words) -> list[str]:
    lines = [words.text("diary.recalled")] if stored.recalled else []
    return lines + [
        words.text("diary.day.answer", question=words.text(f"checkin_end.name.{question.id}"), value=value)
        for question, value in Answering(stored, patient).answered()
    ]
