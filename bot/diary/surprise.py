"""The surprise-day test, which tells two diary series that go together from two that merely have bad spells.

For each day: was it worse than one would guess from the day before, the weekday and the slow ups and downs?
Then: are the surprise days of one series also those of the other? (Statistics specification, section 5.1;
why not a plain correlation, see `docs/statistics.md`.)
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.diary.series import Numbers

FEWEST_DAYS = 28
"""Days with both scores before anything is tested (section 5.1, step 1)."""
FEWEST_UNUSUAL_DAYS = 5
"""Days on which each series must differ from its most common value (section 5.1, step 1)."""
DRIFT_PERIOD = 28
"""One slow wave is removed for each so many days (section 5.1, step 3)."""
HIGHEST_MEMORY = 0.95
NOTHING = 1e-9
"""Spread below which a series has been explained to the last digit."""
FEWEST_PAIRS = 4
PREDICTOR_MEMORY = 0.5
"""Share of the first series' memory that is taken out: all of it would cost power (section 4, f = 0.5)."""
FRACTION_PRECISION = 1e-14
GUARD_SIDE = 5
"""Days needed on each side of a change of level."""
GUARD_LIMIT = 0.7
GUARD_FACTOR = 2.67
"""A shift of level in both at once asks for stronger proof (section 5.1, step 7)."""


@dataclass(frozen=True, slots=True)
class Surprises:
    """What each logged day (row) brought in each of several series (columns) beyond what could be foretold."""

    days: NDArray[np.int64]
    residuals: Numbers
    """Each series without drift and week."""
    as_outcome: Numbers
    as_predictor: Numbers
    """The same with half the memory left in, for the series that is asked what it goes with."""
    level_changes: Numbers
    """For each day that could begin a new level (row): the level before it minus after, in standard deviations."""
    memory: Numbers
    """Lag-1 autocorrelation of each series after drift and week are removed, 0 to 0.95."""
    basis: Numbers
    """Orthonormal columns of the constant, drift and week that were fitted."""
    predictor_share: float = PREDICTOR_MEMORY
    """Share of the predictors' memory that was taken out."""

    @property
    def removed(self) -> int:
        """Give the number of independent columns that were fitted, without the constant."""
        return int(self.basis.shape[1]) - 1

    def remembering(self, share: float) -> "Surprises":
        """Give the same with `share` of the predictors' memory taken out."""
        fresh = _unforeseen(self.residuals, np.diff(self.days), share * self.memory)
        return replace(self, as_predictor=fresh, predictor_share=share)

    def beside(self, event: NDArray[np.bool_]) -> "Surprises":
        """Give the same with one more thing taken out: the level of the days of `event` against all others."""
        left = event - self.basis @ (self.basis.T @ event)
        size = float(np.linalg.norm(left))
        if size <= NOTHING * len(left):
            return self
        column = left / size
        residuals = self.residuals - np.outer(column, column @ self.residuals)
        gaps = np.diff(self.days)
        memory = _memories(residuals, gaps)
        return replace(
            self,
            residuals=residuals,
            as_outcome=_unforeseen(residuals, gaps, memory),
            as_predictor=_unforeseen(residuals, gaps, self.predictor_share * memory),
            memory=memory,
            basis=np.column_stack([self.basis, column]),
        )


@dataclass(frozen=True, slots=True)
class Association:
    """How two series' surprises go together."""

    r: float
    dof: int
    p_positive: float
    """One-sided chance of so high a correlation without a link; the guard included."""
    p_two_sided: float
    shift: float
    """How far both series changed level at the same time, in standard deviations."""
    shift_at: int
    """Day number at which that change was largest."""


def unusual_days(values: Numbers) -> int:
    """Count the days that differ from a series' most common value."""
    if not len(values):
        return 0
    _, counts = np.unique(values, return_counts=True)
    return len(values) - int(counts.max())


def is_testable(values: Numbers) -> bool:
    """Tell whether a series has enough days, and enough days that differ from its most common value."""
    return len(values) >= FEWEST_DAYS and unusual_days(values) >= FEWEST_UNUSUAL_DAYS


def mid_ranks(values: Numbers) -> Numbers:
    """Replace values by their ranks from 1, ties by the middle of theirs."""
    ordered = np.sort(values)
    below = np.searchsorted(ordered, values, side="left")
    upto = np.searchsorted(ordered, values, side="right")
    return (below + upto + 1) / 2.0


def surprises(days: NDArray[np.int64], first_weekday: int, ranks: Numbers) -> Surprises:
    """Take drift, weekday and memory out of `ranks` (logged days by series; see `mid_ranks`).

    `days` are calendar day numbers, rising; `first_weekday` is the weekday of day 0.
    """
    basis = _basis(days, first_weekday)
    residuals = ranks - basis @ (basis.T @ ranks)
    gaps = np.diff(days)
    memory = _memories(residuals, gaps)
    return Surprises(
        days=days,
        residuals=residuals,
        as_outcome=_unforeseen(residuals, gaps, memory),
        as_predictor=_unforeseen(residuals, gaps, PREDICTOR_MEMORY * memory),
        level_changes=_level_changes(ranks),
        memory=memory,
        basis=basis,
    )


def _memories(residuals: Numbers, gaps: NDArray[np.int64]) -> Numbers:
    return np.array([memory_of(column, gaps == 1) for column in residuals.T])


def _unforeseen(residuals: Numbers, gaps: NDArray[np.int64], memory: Numbers) -> Numbers:
    carried = memory ** gaps[:, None].astype(np.float64)
    fresh = residuals.copy()
    fresh[1:] = (residuals[1:] - carried * residuals[:-1]) / np.sqrt(1.0 - carried**2)
    return fresh


def _level_changes(ranks: Numbers) -> Numbers:
    """Compare the level before with after each day that leaves enough days on both sides.

    Weighted so that a change in the middle counts whole (section 5.1, step 7).
    """
    count = len(ranks)
    before = np.arange(GUARD_SIDE, count - GUARD_SIDE + 1)[:, None]
    if not len(before):
        return np.zeros((0, ranks.shape[1]))
    sums = np.cumsum(ranks, axis=0)[before[:, 0] - 1]
    changes = sums / before - (ranks.sum(axis=0) - sums) / (count - before)
    spread = np.maximum(ranks.std(axis=0), 1e-12)
    weighted: Numbers = changes / spread * (2.0 * np.sqrt(before * (count - before)) / count)
    return weighted


def _basis(days: NDArray[np.int64], first_weekday: int) -> Numbers:
    """Give an orthonormal basis of constant, line, weekdays and one cosine for every 28 days."""
    time = (days - days[0]).astype(np.float64)
    span = time[-1] + 1.0
    weekday = (days + first_weekday) % 7
    waves = np.arange(int(span // DRIFT_PERIOD)) + 2.0
    columns = np.column_stack(
        [
            np.ones_like(time),
            time / span - 0.5,
            weekday[:, None] == np.arange(1, 7),
            np.cos(math.pi * np.outer(time + 0.5, waves) / span),
        ]
    )
    left, singular, _ = np.linalg.svd(columns, full_matrices=False)
    kept: Numbers = left[:, singular > singular[0] * 1e-9]
    return kept


def memory_of(residuals: Numbers, follows: NDArray[np.bool_]) -> float:
    """Give the lag-1 autocorrelation of `residuals`, 0 to 0.95, corrected for the bias of short series.

    `follows` tells for each but the first whether it is of the day after the one before it.
    """
    today, yesterday = residuals[1:][follows], residuals[:-1][follows]
    scale = math.sqrt(float(today @ today) * float(yesterday @ yesterday))
    if len(today) < FEWEST_PAIRS or scale <= 0.0:
        return 0.0
    count = len(residuals)
    raw = float(today @ yesterday) / scale
    return min(max((raw + 2.0 / count) / (1.0 - 4.0 / count), 0.0), HIGHEST_MEMORY)


def correlations(found: Surprises, lag: int = 0) -> tuple[Numbers, int]:
    """Correlate every column as predictor (row) with every one as outcome at once, and give the freedom left.

    NaN where drift and week leave nothing to compare.
    """
    one, other = found.as_predictor, found.as_outcome
    dof = len(one) - 3 - found.removed
    if lag:
        follows = np.diff(found.days) == 1
        one, other = one[:-1][follows], other[1:][follows]
        dof = len(one) - 2 - found.removed
    if dof < 1:
        return np.full((one.shape[1], other.shape[1]), np.nan), dof
    one, other = one - one.mean(axis=0), other - other.mean(axis=0)
    scale = np.sqrt(np.outer((one * one).sum(axis=0), (other * other).sum(axis=0)))
    scale[scale <= NOTHING * len(found.days)] = np.nan
    r: Numbers = np.clip(one.T @ other / scale, -1.0, 1.0)
    return r, dof


def associate(found: Surprises, predictor: int, outcome: int, lag: int = 0) -> Association | None:
    """Correlate the surprises of two columns, `lag` 0 or 1 days from predictor to outcome.

    Gives `None` where drift and week leave nothing to compare.
    """
    every, dof = correlations(found, lag)
    r = float(every[predictor, outcome])
    return None if math.isnan(r) else judge(found, predictor, outcome, r, dof)


def judge(found: Surprises, predictor: int, outcome: int, r: float, dof: int) -> Association:
    """Give how likely so high a correlation is by chance, after the guard against a shift of both."""
    shift, shift_at = common_shift(found, predictor, outcome, -1.0 if r < 0 else 1.0)
    penalty = GUARD_FACTOR if shift > GUARD_LIMIT else 1.0
    return Association(
        r=r,
        dof=dof,
        p_positive=min(1.0, penalty * chance(r, dof)),
        p_two_sided=min(1.0, penalty * 2.0 * chance(abs(r), dof)),
        shift=shift,
        shift_at=shift_at,
    )


def chance(r: float, dof: int) -> float:
    """Give the one-sided chance of so high a correlation without a link."""
    tail = student_tail(t_of(r, dof), dof)
    return tail if r >= 0 else 1.0 - tail


def t_of(r: float, dof: int) -> float:
    """Give Student's t of a correlation, without its sign."""
    return abs(r) * math.sqrt(dof / max(1e-300, 1.0 - r * r))


def common_shift(found: Surprises, one: int, other: int, direction: float = 1.0) -> tuple[float, int]:
    """Give the largest change of level that two series share, and the day number at which it begins.

    `direction` -1 looks for one that rises while the other falls.
    """
    first, second = direction * found.level_changes[:, one], found.level_changes[:, other]
    shared = np.where(first * second > 0, np.minimum(np.abs(first), np.abs(second)), 0.0)
    if not len(shared):
        return 0.0, 0
    largest = int(np.argmax(shared))
    return float(shared[largest]), int(found.days[GUARD_SIDE + largest])


def student_tail(t: float, dof: int) -> float:
    """Give P(T > t) of Student's t with `dof` degrees of freedom, for t >= 0, by the incomplete beta function."""
    a, x = dof / 2.0, dof / (dof + t * t)
    if x >= 1.0:
        return 0.5
    if x <= 0.0:
        return 0.0
    front = math.exp(
        math.lgamma(a + 0.5) - math.lgamma(a) - math.lgamma(0.5) + a * math.log(x) + 0.5 * math.log1p(-x)
    )
    if x < (a + 1.0) / (a + 2.5):
        return 0.5 * front * _beta_fraction(a, 0.5, x) / a
    return 0.5 * (1.0 - front * _beta_fraction(0.5, a, 1.0 - x) / 0.5)


def _beta_fraction(a: float, b: float, x: float) -> float:
    """Evaluate the continued fraction of the incomplete beta function (Lentz; DLMF 8.17.22)."""
    c, d = 1.0, 1.0 / (1.0 - (a + b) * x / (a + 1.0))
    value = d
    for m in range(1, 300):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1.0 / (1.0 + even * d)
        c = 1.0 + even / c
        value *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1.0 / (1.0 + odd * d)
        c = 1.0 + odd / c
        value *= d * c
        if abs(d * c - 1.0) < FRACTION_PRECISION:
            break
    return value
