"""This week against the ones before, and slow worsening: real change told from usual ups and downs.

The rules start from the statistics specification, sections 8 and 9, where two were changed because they did
better in simulation: see `docs/statistics.md`, "This week" and "Slow worsening".
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np

from bot.diary.series import LONGEST_GAP, Numbers, Series

WEEK = 7
FEWEST_ENTRIES = 4
"""Days with a score that a week needs to be compared (section 8)."""
FEWEST_ENTRIES_BEFORE = 2
PREVIOUS_WEEKS = 4
FEWEST_PREVIOUS = 3
FIRST_VERDICT_WEEK = 8
"""Whole weeks of diary before one is called better or worse; before that only the numbers are shown (section 8)."""
SMALLEST_CHANGE = 1.0
NOISE_FACTOR = 2.0
"""A change counts from one point, and above twice the patient's own usual gap (section 8)."""
PRIOR_WEEKS = 4
"""The own usual gap is pulled towards one point, as if four weeks had shown it (section 8)."""
FELT_CHANGE = 2.0
FELT_SHARE = 0.3
"""A change of two points or 30% is one most people feel (Ostelo 2008)."""
CUSUM_SLACK = 0.7
CUSUM_LIMIT = 3.0
CUSUM_LIMIT_WATCHED = 2.2
"""For patients whose clinician reads along: finds more, and calls falsely more often."""
BASE_WEEKS = 12
FEWEST_BASE_WEEKS = 3
NEWEST_WEEKS = 3
"""Weeks kept out of the base and of the noise, so that a worsening does not hide itself."""
FIRST_ALARM_WEEK = 8
QUIET_WEEKS = 4
"""After a call, so many weeks pass before the next (section 9)."""


class TrendVerdict(StrEnum):
    """How a week compares with the four before it."""

    NOT_ENOUGH_DATA = "not_enough_data"
    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Week:
    """One whole week of one pain. Means are 0 to 10, `None` where too few days were answered."""

    number: int
    """Counted from 0 at the first whole week."""
    first: date
    entries: int
    mean: float | None
    usual: float | None
    """Mean of the four weeks before."""
    noise: float
    """The patient's own usual gap between a week and the four before it, in points."""
    verdict: TrendVerdict
    worsening: bool
    """Slow worsening was called at the end of this week."""

    @property
    def change(self) -> float | None:
        """Give this week's mean minus the usual one, `None` where one of them is not known."""
        return None if self.mean is None or self.usual is None else self.mean - self.usual

    @property
    def felt(self) -> bool:
        """Tell whether the change is of a size that most people feel."""
        if self.change is None or self.usual is None:
            return False
        return abs(self.change) >= FELT_CHANGE or abs(self.change) >= FELT_SHARE * self.usual > 0.0


@dataclass(slots=True)
class _Course:
    """What the weeks so far have shown, since the last long gap."""

    means: list[float | None] = field(default_factory=list)
    seen: list[tuple[int, float]] = field(default_factory=lambda: [(0, 0.0)])
    """How many changes were known after so many weeks, and the sum of their squares."""
    cusum: float = 0.0
    quiet: int = 0

    def add(self, mean: float | None, change: float | None) -> None:
        """Take in a week that is over."""
        known, squares = self.seen[-1]
        self.means.append(mean)
        self.seen.append((known, squares) if change is None else (known + 1, squares + change * change))

    def usual(self) -> float | None:
        return _mean_of(self.means[-PREVIOUS_WEEKS:], FEWEST_PREVIOUS)

    def noise(self, without: int = 0) -> float:
        """Give the own usual gap over the course so far, without its newest weeks."""
        known, squares = self.seen[max(0, len(self.means) - without)]
        return math.sqrt((PRIOR_WEEKS + squares) / (PRIOR_WEEKS + known))

    def doubt(self) -> float:
        """Give by how much the limit is raised because the noise itself is only known from a few weeks.

        It is the standard deviation of Student's t with as many degrees of freedom.
        """
        known = PRIOR_WEEKS + self.seen[-1][0]
        return math.sqrt(known / (known - 2.0))

    def worsens(self, mean: float | None, limit: float) -> bool:
        """Take in one week and tell whether slow worsening is called at its end (weekly CUSUM)."""
        self.quiet = max(0, self.quiet - 1)
        newest = len(self.means) + 1 - NEWEST_WEEKS
        base = _mean_of(self.means[max(0, newest - BASE_WEEKS) : max(0, newest)], FEWEST_BASE_WEEKS)
        if len(self.means) < FIRST_ALARM_WEEK or mean is None or base is None:
            return False
        step = (mean - base) / self.noise(NEWEST_WEEKS)
        self.cusum = max(0.0, self.cusum + step - CUSUM_SLACK)
        if self.cusum <= limit:
            return False
        self.cusum = 0.0
        if self.quiet:
            return False
        self.quiet = QUIET_WEEKS
        return True


def weeks(
    diary: Series, scores: Numbers, last: date | None = None, limit: float = CUSUM_LIMIT
) -> tuple[Week, ...]:
    """Compare every whole week of `scores` (one of the diary's rows) with those before it, oldest first.

    Weeks begin on the diary's first date, or end on the weekday of `last` where that is given: then days after
    `last` are left out, and so are the first few that do not fill a week.
    """
    first, whole = _whole_weeks(diary, scores, last)
    return tuple(_compared(first, whole, limit))


def latest_week(
    diary: Series, scores: Numbers, last: date | None = None, limit: float = CUSUM_LIMIT
) -> Week | None:
    """Give the last of those weeks alone; `None` where there is none, or where a long gap ends with it."""
    first, whole = _whole_weeks(diary, scores, last)
    return next(_compared(first, whole, limit, len(whole) - 1), None)


def _whole_weeks(diary: Series, scores: Numbers, last: date | None) -> tuple[int, Numbers]:
    """Give the ordinal of the first day of the first whole week, and the scores, one row a week."""
    start, end = 0, len(scores)
    if last is not None:
        end = min(end, (last - diary.first).days + 1)
        start = (((last - diary.first).days + 1) % WEEK) if end > 0 else 0
    whole = scores[start : max(start, end)]
    return diary.first.toordinal() + start, whole[: len(whole) // WEEK * WEEK].reshape(-1, WEEK)


def _compared(first: int, whole: Numbers, limit: float, since: int = 0) -> Iterator[Week]:
    """Go through the weeks, and give those from number `since` on."""
    course = _Course()
    empty = 0
    known = ~np.isnan(whole)
    sums = np.where(known, whole, 0.0).sum(axis=1).tolist()
    for number, (total, entries) in enumerate(zip(sums, known.sum(axis=1).tolist(), strict=True)):
        empty = 0 if entries else empty + WEEK
        if empty >= LONGEST_GAP:
            course = _Course()
            continue
        average = total / entries if entries else None
        mean = average if entries >= FEWEST_ENTRIES else None
        usual = course.usual()
        worsening = course.worsens(mean, limit)
        if number >= since:
            yield _week(course, number, first, entries, mean, worsening=worsening)
        before = average if entries >= FEWEST_ENTRIES_BEFORE else None
        course.add(before, None if mean is None or usual is None else mean - usual)


def _week(
    course: _Course, number: int, first: int, entries: int, mean: float | None, *, worsening: bool
) -> Week:
    usual, noise = course.usual(), course.noise()
    return Week(
        number=number,
        first=date.fromordinal(first + number * WEEK),
        entries=entries,
        mean=mean,
        usual=usual,
        noise=noise,
        verdict=_verdict(course, mean, usual, noise),
        worsening=worsening,
    )


def _verdict(course: _Course, mean: float | None, usual: float | None, noise: float) -> TrendVerdict:
    if mean is None or usual is None or len(course.means) < FIRST_VERDICT_WEEK:
        return TrendVerdict.NOT_ENOUGH_DATA
    change = mean - usual
    if abs(change) < SMALLEST_CHANGE or abs(change) <= NOISE_FACTOR * noise * course.doubt():
        return TrendVerdict.SAME
    return TrendVerdict.WORSE if change > 0 else TrendVerdict.BETTER


def _mean_of(means: Sequence[float | None], fewest: int) -> float | None:
    known = [mean for mean in means if mean is not None]
    return sum(known) / len(known) if len(known) >= fewest else None
