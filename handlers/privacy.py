"""`/privacy`: what is kept, a copy of it, and erasing it."""

from bot.clinical.patient import Patient
from bot.reports.dates import day_month_year
from bot.runtime.parsing import Update
from bot.runtime.turn import Turn
from handlers import export
from handlers.buttons import BadButtonError, button, unpack
from handlers.render import Screen, edited
from handlers.screens import local_date, show, tapped_message, words_of
from storage import erasure
from storage.outbox import MessageKind


async def open_page(turn: Turn, patient: Patient, update: Update) -> None:
    """Say in five lines what is kept and who can see it."""
    words = words_of(patient)
    rows = tuple(
        (button(words.text(f"privacy.{choice}"), "privacy", choice),)
        for choice in ("export", "erase", "close")
    )
    show(turn, update, Screen(words.text("privacy.text"), rows))


async def press(turn: Turn, patient: Patient, update: Update) -> None:
    """Hand over a copy, or ask before erasing."""
    (choice,) = unpack(update.callback_query.data if update.callback_query else None, 1)
    words = words_of(patient)
    if choice == "export":
        await export.send_json(turn, patient)
    elif choice == "erase":
        rows = tuple(
            (button(words.text(f"privacy.confirm_{sure}"), "privacy", sure),) for sure in ("yes", "no")
        )
        show(turn, update, Screen(words.text("privacy.confirm"), rows))
    elif choice == "yes":
        erase(turn, patient, update)
    elif choice in ("no", "close"):
        show(turn, update, Screen(words.text("privacy.kept" if choice == "no" else "privacy.closed")))
    else:
        raise BadButtonError("no such choice")


def erase(turn: Turn, patient: Patient, update: Update) -> None:
    """Remove every row of this patient, then give a dated receipt that leaves no row either."""
    words = words_of(patient)
    turn.forget_update()
    turn.erase_messages()
    turn.save(*erasure.erased(patient.patient_id))
    receipt = Screen(words.text("privacy.erased", date=day_month_year(words, local_date(turn, patient))))
    message_id = tapped_message(update)
    if message_id is not None:
        turn.say(edited(turn.chat_id, message_id, receipt, MessageKind.REPLY))
