"""What an update is, told by the table of handlers: one line for each thing that a patient can do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram.constants import ChatType

from bot.clinical.patient import Patient
from bot.runtime.parsing import Update
from bot.runtime.turn import Turn

When = Callable[[Update], bool]
ForPatient = Callable[[Turn, Patient, Update], Awaitable[None]]
ForAnyone = Callable[[Turn, Update], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Patients:
    """A handler for people who agreed to keep a diary; anyone else is welcomed instead."""

    when: When
    handle: ForPatient


@dataclass(frozen=True, slots=True)
class Anyone:
    """A handler for everyone, patient or not."""

    when: When
    handle: ForAnyone


Route = Patients | Anyone


def command(name: str) -> When:
    """Match a typed command, with or without the bot's name and words after it."""

    def matches(update: Update) -> bool:
        text = update.message.text if update.message else None
        if not text or not text.startswith("/"):
            return False
        return text.split(maxsplit=1)[0][1:].split("@")[0].lower() == name

    return matches


def any_command(update: Update) -> bool:
    """Match a command that no line before knew."""
    return bool(update.message and update.message.text and update.message.text.startswith("/"))


def tap(prefix: str) -> When:
    """Match a tap on a button whose data starts with `prefix`."""

    def matches(update: Update) -> bool:
        data = update.callback_query.data if update.callback_query else None
        return bool(data) and str(data).split(":", 1)[0] == prefix

    return matches


def any_tap(update: Update) -> bool:
    """Match a tap on a button that no line before knew."""
    return update.callback_query is not None


def text(update: Update) -> bool:
    """Match a typed text, new or changed."""
    message = update.effective_message
    return update.callback_query is None and bool(message and message.text)


def location(update: Update) -> bool:
    """Match a shared location."""
    return bool(update.message and update.message.location)


def membership(update: Update) -> bool:
    """Match a block, an unblock, or the bot being added somewhere."""
    return update.my_chat_member is not None


def group(update: Update) -> bool:
    """Match everything that is not a private chat."""
    return update.effective_chat is not None and update.effective_chat.type != ChatType.PRIVATE


def anything(update: Update) -> bool:  # noqa: ARG001 -- it matches whatever it is given
    """Match the rest."""
    return True
