import json
import math
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diary.connection import (
    Table,
    Verdict,
    connection,
    count_table,
    headache_score,
    latest_look,
    looks,
    newcombe,
)
from bot.diary.intake import read_diary
from bot.diary.ledger import Day
from bot.diary.series import Series, series_of
from bot.diary.surprise import associate, student_tail, t_of

VECTORS = [json.loads(line) for line in (Path(__file__).parent / "vectors.jsonl").read_text().splitlines()]
MONDAY = date(2026, 1, 5)


def diary(back, head, recalled=None, first=MONDAY):
    back, head = np.array(back, dtype=float), np.array(head, dtype=float)
    return Series(first, back, head, np.zeros(len(back), bool) if recalled is None else np.array(recalled))


def linked(length=120, seed=3, missing=0.15, strength=0.9):
    rng = np.random.default_rng(seed)
    back = np.clip(np.round(4.5 + 2 * rng.normal(size=length)), 0, 10)
    head = np.where(rng.uniform(size=length) < 1 / (1 + np.exp(1.2 - strength * (back - 4.5))), 5.0, 0.0)
    gone = rng.uniform(size=length) < missing
    gone[[0, -1]] = False
    back[gone] = head[gone] = np.nan
    return back, head


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_published_diaries_give_the_published_results(vector):
    expected = vector["expected"]
    seen = connection(read_diary(json.dumps(vector)).series)
    assert seen.verdict == expected["verdict"]
    assert seen.n_days == expected["n_days"]
    if expected["p"] is None:
        assert seen.p is None
        return
    assert seen.r == pytest.approx(expected["r"], abs=1e-6)
    assert seen.p == pytest.approx(expected["p"], abs=1e-6)
    assert seen.shift == pytest.approx(expected["shift"], abs=1e-6)
    assert seen.upper == pytest.approx(expected["r_up"], abs=1e-6)
    assert seen.dof == expected["dof"]
    table = seen.table
    assert table.cut == expected["cut"]
    assert [
        table.bad_with_headache,
        table.bad,
        table.other_with_headache,
        table.other,
    ] == expected["table"]


@pytest.mark.parametrize(
    ("t", "dof", "tail"),
    [
        (0.0, 7, 0.5),
        (1.0, 1, 0.25),
        (6.313751515, 1, 0.05),
        (2.228138852, 10, 0.025),
        (1.660234326, 100, 0.05),
    ],
)
def test_students_tail_meets_the_printed_tables(t, dof, tail):
    assert student_tail(t, dof) == pytest.approx(tail, abs=1e-9)


def test_newcombe_meets_the_published_example():
    # Newcombe 1998, Statistics in Medicine 17:873, table II (a): 56/70 against 48/80, method 10.
    low, high = newcombe(Table(5, 56, 70, 48, 80, 0, 0))
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


def test_a_planted_link_is_found():
    assert connection(diary(*linked())).verdict is Verdict.STRONG_SIGN


def test_the_opposite_direction_is_never_claimed():
    back, head = linked()
    seen = connection(diary(10 - back, head))
    assert seen.r < -0.3
    assert not seen.verdict.is_sign
    assert seen.p > 0.99


@pytest.mark.parametrize(
    "change", [lambda v: v**2, np.exp, lambda v: 3 * v - 100, lambda v: np.where(v > 6, v + 1, v)]
)
def test_only_the_order_of_scores_counts(change):
    back, head = linked()
    plain, changed = connection(diary(back, head)), connection(diary(change(back), change(head)))
    assert (changed.r, changed.p, changed.shift) == pytest.approx((plain.r, plain.p, plain.shift), abs=1e-9)


def test_the_same_days_in_another_year_say_the_same():
    back, head = linked()
    assert (
        connection(diary(back, head, first=MONDAY + timedelta(weeks=200))).p
        == connection(diary(back, head)).p
    )


def test_recalled_days_are_left_out():
    back, head = linked()
    recalled = np.zeros(len(back), bool)
    recalled[10:30] = True
    kept, dropped = back.copy(), head.copy()
    kept[10:30] = dropped[10:30] = np.nan
    assert connection(diary(back, head, recalled)).p == connection(diary(kept, dropped)).p
    assert connection(diary(back, head, recalled)).n_days < connection(diary(back, head)).n_days


def test_a_shift_of_both_asks_for_stronger_proof_and_says_when():
    rng = np.random.default_rng(8)
    step = np.arange(100) >= 40
    back = np.round(6 - 3 * step + rng.normal(size=100))
    head = np.where(rng.uniform(size=100) < np.where(step, 0.1, 0.8), 5.0, 0.0)
    seen = connection(diary(back, head))
    assert seen.shift > 0.7
    assert abs((seen.shift_date - MONDAY).days - 40) <= 3
    tail = student_tail(t_of(seen.r, seen.dof), seen.dof)
    assert seen.p == pytest.approx(2.67 * tail if seen.r > 0 else min(1.0, 2.67 * (1 - tail)))
    assert not seen.verdict.is_sign


def test_a_spell_that_both_share_asks_for_stronger_proof_and_says_when():
    rng = np.random.default_rng(4)
    ill = (np.arange(120) >= 50) & (np.arange(120) < 75)
    back = np.round(3 + 4 * ill + rng.normal(size=120))
    head = np.where(rng.uniform(size=120) < np.where(ill, 0.85, 0.1), 5.0, 0.0)
    seen = connection(diary(back, head))
    plain = associate(seen.found.remembering(0.25), 0, 2)
    assert plain.p_positive < 0.008
    assert seen.p_sharper > 0.04
    first, last = seen.spell
    assert abs((first - MONDAY).days - 50) <= 2
    assert abs((last - MONDAY).days - 74) <= 2
    assert connection(diary(*linked())).spell is None


@pytest.mark.parametrize(
    ("back", "head"),
    [
        ([], []),
        ([5.0], [3.0]),
        ([0.0] * 400, [0.0] * 400),
        ([10.0] * 400, [10.0] * 400),
        ([np.nan] * 60, [np.nan] * 60),
        ([1.0, 2.0] * 13 + [1.0], [0.0, 5.0] * 13 + [1.0]),
        ([float(i % 9) for i in range(90)], [5.0] * 4 + [0.0] * 86),
    ],
    ids=["nothing", "one day", "all zeros", "all tens", "unanswered", "27 days", "four headache days"],
)
def test_too_little_is_not_enough(back, head):
    assert connection(diary(back, head)).verdict is Verdict.NOT_ENOUGH_DATA


def test_weekly_cycle_alone_leaves_nothing_to_claim():
    days = np.arange(180)
    back, head = np.where(days % 7 >= 5, 7.0, 3.0), np.where(days % 7 >= 5, 6.0, 0.0)
    assert not connection(diary(back, head)).verdict.is_sign


def test_only_the_last_year_counts():
    back, head = linked(length=3650, missing=0.2)
    assert (
        connection(diary(back, head)).p
        == connection(diary(back[-365:], head[-365:], first=MONDAY + timedelta(3285))).p
    )


def test_a_long_gap_starts_a_new_diary():
    back, head = linked(length=200)
    back[60:92] = head[60:92] = np.nan
    seen = connection(diary(back, head))
    assert seen.n_days == connection(diary(back[92:], head[92:], first=MONDAY + timedelta(92))).n_days


def test_a_headache_at_all_counts_beside_its_strength():
    score = headache_score(np.array([0.0] * 6 + [2.0] * 5 + [9.0]))
    assert score[0] == pytest.approx(3.5 / 12)
    assert score[6] == pytest.approx(9 / 12 + 0.5)
    assert score[-1] == pytest.approx(1.5)
    daily = headache_score(np.array([0.0] * 4 + [2.0, 3.0] * 10))
    assert daily.max() < 1.0


def test_the_cut_comes_from_back_pain_alone():
    back = np.array([1.0] * 40 + [2.0] * 30 + [3.0] * 20 + [4.0] * 10)
    one, other = count_table(back, np.zeros(100)), count_table(back, np.arange(100) % 7.0)
    assert one.cut == other.cut == 3.0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.none() | st.integers(0, 10), st.none() | st.integers(0, 10)), min_size=0, max_size=130
    ),
)
def test_any_diary_gets_an_answer_within_bounds(pairs):
    days = [
        Day(MONDAY + timedelta(days=place), back_pain=back, headache=head)
        for place, (back, head) in enumerate(pairs)
    ]
    seen = connection(series_of(days))
    both = sum(back is not None and head is not None for back, head in pairs)
    assert seen.n_days <= both
    if both < 28:
        assert seen.verdict is Verdict.NOT_ENOUGH_DATA
    if seen.p is not None:
        assert 0.0 <= seen.p <= 1.0
        assert -1.0 <= seen.r <= seen.upper <= 1.0
        assert not (seen.verdict.is_sign and seen.r <= 0.0)
        low, high = seen.interval or (-1.0, 1.0)
        assert -1.0 - 1e-9 <= low <= seen.table.gap <= high <= 1.0 + 1e-9


def test_looks_come_every_28_days_and_some_needs_two_in_a_row():
    told = set()
    for seed in range(40):
        back, head = linked(length=140, seed=seed, missing=0.3, strength=0.4)
        found = looks(diary(back, head), MONDAY + timedelta(days=139))
        assert [(look.on - MONDAY).days for look in found] == [28, 56, 84, 112]
        before = Verdict.NOT_ENOUGH_DATA
        for look in found:
            if look.seen.verdict is Verdict.SOME_SIGN:
                assert look.told is (Verdict.SOME_SIGN if before.is_sign else Verdict.CANNOT_TELL_YET)
                told.add(look.told)
            else:
                assert look.told is look.seen.verdict
            before = look.seen.verdict
        assert latest_look(diary(back, head), MONDAY + timedelta(days=139)).told is found[-1].told
    assert told == {Verdict.SOME_SIGN, Verdict.CANNOT_TELL_YET}


def test_there_is_no_look_in_the_first_28_days():
    assert latest_look(diary(*linked(length=27)), MONDAY + timedelta(days=27)) is None
    assert latest_look(diary([], []), MONDAY) is None


def test_a_look_knows_only_the_days_before_it():
    back, head = linked(length=140)
    early = looks(diary(back[:90], head[:90]), MONDAY + timedelta(days=95))
    late = looks(diary(back, head), MONDAY + timedelta(days=139))
    assert [look.seen.p for look in early] == [look.seen.p for look in late][:3]


def test_the_interval_is_wider_where_days_come_in_runs():
    rng = np.random.default_rng(2)
    calm = np.round(np.clip(5 + 2 * rng.normal(size=150), 0, 10))
    runs = np.repeat(rng.integers(0, 11, 30), 5).astype(float)
    ache = np.repeat(rng.integers(0, 2, 30) * 5, 5).astype(float)
    tossed = rng.permutation(ache)
    wide = connection(diary(runs, ache)).interval
    narrow = connection(diary(calm, tossed)).interval
    assert wide[1] - wide[0] > 1.2 * (narrow[1] - narrow[0])
    assert not math.isnan(wide[0])
