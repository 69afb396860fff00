"""What a bot can call, by name: each method checks as Telegram checks, changes the chats and gives the result."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from bot.sandbox import markup
from bot.sandbox.chats import Chat, content_of
from bot.sandbox.errors import RefusedError
from bot.sandbox.files import document, photo_sizes
from bot.sandbox.parameters import JSON, Parameters
from bot.sandbox.updates import Webhook

if TYPE_CHECKING:
    from bot.sandbox.telegram import Telegram

DELETABLE = timedelta(hours=48)
"""Bot API, deleteMessage: a message can only be deleted if it was sent less than 48 hours ago."""
TYPING_SECONDS = 5
"""Bot API, sendChatAction: the status is set for 5 seconds or less."""

Method: TypeAlias = "Callable[[Telegram, Parameters], Any]"

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


def _message(telegram: Telegram, chat: Chat, content: JSON, reply_to: JSON | None = None) -> JSON:
    message: JSON = {
        "message_id": chat.next_message_id(),
        "from": telegram.bot_user(),
        "chat": chat.described(),
        "date": int(telegram.clock.now().timestamp()),
        **content,
    }
    if reply_to is not None:
        message["reply_to_message"] = {key: reply_to[key] for key in reply_to if key != "reply_to_message"}
    chat.messages[message["message_id"]] = message
    chat.typing_until = None
    return message


def _send(telegram: Telegram, parameters: Parameters, content: JSON) -> JSON:
    """Put a message in a chat, with its keyboard and what it replies to."""
    chat = telegram.chats.get(parameters.chat_id())
    chat.admit()
    given = parameters.nested("reply_markup", "reply keyboard markup")
    keyboard = markup.inline_keyboard(given)
    if keyboard:
        content = {**content, "reply_markup": keyboard}
    reply_to = _replied(chat, parameters)
    if isinstance(given, dict) and "keyboard" in given:
        chat.reply_keyboard = given
    elif isinstance(given, dict) and given.get("remove_keyboard"):
        chat.reply_keyboard = None
    if parameters.flag("protect_content"):
        content = {**content, "has_protected_content": True}
    message = _message(telegram, chat, content, reply_to)
    telegram.happened("message", chat.chat_id, message=message)
    return message


def _replied(chat: Chat, parameters: Parameters) -> JSON | None:
    wanted = parameters.nested("reply_parameters")
    if not wanted:
        return None
    found = chat.messages.get(int(wanted.get("message_id", 0)))
    if found is None and not wanted.get("allow_sending_without_reply"):
        raise RefusedError("reply_not_found")
    return found


def _send_message(telegram: Telegram, parameters: Parameters) -> JSON:
    telegram.chats.get(parameters.chat_id()).admit()
    return _send(telegram, parameters, markup.message_text(parameters))


def _send_photo(telegram: Telegram, parameters: Parameters) -> JSON:
    telegram.chats.get(parameters.chat_id()).admit()
    stored = telegram.files.sent(parameters, parameters.values.get("photo"), "photos")
    return _send(telegram, parameters, {"photo": photo_sizes(stored), **markup.caption(parameters)})


def _send_document(telegram: Telegram, parameters: Parameters) -> JSON:
    telegram.chats.get(parameters.chat_id()).admit()
    stored = telegram.files.sent(parameters, parameters.values.get("document"), "documents")
    return _send(telegram, parameters, {"document": document(stored), **markup.caption(parameters)})


def _edited(telegram: Telegram, parameters: Parameters, change: Callable[[JSON], JSON]) -> JSON:
    """Change one of the bot's own messages; `change` gives the whole new content but the keyboard."""
    chat = telegram.chats.get(parameters.chat_id())
    message = chat.messages.get(parameters.integer("message_id"))
    chat.admit()
    if message is None:
        raise RefusedError("edit_not_found")
    if not message["from"]["is_bot"]:
        raise RefusedError("cant_edit")
    after = {
        **{key: value for key, value in message.items() if key != "reply_markup"},
        **change(message),
    }
    keyboard = markup.inline_keyboard(parameters.nested("reply_markup", "inline keyboard"))
    if keyboard:
        after["reply_markup"] = keyboard
    after = {key: value for key, value in after.items() if value is not None}
    if content_of(after) == content_of(message):
        raise RefusedError("not_modified")
    after["edit_date"] = int(telegram.clock.now().timestamp())
    chat.messages[message["message_id"]] = after
    telegram.happened("edited", chat.chat_id, message=after)
    return after


def _edit_message_text(telegram: Telegram, parameters: Parameters) -> JSON:
    text = markup.message_text(parameters)

    def change(message: JSON) -> JSON:
        if "text" not in message:
            raise RefusedError("no_text")
        return {"entities": None, **text}

    return _edited(telegram, parameters, change)


def _edit_message_caption(telegram: Telegram, parameters: Parameters) -> JSON:
    caption = markup.caption(parameters)

    def change(message: JSON) -> JSON:
        if "text" in message:
            raise RefusedError("no_caption")
        return {"caption": None, "caption_entities": None, **caption}

    return _edited(telegram, parameters, change)


def _edit_message_media(telegram: Telegram, parameters: Parameters) -> JSON:
    media = parameters.nested("media") or {}

    def change(message: JSON) -> JSON:
        if "text" in message:
            raise RefusedError("no_media")
        content: JSON = {"photo": None, "document": None, "caption": None, "caption_entities": None}
        kind = "photo" if media.get("type") == "photo" else "document"
        stored = telegram.files.sent(parameters, media.get("media"), f"{kind}s")
        content[kind] = photo_sizes(stored) if kind == "photo" else document(stored)
        return {**content, **markup.media_caption(media)}

    return _edited(telegram, parameters, change)


def _edit_message_reply_markup(telegram: Telegram, parameters: Parameters) -> JSON:
    return _edited(telegram, parameters, lambda _message: {})


def _delete_message(telegram: Telegram, parameters: Parameters) -> bool:
    chat = telegram.chats.get(parameters.chat_id())
    message = chat.messages.get(parameters.integer("message_id"))
    if message is None:
        raise RefusedError("delete_not_found")
    if telegram.clock.now().timestamp() - message["date"] >= DELETABLE.total_seconds():
        raise RefusedError("cant_delete")
    del chat.messages[message["message_id"]]
    telegram.happened("deleted", chat.chat_id, message_id=message["message_id"])
    return True


def _answer_callback_query(telegram: Telegram, parameters: Parameters) -> bool:
    query = telegram.answer_query(parameters.text("callback_query_id") or "")
    telegram.happened(
        "toast",
        query.chat_id,
        text=parameters.text("text") or "",
        alert=parameters.flag("show_alert"),
        query_id=query.query_id,
    )
    return True


def _send_chat_action(telegram: Telegram, parameters: Parameters) -> bool:
    chat = telegram.chats.get(parameters.chat_id())
    chat.admit()
    chat.typing_until = telegram.clock.now() + timedelta(seconds=TYPING_SECONDS)
    telegram.happened("typing", chat.chat_id, action=parameters.text("action"))
    return True


def _get_file(telegram: Telegram, parameters: Parameters) -> JSON:
    stored = telegram.files.by_id(parameters.text("file_id") or "")
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.upload.content),
        "file_path": stored.path,
    }


def _scope(parameters: Parameters) -> tuple[str, str]:
    scope = parameters.nested("scope") or {"type": "default"}
    return f"{scope.get('type')}:{scope.get('chat_id', '')}", parameters.text("language_code") or ""


def _set_my_commands(telegram: Telegram, parameters: Parameters) -> bool:
    commands = parameters.nested("commands") or []
    for command in commands:
        if not _COMMAND.fullmatch(command.get("command", "")) or not command.get("description"):
            raise RefusedError("commands")
    telegram.commands[_scope(parameters)] = commands
    telegram.happened("commands", None, commands=telegram.shown_commands())
    return True


def _get_my_commands(telegram: Telegram, parameters: Parameters) -> list[JSON]:
    return telegram.commands.get(_scope(parameters), [])


def _delete_my_commands(telegram: Telegram, parameters: Parameters) -> bool:
    telegram.commands.pop(_scope(parameters), None)
    telegram.happened("commands", None, commands=telegram.shown_commands())
    return True


def _set_chat_menu_button(telegram: Telegram, parameters: Parameters) -> bool:
    button = parameters.nested("menu_button") or {"type": "default"}
    if "chat_id" in parameters:
        telegram.chats.get(parameters.chat_id()).menu_button = button
    else:
        telegram.menu_button = button
    return True


def _get_chat_menu_button(telegram: Telegram, parameters: Parameters) -> JSON:
    own = telegram.chats.get(parameters.chat_id()).menu_button if "chat_id" in parameters else None
    return own or telegram.menu_button


def _about(field: str) -> tuple[Method, Method]:
    """Make the pair that sets and gives one of the bot's own texts."""

    def write(telegram: Telegram, parameters: Parameters) -> bool:
        telegram.about[field, parameters.text("language_code") or ""] = parameters.text(field) or ""
        return True

    def read(telegram: Telegram, parameters: Parameters) -> JSON:
        return {field: telegram.about.get((field, parameters.text("language_code") or ""), "")}

    return write, read


def _get_chat(telegram: Telegram, parameters: Parameters) -> JSON:
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
        False,
    )
    return {
        **telegram.chats.get(parameters.chat_id()).described(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": gifts,
    }


def _leave_chat(telegram: Telegram, parameters: Parameters) -> bool:
    chat = telegram.chats.get(parameters.chat_id())
    if chat.person is not None:
        raise RefusedError("chat_not_found")
    chat.left = True
    telegram.happened("left", chat.chat_id)
    telegram.membership_changed(chat, telegram.bot_user(), "member", "left")
    return True


def _set_webhook(telegram: Telegram, parameters: Parameters) -> bool:
    url = parameters.text("url") or ""
    if url and not url.startswith(("https://", "http://")):
        raise RefusedError("webhook_url", problem="An HTTPS URL must be provided for webhook")
    if parameters.flag("drop_pending_updates"):
        telegram.updates.drop_all()
    telegram.updates.allow(parameters.nested("allowed_updates"))
    hook = Webhook(url, parameters.text("secret_token"), parameters.integer("max_connections", 40))
    telegram.updates.set_webhook(hook if url else None)
    return True


def _delete_webhook(telegram: Telegram, parameters: Parameters) -> bool:
    if parameters.flag("drop_pending_updates"):
        telegram.updates.drop_all()
    telegram.updates.set_webhook(None)
    return True


def _get_webhook_info(telegram: Telegram, _parameters: Parameters) -> JSON:
    hook = telegram.updates.webhook
    info: JSON = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": telegram.updates.waiting,
    }
    if hook and hook.last_error_at:
        info["last_error_date"] = int(hook.last_error_at.timestamp())
        info["last_error_message"] = hook.last_error
    return info


_DESCRIPTION, _SHORT_DESCRIPTION, _NAME = _about("description"), _about("short_description"), _about("name")

METHODS: dict[str, Method] = {
    "getMe": lambda telegram, _parameters: telegram.described(),
    "sendMessage": _send_message,
    "sendPhoto": _send_photo,
    "sendDocument": _send_document,
    "editMessageText": _edit_message_text,
    "editMessageCaption": _edit_message_caption,
    "editMessageMedia": _edit_message_media,
    "editMessageReplyMarkup": _edit_message_reply_markup,
    "deleteMessage": _delete_message,
    "answerCallbackQuery": _answer_callback_query,
    "sendChatAction": _send_chat_action,
    "getFile": _get_file,
    "getChat": _get_chat,
    "leaveChat": _leave_chat,
    "setMyCommands": _set_my_commands,
    "getMyCommands": _get_my_commands,
    "deleteMyCommands": _delete_my_commands,
    "setChatMenuButton": _set_chat_menu_button,
    "getChatMenuButton": _get_chat_menu_button,
    "setMyDescription": _DESCRIPTION[0],
    "getMyDescription": _DESCRIPTION[1],
    "setMyShortDescription": _SHORT_DESCRIPTION[0],
    "getMyShortDescription": _SHORT_DESCRIPTION[1],
    "setMyName": _NAME[0],
    "getMyName": _NAME[1],
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _get_webhook_info,
}
"""All but getUpdates, which waits and so is the core's own."""
