"""A diary as numbers in a row, one for each calendar day: what the statistics are calculated from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.clinical.answers import Sleep
from bot.diary.ledger import Day

Numbers: TypeAlias = NDArray[np.float64]

LONGEST_GAP = 28
"""Days without an entry after which a new diary begins (statistics specification, section 11)."""

BAD_SLEEP = "bad_sleep"
"""The factor that the nightly sleep question becomes: more is worse."""
_BAD_SLEEP = {Sleep.WELL: 0, Sleep.SO_SO: 1, Sleep.BADLY: 2}


@dataclass(frozen=True, slots=True)
class Series:
    """Scores by calendar day from `first` on, NaN where nothing was answered. Scores are 0 to 10.

    `recalled` marks days that were filled in afterwards: both pains rated from memory at once look linked, so
    the tests of what goes with what leave them out.
    """

    first: date
    back_pain: Numbers
    headache: Numbers
    recalled: NDArray[np.bool_]
    factors: Mapping[str, Numbers] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.back_pain)

    def day(self, number: int) -> date:
        """Give the date of day `number`, counted from 0."""
        return date.fromordinal(self.first.toordinal() + number)

    @property
    def logged(self) -> NDArray[np.bool_]:
        """Tell for each day whether any pain score was given."""
        return ~(np.isnan(self.back_pain) & np.isnan(self.headache))

    def part(self, start: int, end: int) -> "Series":
        """Give the days from number `start` up to, not including, `end`."""
        return Series(
            first=self.day(start),
            back_pain=self.back_pain[start:end],
            headache=self.headache[start:end],
            recalled=self.recalled[start:end],
            factors={name: values[start:end] for name, values in self.factors.items()},
        )

    def current(self, longest: int | None = None) -> "Series":
        """Give the diary since its last long gap, its latest `longest` days at most."""
        entries = np.flatnonzero(self.logged)
        if not len(entries):
            return self.part(0, 0)
        breaks = np.flatnonzero(np.diff(entries) > LONGEST_GAP)
        start = int(entries[breaks[-1] + 1]) if len(breaks) else int(entries[0])
        end = int(entries[-1]) + 1
        return self.part(max(start, end - longest) if longest else start, end)


def joined(earlier: Series, later: Series) -> Series:
    """Give two stretches of one diary as one; `later` begins after `earlier` ends."""
    if not len(later):
        return earlier
    start = (later.first - earlier.first).days
    between = np.full(start - len(earlier), np.nan)

    def row(before: Numbers | None, after: Numbers | None) -> Numbers:
        parts = [before if before is not None else np.full(len(earlier), np.nan), between]
        return np.concatenate([*parts, after if after is not None else np.full(len(later), np.nan)])

    return Series(
        first=earlier.first,
        back_pain=row(earlier.back_pain, later.back_pain),
        headache=row(earlier.headache, later.headache),
        recalled=np.concatenate([earlier.recalled, np.zeros(len(between), dtype=np.bool_), later.recalled]),
        factors={
            name: row(earlier.factors.get(name), later.factors.get(name))
            for name in sorted(earlier.factors.keys() | later.factors.keys())
        },
    )


def series_of(days: Sequence[Day]) -> Series:
    """Lay days out by calendar date; of two entries for one date the later one counts."""
    first = min((day.date for day in days), default=date.min)
    length = max((day.date - first).days for day in days) + 1 if days else 0
    known = [_factors(day) for day in days]
    names = sorted({name for factors_of_day in known for name in factors_of_day})
    back_pain, headache = np.full(length, np.nan), np.full(length, np.nan)
    recalled = np.zeros(length, dtype=np.bool_)
    factors = {name: np.full(length, np.nan) for name in names}
    for day, logged in zip(days, known, strict=True):
        place = (day.date - first).days
        back_pain[place] = np.nan if day.back_pain is None else day.back_pain
        headache[place] = np.nan if day.headache is None else day.headache
        recalled[place] = day.recalled
        for name in names:
            factors[name][place] = logged.get(name, np.nan)
    return Series(first, back_pain, headache, recalled, factors)


def _factors(day: Day) -> Mapping[str, float]:
    if day.sleep is None:
        return day.factors
    return {BAD_SLEEP: float(_BAD_SLEEP[day.sleep]), **day.factors}
