"""Diaries that never were, of two unlike kinds, so that no figure hangs on one simulator.

`markov` follows the description published with the method: autoregressive back pain, headache days as a
two-state chain. `attacks` is our own: back pain in spells on a wandering level, rounded as people round, and
headaches as attacks that come by chance, last one to three days and are followed by quiet.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of diary. `odds` is the odds ratio of the planted link, 1 for none."""

    family: str = "markov"
    days: int = 90
    memory: float = 0.5
    trend: str = "none"
    weekly: str = "none"
    gaps: str = "random20"
    headaches: float = 0.25
    odds: float = 1.0

    @property
    def name(self) -> str:
        """Give the cell in one line."""
        return (
            f"{self.family:7} {self.days:3} d  ac {self.memory:.1f}  {self.trend:5} {self.weekly:7} {self.gaps:9} "
            f"head {self.headaches:.0%}  OR {self.odds:g}"
        )


TRENDS = ("none", "line", "early", "step", "hump", "spell")
"""`hump` is one bad time of a quarter of the diary that comes and goes slowly, `spell` one that is there at once."""
WEEKS = ("none", "weekend", "spike")
GAPS = ("random20", "random40", "burst", "bad", "bothbad")


def simulate(cell: Cell, count: int, seed: int) -> tuple[Numbers, Numbers]:
    """Give `count` diaries as back pain and headache (diaries by days), NaN on days not logged."""
    rng = np.random.default_rng([seed, *cell.name.encode()])
    back, head = _FAMILIES[cell.family](rng, cell, count)
    gone = missing(rng, cell.gaps, back, head)
    back[gone], head[gone] = np.nan, np.nan
    return back, head


def _markov(rng: np.random.Generator, cell: Cell, count: int) -> tuple[Numbers, Numbers]:
    drift, week = _drift(rng, cell, count), _week(cell)
    z = autoregressive(rng, count, cell.days, np.full(count, cell.memory))
    noise = rng.normal(0.0, 0.5, z.shape)
    back = np.round(np.clip(4.5 + 1.8 * z + 3.0 * drift + week + noise, 0.0, 10.0))
    push = 2.0 * drift + 0.8 * week + np.log(cell.odds) * z / 1.5
    return back, _severity(rng, _chain(rng, cell, push))


def _chain(rng: np.random.Generator, cell: Cell, push: Numbers) -> NDArray[np.bool_]:
    """Give headache days as a two-state chain of the cell's rate and memory, its logits moved by `push`."""
    stay = _logit(cell.headaches + cell.memory * (1.0 - cell.headaches))
    begin = _logit(cell.headaches * (1.0 - cell.memory))
    ache = np.zeros(push.shape, dtype=bool)
    chance = rng.uniform(size=push.shape)
    before = rng.uniform(size=len(push)) < cell.headaches
    for day in range(push.shape[1]):
        before = chance[:, day] < _expit(np.where(before, stay, begin) + push[:, day])
        ache[:, day] = before
    return ache


def _attacks(rng: np.random.Generator, cell: Cell, count: int) -> tuple[Numbers, Numbers]:
    drift, week = _drift(rng, cell, count), _week(cell)
    length = 2.0 + 10.0 * cell.memory
    flare = spells(rng, count, cell.days, length, 2.5 * length)
    wander = np.cumsum(rng.normal(0.0, 0.5 * cell.memory / 4.0, (count, cell.days)), axis=1)
    jitter = rng.standard_t(5, (count, cell.days))
    level = 3.5 + wander + (2.0 + rng.uniform(0, 1.5, (count, 1))) * flare + 3.0 * drift + week + 0.9 * jitter
    back = _heaped(rng, np.clip(level, 0.0, 10.0))
    surplus = (level - level.mean(axis=1, keepdims=True)) / level.std(axis=1, keepdims=True)
    own = np.cumsum(rng.normal(0.0, 0.12 * cell.memory, (count, cell.days)), axis=1)
    push = 2.0 * drift + 0.8 * week + own + np.log(cell.odds) * surplus / 1.5
    duration = 1.0 / (1.0 - 0.6 * cell.memory)
    begin = _logit(cell.headaches / (duration + (1.0 - cell.headaches)))
    ache = np.zeros((count, cell.days), dtype=bool)
    left = np.zeros(count)
    quiet = np.zeros(count)
    for day in range(cell.days):
        starts = (left <= 0) & (rng.uniform(size=count) < _expit(begin + push[:, day] - 1.2 * (quiet > 0)))
        quiet = np.where(left == 1, 2.0, quiet - 1.0)
        left = np.where(starts, rng.geometric(1.0 / duration, count).clip(max=4), left - 1.0)
        ache[:, day] = left > 0
    return back, _severity(rng, ache)


def autoregressive(rng: np.random.Generator, count: int, days: int, memory: Numbers) -> Numbers:
    """Give unit-variance AR(1) series, one row each, with a memory of its own."""
    fresh = rng.normal(size=(count, days))
    fresh[:, 1:] *= np.sqrt(1.0 - memory**2)[:, None]
    for day in range(1, days):
        fresh[:, day] += memory * fresh[:, day - 1]
    return fresh


def _drift(rng: np.random.Generator, cell: Cell, count: int) -> Numbers:
    time = np.linspace(0.0, 1.0, cell.days)[None, :]
    if cell.trend == "line":
        shape = 0.5 - time
    elif cell.trend == "early":
        shape = np.exp(-np.arange(cell.days) / 14.0)[None, :]
    elif cell.trend == "step":
        shape = np.where(time < 0.5, 0.5, -0.5)
    elif cell.trend == "hump":
        middle = rng.uniform(0.25, 0.75, (count, 1))
        shape = np.exp(-0.5 * ((time - middle) / 0.106) ** 2)
    elif cell.trend == "spell":
        begin = rng.uniform(0.15, 0.6, (count, 1))
        shape = np.where((time >= begin) & (time < begin + 0.25), 1.0, 0.0)
    else:
        shape = np.zeros((1, cell.days))
    return np.broadcast_to(shape, (count, cell.days))


def _week(cell: Cell) -> Numbers:
    weekday = np.arange(cell.days) % 7
    if cell.weekly == "weekend":
        return np.where(weekday >= 5, 1.0, 0.0)
    if cell.weekly == "spike":
        return np.where(weekday == 0, 1.5, 0.0)
    return np.zeros(cell.days)


def spells(rng: np.random.Generator, count: int, days: int, on: float, off: float) -> Numbers:
    """Give spells (1) of `on` days on average, with `off` days (0) between them."""
    state = rng.uniform(size=count) < on / (on + off)
    found = np.zeros((count, days))
    for day in range(days):
        turn = rng.uniform(size=count)
        state = np.where(state, turn > 1.0 / on, turn < 1.0 / off)
        found[:, day] = state
    return found


def _heaped(rng: np.random.Generator, values: Numbers) -> Numbers:
    """Round as people do: some only to even numbers and five."""
    favourites = np.array([0.0, 2.0, 4.0, 5.0, 6.0, 8.0, 10.0])
    near = favourites[np.abs(values[..., None] - favourites).argmin(axis=-1)]
    return np.where(rng.uniform(size=(len(values), 1)) < 0.4, near, np.round(values))


def _severity(rng: np.random.Generator, ache: NDArray[np.bool_]) -> Numbers:
    return np.where(ache, np.clip(np.round(rng.normal(5.5, 1.8, ache.shape)), 1.0, 10.0), 0.0)


def missing(rng: np.random.Generator, kind: str, back: Numbers, head: Numbers) -> NDArray[np.bool_]:
    """Give the days that are not logged, by the kind of gaps; raises `ValueError` for a kind that is not known."""
    chance = rng.uniform(size=back.shape)
    if kind.startswith("random"):
        return chance < int(kind.removeprefix("random")) / 100.0
    if kind == "burst":
        return spells(rng, *back.shape, 3.0, 9.0) > 0.0
    high = back >= np.quantile(back, 0.7, axis=1, keepdims=True)
    if kind == "bad":
        return chance < np.where(high, 0.62, 0.1)
    if kind == "bothbad":
        return chance < np.where(high & (head > 0), 0.65, 0.1)
    if kind == "good":
        return chance < np.where(high | (head > 0), 0.1, 0.6)
    raise ValueError(f"no kind of gaps called {kind}")


def _expit(values: Numbers) -> Numbers:
    return 1.0 / (1.0 + np.exp(-values))


def _logit(chance: float) -> float:
    return float(np.log(chance / (1.0 - chance)))


_FAMILIES = {"markov": _markov, "attacks": _attacks}


@dataclass(frozen=True, slots=True)
class Courses:
    """Year-long back pain, one row a patient: what the weekly rules are measured on."""

    exact: Numbers
    gone: NDArray[np.bool_]

    def logged(self, step: float = 0.0, at: NDArray[np.int64] | None = None) -> Numbers:
        """Give the scores as logged, from day `at` on `step` points higher."""
        days = np.arange(self.exact.shape[1])
        later = np.zeros(self.exact.shape, dtype=bool) if at is None else days[None, :] >= at[:, None]
        scores = np.round(np.clip(self.exact + step * later, 0.0, 10.0))
        scores[self.gone] = np.nan
        return scores


def courses(kind: str, count: int, seed: int, days: int = 364) -> Courses:
    """Give stable patients: a `mix`, only `calm` or only the `worst` ones (memory 0.8, spread 2.5 points)."""
    rng = np.random.default_rng([seed, *kind.encode()])
    memory, spread, missing = (
        rng.uniform(0.3, 0.8, count),
        rng.uniform(1.0, 2.5, count),
        rng.uniform(0.1, 0.4, count),
    )
    if kind == "calm":
        memory, spread, missing = np.full(count, 0.3), np.full(count, 1.0), np.full(count, 0.2)
    if kind == "worst":
        memory, spread, missing = np.full(count, 0.8), np.full(count, 2.5), np.full(count, 0.2)
    level = rng.uniform(3.0, 6.0, count)
    exact = level[:, None] + spread[:, None] * autoregressive(rng, count, days, memory)
    return Courses(exact, rng.uniform(size=exact.shape) < missing[:, None])


FACTORS = ("sleep", "stress", "coffee", "screen", "walking", "weather", "alcohol", "skipped meal")
"""Eight factors; the last two are yes or no. Where effects are planted, `sleep` and `stress` have them."""


def with_factors(
    cell: Cell, count: int, seed: int, *, planted: bool
) -> tuple[Numbers, Numbers, list[Numbers]]:
    """Give back pain, headache and eight factors that drift and last as the pains do.

    Planted: stress goes with back pain (r 0.45), sleep with headaches (odds ratio 3 for 1.5 standard deviations).
    """
    rng = np.random.default_rng([seed, planted, *cell.name.encode()])
    drift, memory = _drift(rng, cell, count), np.full(count, cell.memory)
    latent = [autoregressive(rng, count, cell.days, memory) for _ in FACTORS]
    z = autoregressive(rng, count, cell.days, memory)
    push = 2.0 * drift
    if planted:
        z = 0.45 * latent[1] + np.sqrt(1.0 - 0.45**2) * z
        push = push + np.log(3.0) * latent[0] / 1.5
    back = np.round(np.clip(4.5 + 1.8 * z + 3.0 * drift + rng.normal(0.0, 0.5, z.shape), 0.0, 10.0))
    head = _severity(rng, _chain(rng, cell, push))
    gone = missing(rng, cell.gaps, back, head)
    factors = [np.round(np.clip(5.0 + 2.0 * values + 3.0 * drift, 0.0, 10.0)) for values in latent]
    factors[-2:] = [np.where(values + drift > 0.8, 1.0, 0.0) for values in latent[-2:]]
    for values in (back, head, *factors):
        values[gone] = np.nan
    return back, head, factors
