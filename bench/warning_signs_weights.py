"""Fit the weights of the evidence to the build messages and write them (`python bench/warning_signs_weights.py`).

Logistic regression with a penalty on large weights, by L-BFGS from zero: the same messages always give the same
weights. One fit tells loud messages from quiet ones, one tells emergencies from what can wait for hours, and one for
each kind tells its messages from quiet ones. `--without SET --out FILE` leaves a writer out, for
`python bench/warning_signs.py --weights FILE SET` to measure what the product would find of theirs.
"""

import argparse
import collections
import json
import pathlib
import random
import sys
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.clinical.evidence import ANY, NOW, evenness  # noqa: E402 - not installed where this runs
from bot.clinical.warning_signs import message_features  # noqa: E402
from bot.faq.examples import load_out_of_scope, load_phrasings  # noqa: E402

KEPT = ROOT / "tests" / "clinical" / "warning_signs"
CONTENT = ROOT / "bot" / "content" / "en" / "warning_signs"
LOUD = {"emergency", "urgent"}
WRITERS = tuple(
    f"writer_{name}"
    for name in (*"abcdefghijklmoprstvwxyz", "aa", "bb", "cc", "dd", "ee", "ff", "hh", "ii", "jj", "kk")
)
OURS = (
    "build",
    "unseen",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
)
SETS = (*OURS, *WRITERS)
SEEN_AT_LEAST = 3
PENALTY = {ANY: 1.0, NOW: 2.0}
KIND_PENALTY = 0.5
ROUTINE_COUNTS = 5.0
"""How often a routine complaint counts: they are what people mostly write, and the sets hold few."""
JOINED, LONGEST_PART = 130, 40
"""How many longer messages of a kind are made of a set, and the most words of a part."""
JOINED_SET, ASKED_SET = "joined", "asked"
COUNTS = {JOINED_SET: 0.4, ASKED_SET: 0.3}
"""How often a message counts that nobody wrote as such, and one that was written for the FAQ."""
STEPS, MEMORY, STILL = 60, 8, 1e-3
MOST, MOST_OF_A_KIND = 60_000, 3_000
"""Weights that are kept, the largest first."""

Row = dict[str, str]
Floats = NDArray[np.float64]


class Problem:
    """Messages as rows of features, to fit weights to."""

    def __init__(self, found: Iterable[set[str]], columns: dict[str, int]) -> None:
        named = [sorted(names) for names in found]
        pairs = [(row, columns[name]) for row, names in enumerate(named) for name in names if name in columns]
        self.size, self.width = len(named), len(columns)
        self.row, self.column = (np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True))
        self.value = np.array([evenness(len(names)) for names in named])[self.row]

    def totals(self, weights: Floats) -> Floats:
        """Give the sum of each message; the last weight is where all start."""
        sums = np.bincount(self.row, self.value * weights[self.column], self.size)
        return np.asarray(sums + weights[-1], dtype=float)

    def part(self, rows: NDArray[np.bool_]) -> "Problem":
        """Give the problem of some of the messages."""
        some, number = Problem.__new__(Problem), np.cumsum(rows) - 1
        kept = rows[self.row]
        some.size, some.width = int(rows.sum()), self.width
        some.row, some.column, some.value = number[self.row[kept]], self.column[kept], self.value[kept]
        return some

    def fitted(self, loud: Floats, counts: Floats, penalty: float) -> Floats:
        """Give the weights that tell the loud messages from the others."""

        def cost(weights: Floats) -> tuple[float, Floats]:
            total = self.totals(weights)
            lost = np.logaddexp(0, total) - loud * total
            wrong = counts * (1 / (1 + np.exp(-total)) - loud)
            slope = np.append(np.bincount(self.column, self.value * wrong[self.row], self.width), wrong.sum())
            slope[:-1] += penalty * weights[:-1]
            return float(counts @ lost + penalty / 2 * weights[:-1] @ weights[:-1]), slope

        return descended(cost, np.zeros(self.width + 1))


def descended(cost: Callable[[Floats], tuple[float, Floats]], weights: Floats) -> Floats:
    """Give where a smooth cost is least, by L-BFGS with a halved step until the cost falls."""
    steps: collections.deque[tuple[Floats, Floats]] = collections.deque(maxlen=MEMORY)
    paid, slope = cost(weights)
    for _ in range(STEPS):
        move = -_turned(slope, steps)
        rate = 1.0 if steps else 1 / max(1.0, float(np.abs(slope).sum()))
        while True:
            tried, tried_slope = cost(weights + rate * move)
            if tried <= paid + 1e-4 * rate * float(slope @ move) or rate < 1e-10:
                break
            rate /= 2
        steps.append((rate * move, tried_slope - slope))
        weights, saved, paid, slope = weights + rate * move, paid - tried, tried, tried_slope
        if saved < STILL * max(1.0, abs(paid)) * 1e-2:
            break
    return weights


def _turned(slope: Floats, steps: Iterable[tuple[Floats, Floats]]) -> Floats:
    """Give the slope as the curvature of the last steps turns it."""
    known = [(step, change, 1 / float(change @ step)) for step, change in steps if change @ step > 0]
    turned, shares = slope.copy(), []
    for step, change, inverse in reversed(known):
        shares.append(inverse * float(step @ turned))
        turned -= shares[-1] * change
    if known:
        step, change, inverse = known[-1]
        turned /= inverse * float(change @ change)
    for (step, change, inverse), share in zip(known, reversed(shares), strict=True):
        turned += (share - inverse * float(change @ turned)) * step
    return turned


def load_rows(without: Collection[str]) -> list[Row]:
    """Read the messages of all sets that are built with, but for those `without`."""
    return [
        {**json.loads(line), "set": name}
        for name in SETS
        if name not in without
        for line in (KEPT / f"messages_{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def joined(rows: list[Row]) -> Iterator[Row]:
    """Make longer messages of two or three of one set: a routine complaint with another one, or with a sign."""
    chance = random.Random(3)
    for name in dict.fromkeys(row["set"] for row in rows):
        theirs = [row for row in rows if row["set"] == name]
        plain = [
            row for row in theirs if row["label"] == "routine" and len(row["text"].split()) < LONGEST_PART
        ]
        quiet = plain + [row for row in theirs if row["label"] == "none"]
        loud = [row for row in theirs if row["label"] in LOUD]
        for main in (quiet, loud) * JOINED if plain and loud else ():
            parts = [chance.choice(main), *(chance.choice(plain) for _ in range(chance.randint(1, 2)))]
            head = parts[0] if main is loud else plain[0]
            chance.shuffle(parts)
            text = " ".join(part["text"].rstrip(". ") + "." for part in parts)
            yield {**head, "text": text, "set": JOINED_SET}


def asked() -> Iterator[Row]:
    """Give the questions and the other talk that the FAQ is taught with, but for those that tell of a sign.

    `asked_signs.txt` lists those that do, or may. What else the rules take for one is what the evidence must know better.
    """
    signs = set((KEPT / "asked_signs.txt").read_text(encoding="utf-8").splitlines())
    for texts in (*load_phrasings().values(), *load_out_of_scope().values()):
        for text in texts:
            if text not in signs:
                yield {"text": text, "label": "none", "class": "question", "set": ASKED_SET}


class Training:
    """The messages of some sets, with longer ones made of them, and everything that is fitted to them."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = [row for row in rows if row["label"] != "soon"]
        self.rows += [*joined(self.rows), *asked()]
        found = [message_features(row["text"]) for row in self.rows]
        seen = collections.Counter(
            name
            for names, row in zip(found, self.rows, strict=True)
            if row["set"] != JOINED_SET
            for name in names
        )
        self.names = sorted(name for name in seen if seen[name] >= SEEN_AT_LEAST)
        self.problem = Problem(found, {name: number for number, name in enumerate(self.names)})
        kinds = tomllib.loads((CONTENT / "kinds.toml").read_text(encoding="utf-8"))
        of_class = {name: kind for kind, entry in kinds.items() for name in entry["classes"].split()}
        self.kinds = tuple(kinds)
        self.loud = np.array([row["label"] in LOUD for row in self.rows], dtype=float)
        self.now = np.array([row["label"] == "emergency" for row in self.rows], dtype=float)
        self.kind = np.array(
            [of_class.get(row["class"], "") if row["label"] in LOUD else "quiet" for row in self.rows]
        )
        self.counts = np.array(
            [
                (ROUTINE_COUNTS if row["label"] == "routine" else 1.0) * COUNTS.get(row["set"], 1.0)
                for row in self.rows
            ]
        )

    def fitted(self) -> dict[str, Floats]:
        """Give the weights of all kinds."""
        weights = {
            ANY: self._fitted(np.ones(len(self.rows), dtype=bool), self.loud, PENALTY[ANY]),
            NOW: self._fitted(self.loud > 0, self.now, PENALTY[NOW]),
        }
        for kind in self.kinds:
            of_kind = self.kind == kind
            part = of_kind | (self.kind == "quiet")
            weights[kind] = self._fitted(part, of_kind.astype(float), KIND_PENALTY)
        return weights

    def _fitted(self, part: NDArray[np.bool_], target: Floats, penalty: float) -> Floats:
        return self.problem.part(part).fitted(target[part], self.counts[part], penalty)


def kept(weights: Floats, kind: str) -> Floats:
    """Give weights as they are kept: the largest ones, in hundredths."""
    most = MOST if kind in {ANY, NOW} else MOST_OF_A_KIND
    small = np.argsort(-np.abs(weights[:-1]), kind="stable")[most:]
    rounded = weights.round(2)
    rounded[small] = 0
    return rounded


def written(training: Training, weights: dict[str, Floats]) -> str:
    """Give the file of the weights."""
    whole = {kind: (100 * kept(values, kind)).round().astype(int) for kind, values in weights.items()}
    lines = [" ".join(whole), " ".join(str(int(values[-1])) for values in whole.values())]
    for number, name in enumerate(training.names):
        counts = [
            f"{place} {values[number]}" for place, values in enumerate(whole.values()) if values[number]
        ]
        if counts:
            lines.append(f"{name}\t{' '.join(counts)}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Read the sets, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without", nargs="*", default=[], help="sets to leave out")
    parser.add_argument("--out", type=pathlib.Path, default=CONTENT / "weights.tsv")
    given = parser.parse_args()
    training = Training(load_rows(given.without))
    given.out.write_text(written(training, training.fitted()), encoding="utf-8")
    print(f"{len(training.rows)} messages, {len(training.names)} features")


if __name__ == "__main__":
    main()
