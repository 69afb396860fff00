"""What a stretch of days adds up to, each figure with its own denominator. The counting itself is the ledger's."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.clinical.answers import Sleep
from bot.diary.ledger import (
    Average,
    Count,
    Day,
    DayState,
    answered,
    average,
    back_pain_days,
    days_with_both,
    headache_days,
    migraine_like_days,
)

WEEK = 7
FEWEST_FOR_A_MEAN = 4
"""A mean of seven days needs four entries (specification, L-7)."""
HARD_DAY = 2
"""D5 from "a lot" on: pain got in the way a lot, or the patient could not do their day."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of a stretch of days. They are the least it could be: unanswered days are not in them."""

    first: date
    last: date
    answered: Count
    skipped: int
    recalled: int
    back: Average
    head: Average
    back_days: Count
    headaches: Count
    migraine_like: Count
    both: Count
    hard: Count
    medicine: Count
    sleep: Mapping[Sleep, int]

    @property
    def enough(self) -> bool:
        """Tell whether anything may be said beyond what was logged."""
        return self.answered.days >= FEWEST_FOR_A_MEAN


def figures(days: Sequence[Day]) -> Figures:
    """Count consecutive days, as `bot.diary.ledger.window` gives them; raises `ValueError` for none."""
    if not days:
        raise ValueError("no days to count")
    limits = [day.interference for day in days if day.interference is not None]
    taken = [day.medicines for day in days if day.medicines is not None]
    return Figures(
        first=days[0].date,
        last=days[-1].date,
        answered=answered(days),
        skipped=sum(day.state is DayState.SKIPPED for day in days),
        recalled=sum(day.recalled for day in days),
        back=average(day.back_pain for day in days),
        head=average(day.headache for day in days),
        back_days=back_pain_days(days),
        headaches=headache_days(days),
        migraine_like=migraine_like_days(days),
        both=days_with_both(days),
        hard=Count(sum(limit >= HARD_DAY for limit in limits), len(limits)),
        medicine=Count(sum(bool(classes) for classes in taken), len(taken)),
        sleep=Counter(day.sleep for day in days if day.sleep is not None),
    )
