"""`/help`: what the bot can do, and help now."""

from bot.clinical.patient import Patient
from bot.runtime.parsing import Update
from bot.runtime.turn import Turn
from handlers import advising, checkin, crisis
from handlers.buttons import BadButtonError, button, unpack
from handlers.render import Screen
from handlers.screens import filled, say, show, words_of


async def open_page(turn: Turn, patient: Patient, update: Update) -> None:
    """Show what can be done, with the buttons for help now."""
    words = words_of(patient)
    rows = tuple(
        (button(words.text(f"menu.help.{way}"), "help", way),) for way in ("warning", "worried", "unsafe")
    )
    show(turn, update, Screen(filled("menu.help.text", patient), rows))


async def press(turn: Turn, patient: Patient, update: Update) -> None:
    """Take one of the three ways to help."""
    (way,) = unpack(update.callback_query.data if update.callback_query else None, 1)
    if way == "warning":
        await checkin.open_warning(turn, update, patient)
    elif way == "worried":
        await advising.worried(turn, patient)
    elif way == "unsafe":
        crisis.answer(turn, patient)
    else:
        raise BadButtonError("no such help")


async def unknown_command(turn: Turn, patient: Patient, update: Update) -> None:  # noqa: ARG001 -- handlers share one form
    """Say that a command is not known."""
    say(turn, Screen(words_of(patient).text("errors.unknown_command")))


async def unreadable(turn: Turn, patient: Patient, update: Update) -> None:
    """Say that a picture, a voice note or the like cannot be read; what was asked stays asked."""
    message = update.message
    if message is not None and message.photo:
        key = "errors.photo"
    elif message is not None and (message.voice or message.audio or message.video_note):
        key = "errors.voice"
    else:
        key = "errors.other"
    say(turn, Screen(filled(key, patient)))
