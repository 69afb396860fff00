"""The daily check-in: one message that changes in place, answers kept as they are given, urgent signs first."""

from datetime import date, timedelta

from bot.clinical.answers import CheckIn
from bot.clinical.checkin import (
    OLD_FOR,
    as_left,
    leads_to_crisis,
    names_warning,
    old_signs,
    record,
)
from bot.clinical.patient import Patient, PatientState
from bot.clinical.questions import Question
from bot.conversations.editing import begun, editing
from bot.reports.dates import weekday_day
from bot.runtime.parsing import Update
from bot.runtime.turn import Due, MessageKind, Turn
from handlers import advising, crisis, prompts, questionnaire, seen
from handlers.answering import END, PREFIX, Answering
from handlers.buttons import BadButtonError, button, packed_id, unpack, unpack_date, unpack_id
from handlers.questionnaire import Move
from handlers.render import Screen, edited
from handlers.screens import local_date, say, show, tapped_message, typed_text, words_of
from storage import checkins, patients
from storage.due import due_again

__all__ = [
    "PREFIX",
    "left_open",
    "note_typed",
    "open_day",
    "open_today",
    "open_warning",
    "press",
    "prompt",
    "takes_note",
]

_LEFT_AFTER = timedelta(minutes=30)
"""After so long without a tap a check-in counts as left, and its signs are judged as they stand; our own choice."""


async def prompt(turn: Turn, patient: Patient, due: Due) -> None:
    """Ask today's first question, unless it is answered or too late; plan tomorrow's in the same turn."""
    turn.save(prompts.following(turn, patient, due))
    stored = await checkins.on(turn.database, patient.patient_id, due.local_date)
    if due.missed or patient.state is not PatientState.ACTIVE or (stored and stored.answers):
        return
    if await seen.ask_if_open(turn, patient, MessageKind.PROMPT):
        return
    answering = Answering(stored or begun(due.local_date, due.local_date), patient)
    say(turn, answering.screen(answering.next), MessageKind.PROMPT)


async def left_open(turn: Turn, patient: Patient, due: Due) -> None:
    """Judge the signs of a check-in that was left half-way: what was not answered is waited for no longer."""
    answering = await _answering(turn, patient, due.local_date)
    if answering.next is not None:
        await advising.left(turn, patient, as_left(answering.checkin, patient.profile))


async def open_warning(turn: Turn, update: Update, patient: Patient) -> None:  # noqa: ARG001 -- it is a new message
    """Ask today's warning signs anew, in a message of its own."""
    answering = await _answering(turn, patient, local_date(turn, patient))
    say(turn, answering.screen(answering.plan[0]))


async def open_today(turn: Turn, patient: Patient, update: Update) -> None:
    """Start today's check-in, or go on where it stopped."""
    if not await seen.ask_if_open(turn, patient):
        await open_day(turn, update, patient, local_date(turn, patient))


async def open_day(
    turn: Turn, update: Update, patient: Patient, day: date, *, changing: bool = False
) -> None:
    """Show the first open question of a day, or the answers to choose from where they are to be changed."""
    answering = await _answering(turn, patient, day)
    if not _allowed(turn, answering):
        return
    complete = answering.next is None and answering.checkin.answers
    show(
        turn,
        update,
        answering.choice() if changing and complete else await _current(turn, answering),
    )


async def press(turn: Turn, patient: Patient, update: Update) -> None:
    """Take a tap: keep the answer, say what cannot wait, show what comes next."""
    packed_day, name, choice = unpack(update.callback_query.data if update.callback_query else None, 3)
    answering = await _answering(turn, patient, unpack_date(packed_day))
    if not _allowed(turn, answering):
        return
    if name == END:
        await _after_the_end(turn, update, answering, choice)
        return
    question = answering.question(name)
    if choice == Move.BACK:
        show(turn, update, answering.screen(answering.before(name) or question))
    elif choice == Move.OPEN:
        show(turn, update, answering.screen(question))
    elif leads_to_crisis(question, choice):
        crisis.answer(turn, patient)
    else:
        await _take(turn, update, answering, question, choice)


async def takes_note(turn: Turn, patient: Patient) -> bool:
    """Tell whether the day whose note was asked for can still be written."""
    day, today = _note_of(patient)[0], local_date(turn, patient)
    return editing(day, today, await checkins.on(turn.database, patient.patient_id, day)).allowed


async def note_typed(turn: Turn, patient: Patient, update: Update) -> None:
    """Keep a typed note with its day, below one that is there, and end the message that asked for it."""
    day, asked_in = _note_of(patient)
    words = words_of(patient)
    answering = await _answering(turn, patient, day)
    earlier = answering.checkin.value("note")
    note = "\n".join(part for part in (earlier, typed_text(update).strip()) if isinstance(part, str))
    answering = answering.with_checkin(answering.checkin.answered("note", note, turn.now))
    turn.save(
        *checkins.saved(patient.patient_id, answering.checkin),
        patients.saved(patient.model_copy(update={"expects": None})),
    )
    if asked_in is not None:
        turn.say(edited(turn.chat_id, asked_in, await _current(turn, answering)))
    say(turn, Screen(words.text("checkin_end.note_saved", day=weekday_day(words, day))))


async def _take(turn: Turn, update: Update, answering: Answering, question: Question, choice: str) -> None:
    patient = answering.patient
    answered = questionnaire.read_tap(question, choice, answering.checkin.value(question.id))
    checkin = record(
        answering.checkin,
        patient.profile,
        question,
        answered.value,
        turn.now,
        complete=answered.complete,
    )
    answering = answering.with_checkin(checkin)
    turn.save(*checkins.saved(patient.patient_id, checkin, local_date(turn, patient)))
    if await advising.urgent(turn, patient, checkin, answering.old):
        show(turn, update, answering.stopped())
        return
    following = answering.after(question) if answered.complete else question
    closing = await advising.conclude(turn, patient, checkin) if following is None else None
    if following is not None:
        _watch(turn, patient, checkin)
    show(turn, update, answering.screen(following, closing))


def _watch(turn: Turn, patient: Patient, checkin: CheckIn) -> None:
    """Plan a look at a check-in with signs, in case it is left before its last question."""
    if names_warning(checkin):
        kind = prompts.Planned.CHECKIN_LEFT
        turn.save(
            due_again(patient.patient_id, patient.chat_id, kind, checkin.local_date, turn.now + _LEFT_AFTER)
        )


async def _current(turn: Turn, answering: Answering) -> Screen:
    """Give the screen of the first open question, and of a finished day with the advice that stands."""
    closing = None
    if answering.next is None:
        closing = await advising.closing(turn, answering.patient, answering.checkin)
    return answering.screen(answering.next, closing)


async def _after_the_end(turn: Turn, update: Update, answering: Answering, choice: str) -> None:
    patient = answering.patient
    if choice == "note":
        waits = button("", "note", answering.checkin.local_date, packed_id(tapped_message(update) or 0))
        turn.save(patients.saved(patient.model_copy(update={"expects": waits.data})))
        show(turn, update, answering.note())
    elif choice == "show":
        turn.save(patients.saved(patient.model_copy(update={"expects": None})))
        show(turn, update, await _current(turn, answering))
    elif choice == "change":
        show(turn, update, answering.choice())
    elif choice == "go_on":
        show(turn, update, await _current(turn, answering))
    else:
        raise BadButtonError("no such way on")


def _note_of(patient: Patient) -> tuple[date, int | None]:
    """Give the day whose note is waited for, and the message that asked for it, where it is known."""
    _, packed_day, *rest = (patient.expects or "").split(":")
    return unpack_date(packed_day), (unpack_id(rest[0]) or None) if rest else None


async def _answering(turn: Turn, patient: Patient, day: date) -> Answering:
    """Load a day, and where it has signs, those that stand as old from the two weeks before."""
    today = local_date(turn, patient)
    stored = await checkins.on(turn.database, patient.patient_id, day)
    old: frozenset[str] = frozenset()
    if stored is not None and names_warning(stored):
        recent = await checkins.recent(turn.database, patient.patient_id, day, OLD_FOR.days)
        old = old_signs([each for each in recent if each.local_date != day], day)
    return Answering(stored or begun(day, today), patient, old)


def _allowed(turn: Turn, answering: Answering) -> bool:
    """Tell whether the day may still be written, and say so where it may not."""
    checkin = answering.checkin
    today = local_date(turn, answering.patient)
    if editing(checkin.local_date, today, checkin if checkin.answers else None).allowed:
        return True
    turn.answer_callback(words_of(answering.patient).text("errors.closed_day"))
    return False
