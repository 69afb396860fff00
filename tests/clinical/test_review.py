"""The weekly review: what is asked in which week, and what it adds up to."""

from datetime import date, timedelta

import pytest

from bot.clinical.answers import Profile, WeeklyReview
from bot.clinical.questions import accept
from bot.clinical.review import (
    impact,
    inflammatory_done,
    mood,
    next_in_review,
    plan_review,
    previous_in_review,
    record_review,
    review_progress,
    slow_signs,
    week_asked_about,
    without_inflammatory,
)
from tests.clinical.scenes import NOW, TODAY, person, review

EMPTY = WeeklyReview(week_start=TODAY - timedelta(days=6))
WEEKLY = ["impact_work", "impact_moving", "impact_people", "slow_signs"]


def ids(week: int, who: Profile | None = None) -> list[str]:
    return [question.id for question in plan_review(EMPTY, who or person(), week)]


@pytest.mark.parametrize(
    ("today", "summary_weekday", "week"),
    [
        ("2026-03-08", 6, "2026-03-02"),
        ("2026-03-09", 6, "2026-03-02"),
        ("2026-03-14", 6, "2026-03-02"),
        ("2026-03-15", 6, "2026-03-09"),
        ("2026-03-09", 0, "2026-03-02"),
        ("2026-03-12", 3, "2026-03-02"),
        ("2026-03-13", 4, "2026-03-09"),
        ("2026-03-07", 6, None),
        ("2026-03-05", 3, None),
    ],
)
def test_the_questions_are_about_the_week_that_the_last_summary_looks_back_on(
    today: str, summary_weekday: int, week: str | None
) -> None:
    asked = week_asked_about(date.fromisoformat(today), summary_weekday, date(2026, 3, 4))
    assert (asked and asked.isoformat()) == week


def test_an_ordinary_week_has_four_questions_and_every_fourth_two_more() -> None:
    assert [ids(week) for week in (1, 2, 3, 5)] == [WEEKLY] * 4
    assert ids(4) == ids(8) == [*WEEKLY, "mood_interest", "mood_low"]


def test_the_list_for_joint_doctors_is_asked_from_day_84_once() -> None:
    assert ids(1, person(back_days=83)) == WEEKLY
    assert ids(1, person(back_days=84)) == [*WEEKLY, "inflammatory"]
    assert ids(1, person(back_days=None)) == WEEKLY
    plan = plan_review(EMPTY, person(back_days=84), 1)
    assert [question.id for question in without_inflammatory(plan)] == WEEKLY
    asked = review(1, inflammatory=())
    assert inflammatory_done([asked], person(back_days=84))
    assert not inflammatory_done([review(1)], person(back_days=84))
    assert not inflammatory_done([asked], person(back_days=3))


def test_the_flow_of_a_week() -> None:
    plan = plan_review(EMPTY, person(), 1)
    assert next_in_review(plan, EMPTY).id == "impact_work"
    once = record_review(EMPTY, plan[0], accept(plan[0], "7"), NOW)
    assert next_in_review(plan, once).id == "impact_moving"
    assert previous_in_review(plan, "impact_moving").id == "impact_work"
    assert review_progress(plan, "impact_moving") == (2, 4)
    for question in plan[1:]:
        once = record_review(once, question, None, NOW)
    assert next_in_review(plan, once) is None


def test_impact_is_the_mean_of_all_three_or_nothing() -> None:
    assert impact(review(impact=(7, 8, 9))) == 8.0
    plan = plan_review(EMPTY, person(), 1)
    assert impact(record_review(EMPTY, plan[0], 7, NOW)) is None
    skipped = record_review(review(impact=(7, 8, 9)), plan[1], None, NOW)
    assert impact(skipped) is None


def test_mood_is_the_sum_of_both_or_nothing() -> None:
    assert mood(review(mood=(3, 2))) == 5
    assert mood(review(mood=(0, 0))) == 0
    assert mood(review()) is None


def test_a_skipped_screen_has_no_slow_signs() -> None:
    plan = plan_review(EMPTY, person(), 1)
    assert slow_signs(record_review(EMPTY, plan[3], None, NOW)) == frozenset()
    assert slow_signs(review(slow=["night"])) == {"night"}
