"""Diaries from outside, checked once: every later step trusts what this gives.

A day is `{"date", "back_pain", "headache", ...}` with scores 0 to 10, null or no name where not answered. Any
other number or true/false is a factor; words are passed over. `recalled` marks a day filled in afterwards.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.diary.series import Series

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
"""Dates outside are slips of the pen, and would lay out a calendar of thousands of years."""

Score = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]


class BrokenDiaryError(ValueError):
    """What is wrong with a diary, and where, in one sentence."""


class OutsideDay(BaseModel):
    """One day as it is read."""

    model_config = ConfigDict(extra="allow")

    date: Annotated[date, Field(ge=EARLIEST, le=LATEST)]
    back_pain: Score | None = None
    headache: Score | None = None
    recalled: bool = False


class OutsideDiary(BaseModel):
    """One line of many diaries. `suspects` are the factors that the patient named beforehand."""

    model_config = ConfigDict(extra="ignore")

    id: Any = None
    days: list[OutsideDay]
    suspects: list[str] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NamedDiary:
    """A diary that was read, with what its owner suspects."""

    id: Any
    series: Series
    suspects: tuple[str, ...]


def read_text(content: bytes) -> str:
    """Read a file's bytes as UTF-8; raises `BrokenDiaryError` with the line that is not."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise BrokenDiaryError(f"line {number}: not UTF-8 text") from error


def read_diary(line: str | bytes) -> NamedDiary:
    """Read one diary from one line of JSON; raises `BrokenDiaryError`."""
    try:
        diary = OutsideDiary.model_validate(json.loads(line))
    except UnicodeDecodeError as error:
        raise BrokenDiaryError("not UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise BrokenDiaryError(f"not valid JSON ({error.msg} at column {error.colno})") from error
    except RecursionError as error:
        raise BrokenDiaryError("not valid JSON (nested too deep)") from error
    except ValidationError as error:
        raise BrokenDiaryError(_first_problem(error)) from error
    return NamedDiary(diary.id, _laid_out(diary.days), tuple(diary.suspects))


def read_days(text: str) -> Series:
    """Read one diary from CSV with a heading, or from JSON with one day a line; raises `BrokenDiaryError`."""
    lines = text.lstrip("\ufeff").splitlines()
    start = next((place for place, line in enumerate(lines) if line.strip()), None)
    if start is None:
        raise BrokenDiaryError("the file is empty")
    if lines[start].lstrip().startswith("{"):
        return _laid_out(
            [_day(number, _json(number, line)) for number, line in enumerate(lines, 1) if line.strip()]
        )
    return _laid_out(_csv_days("\n".join(lines[start:]), start))


def _csv_days(text: str, lines_before: int) -> list[OutsideDay]:
    reader = csv.DictReader(io.StringIO(text), strict=True)
    days = []
    try:
        if "date" not in (reader.fieldnames or ()):
            raise BrokenDiaryError(
                f"line {lines_before + 1}: the first line must name the columns, one of them date"
            )
        for row in reader:
            number = lines_before + reader.line_num
            if None in row:
                raise BrokenDiaryError(f"line {number}: more fields than the first line names")
            days.append(_day(number, {name: _cell(value) for name, value in row.items()}))
    except csv.Error as error:
        raise BrokenDiaryError(f"line {lines_before + reader.line_num}: not valid CSV ({error})") from error
    return days


def _cell(value: str | None) -> str | float | bool | None:
    text = (value or "").strip()
    if text.lower() in _EMPTY:
        return None
    if text.lower() in _TRUTHS:
        return _TRUTHS[text.lower()]
    try:
        return float(text)
    except ValueError:
        return text


_EMPTY = frozenset({"", "na", "n/a", "null", "none", "nan", "-"})
_TRUTHS = {"true": True, "yes": True, "false": False, "no": False}


def _json(number: int, line: str) -> object:
    try:
        return json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BrokenDiaryError(f"line {number}: not valid JSON") from error


def _day(number: int, values: object) -> OutsideDay:
    try:
        return OutsideDay.model_validate(values)
    except ValidationError as error:
        raise BrokenDiaryError(f"line {number}: {_first_problem(error)}") from error


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_context=False)[0]
    place = problem["loc"]
    words = [f"day {part + 1}" if isinstance(part, int) else str(part) for part in place if part != "days"]
    where = ", ".join(words) or ("days" if place else "")
    said = _NOT_AN_OBJECT if problem["type"] == "model_type" else problem["msg"]
    return f"{where}: {said}" if where else said


_NOT_AN_OBJECT = "must be an object in braces, with names and values"


def _laid_out(days: Sequence[OutsideDay]) -> Series:
    first = min((day.date for day in days), default=EARLIEST)
    length = max(((day.date - first).days for day in days), default=-1) + 1
    recalled = np.zeros(length, dtype=np.bool_)
    rows: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]] = {
        "back_pain": np.full(length, np.nan),
        "headache": np.full(length, np.nan),
    }
    for day in days:
        place = (day.date - first).days
        recalled[place] = day.recalled
        for name, value in (("back_pain", day.back_pain), ("headache", day.headache), *_factors(day).items()):
            if name not in rows:
                rows[name] = np.full(length, np.nan)
            rows[name][place] = np.nan if value is None else value
    return Series(first, rows.pop("back_pain"), rows.pop("headache"), recalled, rows)


def _factors(day: OutsideDay) -> Mapping[str, float]:
    extra = day.__pydantic_extra__ or {}
    return {
        name: float(value)
        for name, value in extra.items()
        if isinstance(value, int | float) and -_LARGEST < value < _LARGEST
    }


_LARGEST = 1e12
"""Numbers beyond are not measures of a day; with them also go infinities and not-a-numbers."""
