"""What patients of one kind were told, and how a measured rate is held against what it must be."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np

from bench.insights_mechanisms import MECHANISMS, simulate_mechanism
from bench.insights_simulators import Cell, Numbers, simulate
from bot.diary.connection import Verdict, connection, count_table
from bot.diary.series import Series
from bot.diary.surprise import student_tail

FIRST = date(2026, 1, 5)
SEED = 20260105


@dataclass(frozen=True, slots=True)
class Rates:
    """What the patients of one cell were told, as shares."""

    cell: Cell
    told: Counter[Verdict]
    naive: int

    @property
    def count(self) -> int:
        """Give the number of diaries."""
        return self.told.total()

    def share(self, *verdicts: Verdict) -> float:
        """Give the share that was told one of `verdicts`."""
        return sum(self.told[verdict] for verdict in verdicts) / self.count

    @property
    def signs(self) -> float:
        """Give the share that was told of a link."""
        return self.share(Verdict.SOME_SIGN, Verdict.STRONG_SIGN)

    def line(self) -> str:
        """Give the cell with its shares in percent."""
        return (
            f"{self.cell.name}  sign {self.signs:6.1%}  strong {self.share(Verdict.STRONG_SIGN):6.1%}  "
            f"no sign {self.share(Verdict.NO_SIGN):6.1%}  can't tell {self.share(Verdict.CANNOT_TELL_YET):6.1%}  "
            f"not enough {self.share(Verdict.NOT_ENOUGH_DATA):6.1%}  | naive Pearson {self.naive / self.count:6.1%}"
        )


class Targets:
    """Measured figures beside what they must be; a rate fails only where chance does not explain it."""

    def __init__(self) -> None:
        self.failed = 0

    def at_most(self, name: str, hits: int, count: int, limit: float, spread: float = 1.0) -> None:
        """Take in a rate that must not be above `limit`; `spread` widens the bound where the worst was picked."""
        low = hits / count - 1.96 * spread * math.sqrt(max(limit * (1 - limit), 1e-9) / count)
        self._say(name, hits / count, f"at most {limit:.1%}", low <= limit)

    def at_least(self, name: str, hits: int, count: int, limit: float) -> None:
        """Take in a rate that must not be below `limit`."""
        high = hits / count + 1.96 * math.sqrt(limit * (1 - limit) / count)
        self._say(name, hits / count, f"at least {limit:.1%}", high >= limit)

    def _say(self, name: str, found: float, wanted: str, held: bool) -> None:  # noqa: FBT001 - private
        self.failed += not held
        print(f"{'ok  ' if held else 'MISS'} {name:66} {found:7.2%}  {wanted}")


def measure(cell: Cell, count: int, seed: int = SEED) -> Rates:
    """Ask the product about `count` diaries of one kind."""
    backs, heads = diaries(cell, count, seed)
    recalled = np.zeros(cell.days, dtype=bool)
    told: Counter[Verdict] = Counter()
    naive = 0
    for back, head in zip(backs, heads, strict=True):
        told[connection(Series(FIRST, back, head, recalled)).verdict] += 1
        naive += naive_p(back, head) < 0.05
    return Rates(cell, told, naive)


def naive_p(back: Numbers, head: Numbers) -> float:
    """Give the two-sided p of Pearson's correlation, as diaries elsewhere take it."""
    both = ~(np.isnan(back) | np.isnan(head))
    one, other = back[both], head[both]
    if len(one) < 5 or one.std() == 0.0 or other.std() == 0.0:
        return 1.0
    r = float(np.corrcoef(one, other)[0, 1])
    return 2.0 * student_tail(abs(r) * math.sqrt((len(one) - 2) / max(1e-12, 1 - r * r)), len(one) - 2)


def diaries(cell: Cell, count: int, seed: int = SEED) -> tuple[Numbers, Numbers]:
    """Give `count` diaries of one kind, of whichever simulator makes it."""
    return (simulate_mechanism if cell.family in MECHANISMS else simulate)(cell, count, seed)


def counted_odds(backs: Numbers, heads: Numbers) -> float:
    """Give the odds ratio as a patient's own table counts it, over all diaries (Mantel and Haenszel 1959)."""
    above = below = 0.0
    for back, head in zip(backs, heads, strict=True):
        both = ~(np.isnan(back) | np.isnan(head))
        table, days = count_table(back[both], head[both]), int(both.sum())
        above += table.bad_with_headache * (table.other - table.other_with_headache) / days
        below += table.other_with_headache * (table.bad - table.bad_with_headache) / days
    return above / max(below, 1e-9)
