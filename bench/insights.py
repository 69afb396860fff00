"""How often the insights are wrong, and how often they find what is there: simulated diaries over a grid.

`python -m bench.insights` takes some fifteen minutes of one core and prints every cell; `--small` takes less than
one and prints the same measures on fewer diaries; `--per-cell 400` takes an hour and tells single cells apart. Every figure comes from the product's own functions. The status is 1 where a
figure that must hold does not, beyond what chance allows at so many diaries.
"""

import argparse
import itertools
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np

from bench.insights_mechanisms import COMMON_CAUSES, MECHANISMS
from bench.insights_rates import FIRST, SEED, Rates, Targets, counted_odds, diaries, measure, naive_p
from bench.insights_simulators import (
    FACTORS,
    GAPS,
    TRENDS,
    WEEKS,
    Cell,
    Numbers,
    courses,
    simulate,
    with_factors,
)
from bot.diary.connection import Verdict, connection, looks
from bot.diary.factors import factor_signs
from bot.diary.intake import read_diary
from bot.diary.series import Series
from bot.diary.week import FIRST_VERDICT_WEEK, TrendVerdict, weeks

PER_CELL = 50
"""Diaries of each kind: 140,000 in the grid, so that its average is good to 0.1 points and a single kind to three."""
WORST = 8
"""So many kinds with the most false claims are asked again, each with forty times as many fresh diaries."""


def unconnected(*, small: bool) -> list[Cell]:
    """Give the grid of diaries without a link."""
    if small:
        varied = itertools.product(
            (56, 90), (0.5, 0.8), ("none", "step"), ("none", "spike"), ("random20", "bothbad")
        )
        markov = [Cell("markov", *values[:3], values[3], values[4]) for values in varied]
        return [
            *markov,
            *(Cell("attacks", 90, memory, trend) for memory in (0.5, 0.8) for trend in ("none", "hump")),
        ]
    wide = itertools.product((56, 90, 180), (0.3, 0.5, 0.8), TRENDS, WEEKS, GAPS, (0.1, 0.25, 0.5))
    other = itertools.product((56, 90, 180), (0.3, 0.8), TRENDS, ("none",), GAPS, (0.25, 0.5))
    return [*(Cell("markov", *values) for values in wide), *(Cell("attacks", *values) for values in other)]


def connected(*, small: bool) -> list[Cell]:
    """Give diaries with a planted link."""
    main = [Cell(days=days, odds=odds) for days in (90, 180) for odds in (2.0, 3.0, 5.0, 8.0)]
    hard = [
        Cell(days=105, odds=5.0),
        Cell(days=120, odds=5.0),
        Cell(odds=5.0, memory=0.3),
        Cell(odds=5.0, memory=0.8),
        Cell(odds=5.0, memory=0.8, days=180),
        Cell(odds=5.0, headaches=0.1),
        Cell(odds=5.0, headaches=0.5),
        *(Cell(odds=5.0, gaps=gaps) for gaps in (*GAPS[1:], "random10", "good")),
        *(Cell(odds=5.0, trend=trend) for trend in TRENDS if trend != "none"),
        *(Cell("attacks", days, 0.5, odds=odds) for days in (90, 180) for odds in (5.0, 10.0)),
    ]
    return main[2:4] if small else [*main, *hard]


def measure_unconnected(targets: Targets, *, small: bool, count: int) -> None:
    """Print every kind of diary without a link, their means, and the worst kinds again on fresh diaries."""
    print("\n# Unconnected diaries: told of a link all the same")
    found = []
    for cell in unconnected(small=small):
        found.append(measure(cell, count))
        print(found[-1].line(), flush=True)
    usual = [rates for rates in found if rates.cell.trend != "spell"]
    spells = [rates for rates in found if rates.cell.trend == "spell"]
    print("\n# The same, joined: told, strong | naive Pearson on average, at its worst")
    for name in ("family", "days", "memory", "trend", "weekly", "gaps", "headaches"):
        for value in dict.fromkeys(getattr(rates.cell, name) for rates in usual):
            print(joined(f"{name} {value}", [each for each in usual if getattr(each.cell, name) == value]))
    for name, part, limit in (("all but sudden spells", usual, 0.03), ("sudden spells", spells, 0.05)):
        print(joined(name, part))
        if part:
            targets.at_most(f"T1b false claims: {name}", told(part), sum(each.count for each in part), limit)
    if small:
        return
    for name, part, limit in (("all but sudden spells", usual, 0.05), ("sudden spells", spells, 0.06)):
        print(f"\n# The worst kinds again, {name}")
        worst = sorted(part, key=lambda rates: -rates.signs)[:WORST]
        again = [measure(rates.cell, 40 * count, SEED + 1) for rates in worst]
        print(*(rates.line() for rates in again), sep="\n", flush=True)
        top = max(again, key=lambda rates: rates.signs)
        targets.at_most(f"T1 worst kind ({top.cell.name.strip()})", told([top]), top.count, limit)
        strong = max(round(rates.share(Verdict.STRONG_SIGN) * rates.count) for rates in again)
        targets.at_most(f"T2 strong in the worst kind, {name}", strong, top.count, 0.015)


FOUND_AT_LEAST = {
    (90, 3.0): 0.46,
    (90, 5.0): 0.71,
    (105, 5.0): 0.71,
    (120, 5.0): 0.71,
    (90, 8.0): 0.86,
    (180, 2.0): 0.44,
    (180, 3.0): 0.78,
    (180, 5.0): 0.95,
}
"""Share of links that must be found in the usual kind of diary, by days and odds ratio (section 10, T3 to T6)."""


def measure_connected(targets: Targets, *, small: bool, count: int) -> None:
    """Print how often a planted link is found, and how often it is denied."""
    print("\n# Connected diaries: found")
    for cell in connected(small=small):
        rates = measure(cell, 200 if small else max(200, 10 * count))
        print(rates.line(), flush=True)
        least = FOUND_AT_LEAST.get((cell.days, cell.odds))
        if least is None or cell != Cell(days=cell.days, odds=cell.odds):
            continue
        name = f"{cell.days} d, OR {cell.odds:g}"
        targets.at_least(f"T3-T6 found: {name}", told([rates]), rates.count, least)
        if cell.odds >= 5.0:
            denied = round(rates.share(Verdict.NO_SIGN) * rates.count)
            targets.at_most(f"T8 told no sign all the same: {name}", denied, rates.count, 0.025)


def told(part: Sequence[Rates]) -> int:
    """Give how many diaries were told of a link."""
    return sum(round(rates.signs * rates.count) for rates in part)


def joined(name: str, part: Sequence[Rates]) -> str:
    """Give the mean over several kinds of diaries in one line."""
    if not part:
        return f"{name}: none"
    signs = np.mean([rates.signs for rates in part])
    strong = np.mean([rates.share(Verdict.STRONG_SIGN) for rates in part])
    naive = [rates.naive / rates.count for rates in part]
    return f"{name:24} {len(part):5} kinds  {signs:6.2%}  {strong:6.2%}  | {np.mean(naive):6.1%}  {max(naive):6.1%}"


def measure_mechanisms(targets: Targets, *, small: bool, count: int) -> None:
    """Print false claims and found links for mechanisms that no threshold was chosen on."""
    print(
        "\n# Mechanisms of neither simulator: told of a link without one, and found at 4 or more as counted"
    )
    independent: list[Rates] = []
    for family in ("ordinal", "walk", "month") if small else MECHANISMS:
        kinds = [Cell(family, days, memory) for days in (56, 90, 150) for memory in (0.3, 0.8)]
        null = [measure(cell, count) for cell in (kinds[2:4] if small else kinds)]
        line = joined(family, null)
        if family not in COMMON_CAUSES:
            independent += null
            line += found_line(family, (90,) if small else (90, 105, 120), count)
        print(line, flush=True)
    asked = sum(rates.count for rates in independent)
    targets.at_most("mechanisms without a common cause: told of a link", told(independent), asked, 0.05)
    worst = max(independent, key=lambda rates: rates.signs)
    name = f"the worst of them ({worst.cell.name.strip()})"
    targets.at_most(name, told([worst]), worst.count, 0.06, spread=1.5)


def found_line(family: str, lengths: Sequence[int], count: int) -> str:
    """Say how often a link is found that patients of a mechanism count as an odds ratio of 4 or more."""
    odds = odds_for(family)
    counted = counted_odds(*diaries(Cell(family, 120, odds=odds), 200))
    found = [measure(Cell(family, days, odds=odds), count) for days in lengths]
    shares = " / ".join(f"{rates.signs:.0%}" for rates in found)
    return f"  | OR {counted:.1f}: found {shares} in {' / '.join(map(str, lengths))} d"


def odds_for(family: str) -> float:
    """Give the planted odds at which patients of a mechanism count an odds ratio of 4 or more."""
    tried = (3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 25.0, 50.0)
    counts = (counted_odds(*diaries(Cell(family, 120, odds=odds), 200)) for odds in tried)
    return next((odds for odds, counted in zip(tried, counts, strict=False) if counted >= 4.0), tried[-1])


def measure_factors(targets: Targets, *, small: bool) -> None:
    """Print how often a patient is told of a factor that has no effect, and how often one that has is found."""
    print("\n# Factors: eight of them, two pains, same and next day")
    count = 100 if small else 1000
    cells = [Cell(), Cell(memory=0.8, trend="line"), Cell(trend="step"), Cell(days=180)]
    for cell in cells[: 2 if small else 4]:
        false = sum(bool(signs) for signs in factor_runs(cell, count, planted=False))
        targets.at_most(f"T12 any false factor ({cell.name.strip()})", false, count, 0.05)
    for cell in cells[:1] if small else (cells[0], cells[3]):
        for suspects in ((), ("sleep", "stress")):
            runs = list(factor_runs(cell, count, planted=True, suspects=suspects))
            false = sum(bool(names - {"sleep", "stress"}) for names in runs)
            found = [sum(name in names for names in runs) for name in ("sleep", "stress")]
            print(
                f"planted, {cell.days} d, suspects {', '.join(suspects) or 'none'}: any false {false / count:.1%}, "
                f"sleep {found[0] / count:.1%}, stress {found[1] / count:.1%}"
            )
            if suspects and cell.days == 180:
                targets.at_least("T13 sleep found as a suspect, 180 d", found[0], count, 0.60)
                targets.at_least("T13 stress found as a suspect, 180 d", found[1], count, 0.94)


def factor_runs(cell: Cell, count: int, *, planted: bool, suspects: Sequence[str] = ()) -> Iterator[set[str]]:
    """Give for each simulated patient the names of the factors that were told."""
    backs, heads, factors = with_factors(cell, count, SEED, planted=planted)
    recalled = np.zeros(cell.days, dtype=bool)
    for patient in range(count):
        named = {name: values[patient] for name, values in zip(FACTORS, factors, strict=True)}
        signs = factor_signs(Series(FIRST, backs[patient], heads[patient], recalled, named), suspects)
        yield {sign.name for sign in signs}


def measure_weeks(targets: Targets, *, small: bool) -> None:
    """Print how often stable weeks are called worse and slow worsening is called falsely, and what is found."""
    print("\n# This week, and slow worsening")
    count = 150 if small else 2000
    for kind, limit, alarms in (("mix", 0.04, 0.45), ("calm", 0.04, 0.45), ("worst", 0.08, 1.1)):
        worse = compared = naive = called = 0
        for course in _courses(courses(kind, count, SEED).logged()):
            told = [week for week in course if week.verdict is not TrendVerdict.NOT_ENOUGH_DATA]
            worse += sum(week.verdict is TrendVerdict.WORSE for week in told)
            naive += sum(week.change is not None and week.change > 0 for week in told)
            compared += len(told)
            called += sum(week.worsening for week in course)
        print(f"{kind}: any rise (naive) {naive / compared:.1%} of stable weeks")
        targets.at_most(f"T17 stable weeks called worse: {kind}", worse, compared, limit, spread=1.5)
        years = count * (364 - 7 * FIRST_VERDICT_WEEK) / 365.25
        print(
            f"{kind}: slow worsening called falsely {called / years:.2f} times a patient-year (must: {alarms})"
        )
        targets.failed += called / years > alarms + 2 * math.sqrt(alarms / years)
    rng = np.random.default_rng(SEED)
    at = rng.integers(84, 280, count)
    base = courses("mix", count, SEED + 1)
    for step, must in ((2.0, 0.54), (3.0, 0.78)):
        found = [
            sum(
                any(week.worsening and start <= 7 * week.number + 6 < start + within for week in course)
                for start, course in zip(at, _courses(base.logged(step, at)), strict=True)
            )
            for within in (14, 21, 28)
        ]
        print(
            f"step of {step:g}: found within 14 / 21 / 28 days "
            + " / ".join(f"{hits / count:.0%}" for hits in found)
        )
        targets.at_least(f"T18 step of {step:g} points found within 28 days", found[2], count, must)


def _courses(scores: Numbers) -> Iterator[tuple[object, ...]]:
    recalled = np.zeros(scores.shape[1], dtype=bool)
    empty = np.full(scores.shape[1], np.nan)
    for row in scores:
        yield weeks(Series(FIRST, row, empty, recalled), row)


def measure_looks(targets: Targets, *, small: bool) -> None:
    """Print how many unconnected patients are ever told of a link in a year of looks."""
    print("\n# A year of looks, every 28 days")
    count = 40 if small else 600
    kinds = [
        Cell(days=364),
        Cell(days=364, memory=0.8, trend="line"),
        Cell(days=364, trend="step"),
        Cell("attacks", 364, 0.8),
    ]
    for cell in kinds[: 1 if small else 4]:
        backs, heads = simulate(cell, count, SEED)
        recalled = np.zeros(cell.days, dtype=bool)
        some = strong = 0
        for back, head in zip(backs, heads, strict=True):
            told = [
                look.told for look in looks(Series(FIRST, back, head, recalled), FIRST + timedelta(days=364))
            ]
            some += any(verdict.is_sign for verdict in told)
            strong += Verdict.STRONG_SIGN in told
        targets.at_most(f"T15 ever told of a link ({cell.name.strip()})", some, count, 0.10, spread=1.5)
        targets.at_most(f"T15 ever told strong ({cell.name.strip()})", strong, count, 0.05, spread=1.5)


def measure_intervals(targets: Targets, *, small: bool) -> None:
    """Print how often the clinician's interval holds the true gap in risk, measured on far more diaries."""
    print("\n# The clinician's interval: holds the true gap")
    count = 200 if small else 1000
    for cell in (
        Cell(),
        Cell(memory=0.8),
        Cell(odds=3.0),
        Cell(odds=5.0, memory=0.8),
        Cell(days=180, odds=3.0),
    ):
        backs, heads = simulate(Cell(cell.family, cell.days, cell.memory, odds=cell.odds), count, SEED)
        all_backs, all_heads = simulate(Cell(cell.family, 2000, cell.memory, odds=cell.odds), 400, SEED + 2)
        recalled = np.zeros(cell.days, dtype=bool)
        asked = held = 0
        true: dict[float, float] = {}
        for back, head in zip(backs, heads, strict=True):
            seen = connection(Series(FIRST, back, head, recalled))
            if seen.interval is None or seen.table is None:
                continue
            cut = seen.table.cut
            if cut not in true:
                bad, ache = all_backs >= cut, all_heads > 0
                true[cut] = float(ache[bad].mean() - ache[(all_backs < cut)].mean())
            asked += 1
            held += seen.interval[0] <= true[cut] <= seen.interval[1]
        targets.at_least(f"T16 coverage ({cell.name.strip()})", held, asked, 0.91)


def measure_time() -> None:
    """Print what one diary costs: connection, weeks and factors together."""
    print("\n# Time for one diary, everything asked, one core")
    for days in (90, 180, 365):
        cell = Cell(days=days)
        backs, heads, factors = with_factors(cell, 20, SEED, planted=False)
        spent = []
        for patient in range(20):
            named = {name: values[patient] for name, values in zip(FACTORS, factors, strict=True)}
            diary = Series(FIRST, backs[patient], heads[patient], np.zeros(days, dtype=bool), named)
            start = time.process_time()
            connection(diary)
            middle = time.process_time()
            weeks(diary, diary.back_pain)
            factor_signs(diary)
            spent.append((1000 * (middle - start), 1000 * (time.process_time() - start)))
        one, everything = np.median(np.array(spent), axis=0)
        print(f"{days} days: connection {one:.2f} ms, with weeks and eight factors {everything:.2f} ms")


def pair_strangers(file: Path) -> None:
    """Pair each person's back pain with other people's headaches: the only null with real structure (section 11)."""
    people = [
        read_diary(line).series for line in file.read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    told: Counter[Verdict] = Counter()
    naive = tested = 0
    for one, other in itertools.permutations(people, 2):
        length = min(len(one), len(other))
        pair = Series(one.first, one.back_pain[:length], other.headache[:length], one.recalled[:length])
        verdict = connection(pair).verdict
        told[verdict] += 1
        if verdict is not Verdict.NOT_ENOUGH_DATA:
            tested += 1
            naive += naive_p(pair.back_pain, pair.headache) < 0.05
    print(json.dumps({verdict.value: count for verdict, count in told.items()}))
    signs = told[Verdict.SOME_SIGN] + told[Verdict.STRONG_SIGN]
    print(
        f"of {tested} pairs with enough days told of a link: {signs / max(1, tested):.1%}; naive {naive / max(1, tested):.1%}"
    )


def main() -> int:
    """Run the bench and give 1 where a target is missed."""
    parser = argparse.ArgumentParser(description="Measure the insights on simulated diaries.")
    parser.add_argument("--small", action="store_true", help="under a minute, for every change")
    parser.add_argument("--per-cell", type=int, default=None, help="diaries in each cell of the null grid")
    parser.add_argument(
        "--strangers", type=Path, help="pair the people of a file in the format of insights --jsonl"
    )
    arguments = parser.parse_args()
    if arguments.strangers:
        pair_strangers(arguments.strangers)
        return 0
    start = time.monotonic()
    targets = Targets()
    per_cell = arguments.per_cell or (150 if arguments.small else PER_CELL)
    measure_unconnected(targets, small=arguments.small, count=per_cell)
    measure_connected(targets, small=arguments.small, count=per_cell)
    measure_mechanisms(targets, small=arguments.small, count=per_cell if arguments.small else 4 * per_cell)
    measure_factors(targets, small=arguments.small)
    measure_weeks(targets, small=arguments.small)
    measure_looks(targets, small=arguments.small)
    measure_intervals(targets, small=arguments.small)
    measure_time()
    print(f"\n{targets.failed} targets missed; {time.monotonic() - start:.0f} s")
    return 1 if targets.failed else 0


if __name__ == "__main__":
    sys.exit(main())
