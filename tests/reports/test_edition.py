from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.reports.edition import HISTORY_DAYS, history_start

BEGUN = date(2020, 1, 1)


@given(st.integers(0, 3650))
def test_a_long_diary_keeps_its_look_days(age):
    last = BEGUN + timedelta(days=age)
    start = history_start(BEGUN, last)
    assert (start - BEGUN).days % 28 == 0
    assert start == BEGUN or HISTORY_DAYS <= (last - start).days + 1 < HISTORY_DAYS + 28
