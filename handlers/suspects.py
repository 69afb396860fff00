"""What the patient suspects goes with bad days: two things at most, asked each day and tested before anything else."""

from bot.clinical.patient import Patient
from bot.clinical.suspects import MOST_SUSPECTS, SUSPECTS, toggled
from bot.runtime.parsing import Update
from bot.runtime.turn import Turn
from handlers.buttons import BadButtonError, button, unpack
from handlers.menus import settings_menu
from handlers.render import Screen
from handlers.screens import show, words_of
from storage import patients

PREFIX = "susp"


async def open_page(turn: Turn, update: Update, patient: Patient) -> None:
    """Show what can be suspected, with what is chosen ticked."""
    words = words_of(patient)
    buttons = []
    for suspect in SUSPECTS:
        label = words.text(f"suspects.name.{suspect}")
        chosen = suspect in patient.profile.suspects
        buttons.append(button(words.text("form.ticked", label=label) if chosen else label, PREFIX, suspect))
    rows = [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
    done = (button(words.text("form.done"), PREFIX, "-done"),)
    show(turn, update, Screen(words.text("suspects.question", most=MOST_SUSPECTS), (*rows, done)))


async def press(turn: Turn, patient: Patient, update: Update) -> None:
    """Tick or untick one thing, or go back to the settings."""
    (choice,) = unpack(update.callback_query.data if update.callback_query else None, 1)
    if choice == "-done":
        show(turn, update, settings_menu(patient, words_of(patient)))
        return
    if choice not in SUSPECTS:
        raise BadButtonError("no such suspect")
    chosen = toggled(patient.profile.suspects, choice)
    if chosen is None:
        turn.answer_callback(words_of(patient).text("suspects.enough", most=MOST_SUSPECTS), alert=True)
        return
    profile = patient.profile.model_copy(update={"suspects": chosen})
    patient = patient.model_copy(update={"profile": profile})
    turn.save(patients.saved(patient))
    await open_page(turn, update, patient)
