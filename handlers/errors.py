"""What a patient is told when a button is no longer good, or something broke on our side."""

from bot.runtime.parsing import Update
from bot.runtime.turn import MessageKind, Turn
from handlers import membership
from handlers.render import Screen
from handlers.screens import filled, say, words_of
from storage import patients


async def old_button(turn: Turn, update: Update) -> None:  # noqa: ARG001 -- handlers share one form
    """Answer a tap on a button that the bot no longer has."""
    turn.forget_update()
    refuse_button(turn)


def refuse_button(turn: Turn) -> None:
    """Answer a tap whose data cannot be read; nothing that was begun in this turn is kept."""
    turn.statements.clear()
    turn.messages.clear()
    turn.answer_callback(words_of(None).text("errors.old_button"), alert=True)


async def apologise(turn: Turn, error: BaseException) -> None:  # noqa: ARG001 -- the runtime has logged it
    """Say sorry in the turn that sets a failure aside, with the emergency number in case it mattered."""
    patient = await patients.by_chat(turn.database, turn.chat_id)
    say(turn, Screen(filled("errors.sorry", patient)), MessageKind.REPLY)


async def unreachable(turn: Turn) -> None:
    """Record that Telegram cannot deliver to a chat."""
    patient = await patients.by_chat(turn.database, turn.chat_id)
    if patient is not None:
        await membership.stop(turn, patient)
