"""Dates as people type them."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from rapidfuzz import fuzz, process

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(
    r"^(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s.\-]*(?:of )?(?P<month>[a-z]{3,9})\.?,?\s*(?P<year>\d{4})?$"
)
_NAMED_FIRST = re.compile(
    r"^(?P<month>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s*(?P<year>\d{4})?$"
)
_ISO = re.compile(r"^(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})$")
_NUMBERS = re.compile(r"^(?P<first>\d{1,2})[./](?P<second>\d{1,2})(?:[./](?P<year>\d{4}))?$")
_WEEKDAY = re.compile(r"^(?P<which>next |this |coming )?(?P<name>[a-z]{3,10})$")
_WORDS = {"today": 0, "tomorrow": 1, "yesterday": -1}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEK = 7
_ALIKE = 85
"""Of 100: lets `tomorow` and `wensday` through, and keeps `today` from `monday`; set by hand."""
_FEWEST_LETTERS_FOR_SLIPS = 5


def date_typed(text: str, today: date, *, future: bool = False) -> date | None:
    """Read a date as `dates_typed` does; `None` where it is none, or could be two."""
    read = dates_typed(text, today, future=future)
    return read[0] if len(read) == 1 else None


def dates_typed(text: str, today: date, *, future: bool = False) -> tuple[date, ...]:
    """Give each day that may be meant by `31 March 2026`, `Mar 3`, `2026-03-31`, `31/3`, `tomorow`; none where it is no date.

    Without a year it is the nearest such day up to today, or from today on where `future` is set. With `future` it
    may be a day of the week too. `3/4` is two days, and so is `next Friday` while this week's is to come.
    """
    typed = " ".join(text.lower().split()).strip(".,!").removeprefix("on ")
    if found := _ISO.match(typed):
        made = _made(int(found["year"]), int(found["month"]), int(found["day"]))
        return (made,) if made else ()
    if found := _NUMBERS.match(typed):
        first, second, year = int(found["first"]), int(found["second"]), found["year"]
        return tuple(dict.fromkeys(_both_ways(first, second, year, today, future=future)))
    if found := _NAMED.match(typed) or _NAMED_FIRST.match(typed):
        if found["month"][:3] not in _MONTHS:
            return ()
        month = _MONTHS.index(found["month"][:3]) + 1
        named = _nearest(month, int(found["day"]), found["year"], today, future=future)
        return (named,) if named else ()
    word = _alike(typed, tuple(_WORDS))
    if word is not None:
        return (today + timedelta(days=_WORDS[word]),)
    return tuple(_of_the_week(typed, today)) if future else ()


def _both_ways(first: int, second: int, year: str | None, today: date, *, future: bool) -> Iterator[date]:
    """Give the days that two numbers make, with the day first and with the month first."""
    for month, day in ((second, first), (first, second)):
        made = _nearest(month, day, year, today, future=future)
        if made is not None:
            yield made


def _of_the_week(typed: str, today: date) -> Iterator[date]:
    """Give the days that a day of the week may mean: today's own name may be a week from now."""
    found = _WEEKDAY.match(typed)
    name = _weekday(found["name"]) if found else None
    if found is None or name is None:
        return
    coming = today + timedelta(days=(_WEEKDAYS.index(name) - today.weekday()) % _WEEK)
    if (found["which"] or "") == "next ":
        this_week = coming.isocalendar().week == today.isocalendar().week
        if coming != today:
            yield coming
        if this_week:
            yield coming + timedelta(days=_WEEK)
        return
    yield coming
    if coming == today:
        yield coming + timedelta(days=_WEEK)


def _weekday(typed: str) -> str | None:
    return next((name for name in _WEEKDAYS if name.startswith(typed)), None) or _alike(typed, _WEEKDAYS)


def _alike(typed: str, names: tuple[str, ...]) -> str | None:
    if typed in names:
        return typed
    if len(typed) < _FEWEST_LETTERS_FOR_SLIPS:
        return None
    found = process.extractOne(typed, names, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return found[0] if found else None


def _nearest(month: int, day: int, year: str | None, today: date, *, future: bool) -> date | None:
    if year:
        return _made(int(year), month, day)
    years = (today.year, today.year + 1) if future else (today.year, today.year - 1)
    made = [each for each_year in years if (each := _made(each_year, month, day))]
    return next((each for each in made if (each >= today if future else each <= today)), None)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
