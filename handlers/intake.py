"""What a patient may tell of themselves: one screen a question, at the start and under the settings."""

from bot.clinical.answers import AnswerValue, Profile
from bot.clinical.intake import apply_intake, next_intake, plan_intake, previous_intake
from bot.clinical.patient import Patient
from bot.clinical.questions import Kind, Question, UnknownChoiceError, accept, position
from bot.conversations.dates import date_typed
from bot.runtime.parsing import Update
from bot.runtime.turn import Turn
from handlers import onboarding_end, questionnaire
from handlers.buttons import BadButtonError, button, unpack
from handlers.menus import settings_menu
from handlers.questionnaire import Move
from handlers.render import Screen
from handlers.screens import local_date, say, show, typed_text, words_of
from storage import patients

PREFIX = "you"
ONBOARDING, SETTINGS = "o", "s"
_OPENED = {"back_pain_since": "date"}
"""The answer that opens the question for a typed date."""


async def open_first(turn: Turn, update: Update, patient: Patient, mode: str) -> None:
    """Show the first question about the patient."""
    await _show(turn, update, patient, next_intake(patient.profile, None), mode)


async def press(turn: Turn, patient: Patient, update: Update) -> None:
    """Take a tap: keep the answer in the profile and show what comes next."""
    mode, name, choice = unpack(update.callback_query.data if update.callback_query else None, 3)
    question = _question(patient.profile, name)
    if choice == Move.BACK:
        await _show(turn, update, patient, previous_intake(patient.profile, name) or question, mode)
        return
    answered = questionnaire.read_tap(question, choice, stored_value(patient.profile, name))
    await _keep(turn, update, patient, question, answered.value, mode, complete=answered.complete)


async def typed(turn: Turn, patient: Patient, update: Update) -> None:
    """Take a typed year or date."""
    _, mode, name = (patient.expects or "").split(":")
    question = _question(patient.profile, name)
    words = words_of(patient)
    text = typed_text(update)
    if question.kind is Kind.DATE:
        day = date_typed(text, local_date(turn, patient))
        text = day.isoformat() if day else ""
    try:
        value = accept(question, text)
        apply_intake(patient.profile, name, value, local_date(turn, patient))
    except UnknownChoiceError:
        say(turn, Screen(words.text(f"form.not_a_{question.kind}")))
        return
    await _keep(turn, update, patient, question, value, mode)


def stored_value(profile: Profile, name: str) -> AnswerValue:
    """Give what is ticked so far; only the list of illnesses is ticked one by one."""
    if name == "conditions" and profile.conditions is not None:
        return tuple(sorted(profile.conditions))
    return None


async def _keep(
    turn: Turn,
    update: Update,
    patient: Patient,
    question: Question,
    value: AnswerValue,
    mode: str,
    *,
    complete: bool = True,
) -> None:
    profile = apply_intake(patient.profile, question.id, value, local_date(turn, patient))
    patient = patient.model_copy(update={"profile": profile})
    following = next_intake(profile, question.id, {question.id: value}) if complete else question
    await _show(turn, update, patient, following, mode)


async def _show(turn: Turn, update: Update, patient: Patient, question: Question | None, mode: str) -> None:
    words = words_of(patient)
    expects = f"about:{mode}:{question.id}" if question is not None and question.kind.typed else None
    patient = patient.model_copy(update={"expects": expects})
    turn.save(patients.saved(patient))
    if question is None:
        if mode == ONBOARDING:
            onboarding_end.finish(turn, update, patient)
        else:
            show(turn, update, settings_menu(patient, words))
        return
    plan = plan_intake(patient.profile, _OPENED if question.id == "back_pain_date" else None)
    shown = questionnaire.screen(
        question,
        words,
        (PREFIX, mode),
        value=stored_value(patient.profile, question.id),
        place=position(plan, question.id),
        back=plan[0].id != question.id,
    )
    rows = shown.rows
    if mode == SETTINGS:
        rows = (*rows, (button(words.text("setup.done"), "settings", "menu"),))
    show(turn, update, Screen(shown.text, rows))


def _question(profile: Profile, name: str) -> Question:
    for question in plan_intake(profile, _OPENED):
        if question.id == name:
            return question
    raise BadButtonError(f"the profile has no question {name!r}")
