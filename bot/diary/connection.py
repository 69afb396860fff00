"""Are this person's back pain and headaches connected? An honest answer from their own days.

The method is the surprise-day test; thresholds and the policy of looks come from the statistics specification
(sections 5.1 and 5.6). `r`, `p` and the bound behind "no sign" are as published. What a sign is decided on is
the same test in a sharper form, which finds more links at the same rate of false ones (`docs/statistics.md`,
"The sharper form"). A headache that comes on good back days is never claimed: skipped bad days alone make it
look so.
"""

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bot.diary.events import Proof, proof_beside_events
from bot.diary.ledger import DAYS_BETWEEN_LOOKS
from bot.diary.series import Numbers, Series
from bot.diary.surprise import (
    FEWEST_DAYS,
    FEWEST_UNUSUAL_DAYS,
    GUARD_LIMIT,
    Association,
    Surprises,
    associate,
    is_testable,
    memory_of,
    mid_ranks,
    surprises,
    unusual_days,
)

LONGEST_HISTORY = 365
"""Days looked back at most (section 5.1)."""
STRONG_BELOW = 0.008
SOME_BELOW = 0.04
"""One-sided p below which a sign is strong, or is there at all (section 5.1, step 8)."""
SMALL_LINK = 0.25
"""A correlation under which a link counts as too small to see; "no sign" needs its upper bound below it."""
UPPER_95 = 1.645
WIDTH_95 = 1.96
USUAL_CUT = 5
"""Back pain from which a day counts as bad, where that splits the days sensibly."""
BAD_SHARE = 0.4
HEADACHE_DAY_WEIGHT = 0.5
"""What having a headache at all counts beside how strong it is, where the whole range of strength is 1."""
SHARPER_MEMORY = 0.25
"""Share of back pain's memory that the sharper form takes out; the published form takes a half."""
_ALMOST_ONE = 0.999999


class Verdict(StrEnum):
    """What a patient is told. "Cannot tell yet" is what keeps "no sign" honest."""

    NOT_ENOUGH_DATA = "not_enough_data"
    CANNOT_TELL_YET = "cannot_tell_yet"
    NO_SIGN = "no_sign"
    SOME_SIGN = "some_sign"
    STRONG_SIGN = "strong_sign"

    @property
    def is_sign(self) -> bool:
        """Tell whether a link is claimed."""
        return self in {Verdict.SOME_SIGN, Verdict.STRONG_SIGN}


@dataclass(frozen=True, slots=True)
class Table:
    """Headache days among days of bad back pain (`cut` or more) and among the others."""

    cut: float
    bad_with_headache: int
    bad: int
    other_with_headache: int
    other: int
    bad_mean: float
    """Mean headache score of the bad days, 0 to 10; 0 where there are none."""
    other_mean: float

    @property
    def gap(self) -> float:
        """Give the difference in the share of headache days, -1 to 1; 0 where a group is empty."""
        if not self.bad or not self.other:
            return 0.0
        return self.bad_with_headache / self.bad - self.other_with_headache / self.other


@dataclass(frozen=True)
class Connection:
    """One look at one diary. What is `None` in it is not known yet; a patient is never shown a p or an r."""

    verdict: Verdict
    n_days: int
    headache_days: int
    back_pain_varies: bool
    headache_varies: bool
    table: Table | None = None
    p: float | None = None
    """One-sided p of the published test, the guard included."""
    p_sharper: float | None = None
    """The same of the sharper form, beside what both share once; a sign is decided on it."""
    r: float | None = None
    dof: int | None = None
    upper: float | None = None
    """Upper 95% one-sided bound of the correlation."""
    shift: float | None = None
    shift_date: date | None = None
    """Day near which both pains changed level together, where that asked for stronger proof."""
    spell: tuple[date, date] | None = None
    """First and last day of a spell that both pains share, where that asked for stronger proof."""
    memory: float = 0.0
    """How far a day of both pains foretells the next, 0 to 0.9."""
    found: Surprises | None = None

    @property
    def headache_free_days(self) -> int:
        """Give the days with both scores and no headache."""
        return self.n_days - self.headache_days

    @cached_property
    def interval(self) -> tuple[float, float] | None:
        """Give the likely range (95%) of the gap in risk, -1 to 1, for the clinician's page."""
        if self.table is None or self.found is None or not self.table.bad or not self.table.other:
            return None
        return newcombe(self.table, effective_share(self.found.days, self.memory))

    @property
    def days_to_go(self) -> int:
        """Give how many more days with both scores are needed before there is an answer."""
        return max(0, FEWEST_DAYS - self.n_days)


def connection(diary: Series) -> Connection:
    """Answer from the whole current diary, a year at most, in one look."""
    current = diary.current(LONGEST_HISTORY)
    days = np.flatnonzero(~(np.isnan(current.back_pain) | np.isnan(current.headache) | current.recalled))
    back, head = current.back_pain[days], current.headache[days]
    headaches = int((head > 0).sum())
    base = Connection(
        Verdict.NOT_ENOUGH_DATA,
        n_days=len(days),
        headache_days=headaches,
        back_pain_varies=unusual_days(back) >= FEWEST_UNUSUAL_DAYS,
        headache_varies=unusual_days(head) >= FEWEST_UNUSUAL_DAYS,
        table=count_table(back, head) if len(days) else None,
    )
    seen: Association | None = None
    sharper: Proof | None = None
    if is_testable(back) and is_testable(head):
        ranks = np.column_stack([mid_ranks(back), mid_ranks(head), headache_score(head)])
        found = surprises(days, current.first.weekday(), ranks)
        seen = associate(found, 0, 1)
        sharper = proof_beside_events(found.remembering(SHARPER_MEMORY), 0, 2, ranks[:, :2])
    if seen is None or sharper is None:
        return base
    shifted = seen.shift > GUARD_LIMIT
    near = math.atanh(max(-_ALMOST_ONE, min(_ALMOST_ONE, seen.r)))
    upper = math.tanh(near + UPPER_95 / math.sqrt(max(1, seen.dof - 1)))
    return replace(
        base,
        verdict=_verdict(sharper.p, upper),
        p=seen.p_positive,
        p_sharper=sharper.p,
        r=seen.r,
        dof=seen.dof,
        upper=upper,
        shift=seen.shift,
        shift_date=current.first + timedelta(days=seen.shift_at) if shifted else None,
        spell=_dates(current, days, sharper.spell) if sharper.spell and not shifted else None,
        memory=lasting(days, ranks[:, :2]),
        found=found,
    )


def _dates(current: Series, days: NDArray[np.int64], rows: tuple[int, int]) -> tuple[date, date]:
    first, last = (current.first + timedelta(days=int(days[row])) for row in rows)
    return first, last


def _verdict(p: float, upper: float) -> Verdict:
    if p < STRONG_BELOW:
        return Verdict.STRONG_SIGN
    if p < SOME_BELOW:
        return Verdict.SOME_SIGN
    return Verdict.NO_SIGN if upper < SMALL_LINK else Verdict.CANNOT_TELL_YET


def headache_score(head: Numbers) -> Numbers:
    """Give each day's headache rank from 0 to 1, with a step between no headache and the weakest one.

    Where nearly every day has one there is no step, as the strength is all that tells.
    """
    ranks = mid_ranks(head) / len(head)
    ache = head > 0
    if min(int(ache.sum()), int((~ache).sum())) < FEWEST_UNUSUAL_DAYS:
        return ranks
    return ranks + HEADACHE_DAY_WEIGHT * ache


def count_table(back: Numbers, head: Numbers) -> Table:
    """Count headache days on bad and on other days; the cut is chosen from back pain alone (section 5.1, step 10)."""
    cut = float(USUAL_CUT)
    if not 0.2 <= float((back >= cut).mean()) <= 0.8:  # noqa: PLR2004 - the bounds of step 10
        scores = np.unique(back)
        shares = np.array([(back >= score).mean() for score in scores])
        cut = float(scores[int(np.argmin(np.abs(shares - BAD_SHARE)))])
    bad, ache = back >= cut, head > 0
    bad_head, other_head = head[bad], head[~bad]
    return Table(
        cut=cut,
        bad_with_headache=int((bad & ache).sum()),
        bad=len(bad_head),
        other_with_headache=int((~bad & ache).sum()),
        other=len(other_head),
        bad_mean=float(bad_head.mean()) if len(bad_head) else 0.0,
        other_mean=float(other_head.mean()) if len(other_head) else 0.0,
    )


def lasting(days: NDArray[np.int64], ranks: Numbers) -> float:
    """Give how far a day of both series (columns of `ranks`) foretells the next, drift included."""
    follows = np.diff(days) == 1
    one, other = (memory_of(column - column.mean(), follows) for column in ranks.T)
    return one * other


def effective_share(days: NDArray[np.int64], memory: float) -> float:
    """Give the share of days that count as independent: both series' runs make neighbours tell the same.

    Drift is not taken out first: with it out, the interval missed the true gap of patients with long runs in 11%
    of diaries and not in 5% (`docs/statistics.md`).
    """
    if memory <= 0.0:
        return 1.0
    gaps = np.subtract.outer(days, days)
    repeated = float((memory ** gaps[gaps > 0].astype(np.float64)).sum())
    return 1.0 / (1.0 + 2.0 * repeated / len(days))


def newcombe(table: Table, share: float = 1.0) -> tuple[float, float]:
    """Give Newcombe's (1998, method 10) 95% interval of the gap, all counts multiplied by `share`."""
    bad, low_bad, high_bad = _wilson(table.bad_with_headache * share, table.bad * share)
    other, low_other, high_other = _wilson(table.other_with_headache * share, table.other * share)
    gap = bad - other
    return gap - math.hypot(bad - low_bad, high_other - other), gap + math.hypot(
        high_bad - bad, other - low_other
    )


def _wilson(hits: float, count: float) -> tuple[float, float, float]:
    rate, square = hits / count, WIDTH_95**2
    middle = (rate + square / (2 * count)) / (1 + square / count)
    reach = WIDTH_95 * math.sqrt(rate * (1 - rate) / count + square / (4 * count**2)) / (1 + square / count)
    return rate, middle - reach, middle + reach


@dataclass(frozen=True, slots=True)
class Look:
    """What is said from one look until the next."""

    on: date
    next_on: date
    told: Verdict
    seen: Connection


def looks(diary: Series, today: date) -> tuple[Look, ...]:
    """Replay every look up to `today`, oldest first: one each 28 days from the first (section 5.6).

    A look sees all days before it. "Some" is told only where the look before saw a sign as well; "strong" needs
    one look. The same days always give the same words.
    """
    current = diary.current()
    ages = _ages(current, today)
    seen = [connection(current.part(0, age)) for age in ages]
    return tuple(
        _told(current.day(age), now, before)
        for age, now, before in zip(ages, seen, [None, *seen], strict=False)
    )


def latest_look(diary: Series, today: date, known: Look | None = None) -> Look | None:
    """Give what is told on `today` without replaying every look; `None` in a diary's first 28 days.

    The look before is taken only where it decides: where this one sees "some". `known` is a look at the same diary that
    was taken already: it is not taken again, be it this one or the one before.
    """
    current = diary.current()
    ages = _ages(current, today)[-2:]
    if not ages:
        return None
    if known is not None and known.on == current.day(ages[-1]):
        return known
    seen = connection(current.part(0, ages[-1]))
    before: Connection | None = None
    if seen.verdict is Verdict.SOME_SIGN and len(ages) > 1:
        if known is not None and known.on == current.day(ages[0]):
            before = known.seen
        else:
            before = connection(current.part(0, ages[0]))
    return _told(current.day(ages[-1]), seen, before)


def look_on(on: date, seen: Connection, told: Verdict) -> Look:
    """Give a look with the day of the next."""
    return Look(on=on, next_on=on + timedelta(days=DAYS_BETWEEN_LOOKS), told=told, seen=seen)


def _ages(current: Series, today: date) -> range:
    age = (today - current.first).days if len(current) else 0
    return range(DAYS_BETWEEN_LOOKS, age + 1, DAYS_BETWEEN_LOOKS)


def _told(on: date, seen: Connection, before: Connection | None) -> Look:
    held_back = seen.verdict is Verdict.SOME_SIGN and not (before and before.verdict.is_sign)
    return look_on(on, seen, Verdict.CANNOT_TELL_YET if held_back else seen.verdict)
