from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clinical.answers import Level, MedicineClass, Profile, Tracks
from bot.diary.ledger import Day, answered, window
from bot.diary.series import series_of
from bot.reports.insights import insights
from bot.reports.material import AdviceLine, Impact, Tip
from bot.reports.weekly import CAPTION_LIMIT, FRONT_LIMIT, WeekMaterial, weekly_summary
from bot.words import load_words
from tests.reports.diaries import TODAY, logged, materials, week

WORDS = load_words()
CLAIMS = (
    "on average",
    "**Back pain:**",
    "**Headache:**",
    "go together",
    "link",
    "higher",
    "lower",
    "**Sleep",
)


def front(days, **more):
    material = WeekMaterial(
        days=days,
        today=TODAY,
        profile=Profile(),
        emergency="999",
        found=insights(series_of(days), TODAY),
        **more,
    )
    return weekly_summary(material, WORDS).front


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(material=materials())
def test_any_week_can_be_told_within_its_limits(material):
    summary = weekly_summary(material, WORDS)
    counted = answered(window(material.days, TODAY, 7)).days
    assert len(summary.front) <= FRONT_LIMIT
    assert len(summary.caption) <= CAPTION_LIMIT
    assert f"answered {counted} of 7 days" in summary.caption
    last_line = summary.front.splitlines()[-1]
    assert last_line.endswith(f"call {material.emergency or 'your emergency number'}.")
    if counted >= 4:
        assert f"answered {counted} of 7 days" in summary.front


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(material=materials(), keep=st.integers(0, 3))
def test_a_thin_week_claims_nothing(material, keep):
    recent = [day for day in material.days if day.date > TODAY - timedelta(days=7)]
    few = [day for day in recent if answered([day]).days][:keep]
    older = [day for day in material.days if day not in recent]
    summary = weekly_summary(replace(material, days=[*older, *few], advice=()), WORDS)
    assert not any(claim in summary.front for claim in CLAIMS)
    if few:
        assert "too few" in summary.front


def test_the_parts_stand_in_the_order_of_the_specification():
    days = [
        replace(logged(ago, 5, 4), medicines=frozenset({MedicineClass.NSAID})) for ago in range(6, -1, -1)
    ]
    told = front(
        days,
        advice=[AdviceLine(Level.SOON, "Book a visit.", "It is time.", TODAY, "B-31")],
        impact=Impact(4.0),
        tip=Tip("Walk a bit.", "best-exercise-for-back"),
        tell_clinician=["My legs feel odd."],
    )
    marks = ["Most important", "Why:", "**Back pain:**", "**Headache:**", "**Pain medicine:**", "In the way",
             "Back pain and headache on one day", "Back and head:", "**Tip:**", "Tell your doctor",
             "You answered 7 of 7", "not an all-clear"]  # fmt: skip
    places = [told.index(mark) for mark in marks]
    assert places == sorted(places)


def test_the_highest_advice_of_the_week_comes_first_and_older_advice_not_at_all():
    told = front(
        week(7),
        advice=[
            AdviceLine(Level.ROUTINE, "Newer and lower.", "", TODAY, "B-58"),
            AdviceLine(Level.SAME_DAY, "Older and higher.", "", TODAY - timedelta(days=5), "B-20"),
            AdviceLine(Level.EMERGENCY, "Last week.", "", TODAY - timedelta(days=7), "B-01"),
        ],
    )
    assert "**Most important (Tuesday):** Older and higher." in told
    assert "Newer" not in told
    assert "Last week" not in told


def test_averages_name_the_days_they_stand_on():
    days = [logged(0, 2), logged(1, 4), logged(2, 6), logged(3, 5), *[logged(ago, 9) for ago in (8, 9)]]
    assert "**Back pain:** 4.2 on average, from 2 to 6 (4 of 7 days)." in front(days)


def test_headaches_are_counted_out_of_answered_days():
    days = [
        logged(0, 3, 5),
        logged(1, 3, 0),
        logged(2, 3, 0),
        replace(logged(3, 3), headache=None),
        logged(20, 0, 7),
    ]
    assert "**Headache:** on 1 of 3 days this week. In 30 days: 2 of 4." in front(days)


def test_medicine_days_stand_against_their_line():
    taken = [replace(logged(ago, 3, 4), medicines=frozenset({MedicineClass.TRIPTAN})) for ago in range(11)]
    assert "on 7 of 7 days this week. In 30 days: triptan on 11 (best under 10)." in front(taken)


def test_a_patient_who_tracks_only_the_back_hears_nothing_of_heads():
    material = WeekMaterial(
        days=week(7),
        today=TODAY,
        profile=Profile(tracks=Tracks.BACK),
        found=insights(series_of(week(7)), TODAY),
    )
    assert "Headache" not in weekly_summary(material, WORDS).front


def test_a_change_is_told_only_where_the_rule_calls_it_real():
    steady = [logged(ago, 4 + ago % 2) for ago in range(90, 6, -1)]
    usual = [*steady, *week(7, back=5)]
    worse = [*steady, *week(7, back=9)]
    assert "normal ups and downs" not in front(usual)
    assert "Your back pain was higher this week: 9.0. Your last four weeks were 4.5." in front(worse)


def test_what_does_not_fit_in_front_stands_behind_more():
    long_tip = Tip("Walk a little more each day. " * 30, "best-exercise-for-back")
    days = week(7, back=5, head=3)
    material = WeekMaterial(
        days=days, today=TODAY, profile=Profile(), found=insights(series_of(days), TODAY), tip=long_tip
    )
    summary = weekly_summary(material, WORDS)
    assert "Walk a little" not in summary.front
    assert "Walk a little" in summary.more


def test_more_tells_skipped_unanswered_and_pain_free_days_apart():
    days = [*week(4, back=0), Day(TODAY - timedelta(days=4), logged(0).state.SKIPPED)]
    more = weekly_summary(WeekMaterial(days=days, today=TODAY, profile=Profile()), WORDS).more
    assert "Sun 22: back 0, head 0" in more
    assert "Wed 18: skipped" in more
    assert "Tue 17: no answer" in more


def test_scores_that_never_change_are_not_called_too_few_days():
    days = [logged(ago, 10, 10) for ago in range(40, -1, -1)]
    assert "change too little to compare" in front(days)
    assert "not enough days yet" in front(days[-20:])
