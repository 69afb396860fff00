"""The patients of the delivery bench: people with five weeks of diary, each at another question of today's check-in."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from bot.clinical import checkin as flow
from bot.clinical.answers import CheckIn, Profile
from bot.clinical.patient import CONSENT_VERSION, Consent, Patient, Preferences
from bot.clinical.questions import Form, load_questions
from bot.sandbox.example import advised, diary
from handlers.buttons import button
from handlers.prompts import Planned, first_ones, next_one
from storage import advice, checkins, patients
from storage.due import due_row
from storage.engine import Database, Statement

FIRST_CHAT = 5_000_000
FIRST_SILENT_CHAT = 9_000_000
EMPTY_DAYS = 3
"""Days before today without a diary, for those who have answered today's and go on with the days before."""
QUESTIONS = 7
"""A check-in of these patients has as many, so one tap in seven ends one."""
_BATCH = 5_000
_SMALL_BATCH = 50
_ANSWERS = {
    "warning": "none",
    "back_pain": "4",
    "headache": "3",
    "interference": "2",
    "medicine": "none",
    "sleep": "well",
}
_PROFILE = Profile(country="US", birth_year=1961)


def first_tap(number: int, today: date) -> str:
    """Give the data of the button that patient `number` taps first."""
    return tap(today, open_question(number, today))


def tap(day: date, question: flow.Question) -> str:
    """Give the data of a usual answer to a question of a day."""
    return button("", "ci", day, question.id, _ANSWERS.get(question.id, question.options[0])).data


def next_tap(tapped: str, shown: list[str]) -> str:
    """Give what is tapped on the buttons that came for a tap: a usual answer, and after the last the day before."""
    parts = [data.split(":") for data in shown]
    options = {part[3]: ":".join(part) for part in parts if part[0] == "ci" and part[2] != "-end"}
    answers = [data for choice, data in options.items() if not choice.startswith("-")]
    if not answers:
        before = date.fromordinal(int(tapped.split(":")[1], 36)) - timedelta(days=1)
        return tap(before, first_question())
    usual = _ANSWERS.get(parts[0][2])
    return options.get(usual or "", answers[0])


def first_question() -> flow.Question:
    """Give the question that every day begins with."""
    return load_questions(Form.CHECKIN)[0]


def open_question(number: int, today: date) -> flow.Question:
    """Give the question at which patient `number` stands."""
    question = flow.next_question(_today(number % QUESTIONS, today), _PROFILE)
    return question or first_question()


async def seed(database: Database, count: int, now: datetime) -> None:
    """Keep `count` patients, their diaries, and today's check-in as far as each has answered it.

    They have heard what today's answers call for, so that a check-in ends with a tip, as it does on most days: what
    is measured is the bot, and not the 29 new messages a second that Telegram allows.
    """
    today = now.date()
    known = list(diary(today - timedelta(days=EMPTY_DAYS)))
    days = [write for day in known for write in checkins.saved(0, day)]
    told = [advice.saved(0, one) for one in advised(_PROFILE, [*known, _today(QUESTIONS, today)])]
    for numbers in _batches(count, _SMALL_BATCH):
        unit = []
        for number in numbers:
            patient_id = FIRST_CHAT + number
            patient = _patient(patient_id, now)
            unit += [patients.saved(patient), *first_ones(patient, now)]
            unit += [Statement(day.sql, {**day.parameters, "patient_id": patient_id}) for day in days]
            unit += [_own(one, patient_id) for one in told]
            begun = _today(number % QUESTIONS, today)
            if begun.answers:
                unit += checkins.saved(patient_id, begun)
        await database.commit(unit)


async def seed_silent(database: Database, count: int, now: datetime) -> None:
    """Keep `count` patients more, who are all due for today's question now.

    Their summaries are planned, as those of all who are asked are: otherwise the bot would find them missing at its
    start, and planning 100,000 again would be measured.
    """
    for numbers in _batches(count, _BATCH):
        unit = []
        for number in numbers:
            patient = _patient(FIRST_SILENT_CHAT + number, now)
            unit.append(patients.saved(patient))
            unit.append(due_row(patient.patient_id, patient.chat_id, Planned.CHECKIN, now.date(), now))
            unit.append(next_one(patient, Planned.WEEKLY, now))
        await database.commit(unit)


async def plan_summaries(database: Database, count: int, now: datetime) -> None:
    """Let the first `count` patients be due for their week now."""
    numbers = range(FIRST_CHAT, FIRST_CHAT + count)
    await database.commit([due_row(number, number, "weekly", now.date(), now) for number in numbers])


def _batches(count: int, size: int) -> Iterator[range]:
    for first in range(0, count, size):
        yield range(first, min(first + size, count))


def _own(told: Statement, patient_id: int) -> Statement:
    own = {"patient_id": patient_id, "advice_id": f"{told.parameters['advice_id']}-{patient_id}"}
    return Statement(told.sql, {**told.parameters, **own})


def _patient(patient_id: int, now: datetime) -> Patient:
    return Patient(
        patient_id=patient_id,
        chat_id=patient_id,
        consent=Consent(version=CONSENT_VERSION, given_at=now - timedelta(days=40)),
        preferences=Preferences(checkin_time=time(now.hour, now.minute), summary_weekday=now.weekday()),
        profile=_PROFILE,
    )


def _today(answers: int, today: date) -> CheckIn:
    """Give today's check-in with so many answers."""
    checkin, at = CheckIn(local_date=today), datetime.combine(today, time(0, 1), UTC)
    for _ in range(answers):
        question = flow.next_question(checkin, _PROFILE)
        if question is None:
            break
        choice = tap(today, question).rpartition(":")[2]
        checkin = flow.record(checkin, _PROFILE, question, flow.accept(question, choice), at)
    return checkin
