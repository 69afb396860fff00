"""`python -m bot insights`: what a diary shows, for one file in words or for many lines in JSON."""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from bot.diary.connection import Connection, connection
from bot.diary.factors import FactorSign, factor_signs
from bot.diary.intake import BrokenDiaryError, NamedDiary, read_days, read_diary, read_text
from bot.diary.series import Series
from bot.diary.surprise import FEWEST_DAYS
from bot.diary.week import WEEK, TrendVerdict, Week, weeks
from bot.diary.wording import connection_for_clinician, connection_text, factors_text, week_text
from bot.words import load_words

BAD_INPUT = 2
"""Exit status where a file or a line could not be read."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument(
        "file", nargs="?", type=Path, help="one diary: CSV with a heading, or JSON, a day a line"
    )
    parser.add_argument(
        "--jsonl", action="store_true", help="read many diaries, one a line, and write one result a line"
    )
    parser.add_argument(
        "--suspect",
        action="append",
        default=[],
        metavar="NAME",
        help="a factor named beforehand; two at most",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, answer, and give 0, or 2 where something could not be read."""
    if arguments.jsonl:
        if arguments.file is None:
            return answer_lines(sys.stdin.buffer, sys.stdout, sys.stderr)
        try:
            with arguments.file.open("rb") as lines:
                return answer_lines(lines, sys.stdout, sys.stderr)
        except OSError as error:
            return _refuse(arguments.file, error)
    if arguments.file is None:
        sys.stderr.write("insights: give a FILE, or --jsonl to read many diaries from standard input\n")
        return BAD_INPUT
    try:
        diary = read_days(read_text(arguments.file.read_bytes()))
    except (OSError, BrokenDiaryError) as error:
        return _refuse(arguments.file, error)
    sys.stdout.write(in_words(diary, arguments.suspect) + "\n")
    return 0


def answer_lines(lines: Iterable[bytes], results: TextIO, problems: TextIO) -> int:
    """Answer each line as it comes; a broken one is named with its number, the others are still answered."""
    status = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            results.write(json.dumps(in_numbers(read_diary(line))) + "\n")
        except BrokenDiaryError as error:
            problems.write(f"line {number}: {error}\n")
            status = BAD_INPUT
    return status


def in_numbers(diary: NamedDiary) -> dict[str, Any]:
    """Give everything that one diary shows, in the shape of the issue's `insights --jsonl`."""
    series = diary.series
    return {
        "id": diary.id,
        "connection": _connection(connection(series)),
        "trend": _trend(series),
        "factors": [_factor(sign) for sign in factor_signs(series, diary.suspects)],
    }


def in_words(series: Series, suspects: Iterable[str] = ()) -> str:
    """Say what one diary shows, as the bot would, with the clinician's line at the end."""
    words = load_words()
    seen = connection(series)
    paragraphs = [connection_text(words, seen)]
    if seen.p is None:
        paragraphs.append(words.text("insights.connection.not_enough.studies"))
    pain, course = _course(series)
    if course:
        paragraphs.append(week_text(words, course[-1], pain))
    if series.factors and seen.n_days >= FEWEST_DAYS:
        paragraphs.append(factors_text(words, factor_signs(series, tuple(suspects))))
    paragraphs.append(connection_for_clinician(words, seen))
    return "\n\n".join(paragraphs)


def _course(series: Series) -> tuple[str, tuple[Week, ...]]:
    """Give the weeks of back pain, or of headache where the diary has no back pain."""
    pain = "headache" if np.isnan(series.back_pain).all() else "back_pain"
    return pain, weeks(series, series.back_pain if pain == "back_pain" else series.headache)


def _connection(seen: Connection) -> dict[str, Any]:
    table = seen.table
    return {
        "verdict": seen.verdict,
        "n_days": seen.n_days,
        "headache_days": seen.headache_days,
        "r": seen.r,
        "p": seen.p,
        "p_sharper": seen.p_sharper,
        "dof": seen.dof,
        "r_up": seen.upper,
        "shift": seen.shift,
        "shift_date": seen.shift_date and seen.shift_date.isoformat(),
        "spell": seen.spell and [on.isoformat() for on in seen.spell],
        "cut": table and table.cut,
        "table": table and [table.bad_with_headache, table.bad, table.other_with_headache, table.other],
        "gap_interval": seen.interval,
    }


def _trend(series: Series) -> dict[str, Any]:
    pain, course = _course(series)
    return {
        "verdict": course[-1].verdict if course else TrendVerdict.NOT_ENOUGH_DATA,
        "outcome": pain,
        "worse_weeks": [week.number for week in course if week.verdict is TrendVerdict.WORSE],
        "better_weeks": [week.number for week in course if week.verdict is TrendVerdict.BETTER],
        "worsening": [WEEK * week.number + WEEK - 1 for week in course if week.worsening],
    }


def _factor(sign: FactorSign) -> dict[str, Any]:
    return {
        "name": sign.name,
        "outcome": sign.outcome,
        "verdict": sign.verdict,
        "worse_when_high": sign.worse_when_high,
        "lag": sign.lag,
        "suspect": sign.suspect,
        "r": sign.r,
        "p": sign.p,
    }


def _refuse(file: Path, error: Exception) -> int:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    sys.stderr.write(f"{file}: {reason}\n")
    return BAD_INPUT
