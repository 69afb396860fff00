"""Dates as people type them."""

import re
from datetime import date, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(
    r"^(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s.\-]*(?:of )?(?P<month>[a-z]{3,9})\.?,?\s*(?P<year>\d{4})?$"
)
_NAMED_FIRST = re.compile(
    r"^(?P<month>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s*(?P<year>\d{4})?$"
)
_ISO = re.compile(r"^(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})$")
_NUMBERS = re.compile(r"^(?P<first>\d{1,2})[./](?P<second>\d{1,2})[./](?P<year>\d{4})$")
_WORDS = {"today": 0, "tomorrow": 1, "yesterday": -1}


def date_typed(text: str, today: date, *, future: bool = False) -> date | None:
    """Read a date such as `31 March 2026`, `Mar 3`, `2026-03-31` or `31/3/2026`; `None` where it is none.

    Without a year it is the nearest such day up to today, or from today on where `future` is set. `3/4/2026`
    could be two days, and is none.
    """
    typed = " ".join(text.lower().split())
    if typed in _WORDS:
        return today + timedelta(days=_WORDS[typed])
    if found := _ISO.match(typed):
        return _made(int(found["year"]), int(found["month"]), int(found["day"]))
    if found := _NUMBERS.match(typed):
        return _from_numbers(int(found["first"]), int(found["second"]), int(found["year"]))
    found = _NAMED.match(typed) or _NAMED_FIRST.match(typed)
    if not found or found["month"][:3] not in _MONTHS:
        return None
    month, day = _MONTHS.index(found["month"][:3]) + 1, int(found["day"])
    if found["year"]:
        return _made(int(found["year"]), month, day)
    years = (today.year, today.year + 1) if future else (today.year, today.year - 1)
    made = [each for year in years if (each := _made(year, month, day))]
    return next((each for each in made if (each >= today if future else each <= today)), None)


def _from_numbers(first: int, second: int, year: int) -> date | None:
    day_first, month_first = _made(year, second, first), _made(year, first, second)
    if day_first and month_first and day_first != month_first:
        return None
    return day_first or month_first


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
