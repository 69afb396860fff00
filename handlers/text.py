"""Everything typed: crisis words first, then warning signs, then the answer to what was asked, then the FAQ (L-9)."""

from telegram import Update

from bot.clinical.patient import Patient
from bot.clinical.warning_signs import NO_SIGN, Crisis, read_message
from bot.runtime.turn import Turn
from handlers import advising, checkin, crisis, faq, intake, onboarding, settings, setup, visit
from handlers import help as help_
from handlers.buttons import BadButtonError, button, unpack
from handlers.render import Screen
from handlers.screens import say, show, typed_text, words_of
from storage import patients

PREFIX = "now"


async def read(turn: Turn, update: Update) -> None:
    """Read a message in the order of L-9, the same in every state, for patients and strangers."""
    patient = await patients.by_chat(turn.database, turn.chat_id)
    message = update.effective_message
    text = (message.text if message else None) or ""
    reading = read_message(text)
    if patient is None:
        turn.forget_update()
    if text == words_of(patient).text("menu.unsafe_button"):
        crisis.answer(turn, patient)
        return
    if reading.crisis is Crisis.UNCLEAR:
        crisis.ask(turn, patient)
        return
    if reading.crisis is not None:
        crisis.answer(turn, patient)
        return
    if patient is None:
        if not advising.warn_stranger(turn, reading):
            await onboarding.welcome(turn, update)
        return
    if reading.level != NO_SIGN:
        patient = await _note_kept(turn, patient, update)
        if reading.unclear:
            _ask_if_now(turn, patient, reading.flags, text)
        else:
            await advising.from_text(turn, patient, reading)
        return
    if update.edited_message is not None:
        say(turn, Screen(words_of(patient).text("errors.edited")))
        return
    await _answer(turn, patient, update, text)


async def press(turn: Turn, patient: Patient, update: Update) -> None:
    """Take the answer to "Is this happening to you now?"; not sure counts as yes (L-2)."""
    (choice,) = unpack(update.callback_query.data if update.callback_query else None, 1)
    flags, question = frozenset(patient.pending_flags), patient.pending_question
    cleared = patient.model_copy(update={"pending_flags": (), "pending_question": None})
    turn.save(patients.saved(cleared))
    if choice not in ("yes", "no", "not_sure"):
        raise BadButtonError("no such answer")
    if choice != "no" and flags:
        await advising.from_flags(turn, cleared, flags)
        return
    show(turn, update, Screen(words_of(patient).text("text.unclear_denied")))
    if question:
        await faq.answer(turn, cleared, question)


async def location(turn: Turn, patient: Patient, update: Update) -> None:
    """Take a shared location where the time zone was asked; it is used once and not kept."""
    if (patient.expects or "").startswith("set:"):
        await setup.typed(turn, patient, update)
    else:
        await help_.unreadable(turn, patient, update)


async def _answer(turn: Turn, patient: Patient, update: Update, text: str) -> None:
    words = words_of(patient)
    if text == words.text("menu.checkin_button"):
        await checkin.open_today(turn, patient, update)
        return
    if text == words.text("menu.warning_button"):
        await checkin.open_warning(turn, update, patient)
        return
    expected = {
        "note": checkin.note_typed,
        "set": setup.typed,
        "about": intake.typed,
        "name": settings.name_typed,
        "visit": visit.typed,
    }.get((patient.expects or "").split(":")[0])
    if expected is not None:
        await expected(turn, patient, update)
    else:
        await faq.answer(turn, patient, text)


async def _note_kept(turn: Turn, patient: Patient, update: Update) -> Patient:
    """Keep a note that holds a warning sign as well: the warning must not cost the patient their words."""
    if not (patient.expects or "").startswith("note:") or not typed_text(update):
        return patient
    await checkin.note_typed(turn, patient, update)
    return patient.model_copy(update={"expects": None})


def _ask_if_now(turn: Turn, patient: Patient, flags: frozenset[str], text: str) -> None:
    words = words_of(patient)
    pending = patient.model_copy(
        update={"pending_flags": tuple(sorted(flags)), "pending_question": text[:500]}
    )
    turn.save(patients.saved(pending))
    rows = tuple(
        (button(words.text(f"text.unclear_{answer}"), PREFIX, answer),)
        for answer in ("yes", "not_sure", "no")
    )
    say(turn, Screen(words.text("text.unclear"), rows))
