import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from bot.diary.connection import Connection, Look, Table, Verdict
from bot.diary.factors import FactorSign, FactorVerdict, Outcome
from bot.diary.surprise import surprises
from bot.diary.week import TrendVerdict, Week
from bot.diary.wording import (
    connection_for_clinician,
    connection_text,
    factor_line,
    factors_text,
    look_text,
    week_text,
)
from bot.readability import HIGHEST_GRADE, grade
from bot.words import load_words

WORDS = load_words()
LABELS = ("insights.pain.", "insights.factors.name.", "insights.clinician.")
"""Parts of sentences, and what is not for patients."""
PATIENT_KEYS = [key for key in WORDS.keys() if key.startswith("insights.") and not key.startswith(LABELS)]  # noqa: SIM118
FILLED = {
    "bad": "On days your back pain was 5 or more, you had a headache 6 times out of 10.",
    "other": "On other days it was 2 times out of 10.",
    "days": "17 days",
    "name": "bad sleep",
    "pain": "headache",
    "on": "3 May",
    "first": "3 May",
    "last": "20 May",
    "rate": "6 times out of 10",
    "sign": "on days with stress, your headache was often worse.",
}
TABLE = Table(
    cut=5, bad_with_headache=24, bad=40, other_with_headache=8, other=40, bad_mean=3.0, other_mean=1.0
)
SEEN = Connection(
    Verdict.STRONG_SIGN,
    n_days=80,
    headache_days=32,
    back_pain_varies=True,
    headache_varies=True,
    table=TABLE,
    p=0.001,
    r=0.4,
)
FOUND = surprises(np.arange(80), 0, np.random.default_rng(1).uniform(size=(80, 2)))
SIGN = FactorSign("stress", Outcome.HEADACHE, FactorVerdict.SOME_SIGN, True, 0, 0.3, 0.01, False, False)
WEEK = Week(9, date(2026, 3, 2), 6, 5.8, 3.4, 0.6, TrendVerdict.WORSE, False)


@pytest.mark.parametrize("key", PATIENT_KEYS)
def test_every_text_reads_easily_once_filled(key):
    raw = WORDS.text(key)
    places = dict.fromkeys(re.findall(r"{(\w+)}", raw), 5) | FILLED
    assert grade(raw.format_map(places)) <= HIGHEST_GRADE, raw


@pytest.mark.parametrize(
    "verdict", [verdict for verdict in Verdict if verdict is not Verdict.NOT_ENOUGH_DATA]
)
def test_a_verdict_never_speaks_in_statistics(verdict):
    text = connection_text(WORDS, replace(SEEN, verdict=verdict))
    assert "%" not in text
    assert not re.search(r"\bp\b|correlat|percent|significan|0\.\d", text)
    assert not re.search(r"\bcaused by\b|because of your back", text)
    assert grade(text) <= HIGHEST_GRADE


def test_out_of_ten_needs_ten_days_on_both_sides():
    assert "6 times out of 10. On other days it was 2 times out of 10." in connection_text(WORDS, SEEN)
    thin = replace(SEEN, table=replace(TABLE, bad=9, bad_with_headache=6))
    assert "6 of 9 days. On other days it was 8 of 40." in connection_text(WORDS, thin)


def test_a_sign_whose_tenths_look_the_same_shows_the_days():
    close = replace(SEEN, table=replace(TABLE, bad_with_headache=10, other_with_headache=9))
    assert "10 of 40 days. On other days it was 9 of 40." in connection_text(WORDS, close)
    equal = connection_text(WORDS, replace(close, verdict=Verdict.NO_SIGN))
    assert "also 2 times out of 10" in equal


def test_one_and_none_out_of_ten_read_right():
    few = replace(SEEN, table=replace(TABLE, bad_with_headache=4, other_with_headache=0))
    assert "1 time out of 10. On other days it was 0 times out of 10." in connection_text(WORDS, few)
    fewer = replace(SEEN, table=replace(TABLE, other_with_headache=1))
    assert "less than 1 time out of 10" in connection_text(WORDS, fewer)


def test_counts_that_lean_the_other_way_are_explained():
    against = replace(SEEN, table=replace(TABLE, bad_with_headache=8, other_with_headache=24))
    assert "The plain counts do not show it well." in connection_text(WORDS, against)
    assert "plain counts" not in connection_text(WORDS, SEEN)


def test_daily_headache_is_told_by_its_strength():
    daily = replace(SEEN, headache_days=80)
    text = connection_text(WORDS, daily)
    assert "your mean headache was 3.0 out of 10. On other days it was 1.0." in text


def test_a_shift_of_both_is_named_with_its_day():
    assert "near 12 March" in connection_text(WORDS, replace(SEEN, shift_date=date(2026, 3, 12)))


def test_a_spell_of_both_is_named_with_its_days():
    seen = replace(SEEN, spell=(date(2026, 3, 12), date(2026, 3, 30)))
    assert "from about 12 March to 30 March" in connection_text(WORDS, seen)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        ({"n_days": 27, "headache_days": 3}, "27 days. I need at least 28 days: 1 more to go."),
        ({"n_days": 1, "headache_days": 0}, "both pains on 1 day."),
        ({"n_days": 40, "headache_days": 3, "headache_varies": False}, "a headache on 3 of 40 days"),
        (
            {"n_days": 40, "headache_days": 39, "headache_varies": False},
            "headache was the same on nearly all",
        ),
        (
            {"n_days": 40, "headache_days": 9, "back_pain_varies": False},
            "back pain was the same on nearly all",
        ),
    ],
)
def test_not_enough_says_what_is_missing(seen, words):
    assert words in connection_text(WORDS, replace(SEEN, verdict=Verdict.NOT_ENOUGH_DATA, **seen))


def test_a_look_that_is_held_back_says_when_the_next_one_is():
    look = Look(
        date(2026, 4, 5), date(2026, 5, 3), Verdict.CANNOT_TELL_YET, replace(SEEN, verdict=Verdict.SOME_SIGN)
    )
    text = look_text(WORDS, look)
    assert text.startswith("I can't tell yet.")
    assert text.endswith("I will check again on 3 May.")


def test_factor_lines_say_direction_day_and_kind():
    assert factor_line(WORDS, SIGN) == "Some sign: on days with more stress, your headache was often worse."
    next_day = replace(SIGN, lag=1, worse_when_high=False, verdict=FactorVerdict.STRONG_SIGN)
    assert (
        factor_line(WORDS, next_day)
        == "Strong sign: one day after more stress, your headache was often less bad."
    )
    assert "on days with stress, your" in factor_line(WORDS, replace(SIGN, yes_no=True))
    assert "more bad sleep," in factor_line(WORDS, replace(SIGN, name="bad_sleep"))
    assert factors_text(WORDS, [SIGN]).endswith("That does not show that one causes the other.")
    assert factors_text(WORDS, []).startswith("I found nothing else")


def test_weeks_are_told_with_both_figures():
    assert week_text(WORDS, WEEK, "back_pain") == (
        "Your back pain was higher this week: 5.8. Your last four weeks were 3.4. That is more than your normal "
        "ups and downs. A change of 2 points or a third is one that most people feel."
    )
    young = replace(WEEK, number=5, verdict=TrendVerdict.NOT_ENOUGH_DATA)
    assert "I need eight weeks" in week_text(WORDS, young, "headache")
    assert "more weeks to compare" in week_text(WORDS, replace(young, usual=None), "back_pain")
    assert "too few days" in week_text(WORDS, replace(young, mean=None), "back_pain")
    assert "not an emergency message" in week_text(WORDS, replace(WEEK, worsening=True), "back_pain")


def test_the_clinician_is_told_what_the_patient_was_told():
    look = replace(SEEN, verdict=Verdict.SOME_SIGN, p_sharper=0.03, found=FOUND)
    assert connection_for_clinician(WORDS, look).startswith("Some sign of a link: headache on 24 of 40 days")
    held_back = connection_for_clinician(WORDS, look, Verdict.CANNOT_TELL_YET)
    assert held_back.startswith("Cannot tell yet:")
    assert "two looks" in held_back
    assert "Association only" not in held_back
    nothing = connection_for_clinician(WORDS, replace(look, verdict=Verdict.NO_SIGN, r=-0.001))
    assert "r 0.00" in nothing
    assert "small link" in nothing
    assert "left beside that" in connection_for_clinician(WORDS, replace(look, shift_date=date(2026, 3, 3)))


def test_the_clinician_gets_the_figures():
    assert "Not testable: 80 days" in connection_for_clinician(WORDS, SEEN)
    assert (
        connection_for_clinician(WORDS, replace(SEEN, n_days=1))
        == "Too few days to test: 1 day with both scores."
    )
