"""What is kept of a look says what the days themselves would say."""

from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clinical.answers import Sleep
from bot.diary.connection import Verdict, latest_look
from bot.diary.kept_look import KeptLook, kept
from bot.diary.ledger import Day, DayState
from bot.diary.series import joined, series_of
from bot.reports.insights import insights

FIRST = date(2026, 1, 5)


def days_of(seed, length, strength):
    """Give a diary with gaps, a few days filled in afterwards, nights and, from its middle on, one more factor."""
    rng = np.random.default_rng(seed)
    back = np.clip(np.round(4.5 + 2 * rng.normal(size=length)), 0, 10)
    aches = rng.uniform(size=length) < 1 / (1 + np.exp(1.2 - strength * (back - 4.5)))
    return [
        Day(
            FIRST + timedelta(days=place),
            DayState.PAIN,
            int(back[place]),
            int(5 * aches[place]),
            sleep=rng.choice([Sleep.WELL, Sleep.BADLY]) if rng.uniform() < 0.9 else None,
            recalled=bool(rng.uniform() < 0.05),
            factors={"stress": float(rng.integers(2))} if place > length // 2 else {},
        )
        for place in range(length)
        if rng.uniform() > 0.15
    ]


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(40, 330), st.integers(1, 45), st.sampled_from([0.0, 0.3, 0.9]))
def test_a_summary_from_a_kept_look_is_the_same(seed, length, later, strength):
    days = days_of(seed, length, strength)
    then, now = days[-1].date - timedelta(days=later), days[-1].date
    before = series_of([day for day in days if day.date <= then])
    look = latest_look(before, then)
    whole = insights(series_of(days), now)
    if look is None:
        return
    again = KeptLook.model_validate_json(kept(look, before).model_dump_json())
    assert again.on == look.on
    series = joined(again.days, series_of([day for day in days if day.date >= again.on]))
    found = insights(series, now, (), again.look)
    assert (found.factors, found.back_week, found.head_week) == (
        whole.factors,
        whole.back_week,
        whole.head_week,
    )
    for one in ("on", "next_on", "told"):
        assert getattr(found.look, one) == getattr(whole.look, one)
    for one in ("verdict", "table", "n_days", "headache_free_days", "shift_date", "spell", "days_to_go"):
        assert getattr(found.look.seen, one) == getattr(whole.look.seen, one)


def test_a_sign_seen_by_the_look_before_is_told_with_the_kept_one():
    """The look before decides whether "some" is told, also where it is only known from what was kept."""
    told = set()
    for seed in range(60):
        days = days_of(seed, 160, 0.3)
        whole = series_of(days)
        looked = latest_look(whole, FIRST + timedelta(days=140))
        look = latest_look(whole.part(0, 139), FIRST + timedelta(days=139))
        if looked.seen.verdict is not Verdict.SOME_SIGN:
            continue
        known = KeptLook.model_validate_json(kept(look, whole.part(0, 139)).model_dump_json()).look
        told.add(looked.told)
        assert latest_look(whole, FIRST + timedelta(days=140), known).told is looked.told
    assert told == {Verdict.SOME_SIGN, Verdict.CANNOT_TELL_YET}


def test_nothing_between_two_stretches_is_an_empty_day():
    early = series_of([Day(FIRST, DayState.PAIN, 3, 0)])
    late = series_of([Day(FIRST + timedelta(days=3), DayState.PAIN, 4, 5, sleep=Sleep.BADLY, recalled=True)])
    whole = joined(early, late)
    assert whole.back_pain.tolist()[::3] == [3.0, 4.0]
    assert np.isnan(whole.headache[1:3]).all()
    assert whole.recalled.tolist() == [False, False, False, True]
    assert np.isnan(whole.factors["bad_sleep"][:3]).all()
    assert whole.factors["bad_sleep"][3] == 2.0
    assert len(joined(early, series_of([]))) == 1


def test_what_is_kept_has_the_shape_that_databases_have():
    """Where this fails, a migration has to delete the kept looks: they could not be read any more."""
    assert set(KeptLook.model_fields) == {
        *("on", "told", "verdict", "n_days", "headache_days", "back_pain_varies", "headache_varies", "table"),
        *("shift_date", "spell", "first", "back_pain", "headache", "recalled", "factors"),
    }
