import numpy as np
import pytest

from bot.diary.connection import headache_score
from bot.diary.events import common_spell, proof_beside_events
from bot.diary.surprise import chance, correlations, mid_ranks, surprises

DAYS = np.arange(120)
ILL = (DAYS >= 50) & (DAYS < 75)


def proof(back, head, days=DAYS):
    ranks = np.column_stack([mid_ranks(back), mid_ranks(head), headache_score(head)])
    found = surprises(days, 0, ranks).remembering(0.25)
    return found, proof_beside_events(found, 0, 2, ranks[:, :2])


def plain_p(found):
    every, dof = correlations(found)
    return chance(every[0, 2], dof)


def pains(event, link, seed=4):
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=len(DAYS))
    back = np.round(3 + 4 * event + latent)
    chances = 1 / (1 + np.exp(1.5 - 3 * event - link * latent))
    return back, np.where(rng.uniform(size=len(DAYS)) < chances, 5.0, 0.0)


def test_what_one_spell_alone_shows_is_no_proof():
    found, seen = proof(*pains(ILL, link=0.0))
    assert plain_p(found) < 0.04
    assert seen.p > 0.04
    assert abs(seen.spell[0] - 50) <= 2
    assert abs(seen.spell[1] - 74) <= 2


def test_what_one_step_alone_shows_is_no_proof():
    found, seen = proof(*pains(DAYS >= 60, link=0.0, seed=8))
    assert seen.p > plain_p(found)
    assert seen.p > 0.04


def test_a_step_too_small_for_a_spell_is_taken_out_as_well():
    rng = np.random.default_rng(6)
    later = DAYS >= 60
    back = np.round(5 + 1.6 * later + 1.3 * rng.normal(size=120))
    head = np.where(rng.uniform(size=120) < 1 / (1 + np.exp(1.5 - 2.0 * later)), 5.0, 0.0)
    found, seen = proof(back, head)
    assert seen.spell is None
    assert seen.p > 2 * plain_p(found)


def test_a_link_that_also_holds_beside_the_spell_is_proof():
    _, seen = proof(*pains(ILL, link=3.0))
    assert seen.spell is not None
    assert seen.p < 0.001


def test_without_a_shared_event_the_plain_chance_stands():
    found, seen = proof(*pains(np.zeros(120), link=1.5))
    assert seen.spell is None
    assert seen.p == plain_p(found)


def test_taking_out_a_stretch_is_fitting_its_level():
    back, head = pains(ILL, link=0.0)
    found, _ = proof(back, head)
    beside = found.beside(ILL)
    columns = np.column_stack([found.basis, ILL])
    fitted = np.linalg.lstsq(columns, mid_ranks(back), rcond=None)[0]
    assert beside.residuals[:, 0] == pytest.approx(mid_ranks(back) - columns @ fitted)
    assert beside.removed == found.removed + 1
    assert beside.residuals[ILL].mean(axis=0) == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)


def test_a_stretch_that_is_already_fitted_takes_nothing_more_out():
    found, _ = proof(*pains(ILL, link=0.0))
    assert found.beside(np.ones(120, bool)) is found


def test_where_a_shared_event_is_all_there_is_nothing_is_proved():
    flat = np.where(ILL, 5.0, 0.0)
    _, seen = proof(flat, flat)
    assert seen.p == 1.0


def test_no_spell_in_series_that_never_change():
    assert common_spell(np.ones(40), np.arange(40.0)) == (0.0, 0, 0)
