"""Measure the reader on the kept sets: recall, alarms by class, and time a message (`python bench/warning_signs.py`)."""

import collections
import json
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.clinical.warning_signs import read_message  # noqa: E402 - the project is not installed where this runs

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
    for half in (
        "build",
        "unseen",
        "second",
        "second_unseen",
        "third",
        "third_unseen",
        "fourth",
        "fifth",
        "sixth",
    ):
        rows = [json.loads(line) for line in (KEPT / f"messages_{half}.jsonl").read_text().splitlines()]
        started = time.perf_counter()
        levels = [read_message(row["text"]).level for row in rows]
        spent = 1000 * (time.perf_counter() - started) / len(rows)
        tally: dict[tuple[str, str], list[bool]] = collections.defaultdict(list)
        for row, level in zip(rows, levels, strict=True):
            tally[row["label"], row["class"]].append(right(row["label"], level))
            tally[row["label"], "(all)"].append(right(row["label"], level))
        print(
            f"## {half}: {len(rows)} messages, {spent:.2f} ms each\n\n| label | class | right | of |\n|---|---|---|---|"
        )
        for (label, name), outcomes in sorted(tally.items()):
            print(f"| {label} | {name} | {sum(outcomes)} | {len(outcomes)} |")


if __name__ == "__main__":
    main()
