from datetime import UTC, date, datetime

import pytest

from bot.clinical.answers import CheckIn
from bot.diary.days import day_of
from bot.diary.ledger import DayState

NOW = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)


def day(**answers):
    made = CheckIn(local_date=date(2026, 3, 2))
    for name, value in answers.items():
        made = made.answered(name, value, NOW)
    return made


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ({}, DayState.UNANSWERED),
        ({"warning": "none"}, DayState.UNANSWERED),
        ({"warning": "none", "back_pain": None}, DayState.SKIPPED),
        ({"back_pain": None, "headache": 0}, DayState.PAIN_FREE),
        ({"back_pain": 0, "headache": 0}, DayState.PAIN_FREE),
        ({"back_pain": 0, "headache": 1}, DayState.PAIN),
    ],
)
def test_a_day_is_in_one_of_four_states(answers, state):
    assert day_of(day(**answers)).state is state


def test_a_zero_is_a_value_and_a_skip_is_none():
    made = day_of(day(back_pain=0, headache=None, stress="no"))
    assert made.back_pain == 0
    assert made.headache is None
    assert made.factors == {"stress": 0.0}
