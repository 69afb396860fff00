"""The four states of a day and what each day holds: the one shape that counts, charts and tests are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.clinical.answers import MedicineClass, Sleep


class DayState(StrEnum):
    """What is known of a day. An empty day never counts as one without pain."""

    PAIN = "pain"
    PAIN_FREE = "pain_free"
    SKIPPED = "skipped"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Day:
    """One local date of a diary. Scores are 0 to 10; `None` is not answered, and 0 is a value."""

    date: date
    state: DayState = DayState.UNANSWERED
    back_pain: int | None = None
    headache: int | None = None
    migraine_like: bool | None = None
    interference: int | None = None
    """How much pain got in the way of the day, 0 (not at all) to 3 (could not do my day)."""
    medicines: frozenset[MedicineClass] | None = None
    sleep: Sleep | None = None
    flags: frozenset[str] = frozenset()
    recalled: bool = False
    note: str | None = None
    factors: Mapping[str, float] = field(default_factory=dict)
