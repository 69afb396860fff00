from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.clinical.answers import Profile
from bot.diary.ledger import Day, DayState
from bot.reports.edition import HISTORY_DAYS, Diary, connection_answer, history_start

BEGUN = date(2020, 1, 1)


@given(st.integers(0, 3650))
def test_a_long_diary_keeps_its_look_days(age):
    last = BEGUN + timedelta(days=age)
    start = history_start(BEGUN, last)
    assert (start - BEGUN).days % 28 == 0
    assert start == BEGUN or HISTORY_DAYS <= (last - start).days + 1 < HISTORY_DAYS + 28


def test_enough_days_before_the_next_look_are_told_with_what_is_looked_for():
    """A look comes every 28 days: 31 of 35 days are enough for one, but the first came too early."""
    today = BEGUN + timedelta(days=34)
    days = [
        Day(BEGUN + timedelta(days=place), DayState.PAIN, 1 + place % 5, (0, 4, 0, 6)[place % 4])
        for place in range(35)
        if place % 9
    ]
    told = connection_answer(Diary(days, today, Profile(), "en", "112"))
    assert "Do your back pain and headaches go together?" in told
    assert "I look next on 27 February." in told
