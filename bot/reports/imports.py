"""A diary from outside: our own export, or the simple CSV of another diary; all of it, or nothing.

A file with a broken line imports nothing. What was found is shown first, and written only after a yes.
"""

import csv
import io
import json
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib import resources

from pydantic import ValidationError

from bot.clinical.answers import AnswerValue, CheckIn, MedicineClass
from bot.reports.exports import FORMAT, VERSION, DiaryExport

LONGEST_FILE = 20_000_000
"""Bytes. Ten years of our own export are about 6 million."""
HIGHEST_SCORE = 10
EARLIEST = date(1950, 1, 1)
_MOST_PROBLEMS = 1000
_CENTURY = 100

_ISO_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_SHORT_DATE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:[T ].*)?")
_SCORE = re.compile(r"(\d{1,2})(?:[.,](\d+))?(?:\s*/\s*10)?")
_EMPTY = frozenset({"", "-", "–", "na", "n/a", "null", "nan"})


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one line, counted from 1; 0 is the whole file. `key` is in `export.problem`."""

    line: int
    key: str
    values: Mapping[str, str] = field(default_factory=dict)


class BrokenFileError(ValueError):
    """A file of which nothing is imported, with all that is wrong in it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} lines need a fix")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class OutsideDiary:
    """The days of another diary, oldest first, as check-ins; and what had to be changed to make them so."""

    check_ins: tuple[CheckIn, ...]
    rounded: int = 0
    unknown_medicines: tuple[str, ...] = ()


def read_export(content: bytes) -> DiaryExport:
    """Read our own JSON export; raises `BrokenFileError`, with the line where JSON itself is broken."""
    text = _decoded(content)
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise BrokenFileError([Problem(error.lineno, "json")]) from error
    except RecursionError as error:
        raise BrokenFileError([Problem(0, "json")]) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BrokenFileError([Problem(0, "other_json")])
    version = document.get("version")
    if isinstance(version, int) and version > VERSION:
        raise BrokenFileError([Problem(0, "version")])
    try:
        return DiaryExport.model_validate_json(text)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False)[:_MOST_PROBLEMS]
        raise BrokenFileError(
            [_field_problem(problem["loc"], problem["msg"]) for problem in problems]
        ) from error


def _field_problem(place: tuple[int | str, ...], message: str) -> Problem:
    return Problem(0, "field", {"field": ".".join(map(str, place)), "reason": message})


def is_export(content: bytes) -> bool:
    """Tell whether a file is JSON, and so our own export, rather than another diary's table."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read_outside_diary(content: bytes, imported_at: datetime, today: date) -> OutsideDiary:
    """Read the CSV of another diary: a date, headache and back pain from 0 to 10, and medicine, each optional.

    The days count as logged when they say, not as recalled: another diary was kept day by day as well. Raises
    `BrokenFileError` with every broken line.
    """
    return _Reading(imported_at, today).read(_decoded(content))


def _decoded(content: bytes) -> str:
    if len(content) > LONGEST_FILE:
        raise BrokenFileError([Problem(0, "too_long")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BrokenFileError([Problem(line, "not_text")]) from error
    if not text.strip():
        raise BrokenFileError([Problem(0, "empty")])
    return text


class _Reading:
    """One file being read; it goes on after a broken line, so that all of them are told at once."""

    def __init__(self, imported_at: datetime, today: date) -> None:
        self._imported_at = imported_at
        self._today = today
        self._problems: list[Problem] = []
        self._rounded = 0
        self._unknown: dict[str, None] = {}
        self._month_first = False

    def read(self, text: str) -> OutsideDiary:
        rows = list(self._rows(text))
        if not rows:
            raise BrokenFileError(self._problems or [Problem(0, "empty")])
        head_line, heads = rows[0]
        columns = self._columns(head_line, heads)
        self._stop_if_broken()
        self._month_first = self._order_of_dates(rows[1:], columns["date"])
        days: dict[date, CheckIn] = {}
        for line, cells in rows[1:]:
            checkin = self._checkin(line, cells, len(heads), columns)
            if checkin is None:
                continue
            if checkin.local_date in days:
                self._problems.append(Problem(line, "date_twice"))
            days[checkin.local_date] = checkin
        self._stop_if_broken()
        ordered = tuple(days[local_date] for local_date in sorted(days))
        return OutsideDiary(ordered, self._rounded, tuple(self._unknown))

    def _stop_if_broken(self) -> None:
        if self._problems:
            raise BrokenFileError(self._problems)

    def _rows(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Give each row that is not empty with the line it starts on."""
        first = text.lstrip("\r\n").splitlines()[0]
        delimiter = max(",;\t", key=first.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        line = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield line, cells
                line = reader.line_num + 1
        except csv.Error:
            self._problems.append(Problem(line, "quotes"))

    def _columns(self, line: int, heads: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        known = {name: kind for kind, names in _lexicon()["columns"].items() for name in names}
        for place, head in enumerate(heads):
            kind = known.get(plain(head))
            if kind and kind in found:
                self._problems.append(Problem(line, "twice"))
            elif kind:
                found[kind] = place
        if "date" not in found:
            self._problems.append(Problem(line, "no_date"))
        elif not {"headache", "back_pain"} & found.keys():
            self._problems.append(Problem(line, "no_pain"))
        return found

    def _order_of_dates(self, rows: Sequence[tuple[int, list[str]]], place: int) -> bool:
        """Tell whether short dates put the month first; where both readings fit, the first such line is a problem."""
        day_first = month_first = True
        unclear: int | None = None
        for line, cells in rows:
            match = _SHORT_DATE.fullmatch(cells[place].strip()) if place < len(cells) else None
            if match:
                unclear = unclear or line
                day_first &= int(match[2]) <= 12  # noqa: PLR2004 - months in a year
                month_first &= int(match[1]) <= 12  # noqa: PLR2004
        if unclear and day_first and month_first:
            self._problems.append(Problem(unclear, "date_unclear"))
        return month_first and not day_first

    def _checkin(
        self, line: int, cells: Sequence[str], width: int, columns: Mapping[str, int]
    ) -> CheckIn | None:
        if len(cells) > width:
            self._problems.append(Problem(line, "cells"))
            return None
        told = {kind: cells[place].strip() if place < len(cells) else "" for kind, place in columns.items()}
        local_date = self._date(line, told["date"])
        answers: dict[str, AnswerValue] = {}
        for kind in ("back_pain", "headache"):
            score = self._score(line, kind, told.get(kind, ""))
            if score is not None:
                answers[kind] = score
        note = told.get("note", "")
        classes, unknown = medicine_classes(told.get("medicine", ""))
        if classes is not None:
            answers.update(_medicine_answers(classes))
        self._unknown.update(dict.fromkeys(unknown))
        note = "; ".join(part for part in (note, *unknown) if part)
        if note:
            answers["note"] = note[:4096]
        if local_date is None:
            return None
        checkin = CheckIn(local_date=local_date)
        for question, value in answers.items():
            checkin = checkin.answered(question, value, self._imported_at)
        return checkin

    def _date(self, line: int, cell: str) -> date | None:
        found = self._parsed_date(cell)
        if found is None or found < EARLIEST:
            self._problems.append(Problem(line, "date"))
            return None
        if found > self._today:
            self._problems.append(Problem(line, "date_future"))
            return None
        return found

    def _parsed_date(self, cell: str) -> date | None:
        match = _ISO_DATE.fullmatch(cell)
        if match:
            parts = (int(match[1]), int(match[2]), int(match[3]))
        else:
            match = _SHORT_DATE.fullmatch(cell)
            if not match:
                return None
            year = int(match[3]) + (2000 if int(match[3]) < _CENTURY else 0)
            month, day = (match[1], match[2]) if self._month_first else (match[2], match[1])
            parts = (year, int(month), int(day))
        try:
            return date(*parts)
        except ValueError:
            return None

    def _score(self, line: int, kind: str, cell: str) -> int | None:
        """Read 0 to 10, also `5/10`, `5.0` and `5,5`; a half is rounded up."""
        if cell.lower() in _EMPTY:
            return None
        match = _SCORE.fullmatch(cell)
        score = float(f"{match[1]}.{match[2] or 0}") if match else None
        if score is None or score > HIGHEST_SCORE:
            self._problems.append(Problem(line, "score", {"column": kind.replace("_", " ")}))
            return None
        whole = int(score + 0.5)
        self._rounded += whole != score
        return whole


def medicine_classes(cell: str) -> tuple[frozenset[MedicineClass] | None, list[str]]:
    """Give the classes named in a cell, empty for none, `None` where it says nothing; and names not known."""
    if cell.strip().lower() in _EMPTY:
        return None, []
    names = [
        (part.strip(), plain(part)) for part in re.split(r"[,;+/&|]|\band\b|\bwith\b", cell) if plain(part)
    ]
    known: set[MedicineClass] = set()
    unknown = []
    said_none = False
    for written, name in names:
        kind = _medicine_kind(name)
        if kind == "none":
            said_none = True
        elif kind:
            known.add(MedicineClass(kind))
        else:
            unknown.append(written)
    if not known and (unknown or not said_none):
        return None, unknown
    return frozenset(known), unknown


def _medicine_kind(name: str) -> str | None:
    """Find the class of a name, also with an amount behind it, such as `ibuprofen 400 mg`."""
    for kind, names in _lexicon()["medicines"].items():
        if name in names or any(
            re.match(rf"{re.escape(known)}\b", name) for known in names if kind != "none"
        ):
            return kind
    return None


def _medicine_answers(classes: frozenset[MedicineClass]) -> dict[str, AnswerValue]:
    """Give the answers of the check-in that say the same."""
    if len(classes) > 1:
        return {
            "medicine": "several",
            "medicine_picks": tuple(sorted(medicine.value for medicine in classes)),
        }
    return {"medicine": next((medicine.value for medicine in classes), "none")}


def plain(text: str) -> str:
    """Give `text` in small letters without marks, with single spaces between words."""
    bare = "".join(
        letter for letter in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(letter)
    )
    return " ".join(re.findall(r"\w+", bare.replace("_", " ")))


@cache
def _lexicon() -> Mapping[str, Mapping[str, list[str]]]:
    content = (resources.files("bot") / "content" / "imports.toml").read_text(encoding="utf-8")
    return tomllib.loads(content)
