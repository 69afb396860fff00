"""The weekly review: three impact items in our own words, the slow signs, and every fourth week the mood items.

The three items are not the PEG and are never called so: whether that may be used is not settled (section 1).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.clinical.answers import Answer, AnswerValue, Profile, WeeklyReview
from bot.clinical.questions import Asking, Form, Question, before, first_open, load_questions, position, walk

IMPACT = ("impact_work", "impact_moving", "impact_people")
SLOW_SIGNS = "slow_signs"
MOOD = ("mood_interest", "mood_low")

MOOD_EVERY_WEEKS = 4
"""How often the mood items are asked (section 8.3)."""

_MOST_OF_A_WEEK = timedelta(days=4)

INFLAMMATORY_AFTER = timedelta(days=84)
"""When the list for joint doctors is asked, once in an episode of back pain (section 8.3, rule B-57)."""


def week_of(day: date) -> date:
    """Give the Monday of a day's week, the name under which a weekly review is kept."""
    return day - timedelta(days=day.weekday())


def week_asked_about(today: date, summary_weekday: int, first_day: date) -> date | None:
    """Give the week whose questions are open `today`: that of the last summary, until the day of the next.

    A summary looks back on the seven days before it, and its questions are kept with the week that most of them
    belong to: a week that begins today has nothing to tell yet. `None` where the diary, kept since `first_day`,
    was not begun then.
    """
    summary = today - timedelta(days=(today.weekday() - summary_weekday) % 7)
    week = week_of(summary - _MOST_OF_A_WEEK)
    return week if week >= week_of(first_day) else None


def plan_review(review: WeeklyReview, profile: Profile, week_number: int) -> tuple[Question, ...]:
    """Give the questions of a week in order; `week_number` counts the patient's weeks from 1.

    The list for joint doctors is asked from day 84 on; see `inflammatory_done`.
    """
    moments: set[str] = set()
    if week_number % MOOD_EVERY_WEEKS == 0:
        moments.add("mood_week")
    if _reached_day_84(profile, review.week_start + timedelta(days=6)):
        moments.add("day_84")
    answers = {name: answer.value for name, answer in review.answers.items()}
    return walk(load_questions(Form.REVIEW), Asking(answers, profile, moments)).plan


def without_inflammatory(plan: Sequence[Question]) -> tuple[Question, ...]:
    """Give the plan without the list for joint doctors, for an episode in which it was asked."""
    return tuple(question for question in plan if question.id != "inflammatory")


def inflammatory_done(reviews: Sequence[WeeklyReview], profile: Profile) -> bool:
    """Tell whether the list was put to the patient in this episode of back pain, answered or skipped."""
    start = profile.back_pain_since
    return any("inflammatory" in r.answers and (start is None or r.week_start >= start) for r in reviews)


def next_in_review(plan: Sequence[Question], review: WeeklyReview) -> Question | None:
    """Give the first question of the week without an answer."""
    return first_open(plan, review.settled)


def previous_in_review(plan: Sequence[Question], current: str) -> Question | None:
    """Give the question before `current`."""
    return before(plan, current)


def review_progress(plan: Sequence[Question], current: str) -> tuple[int, int]:
    """Give where `current` stands, such as (2, 4)."""
    return position(plan, current)


def record_review(
    review: WeeklyReview,
    question: Question,
    value: AnswerValue,
    given_at: datetime,
    *,
    complete: bool = True,
) -> WeeklyReview:
    """Give the review with an answer more; it is not `complete` while a list is being ticked."""
    answers = {**review.answers, question.id: Answer(value=value, given_at=given_at)}
    open_lists = {*review.unfinished} - {question.id} | (set() if complete else {question.id})
    return review.model_copy(update={"answers": answers, "unfinished": tuple(sorted(open_lists))})


def impact(review: WeeklyReview) -> float | None:
    """Give the mean of the three impact items, 0 to 10; `None` unless all three are answered."""
    scores = _scores(review, IMPACT)
    return sum(scores) / len(IMPACT) if scores is not None else None


def mood(review: WeeklyReview) -> int | None:
    """Give the PHQ-2 score, 0 to 6 (KROENKE2003); `None` unless both items are answered."""
    scores = _scores(review, MOOD)
    return sum(scores) if scores is not None else None


def slow_signs(review: WeeklyReview) -> frozenset[str]:
    """Give the slow signs ticked that week; a skipped screen has none."""
    return _ticked(review, SLOW_SIGNS)


def inflammatory_signs(review: WeeklyReview) -> frozenset[str]:
    """Give what was ticked on the list for joint doctors."""
    return _ticked(review, "inflammatory")


def _ticked(review: WeeklyReview, question: str) -> frozenset[str]:
    answer = review.answers.get(question)
    return frozenset(answer.value) if answer and isinstance(answer.value, tuple) else frozenset()


def _scores(review: WeeklyReview, questions: Sequence[str]) -> list[int] | None:
    values = [review.answers[name].value if name in review.answers else None for name in questions]
    scores = [value for value in values if isinstance(value, int)]
    return scores if len(scores) == len(questions) else None


def _reached_day_84(profile: Profile, day: date) -> bool:
    return profile.back_pain_since is not None and day - profile.back_pain_since >= INFLAMMATORY_AFTER
