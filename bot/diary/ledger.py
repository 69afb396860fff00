"""The four states of a day and what each day holds: the one shape that counts, charts and tests are made from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
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


WINDOW = 30
"""Days over which headache days are counted: the month of the headache classification (ICHD-3)."""
DAYS_BETWEEN_LOOKS = 28
"""The verdict on the connection changes at most so often: weekly looks tell one in five unconnected patients
"some sign"."""


@dataclass(frozen=True, slots=True)
class Count:
    """So many of so many: `days` where it was so, of `answered` days that tell."""

    days: int
    answered: int


@dataclass(frozen=True, slots=True)
class Average:
    """The mean of the answered days, with the lowest and the highest; `None` where no day was answered."""

    mean: float | None
    lowest: int | None
    highest: int | None
    answered: int


def ledger(days: Iterable[Day], start: date, end: date) -> tuple[Day, ...]:
    """Give one day for each date from `start` to `end`, both included; empty dates are unanswered.

    Of two entries for one date the later one in `days` counts.
    """
    known = {day.date: day for day in days}
    dates = (start + timedelta(days=place) for place in range((end - start).days + 1))
    return tuple(known.get(on, Day(on)) for on in dates)


def window(days: Iterable[Day], end: date, length: int = WINDOW) -> tuple[Day, ...]:
    """Give the `length` days up to and with `end`."""
    return ledger(days, end - timedelta(days=length - 1), end)


def answered(days: Iterable[Day]) -> Count:
    """Count the days with any answer, of all the days given."""
    states = [day.state for day in days]
    return Count(sum(state in {DayState.PAIN, DayState.PAIN_FREE} for state in states), len(states))


def headache_days(days: Iterable[Day]) -> Count:
    """Count days with a headache, of the days whose headache question was answered."""
    return _count(days, lambda day: None if day.headache is None else day.headache > 0)


def back_pain_days(days: Iterable[Day]) -> Count:
    """Count days with back pain, of the days whose back pain question was answered."""
    return _count(days, lambda day: None if day.back_pain is None else day.back_pain > 0)


def days_with_both(days: Iterable[Day]) -> Count:
    """Count days with back pain and headache, of the days on which both were answered."""
    return _count(
        days,
        lambda day: (
            None if day.back_pain is None or day.headache is None else day.back_pain > 0 and day.headache > 0
        ),
    )


def migraine_like_days(days: Iterable[Day]) -> Count:
    """Count days like a migraine; a day without headache is an answered day without one."""
    return _count(days, lambda day: False if day.headache == 0 else day.migraine_like)


def average(scores: Iterable[int | None]) -> Average:
    """Average the scores that were given."""
    given = [score for score in scores if score is not None]
    if not given:
        return Average(None, None, None, 0)
    return Average(sum(given) / len(given), min(given), max(given), len(given))


def _count(days: Iterable[Day], holds: Callable[[Day], bool | None]) -> Count:
    told: Sequence[bool] = [answer for answer in map(holds, days) if answer is not None]
    return Count(sum(told), len(told))
