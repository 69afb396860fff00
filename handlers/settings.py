"""`/settings`: everything that was asked at the start, and pausing."""

from bot.clinical.patient import Patient, PatientState
from bot.conversations.setup import Step, with_preferences
from bot.runtime.parsing import Update
from bot.runtime.turn import Turn
from handlers import intake, prompts, setup, suspects
from handlers.buttons import BadButtonError, button, unpack
from handlers.menus import settings_menu
from handlers.render import Screen
from handlers.screens import say, show, typed_text, words_of
from storage import patients

_NAME_LIMIT = 60


async def open_menu(turn: Turn, patient: Patient, update: Update) -> None:
    """Show what can be changed."""
    turn.save(patients.saved(patient.model_copy(update={"expects": None})))
    show(turn, update, settings_menu(patient, words_of(patient)))


async def press(turn: Turn, patient: Patient, update: Update) -> None:
    """Take a tap on the menu."""
    (choice,) = unpack(update.callback_query.data if update.callback_query else None, 1)
    words = words_of(patient)
    if choice in set(Step):
        await setup.open_step(turn, update, patient, Step(choice), setup.SETTINGS)
    elif choice == "about":
        await intake.open_first(turn, update, patient, intake.SETTINGS)
    elif choice == "suspects":
        await suspects.open_page(turn, update, patient)
    elif choice == "name":
        turn.save(patients.saved(patient.model_copy(update={"expects": "name"})))
        show(
            turn,
            update,
            Screen(
                words.text("setup.name.question"), ((button(words.text("setup.back"), "settings", "menu"),),)
            ),
        )
    elif choice == "kind_note":
        await _kept(
            turn, update, with_preferences(patient, crisis_follow_up=not patient.preferences.crisis_follow_up)
        )
    elif choice == "pause":
        await _pause_or_resume(turn, update, patient)
    elif choice == "menu":
        await open_menu(turn, patient, update)
    elif choice == "close":
        show(turn, update, Screen(words.text("settings.closed")))
    else:
        raise BadButtonError("no such setting")


async def name_typed(turn: Turn, patient: Patient, update: Update) -> None:
    """Take the name for the visit brief."""
    name = " ".join(typed_text(update).split())
    words = words_of(patient)
    if len(name) > _NAME_LIMIT:
        say(turn, Screen(words.text("setup.name.too_long")))
        return
    await _kept(turn, update, patient.model_copy(update={"name": name or None}))


async def _kept(turn: Turn, update: Update, patient: Patient) -> None:
    patient = patient.model_copy(update={"expects": None})
    turn.save(patients.saved(patient))
    show(turn, update, settings_menu(patient, words_of(patient)))


async def _pause_or_resume(turn: Turn, update: Update, patient: Patient) -> None:
    words = words_of(patient)
    pausing = patient.state is not PatientState.PAUSED
    patient = patient.model_copy(update={"state": PatientState.PAUSED if pausing else PatientState.ACTIVE})
    turn.save(patients.saved(patient), *await prompts.rescheduled(turn, patient))
    at = f"{patient.preferences.checkin_time:%H:%M}"
    show(
        turn,
        update,
        Screen(words.text("settings.paused") if pausing else words.text("settings.resumed", time=at)),
    )
