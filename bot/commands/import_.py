"""`python -m bot import FILE`: read an export or another diary's CSV, and say what it would bring."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.reports.imports import BrokenFileError, OutsideDiary, is_export, read_export, read_outside_diary
from bot.reports.preview import preview, problems_text
from bot.words import load_words


def configure(parser: argparse.ArgumentParser) -> None:
    """Take the file and whether it is only looked at."""
    parser.add_argument("file", type=Path, help="diary.json of an export, or a CSV of another diary")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Show what the file holds; 1 where it is broken."""
    words = load_words()
    content = arguments.file.read_bytes()
    now = datetime.now(UTC)
    try:
        if is_export(content):
            kept = read_export(content).check_ins
            found = OutsideDiary(tuple(sorted(kept, key=lambda checkin: checkin.local_date)))
        else:
            found = read_outside_diary(content, now, now.date())
    except BrokenFileError as error:
        sys.stderr.write(problems_text(error.problems, words) + "\n")
        return 1
    sys.stdout.write(preview(found, words) + "\n")
    return 0
