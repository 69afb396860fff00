"""Everything typed: crisis words first, then warning signs, then the answer to what was asked, then the FAQ (L-9)."""

from bot.clinical.patient import Patient
from bot.clinical.warning_signs import NO_SIGN, Crisis, read_message
from bot.runtime.parsing import Update
from bot.runtime.turn import Turn
from handlers import advising, checkin, crisis, faq, intake, membership, settings, setup, visit
from handlers import help as help_
from handlers.buttons import BadButtonError, button, unpack
from handlers.render import Screen
from handlers.screens import say, show, typed_text, words_of
from storage import patients

PREFIX = "now"


async def heard_urgent(turn: Turn, update: Update) -> bool:
    """Read a message for crisis words, then warning signs, the same in every state, and tell whether it had any.

    Whatever holds words is read: a text, what follows a command, what stands under a picture, a message changed.
    """
    text = written(update)
    if not text:
        return False
    patient = await patients.by_chat(turn.database, turn.chat_id)
    reading = read_message(text)
    if reading.crisis is None and reading.level == NO_SIGN and text != _unsafe(patient):
        return False
    if patient is None:
        turn.forget_update()
    else:
        patient = await membership.welcomed_back(turn, patient)
    if reading.crisis is Crisis.UNCLEAR:
        crisis.ask(turn, patient)
    elif reading.crisis is not None or text == _unsafe(patient):
        crisis.answer(turn, patient)
    elif patient is None:
        return advising.warn_stranger(turn, reading)
    else:
        patient = await _note_kept(turn, patient, update)
        of_the_note, turn.messages = turn.messages, []
        if reading.unclear:
            _ask_if_now(turn, patient, reading.flags, text)
        else:
            await advising.from_text(turn, patient, reading)
        turn.messages += of_the_note
    return True


async def read(turn: Turn, patient: Patient, update: Update) -> None:
    """Take a message without a sign: as a button below the text field, as the answer that is waited for, or as a question."""
    if update.edited_message is not None:
        say(turn, Screen(words_of(patient).text("errors.edited")))
    else:
        await _answer(turn, patient, update, typed_text(update))


async def press(turn: Turn, patient: Patient, update: Update) -> None:
    """Take the answer to "Is this happening to you now?"; not sure counts as yes (L-2)."""
    (choice,) = unpack(update.callback_query.data if update.callback_query else None, 1)
    flags, question = frozenset(patient.pending_flags), patient.pending_question
    cleared = patient.model_copy(update={"pending_flags": (), "pending_question": None})
    turn.save(patients.saved(cleared))
    words = words_of(patient)
    if choice not in ("yes", "no", "not_sure"):
        raise BadButtonError("no such answer")
    if choice == "no":
        show(turn, update, Screen(words.text("text.unclear_denied")))
        if question:
            await faq.answer(turn, cleared, question)
        return
    if flags:
        await advising.from_flags(turn, cleared, flags)
    else:
        await advising.worried(turn, cleared)
    show(turn, update, Screen(words.text("text.unclear_heard")))


async def location(turn: Turn, patient: Patient, update: Update) -> None:
    """Take a shared location where the time zone was asked; it is used once and not kept."""
    if (patient.expects or "").startswith("set:"):
        await setup.typed(turn, patient, update)
    else:
        await help_.unreadable(turn, patient, update)


def ended(turn: Turn, patient: Patient) -> Patient:
    """Wait no longer for a typed answer, but for those of the start, which goes on."""
    if patient.expects is None or patient.expects.startswith(f"set:{setup.ONBOARDING}:"):
        return patient
    patient = patient.model_copy(update={"expects": None})
    turn.save(patients.saved(patient))
    return patient


def written(update: Update) -> str:
    """Give the words of a message: its text without a command's name, or what stands under a picture."""
    message = update.effective_message if update.callback_query is None else None
    text = ((message.text or message.caption) if message else None) or ""
    return "".join(text.split(maxsplit=1)[1:]) if text.startswith("/") else text


def _unsafe(patient: Patient | None) -> str:
    return words_of(patient).text("menu.unsafe_button")


async def _answer(turn: Turn, patient: Patient, update: Update, text: str) -> None:
    words = words_of(patient)
    kind = (patient.expects or "").split(":")[0]
    menu = (words.text("menu.checkin_button"), words.text("menu.warning_button"))
    if text in menu or (kind == "note" and not await checkin.takes_note(turn, patient)):
        patient = ended(turn, patient)
        kind = ""
    if text == menu[0]:
        await checkin.open_today(turn, patient, update)
        return
    if text == menu[1]:
        await checkin.open_warning(turn, update, patient)
        return
    expected = {
        "note": checkin.note_typed,
        "set": setup.typed,
        "about": intake.typed,
        "name": settings.name_typed,
        "visit": visit.typed,
    }.get(kind)
    if expected is not None:
        await expected(turn, patient, update)
    else:
        await faq.answer(turn, patient, text)


async def _note_kept(turn: Turn, patient: Patient, update: Update) -> Patient:
    """Keep a note that holds a warning sign as well: the warning must not cost the patient their words.

    That it is kept is said after what cannot wait.
    """
    waits = (patient.expects or "").startswith("note:") and typed_text(update)
    if not waits or not await checkin.takes_note(turn, patient):
        return patient
    await checkin.note_typed(turn, patient, update)
    return patient.model_copy(update={"expects": None})


def _ask_if_now(turn: Turn, patient: Patient, flags: frozenset[str], text: str) -> None:
    words = words_of(patient)
    pending = patient.model_copy(
        update={
            "pending_flags": tuple(sorted({*patient.pending_flags, *flags})),
            "pending_question": text[: faq.LONGEST_SHARED],
        }
    )
    turn.save(patients.saved(pending))
    rows = tuple(
        (button(words.text(f"text.unclear_{answer}"), PREFIX, answer),)
        for answer in ("yes", "not_sure", "no")
    )
    say(turn, Screen(words.text("text.unclear"), rows))
