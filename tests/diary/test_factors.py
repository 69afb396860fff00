from datetime import date

import numpy as np
import pytest

from bot.diary.factors import (
    FactorVerdict,
    Outcome,
    benjamini_hochberg,
    examine,
    factor_signs,
    holm,
    is_medicine,
    simes,
)
from bot.diary.series import Series

MONDAY = date(2026, 1, 5)


def diary(length=150, seed=5, effect=0.0, lag=0, **factors):
    """Make a diary whose back pain follows the factor `stress` by `effect`; headaches come by chance."""
    rng = np.random.default_rng(seed)
    stress = rng.integers(0, 11, length).astype(float)
    carried = np.roll(stress, lag)
    back = np.clip(np.round(4 + effect * (carried - 5) + 1.5 * rng.normal(size=length)), 0, 10)
    head = np.where(rng.uniform(size=length) < 0.3, 4.0, 0.0)
    known = {"stress": stress, "coffee": rng.integers(0, 4, length).astype(float)}
    return Series(MONDAY, back, head, np.zeros(length, bool), {**known, **factors})


@pytest.mark.parametrize(("effect", "worse"), [(0.5, True), (-0.5, False)])
@pytest.mark.parametrize("lag", [0, 1])
def test_a_planted_factor_is_found_with_its_direction_and_day(effect, worse, lag):
    (sign,) = factor_signs(diary(effect=effect, lag=lag))
    assert (sign.name, sign.outcome, sign.lag) == ("stress", Outcome.BACK_PAIN, lag)
    assert sign.worse_when_high is worse
    assert sign.verdict is FactorVerdict.STRONG_SIGN


def test_nothing_planted_is_nothing_found():
    assert factor_signs(diary(effect=0.0)) == ()


def test_suspects_get_most_of_the_allowance():
    named = without = others = 0
    for seed in range(30):
        weak = diary(length=100, seed=seed, effect=0.16)
        found = {sign.name for sign in factor_signs(weak)}
        suspected = {sign.name: sign for sign in factor_signs(weak, ("stress",))}
        without += "stress" in found
        named += "stress" in suspected
        others += "stress" in {sign.name for sign in factor_signs(weak, ("coffee",))}
        assert all(sign.suspect == (name == "stress") for name, sign in suspected.items())
    assert others < without < named


@pytest.mark.parametrize(
    "name",
    [
        "medicine", "medication", "Medicine days", "painkiller", "pain_killers", "pills", "triptan", "sumatriptan",
        "took_ibuprofen", "paracetamolTaken", "meds", "rescue_med", "NSAID", "codeine", "drug", "acute-medication",
    ],
)  # fmt: skip
def test_medicine_is_never_a_factor(name):
    assert is_medicine(name)
    plain = diary(effect=0.0)
    taken = plain.headache + plain.back_pain
    assert factor_signs(diary(effect=0.0, **{name: taken})) == ()
    assert factor_signs(diary(effect=0.0, **{name: taken}), (name,)) == ()


@pytest.mark.parametrize(
    "name", ["sleep", "stress", "meditation", "mediterranean food", "spills", "screen time", "walk"]
)
def test_other_things_are(name):
    assert not is_medicine(name)


def test_the_pains_are_no_factors_of_each_other():
    plain = diary()
    assert factor_signs(diary(interference=plain.back_pain, migraine_like=np.sign(plain.headache))) == ()


def test_constant_and_thin_factors_are_passed_over():
    same, thin = np.full(150, 3.0), np.full(150, np.nan)
    thin[:20] = np.arange(20.0)
    assert set(examine(diary(same=same, thin=thin, empty=np.full(150, np.nan)))) == {"stress", "coffee"}


def test_a_factor_answered_only_on_bad_days_is_not_tested():
    plain = diary()
    pain = plain.back_pain
    rng = np.random.default_rng(1)
    chosen = np.where(pain >= 4, rng.integers(0, 5, 150), np.nan)
    found = examine(diary(sometimes=chosen))
    assert "sometimes" not in found or found["sometimes"].clearest.outcome is Outcome.HEADACHE


def test_recalled_days_are_left_out():
    plain = diary(effect=0.5)
    recalled = Series(plain.first, plain.back_pain, plain.headache, np.ones(150, bool), plain.factors)
    assert examine(recalled) == {}


def test_simes_holm_and_benjamini_hochberg_by_hand():
    assert simes([0.02, 0.03, 0.9, 0.04]) == pytest.approx(0.04 * 4 / 3)
    assert simes([0.9, 0.8]) == pytest.approx(0.9)
    p_values = {"a": 0.01, "b": 0.02, "c": 0.03, "d": 0.5}
    assert holm(p_values, 0.05) == {"a"}
    assert benjamini_hochberg(p_values, 0.05) == {"a", "b", "c"}
    assert holm({}, 0.05) == benjamini_hochberg({}, 0.05) == set()


def test_a_yes_or_no_factor_says_so():
    rng = np.random.default_rng(2)
    alcohol = rng.integers(0, 2, 150).astype(float)
    plain = diary()
    worse = Series(
        MONDAY,
        np.clip(plain.back_pain + 3 * alcohol, 0, 10),
        plain.headache,
        plain.recalled,
        {"alcohol": alcohol},
    )
    (sign,) = factor_signs(worse)
    assert sign.yes_no
    assert not factor_signs(diary(effect=0.5))[0].yes_no
