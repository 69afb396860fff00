"""Diaries by mechanisms that neither simulator of `bench.insights_simulators` has, to ask the method about more.

Each gives back pain and headache (diaries by days) that are independent of each other where `odds` is 1, but for
what the name says they share: a wave, a weekday, a spell. A link pushes the headache's logit by log(odds) for 1.5
standard deviations of that day's back pain. None of them was used to choose a threshold.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.insights_simulators import Cell, Numbers, autoregressive, missing, spells


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a mechanism: so many diaries of so many days, with a memory, a headache rate and a link."""

    rng: np.random.Generator
    count: int
    days: int
    memory: float
    headaches: float
    odds: float

    @property
    def shape(self) -> tuple[int, int]:
        """Give diaries by days."""
        return self.count, self.days

    def lasting(self, memory: float | None = None) -> Numbers:
        """Give a unit-variance AR(1) series for each diary."""
        asked = self.memory if memory is None else memory
        return autoregressive(self.rng, self.count, self.days, np.full(self.count, asked))

    def pull(self, back: Numbers) -> Numbers:
        """Give what a link adds to the headache's logit."""
        return np.log(self.odds) * standard(back) / 1.5

    def aches(self, tendency: Numbers, scale: float = 2.0) -> Numbers:
        """Give headache scores from a tendency in logits: the highest share of days has one, stronger if higher."""
        level = scale * tendency + self.rng.logistic(size=self.shape)
        line = np.quantile(level, 1.0 - self.headaches, axis=1, keepdims=True)
        strength = np.round(np.clip(2.0 + 1.2 * (level - line) + self.rng.normal(0, 1, self.shape), 1, 10))
        return np.where(level > line, strength, 0.0)


def standard(values: Numbers) -> Numbers:
    """Give each row with mean 0 and spread 1."""
    spread = np.maximum(values.std(axis=1, keepdims=True), 1e-9)
    scaled: Numbers = (values - values.mean(axis=1, keepdims=True)) / spread
    return scaled


def scored(values: Numbers) -> Numbers:
    """Give whole scores from 0 to 10."""
    whole: Numbers = np.round(np.clip(values, 0.0, 10.0))
    return whole


def _ordinal(ask: Request) -> tuple[Numbers, Numbers]:
    """Cut latent AR(1) series at places of each patient's own."""
    back = ask.lasting()
    cuts = np.sort(ask.rng.normal(0.0, 1.2, (ask.count, 1, 10)), axis=2)
    return (back[..., None] > cuts).sum(axis=2).astype(float), ask.aches(ask.lasting() + ask.pull(back) / 2.0)


def _regimes(ask: Request) -> tuple[Numbers, Numbers]:
    """Good and bad times with a level of their own, changing for each pain by itself."""
    times = [spells(ask.rng, *ask.shape, 4.0 + 12.0 * ask.memory, 8.0 + 20.0 * ask.memory) for _ in range(2)]
    back = 2.0 + 4.0 * times[0] + ask.rng.normal(0.0, 1.3, ask.shape)
    return scored(back), ask.aches(times[1] + ask.pull(back) / 2.0)


def _waves(ask: Request) -> tuple[Numbers, Numbers]:
    """Follow a wave of two to six weeks in each pain, of its own length and phase."""
    waves = [_wave(ask) for _ in range(2)]
    back = 4.0 + 1.5 * waves[0] + 1.5 * ask.lasting()
    return scored(back), ask.aches(0.7 * waves[1] + 0.7 * ask.lasting() + ask.pull(back) / 2.0)


def _wave(ask: Request, shortest: float = 14.0) -> Numbers:
    length, phase = (
        ask.rng.uniform(shortest, 42.0, (ask.count, 1)),
        ask.rng.uniform(0, 2 * np.pi, (ask.count, 1)),
    )
    wave: Numbers = np.sin(2 * np.pi * np.arange(ask.days)[None, :] / length + phase)
    return wave


def _season(ask: Request) -> tuple[Numbers, Numbers]:
    """One slow wave of ten to twenty weeks that both pains follow."""
    length, phase = ask.rng.uniform(70, 140, (ask.count, 1)), ask.rng.uniform(0, 2 * np.pi, (ask.count, 1))
    wave = np.sin(2 * np.pi * np.arange(ask.days)[None, :] / length + phase)
    back = 4.0 + 1.5 * wave + 1.5 * ask.lasting()
    return scored(back), ask.aches(0.7 * wave + 0.7 * ask.lasting() + ask.pull(back) / 2.0)


def _weekdays(ask: Request) -> tuple[Numbers, Numbers]:
    """Give every weekday a level, the same for both pains."""
    profile = np.tile(ask.rng.normal(0.0, 1.0, (ask.count, 7)), (1, ask.days // 7 + 1))[:, : ask.days]
    back = 4.0 + 1.3 * profile + 1.5 * ask.lasting()
    return scored(back), ask.aches(0.6 * profile + 0.6 * ask.lasting() + ask.pull(back) / 2.0)


def _heavy(ask: Request) -> tuple[Numbers, Numbers]:
    """Quiet courses with rare large jumps (Student's t with two degrees of freedom)."""
    jumps = [ask.rng.standard_t(2.0, ask.shape) for _ in range(2)]
    for day in range(1, ask.days):
        for series in jumps:
            series[:, day] += ask.memory * series[:, day - 1]
    back = 3.5 + 0.9 * jumps[0]
    return scored(back), ask.aches(np.clip(jumps[1], -4, 4) / 2.0 + ask.pull(back) / 2.0)


def _even(ask: Request) -> tuple[Numbers, Numbers]:
    """Scores only ever even."""
    back = 4.5 + 2.0 * ask.lasting()
    head = ask.aches(ask.lasting() + ask.pull(back) / 2.0)
    return 2.0 * np.round(np.clip(back, 0, 10) / 2.0), np.where(
        head > 0, np.maximum(2.0, 2.0 * np.round(head / 2.0)), 0
    )


def _floor(ask: Request) -> tuple[Numbers, Numbers]:
    """Seven of ten days without back pain."""
    latent = ask.lasting()
    return scored(4.0 * (latent - 0.5)), ask.aches(ask.lasting() + ask.pull(latent) / 2.0)


def _walk(ask: Request) -> tuple[Numbers, Numbers]:
    """Move both by a point at most from day to day, the headache above a line of its own."""
    back, head = (_walked(ask) for _ in range(2))
    head = np.round(head + ask.pull(back))
    line = np.quantile(head, 1.0 - ask.headaches, axis=1, keepdims=True, method="lower")
    return back, scored(head - line)


def _walked(ask: Request) -> Numbers:
    rest = 0.3 + 0.4 * (1.0 - ask.memory)
    steps = ask.rng.choice([-1.0, 0.0, 1.0], p=[(1 - rest) / 2, rest, (1 - rest) / 2], size=ask.shape)
    found = np.empty(ask.shape)
    level = ask.rng.integers(2, 8, ask.count).astype(float)
    for day in range(ask.days):
        level = np.clip(level + steps[:, day], 0.0, 10.0)
        found[:, day] = level
    return found


def _volatile(ask: Request) -> tuple[Numbers, Numbers]:
    """Mix times when both pains swing widely with times when neither does, their levels apart."""
    swing = 0.4 + 1.8 * spells(ask.rng, *ask.shape, 10.0, 15.0)
    back = 4.5 + 1.5 * swing * ask.lasting()
    return scored(back), ask.aches(swing * ask.lasting() + ask.pull(back) / 2.0)


def _daily(ask: Request) -> tuple[Numbers, Numbers]:
    """Have a headache nearly every day, so that only its strength tells; the link is one of strength."""
    back, own = ask.lasting(), ask.lasting()
    return scored(4.5 + 2.0 * back), scored(4.0 + 1.8 * own + 0.55 * np.log(ask.odds) * back)


def _flares(ask: Request) -> tuple[Numbers, Numbers]:
    """Days of back pain 5 or more have the odds of a headache multiplied, each day by itself."""
    back = scored(4.0 + 2.0 * ask.lasting())
    bad = back >= 5.0
    return back, ask.aches((0.8 * ask.lasting() + np.log(ask.odds) * bad) / 1.0, scale=1.0)


def _illness(ask: Request, length: int = 10, times: int = 1) -> tuple[Numbers, Numbers]:
    """Ten days of illness that make both worse at once, and nothing else in common."""
    ill = _stretches(ask, length, times)
    back = 3.5 + 3.0 * ill + 1.8 * ask.lasting()
    return scored(back), ask.aches(1.2 * ill + 0.8 * ask.lasting() + ask.pull(back) / 2.0)


def _month(ask: Request) -> tuple[Numbers, Numbers]:
    """Make a month bad in both from one day to the next, and over as suddenly."""
    return _illness(ask, length=30)


def _fortnights(ask: Request) -> tuple[Numbers, Numbers]:
    """Two fortnights that are bad in both."""
    return _illness(ask, length=14, times=2)


def _stretches(ask: Request, length: int, times: int) -> NDArray[np.float64]:
    days = np.arange(ask.days)[None, :]
    part = ask.days / times
    found = np.zeros(ask.shape)
    for turn in range(times):
        begin = ask.rng.uniform(turn * part, max(turn * part + 1, (turn + 1) * part - length), (ask.count, 1))
        found = np.maximum(found, (days >= begin) & (days < begin + length))
    return found


def _cycle(ask: Request) -> tuple[Numbers, Numbers]:
    """One wave of four weeks that both pains follow, as a menstrual cycle: a common cause, so a true link."""
    wave = np.sin(
        2 * np.pi * np.arange(ask.days)[None, :] / 28.0 + ask.rng.uniform(0, 2 * np.pi, (ask.count, 1))
    )
    back = 4.0 + 1.5 * wave + 1.5 * ask.lasting()
    return scored(back), ask.aches(0.7 * wave + 0.7 * ask.lasting())


MECHANISMS: dict[str, Callable[[Request], tuple[Numbers, Numbers]]] = {
    "ordinal": _ordinal,
    "regimes": _regimes,
    "waves": _waves,
    "season": _season,
    "weekday": _weekdays,
    "heavy": _heavy,
    "even": _even,
    "floor": _floor,
    "walk": _walk,
    "swings": _volatile,
    "daily": _daily,
    "flares": _flares,
    "illness": _illness,
    "month": _month,
    "twice": _fortnights,
    "cycle": _cycle,
}

COMMON_CAUSES = frozenset({"illness", "month", "twice", "cycle"})
"""Those where one event or wave is behind both pains: not a link from day to day, and yet they do go together."""


def simulate_mechanism(cell: Cell, count: int, seed: int) -> tuple[Numbers, Numbers]:
    """Give `count` diaries of the mechanism that `cell.family` names, NaN on days not logged."""
    rng = np.random.default_rng([seed, *cell.name.encode()])
    back, head = MECHANISMS[cell.family](
        Request(rng, count, cell.days, cell.memory, cell.headaches, cell.odds)
    )
    gone = missing(rng, cell.gaps, back, head)
    back[gone], head[gone] = np.nan, np.nan
    return back, head
