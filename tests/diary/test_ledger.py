from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.diary.ledger import (
    Average,
    Count,
    Day,
    DayState,
    answered,
    average,
    back_pain_days,
    days_with_both,
    headache_days,
    ledger,
    migraine_like_days,
    window,
)

START = date(2026, 2, 1)

MIXED = [
    Day(START, DayState.PAIN, back_pain=6, headache=4, migraine_like=True),
    Day(START + timedelta(1), DayState.PAIN_FREE, back_pain=0, headache=0),
    Day(START + timedelta(2), DayState.SKIPPED),
    Day(START + timedelta(4), DayState.PAIN, back_pain=3, headache=None),
    Day(START + timedelta(5), DayState.PAIN, back_pain=0, headache=7, migraine_like=None),
]


def test_every_date_has_one_day_and_empty_ones_are_unanswered():
    days = ledger(MIXED, START, START + timedelta(6))
    assert [day.date for day in days] == [START + timedelta(place) for place in range(7)]
    assert [day.state for day in days].count(DayState.UNANSWERED) == 2
    assert days[4] is MIXED[3]


def test_counts_have_the_days_that_tell_below_them():
    days = ledger(MIXED, START, START + timedelta(6))
    assert answered(days) == Count(4, 7)
    assert headache_days(days) == Count(2, 3)
    assert back_pain_days(days) == Count(2, 4)
    assert days_with_both(days) == Count(1, 3)
    assert migraine_like_days(days) == Count(1, 2)


def test_an_average_says_of_how_many_and_zero_is_a_value():
    assert average(day.back_pain for day in MIXED) == Average(2.25, 0, 6, 4)
    assert average([None, None]) == Average(None, None, None, 0)


def test_the_later_of_two_entries_for_a_date_counts():
    twice = [Day(START, back_pain=1), Day(START, back_pain=9)]
    assert ledger(twice, START, START)[0].back_pain == 9


def test_a_window_ends_on_its_day():
    days = window([], START, 30)
    assert (len(days), days[-1].date) == (30, START)


@given(st.integers(-3, 400), st.lists(st.integers(-30, 430), max_size=30))
def test_a_ledger_is_always_the_calendar(length, places):
    days = [Day(START + timedelta(place), back_pain=1) for place in places]
    found = ledger(days, START, START + timedelta(length - 1))
    assert len(found) == max(0, length)
    assert sum(day.back_pain == 1 for day in found) == len({place for place in places if 0 <= place < length})
