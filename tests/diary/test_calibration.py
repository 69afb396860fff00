"""False claims and found links on simulated diaries with fixed seeds.

Bounds are the targets with four standard errors of slack, so that they fail for a wrong method and not by chance.
"""

import math

import numpy as np
import pytest

from bench.insights import factor_runs
from bench.insights_mechanisms import MECHANISMS
from bench.insights_rates import counted_odds, diaries, measure
from bench.insights_simulators import Cell
from bot.diary.connection import Verdict

COUNT = 200


def slack(rate, count=COUNT):
    return 4 * math.sqrt(rate * (1 - rate) / count)


@pytest.mark.parametrize(
    "cell",
    [
        Cell(memory=0.8),
        Cell(memory=0.5, trend="step"),
        Cell(memory=0.8, trend="early", gaps="burst"),
        Cell(days=180, weekly="spike", headaches=0.5),
        Cell(gaps="bothbad"),
        Cell("attacks", memory=0.8, trend="line"),
        Cell(memory=0.8, trend="spell"),
        Cell(days=180, memory=0.3, trend="spell", gaps="burst", headaches=0.5),
        Cell("ordinal", memory=0.8),
        Cell("walk", days=150, memory=0.3),
        Cell("swings", days=150, memory=0.8),
        Cell("month", memory=0.3),
    ],
    ids=lambda cell: cell.name,
)
def test_unconnected_diaries_are_seldom_told_of_a_link(cell):
    rates = measure(cell, COUNT)
    assert rates.signs <= 0.05 + slack(0.05)
    assert rates.share(Verdict.STRONG_SIGN) <= 0.015 + slack(0.015)


def test_a_plain_correlation_would_fail_the_same_diaries():
    rates = measure(Cell(trend="step"), COUNT)
    assert rates.naive / rates.count > 0.5


@pytest.mark.parametrize(
    ("cell", "least"),
    [(Cell(odds=5.0), 0.71), (Cell(days=120, odds=5.0), 0.8), (Cell(days=180, odds=3.0), 0.78)],
    ids=lambda value: value.name if isinstance(value, Cell) else None,
)
def test_connected_diaries_are_found(cell, least):
    rates = measure(cell, COUNT)
    assert rates.signs >= least - slack(least)
    assert rates.share(Verdict.NO_SIGN) <= 0.08 + slack(0.08)


def test_patients_without_a_factor_are_seldom_told_of_one():
    false = sum(bool(names) for names in factor_runs(Cell(memory=0.8, trend="line"), 150, planted=False))
    assert false / 150 <= 0.05 + slack(0.05, 150)


@pytest.mark.parametrize("family", sorted(MECHANISMS))
def test_every_mechanism_gives_scores_and_its_link_can_be_counted(family):
    unlinked, linked = (diaries(Cell(family, 120, odds=odds), 60) for odds in (1.0, 25.0))
    for scores in (*unlinked, *linked):
        known = scores[~np.isnan(scores)]
        assert 0.7 < len(known) / scores.size < 0.9
        assert set(known) <= set(range(11))
    if family != "cycle":
        assert counted_odds(*linked) > counted_odds(*unlinked)
