from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.clinical.answers import Profile
from bot.diary.ledger import Day, DayState
from bot.reports.edition import HISTORY_DAYS, Diary, connection_answer, edition, history_start

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
    assert told.startswith("You have logged enough days now to compare your back pain and your headaches.")
    assert "I look next on 27 February." in told


def test_a_week_counts_the_days_up_to_it_and_not_those_of_the_latest_look():
    """The look of four weeks saw 25 of 28 days; by now there are 31, and the next look is waited for."""
    today = BEGUN + timedelta(days=34)
    days = [
        Day(BEGUN + timedelta(days=place), DayState.PAIN, 1 + place % 5, (0, 4, 0, 6)[place % 4])
        for place in range(35)
        if place not in {5, 14, 20, 33}
    ]
    made = edition(Diary(days, today, Profile(), "en", "112"))
    assert "Back and head: I look next on 26 February." in made.summary.front + made.summary.more
    assert "I look next on 26 February." in made.summary.more.split("Do they go together?")[1]
    assert "more to go" not in made.summary.more
    short = [day for day in days if day.date >= BEGUN + timedelta(days=6)]
    made = edition(Diary(short, today, Profile(), "en", "112"))
    assert "You have logged both pains on 26 days." in made.summary.more
