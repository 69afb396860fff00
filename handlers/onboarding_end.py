"""The last message of the start: when the first question comes, with the buttons that stay."""

from bot.clinical.contacts import OTHER
from bot.clinical.patient import Patient
from bot.places import country_name
from bot.runtime.parsing import Update
from bot.runtime.turn import MessageKind, Turn
from handlers.menus import place_of
from handlers.render import Screen, messages, with_menu
from handlers.screens import contacts_of, filled, show, words_of


def finish(turn: Turn, update: Update, patient: Patient) -> None:
    """Say that all is set."""
    words = words_of(patient)
    preferences = patient.preferences
    show(turn, update, Screen(words.text("setup.saved")))
    say_with_menu(
        turn,
        patient,
        words.text(
            "onboarding.done",
            time=f"{preferences.checkin_time:%H:%M}",
            place=place_of(preferences.zone),
            weekday=words.text(f"setup.weekday.{preferences.summary_weekday}"),
            numbers=_numbers(patient),
        ),
    )


def _numbers(patient: Patient) -> str:
    """Say which country's emergency number is shown: it may have been typed with a slip."""
    country = patient.profile.country
    if country is None:
        return words_of(patient).text("onboarding.done_no_country")
    known = "done_no_number" if contacts_of(patient).row == OTHER else "done_country"
    return filled(f"onboarding.{known}", patient, country=country_name(country))


def say_with_menu(turn: Turn, patient: Patient, text: str) -> None:
    """Say a text, and put the buttons that stay below the text field: a warning and a crisis are one tap away."""
    words = words_of(patient)
    (message,) = messages(turn.chat_id, Screen(text), MessageKind.REPLY)
    rows = (
        (words.text("menu.checkin_button"), words.text("menu.warning_button")),
        (words.text("menu.unsafe_button"),),
    )
    turn.say(with_menu(message, rows))
