from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.diary.series import Series
from bot.diary.week import QUIET_WEEKS, TrendVerdict, latest_week, weeks

MONDAY = date(2026, 1, 5)


def course(scores, last=None):
    scores = np.array(scores, dtype=float)
    diary = Series(MONDAY, scores, np.full(len(scores), np.nan), np.zeros(len(scores), bool))
    return weeks(diary, scores, last)


def steady(length, level=4.0):
    return np.array([level + (0.5 if place % 2 else -0.5) for place in range(length)])


def test_a_clear_rise_is_worse_and_a_clear_fall_better():
    scores = steady(12 * 7)
    scores[10 * 7 : 11 * 7] += 4
    scores[11 * 7 :] -= 3
    found = course(scores)
    assert [week.verdict for week in found[8:]] == [
        TrendVerdict.SAME,
        TrendVerdict.SAME,
        TrendVerdict.WORSE,
        TrendVerdict.BETTER,
    ]
    assert found[10].felt
    assert found[10].change == pytest.approx(4.0, abs=0.2)
    assert not found[9].felt


@pytest.mark.parametrize(("rise_in", "verdict"), [(7, TrendVerdict.NOT_ENOUGH_DATA), (8, TrendVerdict.WORSE)])
def test_no_verdict_before_eight_whole_weeks(rise_in, verdict):
    scores = steady((rise_in + 1) * 7)
    scores[rise_in * 7 :] += 4
    week = course(scores)[rise_in]
    assert week.change == pytest.approx(4.0, abs=0.2)
    assert week.verdict is verdict


def test_less_than_a_point_is_never_a_change():
    scores = np.full(10 * 7, 4.0)
    scores[-7:] = 4.99
    assert course(scores)[-1].verdict is TrendVerdict.SAME
    scores[-7:] = 7.0
    assert course(scores)[-1].verdict is TrendVerdict.WORSE
    calm = np.full(60 * 7, 4.0)
    calm[-7:] = 4.9
    assert course(calm)[-1].verdict is TrendVerdict.SAME
    calm[-7:] = 5.1
    assert course(calm)[-1].verdict is TrendVerdict.WORSE


def test_few_weeks_ask_for_a_clearer_change():
    # Nine steady weeks: noise is the root of 4/9, the limit 2 * 0.667 * sqrt(9/7) = 1.51 points.
    for rise, verdict in ((1.45, TrendVerdict.SAME), (1.55, TrendVerdict.WORSE)):
        scores = np.full(9 * 7, 4.0)
        scores[-7:] += rise
        assert course(scores)[-1].noise == pytest.approx(2 / 3)
        assert course(scores)[-1].verdict is verdict


def test_a_worsening_does_not_hide_itself_in_the_base():
    scores = np.full(30 * 7, 4.0)
    scores[20 * 7 :] += np.repeat(np.linspace(0.2, 2.0, 10), 7)
    called = [week.number for week in course(scores) if week.worsening]
    assert called
    assert called[0] <= 24


def test_a_restless_patient_needs_more():
    restless = np.repeat([2.0, 6.0] * 6, 7)
    restless[-7:] = 7.5
    assert course(restless)[-1].verdict is TrendVerdict.SAME
    calm = np.full(12 * 7, 4.0)
    calm[-7:] = 7.5
    assert course(calm)[-1].verdict is TrendVerdict.WORSE


@pytest.mark.parametrize(("answered", "compared"), [(3, False), (4, True)])
def test_a_week_needs_four_entries(answered, compared):
    scores = steady(10 * 7)
    scores[-7:] += 4
    scores[10 * 7 - 7 + answered :] = np.nan
    week = course(scores)[-1]
    assert week.entries == answered
    assert (week.mean is not None) is compared
    assert (week.verdict is TrendVerdict.WORSE) is compared


def test_three_of_four_weeks_before_are_needed():
    scores = steady(10 * 7)
    scores[6 * 7 : 7 * 7] = np.nan
    assert course(scores)[-1].usual is not None
    scores[7 * 7 : 8 * 7] = np.nan
    assert course(scores)[-1].usual is None


def test_slow_worsening_is_called_within_four_weeks_and_then_quiet():
    scores = steady(40 * 7, level=3.0)
    scores[20 * 7 :] += 3
    called = [week.number for week in course(scores) if week.worsening]
    assert called[0] in range(20, 24)
    assert all(later - earlier >= QUIET_WEEKS for earlier, later in pairwise(called))
    assert called[-1] < 36


def test_a_steady_or_improving_course_raises_no_alarm():
    assert not any(week.worsening for week in course(steady(52 * 7)))
    assert not any(week.worsening for week in course(np.linspace(9, 1, 52 * 7)))


def test_a_long_gap_starts_the_count_of_weeks_anew():
    scores = np.concatenate([steady(12 * 7), np.full(35, np.nan), steady(9 * 7, level=8.0)])
    found = course(scores)
    fresh = [week for week in found if week.number >= 17]
    assert [week.verdict for week in fresh[:8]] == [TrendVerdict.NOT_ENOUGH_DATA] * 8
    assert fresh[8].verdict is TrendVerdict.SAME
    assert not any(week.worsening for week in found)


def test_weeks_can_end_on_a_given_day():
    scores = np.arange(24.0)
    found = course(scores, last=MONDAY + timedelta(days=21))
    assert [week.first for week in found] == [MONDAY + timedelta(days=day) for day in (1, 8, 15)]
    assert found[-1].mean == pytest.approx(18.0)
    assert course(scores, last=MONDAY - timedelta(days=1)) == ()


def test_nothing_and_days_short_of_a_week_give_no_weeks():
    assert course([]) == ()
    assert course([4.0] * 6) == ()
    assert len(course([4.0] * 7)) == 1


@given(
    st.lists(st.none() | st.integers(0, 10), max_size=300),
    st.integers(0, 290),
    st.lists(st.tuples(st.integers(0, 290), st.integers(0, 80)), max_size=2),
)
def test_the_latest_week_is_the_last_of_all_weeks(scores, back, gaps):
    """A gap so long that a new diary begins leaves no week to speak of, until the next is whole."""
    row = np.array([np.nan if score is None else score for score in scores], dtype=float)
    for start, length in gaps:
        row[start : start + length] = np.nan
    last = MONDAY + timedelta(days=max(0, len(row) - 1 - back))
    found = course(row, last)
    diary = Series(MONDAY, row, np.full(len(row), np.nan), np.zeros(len(row), bool))
    latest = latest_week(diary, row, last)
    whole = min(len(row), (last - MONDAY).days + 1) // 7
    assert latest == (found[-1] if found and found[-1].number == whole - 1 else None)
