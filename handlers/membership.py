"""Blocked, unblocked, added to a group: what Telegram says of the chat itself."""

from telegram import ChatMember

from bot.clinical.patient import Patient
from bot.runtime.parsing import Update
from bot.runtime.turn import Turn
from handlers import prompts
from handlers.render import Screen
from handlers.screens import say, words_of
from storage import patients
from storage.outbox import MessageKind, Outgoing

_GONE = frozenset({ChatMember.BANNED, ChatMember.LEFT})


async def changed(turn: Turn, update: Update) -> None:
    """Stop the prompts of a patient who blocked the bot and take them up again when they are back."""
    turn.forget_update()
    patient = await patients.by_chat(turn.database, turn.chat_id)
    if patient is None or update.my_chat_member is None:
        return
    gone = update.my_chat_member.new_chat_member.status in _GONE
    if gone:
        await stop(turn, patient)
    else:
        await welcomed_back(turn, patient)


async def welcomed_back(turn: Turn, patient: Patient) -> Patient:
    """Take up the prompts of a patient who could not be reached and is there again; give the patient as they are now."""
    back = patient.back()
    if back is not patient:
        turn.save(patients.saved(back), *await prompts.rescheduled(turn, back))
    return back


async def stop(turn: Turn, patient: Patient) -> None:
    """Keep the diary, but send nothing more until the patient writes again."""
    patient = patient.unreachable()
    turn.save(patients.saved(patient), *await prompts.rescheduled(turn, patient))


async def leave_group(turn: Turn, update: Update) -> None:
    """Say why and leave: health is not talked about in groups."""
    turn.forget_update()
    if update.my_chat_member is not None and update.my_chat_member.new_chat_member.status in _GONE:
        return
    say(turn, Screen(words_of(None).text("errors.group")))
    turn.say(
        Outgoing(
            chat_id=turn.chat_id,
            method="leaveChat",
            payload={"chat_id": turn.chat_id},
            kind=MessageKind.REPLY,
        )
    )
