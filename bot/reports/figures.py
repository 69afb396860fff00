"""What a stretch of days adds up to, each figure with its own denominator."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.clinical.answers import MedicineClass, Sleep
from bot.diary.ledger import Day, DayState

WEEK = 7
MONTH = 30
"""ICHD-3 counts are per month, so 30 days and not 28 (specification, section 8.4)."""
FEWEST_FOR_A_MEAN = 4
"""A mean of seven days needs four entries (specification, L-7)."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Scores of 0 to 10 on `days` answered days."""

    mean: float
    lowest: int
    highest: int
    days: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of a stretch of `length` days. Counts are the least it could be: unanswered days are not in them."""

    first: date
    last: date
    length: int
    answered: int
    skipped: int
    recalled: int
    back: Spread | None
    head: Spread | None
    headache_days: int
    head_answered: int
    migraine_like_days: int
    both_days: int
    both_answered: int
    hard_days: int
    """Days when pain got in the way a lot, or the patient could not do their day (D5 of 2 or 3)."""
    hard_answered: int
    medicine_days: int
    medicine_answered: int
    by_class: Mapping[MedicineClass, int]
    sleep: Mapping[Sleep, int]

    @property
    def enough(self) -> bool:
        """Tell whether anything may be said beyond what was logged."""
        return self.answered >= FEWEST_FOR_A_MEAN


def is_answered(day: Day) -> bool:
    """Tell whether the day was answered, with pain or without."""
    return day.state in {DayState.PAIN, DayState.PAIN_FREE}


def back_score(day: Day) -> int | None:
    """Give the day's back pain, 0 to 10; a day answered as pain-free is a 0."""
    return 0 if day.back_pain is None and day.state is DayState.PAIN_FREE else day.back_pain


def head_score(day: Day) -> int | None:
    """Give the day's worst headache, 0 to 10; a day answered as pain-free is a 0."""
    return 0 if day.headache is None and day.state is DayState.PAIN_FREE else day.headache


def stretch(days: Sequence[Day], last: date, length: int) -> tuple[Day, ...]:
    """Give the `length` days up to and with `last`, oldest first; a date that is missing is unanswered."""
    first = last - timedelta(days=length - 1)
    found = {day.date: day for day in days if first <= day.date <= last}
    dates = (first + timedelta(days=offset) for offset in range(length))
    return tuple(found.get(local_date) or Day(date=local_date) for local_date in dates)


def figures(days: Sequence[Day]) -> Figures:
    """Count a stretch of consecutive days; raises `ValueError` for no days at all."""
    if not days:
        raise ValueError("no days to count")
    heads = [score for day in days if (score := head_score(day)) is not None]
    pairs = [
        (back, head)
        for day in days
        if (back := back_score(day)) is not None and (head := head_score(day)) is not None
    ]
    taken = [day.medicines for day in days if day.medicines is not None]
    limits = [day.interference for day in days if day.interference is not None]
    return Figures(
        first=days[0].date,
        last=days[-1].date,
        length=len(days),
        answered=sum(map(is_answered, days)),
        skipped=sum(day.state is DayState.SKIPPED for day in days),
        recalled=sum(day.recalled for day in days),
        back=_spread([score for day in days if (score := back_score(day)) is not None]),
        head=_spread(heads),
        headache_days=sum(score > 0 for score in heads),
        head_answered=len(heads),
        migraine_like_days=sum(bool(day.migraine_like) for day in days),
        both_days=sum(back > 0 and head > 0 for back, head in pairs),
        both_answered=len(pairs),
        hard_days=sum(limit >= 2 for limit in limits),  # noqa: PLR2004 - "a lot" on the scale of D5
        hard_answered=len(limits),
        medicine_days=sum(bool(classes) for classes in taken),
        medicine_answered=len(taken),
        by_class=Counter(medicine for classes in taken for medicine in classes),
        sleep=Counter(day.sleep for day in days if day.sleep is not None),
    )


def _spread(scores: Sequence[int]) -> Spread | None:
    if not scores:
        return None
    return Spread(sum(scores) / len(scores), min(scores), max(scores), len(scores))
