"""A pace never lets more through than it says, and wastes nothing."""

from hypothesis import given
from hypothesis import strategies as st

from bot.runtime.limits import Pace


@given(st.integers(1, 50), st.integers(1, 5), st.lists(st.floats(0, 0.2), min_size=1, max_size=80))
def test_no_second_holds_more_than_rate_and_burst(rate, burst, rests):
    pace, now, went = Pace(rate, burst), 0.0, []
    for rest in rests:
        now += rest
        now += pace.delay(now)
        pace.take(now)
        went.append(now)
    for begin in went:
        assert sum(begin <= moment < begin + 1 - 1e-6 for moment in went) <= rate + burst


def test_late_timers_are_made_up_for_and_no_second_holds_more_than_thirty():
    pace, now, went = Pace(29.0, 1.5), 0.0, []
    for number in range(290):
        now += pace.delay(now) + (0.004 if number % 3 else 0.0)
        pace.take(now)
        went.append(now)
    assert now < 10.02
    assert max(sum(begin <= moment < begin + 1 for moment in went) for begin in went) <= 30


def test_twenty_nine_a_second_is_what_goes():
    pace, now = Pace(29.0), 0.0
    for _ in range(291):
        now += pace.delay(now)
        pace.take(now)
    assert abs(now - 10.0) < 1e-6


def test_a_hold_is_kept_and_then_over():
    pace = Pace(10.0, 3)
    pace.hold(5.0)
    assert abs(pace.delay(0.0) - 5.0) < 1e-9
    assert pace.delay(5.1) == 0.0
