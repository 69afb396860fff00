"""One call's parameters, read as the Bot API reads them: nested values may come as JSON or as JSON in a string."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from bot.sandbox.errors import RefusedError

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    content: bytes
    mime_type: str = "application/octet-stream"


class Parameters:
    """What a method was called with."""

    def __init__(self, values: Mapping[str, Any], files: Mapping[str, Upload] | None = None) -> None:
        self.values = values
        self.files = files or {}

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str) -> str | None:
        """Give a parameter as text, `None` where it is missing."""
        value = self.values.get(name)
        return None if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        """Give a parameter as a whole number, `default` where it is missing or is none."""
        try:
            return int(self.values.get(name, default))
        except (TypeError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        """Give a parameter as true or false; the Bot API takes true, True, yes and 1."""
        return str(self.values.get(name, "")).lower() in {"true", "yes", "1"}

    def nested(self, name: str, what: str | None = None) -> Any:
        """Give a parameter that is JSON, `None` where it is missing; raises `RefusedError` where it is broken."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            raise RefusedError("bad_json", what=what or name.replace("_", " ")) from None

    def chat_id(self) -> int:
        """Give `chat_id`; raises `RefusedError` where it is missing or names no chat."""
        value = self.values.get("chat_id")
        if value in (None, ""):
            raise RefusedError("chat_id_empty")
        try:
            return int(str(value))
        except ValueError:
            raise RefusedError("chat_not_found") from None
