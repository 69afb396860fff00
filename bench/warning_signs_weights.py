"""Fit the weights of the evidence to the build messages and write them (`python bench/warning_signs_weights.py`).

Logistic regression with a penalty on large weights, by gradient steps from zero: the same messages always give the same
weights. `--only build second ...` names the sets, `--out FILE` another file than the product's own.
"""

import argparse
import collections
import json
import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.clinical.evidence import BIAS, evenness  # noqa: E402 - the project is not installed where this runs
from bot.clinical.warning_signs import message_features  # noqa: E402

KEPT = ROOT / "tests" / "clinical" / "warning_signs"
WEIGHTS = ROOT / "bot" / "content" / "en" / "warning_signs" / "weights.json"
LOUD = {"emergency", "urgent"}
SETS = ("build", "unseen", "second", "third", "fourth", "fifth", "sixth")
SEEN_AT_LEAST = 2
PENALTY = 3.0
ROUTINE_COUNTS = 4.0
"""How often a routine complaint counts: they are what people mostly write, and the sets hold few."""
STEPS, RATE = 400, 0.05
SMALLEST = 0.02


def fit(rows: list[dict[str, str]]) -> dict[str, float]:
    """Give the weights that tell the loud messages among `rows` from the quiet ones; `soon` counts as neither."""
    rows = [row for row in rows if row["label"] != "soon"]
    found = [sorted(message_features(row["text"])) for row in rows]
    seen = collections.Counter(name for names in found for name in names)
    columns = {
        name: number for number, name in enumerate(sorted(n for n in seen if seen[n] >= SEEN_AT_LEAST))
    }
    pairs = [(row, columns[name]) for row, names in enumerate(found) for name in names if name in columns]
    at, column = (np.array(side) for side in zip(*pairs, strict=True))
    even = np.array([evenness(len(names)) for names in found])[at]
    loud = np.array([row["label"] in LOUD for row in rows], dtype=float)
    counts = np.array([ROUTINE_COUNTS if row["label"] == "routine" else 1.0 for row in rows])
    weights, bias = np.zeros(len(columns)), 0.0
    mean, spread = np.zeros(len(columns) + 1), np.zeros(len(columns) + 1)
    for step in range(1, STEPS + 1):
        total = bias + np.bincount(at, even * weights[column], len(rows))
        wrong = counts * (1 / (1 + np.exp(-total)) - loud)
        slope = np.append(
            np.bincount(column, even * wrong[at], len(columns)) + PENALTY * weights, wrong.sum()
        )
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.999 * spread + 0.001 * slope**2
        move = RATE * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-8)
        weights, bias = weights - move[:-1], bias - move[-1]
    kept = {name: round(float(weights[n]), 2) for name, n in columns.items() if abs(weights[n]) >= SMALLEST}
    return {BIAS: round(float(bias), 2)} | kept


def main() -> None:
    """Read the sets, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", default=SETS)
    parser.add_argument("--out", type=pathlib.Path, default=WEIGHTS)
    given = parser.parse_args()
    rows = [
        json.loads(line)
        for name in given.only
        for line in (KEPT / f"messages_{name}.jsonl").read_text().splitlines()
    ]
    weights = fit(rows)
    given.out.write_text(json.dumps(weights, ensure_ascii=False, indent=0, sort_keys=True) + "\n")
    print(f"{len(rows)} messages, {len(weights)} weights")


if __name__ == "__main__":
    main()
