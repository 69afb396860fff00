"""Texts and keyboards as a bot sends them, checked as Telegram checks them."""

from typing import Any

from bot.sandbox.entities import parse_html, plain, utf16_length, with_found_entities
from bot.sandbox.errors import RefusedError
from bot.sandbox.parameters import JSON, Parameters

LONGEST_TEXT = 4096
"""Bot API, sendMessage: 1-4096 characters after entities parsing. Counted in UTF-16 units, the strict reading."""
LONGEST_CAPTION = 1024
"""Bot API, sendPhoto: 0-1024 characters after entities parsing."""
LONGEST_CALLBACK_DATA_BYTES = 64
"""Bot API, InlineKeyboardButton: callback_data, 1-64 bytes."""
MOST_BUTTONS = 100
"""python-telegram-bot constants, InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER."""
BUTTON_KINDS = frozenset(
    "callback_data url web_app login_url switch_inline_query switch_inline_query_current_chat copy_text pay".split()
)


def formatted(parameters: Parameters, name: str, entities: str) -> tuple[str, list[JSON]]:
    """Read a text with its parse mode or its entities."""
    return formatted_value(
        parameters.text(name) or "", parameters.text("parse_mode"), parameters.nested(entities)
    )


def formatted_value(text: str, parse_mode: str | None, entities: object) -> tuple[str, list[JSON]]:
    """Read a text that was sent with a parse mode or with entities of its own."""
    if parse_mode and parse_mode.lower() == "html":
        text, found = parse_html(text)
    elif parse_mode:
        raise RefusedError("parse_mode")
    else:
        found = list(entities) if isinstance(entities, list) else []
        text = text if found else plain(text)
    return text, with_found_entities(text, found)


def message_text(parameters: Parameters) -> JSON:
    """Read the text of a message; raises `RefusedError` where it is empty or too long."""
    text, entities = formatted(parameters, "text", "entities")
    if not text:
        raise RefusedError("text_empty")
    if utf16_length(text) > LONGEST_TEXT:
        raise RefusedError("text_too_long")
    return {"text": text, "entities": entities} if entities else {"text": text}


def caption(parameters: Parameters) -> JSON:
    """Read the caption of a picture or document; raises `RefusedError` where it is too long."""
    return _caption(*formatted(parameters, "caption", "caption_entities"))


def media_caption(media: JSON) -> JSON:
    """Read the caption inside an `InputMedia`."""
    return _caption(
        *formatted_value(media.get("caption", ""), media.get("parse_mode"), media.get("caption_entities"))
    )


def _caption(text: str, entities: list[JSON]) -> JSON:
    if utf16_length(text) > LONGEST_CAPTION:
        raise RefusedError("caption_too_long")
    read: JSON = {"caption": text} if text else {}
    if entities:
        read["caption_entities"] = entities
    return read


def inline_keyboard(markup: Any) -> JSON | None:
    """Check an inline keyboard and give it as it is echoed; `None` where there is none or it is empty."""
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    if not rows:
        return None
    if sum(len(row) for row in rows) > MOST_BUTTONS:
        raise RefusedError("markup_too_long")
    for row in rows:
        for button in row:
            _check_button(button)
    kept = [row for row in rows if row]
    return {"inline_keyboard": kept} if kept else None


def _check_button(button: Any) -> None:
    if not isinstance(button, dict) or not button.get("text") or len(BUTTON_KINDS & button.keys()) != 1:
        raise RefusedError("button_kind")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= LONGEST_CALLBACK_DATA_BYTES:
        raise RefusedError("button_data")
    url = button.get("url")
    if url is not None and not str(url).startswith(("http://", "https://", "tg://")):
        raise RefusedError("button_url")
