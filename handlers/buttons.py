"""What stands behind a button: short ASCII parts joined by colons, at most 64 bytes, read back with distrust.

Whoever can send to the bot can make one up, so no button says whose diary it is: that is always the chat's own.
"""

from dataclasses import dataclass
from datetime import date

_EARLIEST, _LATEST = date(2000, 1, 1), date(2199, 12, 31)
"""No button of ours is about a day outside; near the ends of the calendar a week before or after has no name."""
_LIMIT_BYTES = 64
"""Bot API, InlineKeyboardButton.callback_data."""


class BadButtonError(ValueError):
    """Data that no button of ours carries."""


@dataclass(frozen=True, slots=True)
class Button:
    """One button of a screen: what it says and what it sends."""

    label: str
    data: str


def button(label: str, *parts: str | date) -> Button:
    """Make a button; raises `BadButtonError` where its data would not fit."""
    data = ":".join(_packed(part) for part in parts)
    if len(data.encode()) > _LIMIT_BYTES:
        raise BadButtonError(f"{data!r} is over {_LIMIT_BYTES} bytes")
    return Button(label, data)


def unpack(data: str | None, count: int) -> list[str]:
    """Give the parts behind the prefix; raises `BadButtonError` unless there are exactly `count`."""
    parts = (data or "").split(":")[1:]
    if len(parts) != count:
        raise BadButtonError(f"expected {count} parts")
    return parts


def unpack_date(part: str) -> date:
    """Read a date back; raises `BadButtonError`."""
    try:
        read = date.fromordinal(int(part, 36))
    except (ValueError, OverflowError):
        raise BadButtonError("no date") from None
    if not _EARLIEST <= read <= _LATEST:
        raise BadButtonError("no date of ours")
    return read


def unpack_id(part: str) -> int:
    """Read an id back; raises `BadButtonError`."""
    try:
        read = int(part, 36)
    except ValueError:
        raise BadButtonError("no id") from None
    if read < 0:
        raise BadButtonError("no id of ours")
    return read


def packed_id(number: int) -> str:
    """Write a number, 0 or more, in base 36."""
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
        if not number:
            return digits


def _packed(part: str | date) -> str:
    return packed_id(part.toordinal()) if isinstance(part, date) else part
