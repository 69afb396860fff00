"""Values to Telegram messages: the one place that escapes and splits.

Texts come plain, with `**two stars**` for bold. Everything is escaped first, so that no patient's note can
become markup.
"""

import html
import re
from dataclasses import dataclass, field, replace
from typing import Any

from handlers.buttons import Button
from storage.outbox import MessageKind, Outgoing

TEXT_LIMIT = 4096
"""Bot API, sendMessage: characters after the markup is parsed."""
CAPTION_LIMIT = 1024
"""Bot API, sendPhoto: characters after the markup is parsed."""

_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Screen:
    """What a patient sees: a text, and rows of buttons under it."""

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture or a file: its bytes, its name, and the words that go with it."""

    content: bytes
    name: str
    caption: Screen = field(default_factory=lambda: Screen(""))


def messages(chat_id: int, screen: Screen, kind: MessageKind, **options: Any) -> list[Outgoing]:
    """Give the messages that show `screen`, more than one where the text is over the limit."""
    parts = split(screen.text, TEXT_LIMIT)
    shown = [Screen(part) for part in parts[:-1]] + [Screen(parts[-1], screen.rows)]
    return [
        Outgoing(chat_id=chat_id, method="sendMessage", payload=_body(chat_id, part), kind=kind, **options)
        for part in shown
    ]


def edited(chat_id: int, message_id: int, screen: Screen, kind: MessageKind = MessageKind.REPLY) -> Outgoing:
    """Give the call that shows `screen` in the place of an earlier message."""
    payload = _body(chat_id, Screen(split(screen.text, TEXT_LIMIT)[0], screen.rows)) | {
        "message_id": message_id
    }
    payload.setdefault("reply_markup", {"inline_keyboard": []})
    return Outgoing(chat_id=chat_id, method="editMessageText", payload=payload, kind=kind)


def picture(chat_id: int, attachment: Attachment, kind: MessageKind, **options: Any) -> Outgoing:
    """Give the message that shows a picture with its words."""
    return _attached(chat_id, attachment, kind, "sendPhoto", "photo", **options)


def document(chat_id: int, attachment: Attachment, kind: MessageKind, **options: Any) -> Outgoing:
    """Give the message that hands over a file."""
    return _attached(chat_id, attachment, kind, "sendDocument", "document", **options)


def with_menu(message: Outgoing, rows: tuple[tuple[str, ...], ...]) -> Outgoing:
    """Give the message with the buttons that stay below the text field."""
    keyboard = {
        "keyboard": [[{"text": label} for label in row] for row in rows],
        "resize_keyboard": True,
        "is_persistent": True,
    }
    return replace(message, payload={**message.payload, "reply_markup": keyboard})


def markup(text: str) -> str:
    """Give Telegram's HTML for a plain text with `**bold**` in it."""
    return _BOLD.sub(r"<b>\1</b>", html.escape(text.strip(), quote=False))


def split(text: str, limit: int) -> list[str]:
    """Cut a text into parts of at most `limit` characters, between paragraphs, lines or words where it can be."""
    parts = []
    rest = text.strip()
    while len(rest) > limit:
        cut = max(rest.rfind(mark, 1, limit) for mark in ("\n\n", "\n", " "))
        cut = cut if cut > 0 else limit
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest]


def keyboard(rows: tuple[tuple[Button, ...], ...]) -> dict[str, Any]:
    """Give Telegram's inline keyboard for rows of buttons."""
    return {
        "inline_keyboard": [
            [{"text": button.label, "callback_data": button.data} for button in row] for row in rows
        ]
    }


def _body(chat_id: int, screen: Screen) -> dict[str, Any]:
    body: dict[str, Any] = {
        "chat_id": chat_id,
        "text": markup(screen.text),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if screen.rows:
        body["reply_markup"] = keyboard(screen.rows)
    return body


def _attached(
    chat_id: int, attachment: Attachment, kind: MessageKind, method: str, name: str, **options: Any
) -> Outgoing:
    payload: dict[str, Any] = {
        "chat_id": chat_id,
        "caption": markup(split(attachment.caption.text, CAPTION_LIMIT)[0]),
        "parse_mode": "HTML",
    }
    if attachment.caption.rows:
        payload["reply_markup"] = keyboard(attachment.caption.rows)
    return Outgoing(
        chat_id=chat_id,
        method=method,
        payload=payload,
        kind=kind,
        attachment=attachment.content,
        attachment_name=attachment.name,
        attachment_field=name,
        **options,
    )
