"""Thoughts of ending one's life: recognise, respect, refer. Nothing that was written is kept, only that we answered.

The rules are section 5.1 of the specification: no score, no promise, no tips in the same message.
"""

from datetime import timedelta

from bot.clinical.crisis import ANSWERS, Button, crisis_message, follow_up, heard, other_countries
from bot.clinical.patient import Patient, PatientState
from bot.conversations.setup import with_preferences
from bot.runtime.parsing import Update
from bot.runtime.turn import Due, MessageKind, Turn
from handlers import advising, membership, prompts
from handlers.buttons import BadButtonError, button, unpack
from handlers.render import Screen
from handlers.screens import contacts_of, local_date, say, show, words_of
from storage import crisis as crisis_records
from storage import patients

PREFIX = "crisis"


async def open_page(turn: Turn, patient: Patient, update: Update) -> None:  # noqa: ARG001 -- handlers share one form
    """Show who can help; the button for it stands under every chat."""
    answer(turn, patient)


def answer(turn: Turn, patient: Patient | None) -> None:
    """Send the crisis message at once and before anything else; end whatever was being asked."""
    words = words_of(patient)
    rows = tuple((button(words.text(f"crisis.{choice}"), PREFIX, choice),) for choice in Button)
    shown = rows if patient else rows[:1]
    say(turn, Screen(crisis_message(contacts_of(patient), words), shown), MessageKind.EMERGENCY)
    if patient is None:
        return
    turn.save(
        crisis_records.shown(patient.patient_id, turn.now),
        patients.saved(patient.model_copy(update={"expects": None, "pending_question": None})),
    )
    if patient.preferences.crisis_follow_up:
        tomorrow = local_date(turn, patient) + timedelta(days=1)
        at = patient.preferences.checkin_time
        turn.save(prompts.on_day(patient, prompts.Planned.CRISIS_FOLLOW_UP, tomorrow, at))


def ask(turn: Turn, patient: Patient | None) -> None:
    """Ask one plain question where it is not clear what was meant."""
    words = words_of(patient)
    rows = tuple((button(words.text(f"crisis.{choice}"), PREFIX, choice),) for choice in ANSWERS)
    say(turn, Screen(words.text("crisis.question"), rows), MessageKind.EMERGENCY)


async def press_anyone(turn: Turn, update: Update) -> None:
    """Take a tap under the crisis message or its question, from a patient or from anyone."""
    (choice,) = unpack(update.callback_query.data if update.callback_query else None, 1)
    patient = await patients.by_chat(turn.database, turn.chat_id)
    if patient is None:
        turn.forget_update()
    else:
        patient = await membership.welcomed_back(turn, patient)
    words = words_of(patient)
    if choice in ANSWERS:
        if "crisis.denied" not in heard(choice):
            answer(turn, patient)
            return
        if patient is not None:
            await advising.heard_no(turn, patient)
        show(turn, update, Screen(words.text("crisis.denied")))
    elif choice == Button.OTHER_COUNTRIES:
        say(turn, Screen(other_countries(words)), MessageKind.EMERGENCY)
    elif choice == Button.REACHED:
        say(turn, Screen(words.text("crisis.reached_reply")))
    elif choice == Button.PAUSE_TODAY and patient is not None:
        turn.save(*await prompts.silent_today(turn, patient))
        say(turn, Screen(words.text("crisis.paused_reply")))
    elif choice == "off" and patient is not None:
        turn.save(patients.saved(with_preferences(patient, crisis_follow_up=False)))
        show(turn, update, Screen(words.text("crisis.next_day_off_reply")))
    else:
        raise BadButtonError("no such way on")


async def next_day(turn: Turn, patient: Patient, due: Due) -> None:
    """Send one gentle line with the numbers again, once, on the day after."""
    if due.missed or patient.state is PatientState.UNREACHABLE or not patient.preferences.crisis_follow_up:
        return
    words = words_of(patient)
    off = button(words.text("crisis.next_day_off"), PREFIX, "off")
    say(turn, Screen(follow_up(contacts_of(patient), words), ((off,),)), MessageKind.PROMPT)
