"""Measure the reader on the kept sets: recall, alarms by class, and time a message (`python bench/warning_signs.py`)."""

import argparse
import collections
import json
import pathlib
import sys
import time
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.clinical import warning_signs  # noqa: E402 - the project is not installed where this runs
from bot.clinical.evidence import read_weights  # noqa: E402

ALERT = {"emergency", "same_day"}
KEPT = ROOT / "tests" / "clinical" / "warning_signs"


def right(label: str, level: str) -> bool:
    """Say whether a level fits a label, as the measures count it."""
    if label == "emergency":
        return level == "emergency"
    if label == "urgent":
        return level in ALERT
    return label == "soon" or level not in ALERT


def main() -> None:
    """Print one table for each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "sets", nargs="*", default=sorted(path.stem[9:] for path in KEPT.glob("messages_*.jsonl"))
    )
    parser.add_argument("--weights", type=pathlib.Path, help="weights that were fitted without these sets")
    given = parser.parse_args()
    if given.weights is not None:
        weights = read_weights(given.weights.read_text(encoding="utf-8").splitlines())
        mock.patch.object(warning_signs, "load_weights", return_value=weights).start()
    for name in given.sets:
        rows = [json.loads(line) for line in (KEPT / f"messages_{name}.jsonl").read_text().splitlines()]
        started = time.perf_counter()
        levels = [warning_signs.read_message(row["text"]).level for row in rows]
        spent = 1000 * (time.perf_counter() - started) / len(rows)
        tally: dict[tuple[str, str], list[bool]] = collections.defaultdict(list)
        for row, level in zip(rows, levels, strict=True):
            tally[row["label"], row["class"]].append(right(row["label"], level))
            tally[row["label"], "(all)"].append(right(row["label"], level))
        print(
            f"## {name}: {len(rows)} messages, {spent:.2f} ms each\n\n| label | class | right | of |\n|---|---|---|---|"
        )
        for (label, kind), outcomes in sorted(tally.items()):
            print(f"| {label} | {kind} | {sum(outcomes)} | {len(outcomes)} |")


if __name__ == "__main__":
    main()
