"""`/start`: what this is and is not, consent before anything is kept, then a few settings."""

from bot.clinical.patient import CONSENT_VERSION, Consent, Patient
from bot.conversations.setup import Step
from bot.runtime.parsing import Update
from bot.runtime.turn import Turn
from handlers import intake, prompts, setup
from handlers.buttons import BadButtonError, button, unpack
from handlers.onboarding_end import finish, say_with_menu
from handlers.render import Screen
from handlers.screens import filled, show, words_of
from storage import patients
from storage.identity import new_id


async def start(turn: Turn, update: Update) -> None:
    """Welcome a new person, or welcome a patient back and take up the prompts again."""
    patient = await patients.by_chat(turn.database, turn.chat_id)
    if patient is None:
        await welcome(turn, update)
        return
    patient = patient.back()
    begun = (patient.expects or "").split(":")
    if begun[:2] == ["set", setup.ONBOARDING]:
        await setup.open_step(turn, update, patient, Step(begun[2]), setup.ONBOARDING)
        return
    patient = patient.model_copy(update={"expects": None})
    turn.save(patients.saved(patient), *await prompts.rescheduled(turn, patient))
    say_with_menu(turn, patient, words_of(patient).text("onboarding.welcome_back"))


async def welcome(turn: Turn, update: Update) -> None:
    """Say what the bot is and ask for consent; nothing of this person is kept."""
    turn.forget_update()
    show(turn, update, _welcome_screen())


async def press_anyone(turn: Turn, update: Update) -> None:
    """Take the answer to the question of consent."""
    (choice,) = unpack(update.callback_query.data if update.callback_query else None, 1)
    words = words_of(None)
    if choice == CONSENT_VERSION:
        await _agree(turn, update)
        return
    turn.forget_update()
    if choice == "more":
        agree = (button(words.text("onboarding.agree"), "consent", CONSENT_VERSION),)
        decline = (button(words.text("onboarding.decline"), "consent", "no"),)
        show(turn, update, Screen(words.text("onboarding.details"), (agree, decline)))
    elif choice == "no":
        show(turn, update, Screen(words.text("onboarding.declined")))
    else:
        show(turn, update, _welcome_screen())


async def press(turn: Turn, patient: Patient, update: Update) -> None:
    """Take the buttons between the settings and the first check-in."""
    (choice,) = unpack(update.callback_query.data if update.callback_query else None, 1)
    if choice == "about":
        await intake.open_first(turn, update, patient, intake.ONBOARDING)
    elif choice == "done":
        finish(turn, update, patient)
    else:
        raise BadButtonError("no such way on")


async def _agree(turn: Turn, update: Update) -> None:
    patient = await patients.by_chat(turn.database, turn.chat_id)
    if patient is None:
        consent = Consent(version=CONSENT_VERSION, given_at=turn.now)
        patient = Patient(patient_id=new_id(), chat_id=turn.chat_id, consent=consent)
        turn.save(*await prompts.rescheduled(turn, patient))
    await setup.open_step(
        turn, update, patient, Step.COUNTRY, setup.ONBOARDING, words_of(patient).text("onboarding.thanks")
    )


def _welcome_screen() -> Screen:
    words = words_of(None)
    rows = (
        (button(words.text("onboarding.agree"), "consent", CONSENT_VERSION),),
        (button(words.text("onboarding.more"), "consent", "more"),),
        (button(words.text("onboarding.decline"), "consent", "no"),),
    )
    return Screen(filled("onboarding.welcome", None), rows)
