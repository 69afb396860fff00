"""What goes with worse days? The same test for everything else a patient logs, paid for by counting the tests.

Each factor meets both pains on the same and on the next day: four two-sided tests, joined by Simes into one p.
The patient's own suspects, named beforehand, get most of the allowance (statistics specification, section 6).
Medicine is never a factor: it is taken because of the pain, so it always goes with it.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from bot.diary.connection import LONGEST_HISTORY
from bot.diary.series import Numbers, Series
from bot.diary.surprise import (
    FEWEST_UNUSUAL_DAYS,
    Surprises,
    correlations,
    is_testable,
    judge,
    mid_ranks,
    surprises,
    t_of,
)

ALLOWANCE = 0.04
"""Share of chance findings over all factors of a patient. The specification's 5% came out above 5% in simulated
diaries of 180 days with long runs; 4% keeps it below (`docs/statistics.md`, "Factors")."""
SUSPECT_ALLOWANCE = 0.04
OTHER_ALLOWANCE = 0.01
STRONG_ALLOWANCE = 0.01
"""What suspects, the rest beside them, and a strong sign are allowed (section 6)."""
MOST_SUSPECTS = 2
LAGS = (0, 1)
HOPELESS_T = 1.6
"""Below it a two-sided p is over a tenth, which no rule here passes: it counts as 1 and saves the arithmetic."""
BAD_DAY_SHARE = 0.75
"""Chance that a day with the factor answered hurt more than one without, above which it is not tested."""

_MEDICINE = re.compile(
    r"medic|\bmeds?\b|pain ?killer|pain ?relie|analges|\bpills?\b|\btablets?\b|\btriptans?\b|\w+triptan\b|\bnsaids?\b"
    r"|paracetamol|acetaminophen|tylenol|ibuprofen|advil|nurofen|aspirin|naproxen|aleve|diclofenac|voltar"
    r"|opioid|codeine|tramadol|morphine|oxycodone|ergot|excedrin|metamizol|celecoxib|ketoprofen|\bdrugs?\b"
    r"|\bdose[ds]?\b|\bdosage\b|rescue|prescription|\brx\b|\bgepants?\b|\w+gepant\b|topiramate|amitriptyline"
)
"""Names of acute and preventive pain medicine and of taking any, in the words of a diary's columns."""
_NOT_FACTORS = frozenset({"back_pain", "headache", "interference", "migraine_like", "migraine"})
"""The pains themselves and what they do to the day: they go with each other by what they are."""


class Outcome(StrEnum):
    """Which pain a factor was compared with."""

    BACK_PAIN = "back_pain"
    HEADACHE = "headache"


class FactorVerdict(StrEnum):
    """How sure it is that a factor goes with one of the pains."""

    SOME_SIGN = "some_sign"
    STRONG_SIGN = "strong_sign"


@dataclass(frozen=True, slots=True)
class FactorSign:
    """One factor and the pain it goes with. `worse_when_high` false: more of it goes with better days."""

    name: str
    outcome: Outcome
    verdict: FactorVerdict
    worse_when_high: bool
    lag: int
    r: float
    p: float
    suspect: bool
    yes_no: bool
    """The factor is only ever there or not."""


@dataclass(frozen=True, slots=True)
class _Single:
    outcome: Outcome
    lag: int
    r: float
    p: float


@dataclass(frozen=True, slots=True)
class Examined:
    """One factor's clearest test, and the p joined over all its tests."""

    name: str
    clearest: _Single
    p: float


def is_medicine(name: str) -> bool:
    """Tell whether a factor's name means taking medicine."""
    return (
        _MEDICINE.search(re.sub(r"[^a-z]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()))
        is not None
    )


def factor_signs(diary: Series, suspects: Sequence[str] = ()) -> tuple[FactorSign, ...]:
    """Give the factors that go with worse or better days, the surest first; empty where none can be told.

    `suspects` are the names, two at most, that the patient gave before seeing any figures.
    """
    examined = examine(diary)
    named = [name for name in dict.fromkeys(suspects) if name in examined][:MOST_SUSPECTS]
    joined = {name: factor.p for name, factor in examined.items()}
    if named:
        others = {name: p for name, p in joined.items() if name not in named}
        passed = holm({name: joined[name] for name in named}, SUSPECT_ALLOWANCE) | holm(
            others, OTHER_ALLOWANCE
        )
    else:
        passed = benjamini_hochberg(joined, ALLOWANCE)
    strong = holm(joined, STRONG_ALLOWANCE)
    return tuple(
        FactorSign(
            name=factor.name,
            outcome=factor.clearest.outcome,
            verdict=FactorVerdict.STRONG_SIGN if factor.name in strong else FactorVerdict.SOME_SIGN,
            worse_when_high=factor.clearest.r > 0,
            lag=factor.clearest.lag,
            r=factor.clearest.r,
            p=factor.p,
            suspect=factor.name in named,
            yes_no=_is_yes_no(diary.factors[factor.name]),
        )
        for factor in sorted(examined.values(), key=lambda factor: (factor.p, factor.name))
        if factor.name in passed
    )


def examine(diary: Series) -> dict[str, Examined]:
    """Test every factor that can be tested, by name: its clearest single test and the joined p of all its tests."""
    current = diary.current(LONGEST_HISTORY)
    pains = {Outcome.BACK_PAIN: current.back_pain, Outcome.HEADACHE: current.headache}
    groups: dict[bytes, tuple[NDArray[np.bool_], list[tuple[str, Outcome]]]] = {}
    for name, values in current.factors.items():
        if is_medicine(name) or name.lower() in _NOT_FACTORS:
            continue
        for outcome, pain in pains.items():
            if _only_on_bad_days(values, pain):
                continue
            mask = ~(np.isnan(values) | np.isnan(pain) | current.recalled)
            groups.setdefault(mask.tobytes(), (mask, []))[1].append((name, outcome))
    found: dict[str, list[_Single]] = {}
    for mask, pairs in groups.values():
        for name, single in _singles(current, pains, np.flatnonzero(mask), pairs):
            found.setdefault(name, []).append(single)
    return {name: _joined(name, singles) for name, singles in found.items()}


def _singles(
    current: Series,
    pains: Mapping[Outcome, Numbers],
    days: NDArray[np.int64],
    pairs: Sequence[tuple[str, Outcome]],
) -> Iterator[tuple[str, _Single]]:
    columns = {name: current.factors[name][days] for name, _ in pairs}
    columns |= {f"pain {outcome}": pains[outcome][days] for _, outcome in pairs}
    columns = {name: values for name, values in columns.items() if is_testable(values)}
    if not columns:
        return
    place = {name: position for position, name in enumerate(columns)}
    together = surprises(
        days, current.first.weekday(), np.column_stack([mid_ranks(values) for values in columns.values()])
    )
    for lag in LAGS:
        every, dof = correlations(together, lag)
        for name, outcome in pairs:
            pain = f"pain {outcome}"
            if name not in place or pain not in place:
                continue
            r = float(every[place[name], place[pain]])
            if not math.isnan(r):
                yield name, _single(together, (place[name], place[pain]), outcome, lag, r, dof)


def _single(
    together: Surprises, columns: tuple[int, int], outcome: Outcome, lag: int, r: float, dof: int
) -> _Single:
    if t_of(r, dof) < HOPELESS_T:
        return _Single(outcome, lag, r, 1.0)
    return _Single(outcome, lag, r, judge(together, *columns, r, dof).p_two_sided)


def _joined(name: str, singles: Sequence[_Single]) -> Examined:
    return Examined(name, min(singles, key=lambda single: single.p), simes([single.p for single in singles]))


def _is_yes_no(values: Numbers) -> bool:
    return set(values[~np.isnan(values)].tolist()) <= {0.0, 1.0}


def _only_on_bad_days(values: Numbers, pain: Numbers) -> bool:
    """Tell whether a factor is answered mostly when there is more pain: then it says when, not what."""
    answered = ~np.isnan(pain)
    with_factor, without = pain[answered & ~np.isnan(values)], pain[answered & np.isnan(values)]
    if not len(with_factor) or len(without) < FEWEST_UNUSUAL_DAYS:
        return False
    ordered = np.sort(without)
    below = np.searchsorted(ordered, with_factor, side="left")
    upto = np.searchsorted(ordered, with_factor, side="right")
    return float((below + upto).mean()) / (2 * len(without)) > BAD_DAY_SHARE


def simes(p_values: Sequence[float]) -> float:
    """Join p-values of tests that may depend on each other positively (Simes 1986)."""
    ordered = sorted(p_values)
    return min(1.0, *(p * len(ordered) / rank for rank, p in enumerate(ordered, 1)))


def benjamini_hochberg(p_values: Mapping[str, float], rate: float) -> set[str]:
    """Give the names that pass at a false discovery rate (Benjamini and Hochberg 1995)."""
    ordered = sorted(p_values, key=lambda name: p_values[name])
    passing = [rank for rank, name in enumerate(ordered, 1) if p_values[name] <= rate * rank / len(ordered)]
    return set(ordered[: max(passing, default=0)])


def holm(p_values: Mapping[str, float], level: float) -> set[str]:
    """Give the names that pass with at most `level` chance of any false one (Holm 1979)."""
    passed: set[str] = set()
    for name in sorted(p_values, key=lambda name: p_values[name]):
        if p_values[name] > level / (len(p_values) - len(passed)):
            break
        passed.add(name)
    return passed
