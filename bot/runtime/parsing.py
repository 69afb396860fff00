"""From a journalled update to the library's object. Taps take a short way: they are nearly all there is to do."""

from datetime import UTC, datetime
from typing import Any

import telegram
from telegram import CallbackQuery, Chat, MaybeInaccessibleMessage, Update, User

_INACCESSIBLE = 0
"""The date by which Telegram tells a message that may not be edited any more (Bot API, InaccessibleMessage)."""


def parsed(document: dict[str, Any], bot: telegram.Bot) -> Update:
    """Read an update; raises what python-telegram-bot raises for one that it cannot read, or `KeyError`.

    Of our own message under a tap only its place was kept, and a whole `Message` for it costs more than the rest.
    """
    query = document.get("callback_query")
    message = query.get("message") if isinstance(query, dict) else None
    if not isinstance(query, dict) or not isinstance(message, dict) or message["date"] == _INACCESSIBLE:
        return Update.de_json(document, bot)
    place = MaybeInaccessibleMessage(
        Chat.de_json(message["chat"], bot),
        message["message_id"],
        datetime.fromtimestamp(message["date"], UTC),
    )
    tap = CallbackQuery(
        id=query["id"],
        from_user=User.de_json(query["from"], bot),
        chat_instance=query["chat_instance"],
        message=place,
        data=query.get("data"),
    )
    return Update(update_id=document["update_id"], callback_query=tap)
