"""Diaries for the tests of reports: drawn ones, and a plain week to change."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from bot.clinical.answers import CheckIn, Level, MedicineClass, Profile, Sleep, Tracks
from bot.diary.ledger import Day, DayState
from bot.diary.series import series_of
from bot.reports.insights import insights
from bot.reports.material import AdviceLine, Impact, Tip
from bot.reports.weekly import WeekMaterial

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)

scores = st.none() | st.integers(0, 10)


@st.composite
def day_lists(draw: st.DrawFn, longest: int = 60) -> list[Day]:
    """Draw answered, skipped and missing days in any mix, the states as the check-ins would give them."""
    ago = draw(st.lists(st.integers(0, longest), unique=True, max_size=longest))
    return [draw(days_on(TODAY - timedelta(days=each))) for each in sorted(ago, reverse=True)]


def days_on(on: date) -> st.SearchStrategy[Day]:
    drawn = st.builds(
        Day,
        date=st.just(on),
        back_pain=scores,
        headache=scores,
        migraine_like=st.none() | st.booleans(),
        interference=st.none() | st.integers(0, 3),
        medicines=st.none() | st.frozensets(st.sampled_from(list(MedicineClass))),
        sleep=st.none() | st.sampled_from(list(Sleep)),
        flags=st.frozensets(st.sampled_from(["fever", "saddle", "unheard_of"]), max_size=2),
        recalled=st.booleans(),
        note=st.none() | st.text(max_size=40),
    )
    return drawn.map(_with_state)


def _with_state(day: Day) -> Day:
    given_scores = [score for score in (day.back_pain, day.headache) if score is not None]
    if not given_scores:
        return replace(day, state=DayState.SKIPPED if day.recalled else DayState.UNANSWERED)
    return replace(day, state=DayState.PAIN if any(given_scores) else DayState.PAIN_FREE)


advice_lines = st.lists(
    st.builds(
        AdviceLine,
        level=st.sampled_from(list(Level)),
        text=st.text(max_size=500),
        why=st.text(max_size=500),
        local_date=st.dates(TODAY - timedelta(days=9), TODAY),
        rule_id=st.just("B-01"),
    ),
    max_size=6,
)


@st.composite
def materials(draw: st.DrawFn) -> WeekMaterial:
    days = draw(day_lists())
    return WeekMaterial(
        days=days,
        today=TODAY,
        profile=Profile(tracks=draw(st.sampled_from(list(Tracks)))),
        emergency=draw(st.none() | st.just("999")),
        advice=draw(advice_lines),
        found=insights(series_of(days), TODAY),
        impact=draw(st.none() | st.builds(Impact, st.floats(0, 10), st.none() | st.floats(0, 10))),
        tip=draw(st.none() | st.just(Tip("Drink some water. " * 20, "water-and-headache"))),
        tell_clinician=draw(st.lists(st.text(max_size=200), max_size=3)),
    )


def logged(ago: int, back: int = 0, head: int = 0) -> Day:
    """Give a day answered with these scores."""
    state = DayState.PAIN if back or head else DayState.PAIN_FREE
    return Day(TODAY - timedelta(days=ago), state, back, head, medicines=frozenset())


def week(answered: int, back: int = 4, head: int = 0) -> Sequence[Day]:
    """Give the last `answered` days up to today."""
    return [logged(ago, back, head) for ago in range(answered - 1, -1, -1)]


def check_in(on: date, **answers: object) -> CheckIn:
    """Give a check-in with these answers."""
    made = CheckIn(local_date=on)
    for question, value in answers.items():
        made = made.answered(question, value, NOW)
    return made
