"""The daily check-in: one message that changes in place, answers kept as they are given, urgent signs first."""

from collections.abc import Iterator
from datetime import date

from telegram import Update

from bot.clinical.answers import CheckIn
from bot.clinical.checkin import (
    Question,
    leads_to_crisis,
    next_question,
    plan,
    previous_question,
    progress,
    record,
)
from bot.clinical.patient import Patient, PatientState
from bot.clinical.questions import LONGEST_NOTE, Kind
from bot.conversations.editing import begun, editing
from bot.diary.days import day_of
from bot.diary.ledger import Day, DayState
from bot.reports.dates import weekday_day
from bot.runtime.turn import Due, MessageKind, Turn
from bot.words import Words
from handlers import advising, crisis, prompts, questionnaire, seen
from handlers.buttons import BadButtonError, button, unpack, unpack_date
from handlers.questionnaire import Move
from handlers.render import Screen
from handlers.screens import local_date, say, show, typed_text, words_of
from storage import checkins, patients

PREFIX = "ci"
_FINISHED = "-end"


async def prompt(turn: Turn, patient: Patient, due: Due) -> None:
    """Ask today's first question, unless it is answered or too late; plan tomorrow's in the same turn."""
    turn.save(prompts.next_one(patient, prompts.Planned.CHECKIN, max(due.due_at, turn.now)))
    stored = await checkins.on(turn.database, patient.patient_id, due.local_date)
    if due.missed or patient.state is not PatientState.ACTIVE or (stored and stored.answers):
        return
    if await seen.ask_if_open(turn, patient):
        return
    say(turn, _first_screen(stored or begun(due.local_date, due.local_date), patient), MessageKind.PROMPT)


async def open_warning(turn: Turn, update: Update, patient: Patient) -> None:  # noqa: ARG001 -- it is a new message
    """Ask today's warning signs anew, in a message of its own."""
    today = local_date(turn, patient)
    checkin = await checkins.on(turn.database, patient.patient_id, today) or begun(today, today)
    say(turn, _screen(checkin, patient, plan(checkin, patient.profile)[0]))


async def open_today(turn: Turn, patient: Patient, update: Update) -> None:
    """Start today's check-in, or go on where it stopped."""
    if not await seen.ask_if_open(turn, patient):
        await open_day(turn, update, patient, local_date(turn, patient))


async def open_day(
    turn: Turn, update: Update, patient: Patient, day: date, *, changing: bool = False
) -> None:
    """Show the first question of a day that is open, from the start where it is to be changed."""
    today = local_date(turn, patient)
    stored = await checkins.on(turn.database, patient.patient_id, day)
    if not editing(day, today, stored).allowed:
        turn.answer_callback(words_of(patient).text("errors.closed_day"))
        return
    checkin = stored or begun(day, today)
    question = plan(checkin, patient.profile)[0] if changing else next_question(checkin, patient.profile)
    show(turn, update, _screen(checkin, patient, question))


async def press(turn: Turn, patient: Patient, update: Update) -> None:
    """Take a tap: keep the answer, say what cannot wait, show what comes next."""
    packed_day, name, choice = unpack(update.callback_query.data if update.callback_query else None, 3)
    day, today = unpack_date(packed_day), local_date(turn, patient)
    stored = await checkins.on(turn.database, patient.patient_id, day)
    if not editing(day, today, stored).allowed:
        turn.answer_callback(words_of(patient).text("errors.closed_day"))
        return
    checkin = stored or begun(day, today)
    if name == _FINISHED:
        await _after_the_end(turn, update, patient, checkin, choice)
        return
    question = _question(checkin, patient, name)
    if choice == Move.BACK:
        before = previous_question(checkin, patient.profile, name)
        show(turn, update, _screen(checkin, patient, before or question))
    elif leads_to_crisis(question, choice):
        crisis.answer(turn, patient)
    else:
        await _take(turn, update, patient, checkin, question, choice)


async def note_typed(turn: Turn, patient: Patient, update: Update) -> None:
    """Keep a typed note with its day."""
    day = unpack_date((patient.expects or "").split(":")[-1])
    words = words_of(patient)
    text = typed_text(update).strip()[:LONGEST_NOTE]
    checkin = await checkins.on(turn.database, patient.patient_id, day) or begun(
        day, local_date(turn, patient)
    )
    turn.save(
        checkins.saved(patient.patient_id, checkin.answered("note", text, turn.now)),
        patients.saved(patient.model_copy(update={"expects": None})),
    )
    say(turn, Screen(words.text("checkin_end.note_saved", day=weekday_day(words, day))))


def answered_lines(checkin: CheckIn, patient: Patient, words: Words) -> Iterator[tuple[str, str]]:
    """Give each question that was answered, and the answer, in the patient's words."""
    for question in plan(checkin, patient.profile):
        if question.id in checkin.answers:
            value = questionnaire.label(question, checkin.value(question.id), words)
            yield words.text(f"{question.key}.question"), value or words.text("diary.day.skipped")


async def _take(
    turn: Turn, update: Update, patient: Patient, checkin: CheckIn, question: Question, choice: str
) -> None:
    answered = questionnaire.read_tap(question, choice, checkin.value(question.id))
    checkin = record(checkin, patient.profile, question, answered.value, turn.now)
    turn.save(checkins.saved(patient.patient_id, checkin))
    if await advising.urgent(turn, patient, checkin):
        show(turn, update, _stopped(checkin, words_of(patient)))
    elif not answered.complete:
        show(turn, update, _screen(checkin, patient, question))
    else:
        following = _after(checkin, patient, question)
        tip = await advising.conclude(turn, patient, checkin) if following is None else None
        show(turn, update, _screen(checkin, patient, following, tip))


def _after(checkin: CheckIn, patient: Patient, question: Question) -> Question | None:
    """Give the next question in order that is open, so that changing one answer walks on through the rest."""
    questions = [each for each in plan(checkin, patient.profile) if each.kind is not Kind.NOTE]
    ids = [each.id for each in questions]
    later = questions[ids.index(question.id) + 1 :] if question.id in ids else []
    return next((each for each in later if each.id not in checkin.answers), None) or next_question(
        checkin, patient.profile
    )


async def _after_the_end(turn: Turn, update: Update, patient: Patient, checkin: CheckIn, choice: str) -> None:
    words = words_of(patient)
    if choice == "note":
        turn.save(
            patients.saved(
                patient.model_copy(update={"expects": f"note:{button('', checkin.local_date).data}"})
            )
        )
        cancel = button(words.text("checkin_end.note_cancel"), PREFIX, checkin.local_date, _FINISHED, "none")
        show(turn, update, Screen(words.text("checkin_end.note_question"), ((cancel,),)))
    elif choice in ("none", "show"):
        turn.save(patients.saved(patient.model_copy(update={"expects": None})))
        show(turn, update, _screen(checkin, patient, None))
    elif choice == "change":
        show(turn, update, _screen(checkin, patient, plan(checkin, patient.profile)[0]))
    elif choice == "go_on":
        show(turn, update, _screen(checkin, patient, next_question(checkin, patient.profile)))
    else:
        raise BadButtonError("no such way on")


def _question(checkin: CheckIn, patient: Patient, name: str) -> Question:
    for question in plan(checkin, patient.profile):
        if question.id == name:
            return question
    raise BadButtonError(f"{name!r} is not asked on this day")


def _first_screen(checkin: CheckIn, patient: Patient) -> Screen:
    question = next_question(checkin, patient.profile)
    return _screen(checkin, patient, question)


def _screen(checkin: CheckIn, patient: Patient, question: Question | None, tip: str | None = None) -> Screen:
    words = words_of(patient)
    if question is None:
        return _end(checkin, words, tip)
    first = plan(checkin, patient.profile)[0].id == question.id
    day = weekday_day(words, checkin.local_date)
    hello = words.text("checkin_end.hello_recalled" if checkin.recalled else "checkin_end.hello", day=day)
    shown = questionnaire.screen(
        question,
        words,
        (PREFIX, button("", checkin.local_date).data),
        value=checkin.value(question.id),
        place=progress(checkin, patient.profile, question.id),
        back=not first,
    )
    return Screen(f"{hello}\n\n{shown.text}" if first else shown.text, shown.rows)


def _end(checkin: CheckIn, words: Words, tip: str | None) -> Screen:
    day = weekday_day(words, checkin.local_date)
    text = words.text("checkin_end.logged", day=day, line=_scores(day_of(checkin), words))
    note = button(words.text("checkin_end.note"), PREFIX, checkin.local_date, _FINISHED, "note")
    change = button(words.text("checkin_end.change"), PREFIX, checkin.local_date, _FINISHED, "change")
    parts = [text, tip or "", words.text("checkin_end.thanks")]
    return Screen("\n\n".join(part for part in parts if part), ((note, change),))


def _stopped(checkin: CheckIn, words: Words) -> Screen:
    go_on = button(words.text("checkin_end.go_on"), PREFIX, checkin.local_date, _FINISHED, "go_on")
    mistake = button(words.text("checkin_end.mistake"), PREFIX, checkin.local_date, _FINISHED, "change")
    return Screen(words.text("checkin_end.stopped"), ((go_on,), (mistake,)))


def _scores(day: Day, words: Words) -> str:
    if day.state is DayState.PAIN_FREE and not day.flags:
        return words.text("checkin_end.quiet")
    if day.back_pain is not None and day.headache is not None:
        return words.text("checkin_end.scores", back=day.back_pain, head=day.headache)
    if day.back_pain is not None:
        return words.text("checkin_end.back_only", back=day.back_pain)
    return words.text("checkin_end.head_only", head=day.headache) if day.headache is not None else ""
