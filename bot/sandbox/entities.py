"""Telegram's HTML, read as strictly as its server reads it: a plain text and the entities that lie on it.

Offsets and lengths of entities count UTF-16 units, byte offsets in problems count UTF-8, as in the Bot API. The
rules follow the Bot API's section on HTML style and the wording of problems in td's `MessageEntity.cpp`.
"""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from bot.sandbox.errors import RefusedError

Entity = dict[str, Any]

_SAME_AS = {
    "strong": "b", "em": "i", "ins": "u", "strike": "s", "del": "s",
}  # fmt: skip
_TYPES = {"b": "bold", "i": "italic", "u": "underline", "s": "strikethrough", "tg-spoiler": "spoiler"}
_KNOWN = {*_TYPES, *_SAME_AS, "a", "code", "pre", "blockquote", "span", "tg-emoji"}
_TAG = re.compile(r"<(/?)([^\s>/]*)([^>]*)(>?)")
_ATTRIBUTE = re.compile(r"([a-zA-Z0-9-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")
_FOUND_IN_TEXT = re.compile(
    r"(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)|(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)])"
)


def utf16_length(text: str) -> int:
    """Count the UTF-16 units of `text`, which is what Telegram counts in."""
    if text.isascii():
        return len(text)
    return len(text) + sum(character > "\uffff" for character in text)


def parse_html(markup: str) -> tuple[str, list[Entity]]:
    """Give the text of `markup` and its entities; raises `RefusedError` where Telegram could not parse it."""
    reading = _Reading(markup)
    position = 0
    while (start := markup.find("<", position)) != -1:
        reading.text(markup[position:start])
        tag = _TAG.match(markup, start)
        assert tag is not None  # noqa: S101 - `find` has just seen the "<" that the pattern begins with
        reading.tag(tag)
        position = tag.end()
    reading.text(markup[position:])
    return reading.finished()


@dataclass(slots=True)
class _Open:
    """A tag that waits for its end: its name, the entity it will be, where its text starts."""

    name: str
    entity: Entity | None
    start: int


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    markup: str
    parts: list[str] = field(default_factory=list)
    length: int = 0
    open: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def text(self, raw: str) -> None:
        if raw:
            plain = _REFERENCE.sub(lambda reference: unescape(reference.group()), raw)
            self.parts.append(plain)
            self.length += utf16_length(plain)

    def tag(self, tag: re.Match[str]) -> None:
        at = len(self.markup[: tag.start()].encode())
        closing, name, rest, end = tag.groups()
        name = name.lower()
        if closing:
            self._close(name, rest, end, at)
        elif not name or name not in _KNOWN:
            problem = f'Unsupported start tag "{name}" at byte offset {at}' if end or name else None
            raise RefusedError("entities", problem=problem or f"Unclosed start tag at byte offset {at}")
        elif not end:
            raise RefusedError("entities", problem=f"Unclosed start tag at byte offset {at}")
        else:
            self.open.append(_Open(name, self._entity(name, rest, at), self.length))

    def _close(self, name: str, rest: str, end: str, at: int) -> None:
        if not self.open:
            raise RefusedError("entities", problem=f"Unexpected end tag at byte offset {at}")
        if not end or rest.strip():
            raise RefusedError("entities", problem=f"Unclosed end tag at byte offset {at}")
        opened = self.open.pop()
        if name and name != opened.name:
            raise RefusedError(
                "entities",
                problem=f'Unmatched end tag at byte offset {at}, expected "</{opened.name}>", found "</{name}>"',
            )
        length = self.length - opened.start
        if opened.entity is not None and length > 0:
            self.entities.append({"offset": opened.start, "length": length, **opened.entity})

    def _entity(self, name: str, rest: str, at: int) -> Entity | None:
        attributes = {
            found.group(1).lower(): unescape(found.group(2) or found.group(3) or found.group(4) or "")
            for found in _ATTRIBUTE.finditer(rest)
        }
        name = _SAME_AS.get(name, name)
        if name in _TYPES:
            return {"type": _TYPES[name]}
        if name == "a":
            return {"type": "text_link", "url": attributes["href"]} if attributes.get("href") else None
        if name == "span":
            if attributes.get("class") != "tg-spoiler":
                raise RefusedError(
                    "entities", problem=f'Tag "span" must have class "tg-spoiler" at byte offset {at}'
                )
            return {"type": "spoiler"}
        if name == "blockquote":
            return {"type": "expandable_blockquote" if "expandable" in attributes else "blockquote"}
        if name == "tg-emoji":
            return {"type": "custom_emoji", "custom_emoji_id": attributes.get("emoji-id", "")}
        language = attributes.get("class", "").removeprefix("language-")
        return {"type": name, "language": language} if name == "pre" and language else {"type": name}

    def finished(self) -> tuple[str, list[Entity]]:
        if self.open:
            name = self.open[-1].name
            raise RefusedError("entities", problem=f'Can\'t find end tag corresponding to start tag "{name}"')
        return _trimmed("".join(self.parts), self.entities)


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Cut white space at both ends, as Telegram does, and move the entities along."""
    inner = text.strip()
    shift = utf16_length(text[: len(text) - len(text.lstrip())])
    end = utf16_length(inner)
    moved = []
    for entity in entities:
        start = max(entity["offset"] - shift, 0)
        length = min(entity["offset"] - shift + entity["length"], end) - start
        if length > 0:
            moved.append({**entity, "offset": start, "length": length})
    return inner, sorted(moved, key=lambda entity: (entity["offset"], -entity["length"]))


def with_found_entities(text: str, entities: list[Entity]) -> list[Entity]:
    """Add the commands and addresses that Telegram finds by itself, where nothing hides them."""
    if "/" not in text:
        return entities
    found = [
        {
            "type": match.lastgroup,
            "offset": utf16_length(text[: match.start()]),
            "length": utf16_length(match.group()),
        }
        for match in _FOUND_IN_TEXT.finditer(text)
    ]
    opaque = [entity for entity in entities if entity["type"] in {"code", "pre", "text_link"}]
    free = [entity for entity in found if not any(_overlap(entity, other) for other in opaque)]
    return sorted([*entities, *free], key=lambda entity: (entity["offset"], -entity["length"]))


def _overlap(one: Entity, other: Entity) -> bool:
    starts = max(one["offset"], other["offset"])
    ends = min(one["offset"] + one["length"], other["offset"] + other["length"])
    return bool(starts < ends)


def plain(text: str) -> str:
    """Give `text` as Telegram keeps it: without white space at both ends."""
    return text.strip()
