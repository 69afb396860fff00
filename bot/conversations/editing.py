"""Which days may still be written, and how."""

from datetime import date, timedelta
from enum import StrEnum

from bot.clinical.answers import CheckIn

CHANGE_DAYS = 1
"""A day can be changed until the end of the next one: 24 hours, as specification L-11 has it."""
RECALL_DAYS = 14
"""How far back an empty day can be filled in from memory; our own choice, and every such day is marked."""


class Editing(StrEnum):
    """What may be done with a day."""

    CHANGE = "change"
    FILL_IN = "fill"
    LOCKED = "locked"
    TOO_OLD = "too_old"
    FUTURE = "future"

    @property
    def allowed(self) -> bool:
        """Tell whether answers are taken."""
        return self in {Editing.CHANGE, Editing.FILL_IN}


def editing(day: date, today: date, stored: CheckIn | None) -> Editing:
    """Say what may be done on `today` with `day`, of which `stored` is kept so far."""
    age = today - day
    if age < timedelta(0):
        return Editing.FUTURE
    if age <= timedelta(days=CHANGE_DAYS):
        return Editing.CHANGE
    if stored is not None and stored.answers and not stored.recalled:
        return Editing.LOCKED
    return Editing.FILL_IN if age <= timedelta(days=RECALL_DAYS) else Editing.TOO_OLD


def begun(day: date, today: date) -> CheckIn:
    """Give an empty check-in for `day`; later than the next day its answers are from memory."""
    return CheckIn(local_date=day, recalled=today - day > timedelta(days=CHANGE_DAYS))
