"""Proof of a link beside what both pains may share without one: a single step, a single spell.

A new treatment moves both to another level, an illness makes both worse for a while. Each is one event, however
many days it lasts. So where there is one, the link must also show in what is left when it is taken out
(`docs/statistics.md`, "The sharper form").
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.diary.series import Numbers
from bot.diary.surprise import GUARD_LIMIT, GUARD_SIDE, Surprises, chance, common_shift, correlations

SPELL_LIMIT = 0.85
"""Size from which a spell that both share is taken out; chosen by simulation on the same seeds."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How likely it is to see so much without a link, and the spell that was taken out to say so."""

    p: float
    """One-sided: the largest of the plain p and of those beside a shared step and a shared spell."""
    spell: tuple[int, int] | None
    """First and last row of the spell that both share, where it is large enough to matter."""


def proof_beside_events(found: Surprises, predictor: int, outcome: int, ranks: Numbers) -> Proof | None:
    """Test two columns of `found` with and without the events that they share.

    `ranks` (days by the two pains) is where a spell is looked for. `None` where nothing is left to compare.
    """
    plain = _chance(found, predictor, outcome)
    if math.isnan(plain):
        return None
    beside = []
    rows = np.arange(len(found.days))
    shift, shift_at = common_shift(found, predictor, outcome)
    if shift > GUARD_LIMIT:
        beside.append(found.beside(found.days < shift_at))
    size, first, last = common_spell(*ranks.T)
    if size > SPELL_LIMIT:
        beside.append(found.beside((rows >= first) & (rows <= last)))
    left = [_chance(each, predictor, outcome) for each in beside]
    highest = max([plain, *(1.0 if math.isnan(p) else p for p in left)])
    return Proof(highest, (first, last) if size > SPELL_LIMIT else None)


def _chance(found: Surprises, predictor: int, outcome: int) -> float:
    """Give the one-sided p, NaN where the fitted columns leave nothing to compare."""
    every, dof = correlations(found)
    r = float(every[predictor, outcome])
    return r if math.isnan(r) else chance(r, dof)


def common_spell(one: Numbers, other: Numbers) -> tuple[float, int, int]:
    """Give the size of the clearest spell that two series of ranks share, and its first and last row.

    A spell is a stretch of days whose level differs from that of all other days, the same way in both: an
    illness, a holiday. The size is weighted as a change of level is, in standard deviations.
    """
    count = len(one)
    starts, ends, weight = _stretches(count)
    if not len(starts) or one.std() <= 0.0 or other.std() <= 0.0:
        return 0.0, 0, 0
    sizes = []
    for ranks in (one, other):
        sums = np.concatenate([[0.0], np.cumsum((ranks - ranks.mean()) / ranks.std())])
        sizes.append((sums[ends] - sums[starts]) * weight)
    shared = np.maximum(np.minimum(*sizes), -np.maximum(*sizes))
    largest = int(np.argmax(shared))
    return max(0.0, float(shared[largest])), int(starts[largest]), int(ends[largest]) - 1


@lru_cache(maxsize=32)
def _stretches(count: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Numbers]:
    """Give where every stretch starts and ends that leaves enough days inside and outside, and what it weighs."""
    starts, ends = np.triu_indices(count + 1, GUARD_SIDE)
    enough = ends - starts <= count - GUARD_SIDE
    starts, ends = starts[enough], ends[enough]
    inside = ends - starts
    return starts, ends, 2.0 / np.sqrt(inside * (count - inside))
