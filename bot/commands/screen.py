"""`python -m bot screen`: read messages for warning signs, one by hand or many as JSON lines."""

import argparse
import json
import sys
from collections.abc import Iterable

from bot.clinical.warning_signs import Reading, read_message

BAD_INPUT = 2


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument(
        "text", nargs="?", metavar="TEXT", help="one message; without it, standard input is read"
    )
    parser.add_argument(
        "--jsonl",
        action="store_true",
        help='read {"id", "text"} lines and write {"id", "level", "flags", "why"} lines',
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Screen what was given; gives 2 for a line that cannot be read."""
    if arguments.jsonl:
        return _screen_lines(sys.stdin)
    text = arguments.text if arguments.text is not None else sys.stdin.read()
    sys.stdout.write(_shown(read_message(text)))
    return 0


def _shown(reading: Reading) -> str:
    lines = [f"level: {reading.level}", f"flags: {', '.join(sorted(reading.flags)) or '-'}"]
    if reading.unclear:
        lines.append("unclear: ask whether this is happening now")
    lines.extend(f"why: {reason}" for reason in reading.why)
    return "\n".join(lines) + "\n"


def _screen_lines(lines: Iterable[str]) -> int:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            name, text = row["id"], row["text"]
        except (ValueError, KeyError, TypeError) as problem:
            return _refused(number, f"{type(problem).__name__}: {problem}")
        if not isinstance(text, str):
            return _refused(number, "`text` is not a string")
        reading = read_message(text)
        answer = {
            "id": name,
            "level": reading.level,
            "flags": sorted(reading.flags),
            "why": list(reading.why),
        }
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return 0


def _refused(number: int, problem: str) -> int:
    sys.stderr.write(f'line {number} is not a {{"id", "text"}} object: {problem}\n')
    return BAD_INPUT
