"""Saying and showing: a new message, or the one that a button was tapped under, changed in place."""

from datetime import date

from telegram import InaccessibleMessage

from bot.clinical.contacts import Contacts, contacts_for, fill
from bot.clinical.patient import Patient
from bot.runtime.parsing import Update
from bot.runtime.turn import Turn
from bot.words import Words, load_words
from handlers.render import Screen, edited, messages
from storage.outbox import MessageKind


def say(turn: Turn, screen: Screen, kind: MessageKind = MessageKind.REPLY) -> None:
    """Send `screen` as a new message."""
    for message in messages(turn.chat_id, screen, kind):
        turn.say(message)


def show(turn: Turn, update: Update, screen: Screen) -> None:
    """Show `screen` in the place of the message whose button was tapped, or as a new one where none was."""
    message_id = tapped_message(update)
    if message_id is None:
        say(turn, screen)
    else:
        turn.say(edited(turn.chat_id, message_id, screen))


def tapped_message(update: Update) -> int | None:
    """Give the id of the message whose button was tapped, `None` where it is gone. Only texts of ours have buttons."""
    query = update.callback_query
    message = query.message if query is not None else None
    return None if message is None or isinstance(message, InaccessibleMessage) else message.message_id


def typed_text(update: Update) -> str:
    """Give the text of a message, empty where it has none."""
    return (update.message.text if update.message else None) or ""


def words_of(patient: Patient | None) -> Words:
    """Give the words of the patient's language."""
    return load_words(patient.preferences.language) if patient else load_words()


def contacts_of(patient: Patient | None) -> Contacts:
    """Give the numbers of the patient's country."""
    return contacts_for(patient.profile.country if patient else None)


def filled(key: str, patient: Patient | None, **values: object) -> str:
    """Give a text with the country's numbers in their places and `values` in theirs."""
    contacts = contacts_of(patient)
    return (
        fill(words_of(patient).text(key), contacts).format_map(values)
        if values
        else fill(words_of(patient).text(key), contacts)
    )


def local_date(turn: Turn, patient: Patient) -> date:
    """Give the patient's own date now."""
    return turn.now.astimezone(patient.preferences.zone_info).date()
