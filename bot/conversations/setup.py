"""The steps that arrange when and where to ask, the same at the start and in the settings."""

import re
from collections.abc import Sequence
from datetime import time
from enum import StrEnum

from bot.clinical.patient import Patient


class Step(StrEnum):
    """One thing to arrange, in the order they are asked."""

    COUNTRY = "country"
    ZONE = "zone"
    TIME = "time"
    WEEKDAY = "weekday"


CHECKIN_TIMES: tuple[time, ...] = (time(9), time(13), time(18), time(19), time(20), time(21))
"""Offered to tap; any minute can be typed."""

COUNTRIES: tuple[str, ...] = ("US", "GB", "CA", "AU", "IE", "NZ", "IN", "DE", "FR", "ES")
"""Offered to tap, as these have their own numbers in the contacts; any country can be typed."""

_SHORTEST_DAY = 3

_CLOCK = re.compile(
    r"^\s*(?P<hour>\d{1,2})(?:[:.h ]?(?P<minute>\d{2}))?\s*(?P<half>[ap])?\.?(?:m\.?)?\s*$", re.IGNORECASE
)

_SPOKEN = re.compile(
    r"^(?:(?P<part>half|(?:a )?quarter|five|ten|twenty|\d{1,2}) (?:minutes )?(?P<side>past|to) )?"
    r"(?P<hour>[a-z]+|\d{1,2})(?: ?o'?clock)? ?(?P<half>[ap])?\.?(?:m\.?)?$"
)
_PARTS = {"half": 30, "quarter": 15, "a quarter": 15, "five": 5, "ten": 10, "twenty": 20}
_HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_PARTS_OF_DAY = (
    (re.compile(r" in the morning$"), " am"),
    (re.compile(r" (?:in the (?:afternoon|evening)|(?<!12 )(?<!twelve )at night)$"), " pm"),
)
_WHOLE = {"noon": time(12), "midday": time(12), "midnight": time(0)}


def following(step: Step, zone_choices: int) -> Step | None:
    """Give the step after `step`; a country with one zone needs no question about it."""
    steps = list(Step)
    position = steps.index(step) + 1
    if steps[position : position + 1] == [Step.ZONE] and zone_choices == 1:
        position += 1
    return steps[position] if position < len(steps) else None


def preceding(step: Step, zone_choices: int) -> Step | None:
    """Give the step before `step`, `None` for the first."""
    steps = list(Step)
    position = steps.index(step) - 1
    if position >= 0 and steps[position] is Step.ZONE and zone_choices == 1:
        position -= 1
    return steps[position] if position >= 0 else None


def time_typed(text: str) -> time | None:
    """Read a time of day such as `19:45`, `7.45 pm`, `1945`, `8pm` or `half past seven`; `None` where it is none.

    Figures alone are those of a 24-hour clock. Words go round twice a day: without am or pm they mean the later half,
    when most check-ins are, and the patient is shown what was read.
    """
    typed = " ".join(text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split()).removeprefix("at ")
    for part_of_day, half_of_day in _PARTS_OF_DAY:
        typed = part_of_day.sub(half_of_day, typed)
    return _WHOLE.get(typed) or _in_figures(typed) or _in_words(typed)


def _in_figures(typed: str) -> time | None:
    found = _CLOCK.match(typed)
    if not found:
        return None
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), (found["half"] or "").lower()
    if half and not 1 <= hour <= 12:  # noqa: PLR2004 -- a clock face has twelve hours
        return None
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    return time(hour, minute) if hour <= 23 and minute <= 59 else None  # noqa: PLR2004 -- hours and minutes of a day


def _in_words(typed: str) -> time | None:
    found = _SPOKEN.match(typed)
    if not found:
        return None
    named, part = found["hour"], found["part"]
    if not named.isdecimal() and named not in _HOURS:
        return None
    hour = int(named) if named.isdecimal() else _HOURS.index(named) + 1
    minutes = 0 if part is None else int(part) if part.isdecimal() else _PARTS[part]
    if hour > 23 or minutes > 59 or (found["half"] and not 1 <= hour <= 12):  # noqa: PLR2004 -- those of a clock
        return None
    if 1 <= hour <= 12:  # noqa: PLR2004 -- a clock face has twelve hours
        hour = hour % 12 + (0 if found["half"] == "a" else 12)
    past = hour * 60 + (-minutes if found["side"] == "to" else minutes)
    return time(past // 60 % 24, past % 60)


def weekday_typed(text: str, names: Sequence[str]) -> int | None:
    """Read a day of the week, whole or its first three letters or more, from `names`; `None` where it is none."""
    typed = text.strip().strip(".").casefold()
    fits = [day for day, name in enumerate(names) if name.casefold().startswith(typed)]
    return fits[0] if len(typed) >= _SHORTEST_DAY and len(fits) == 1 else None


def with_country(patient: Patient, country: str) -> Patient:
    """Give the patient with another country."""
    return patient.model_copy(update={"profile": patient.profile.model_copy(update={"country": country})})


def with_preferences(patient: Patient, **changes: object) -> Patient:
    """Give the patient with other preferences; raises pydantic's `ValidationError` for one that cannot be."""
    kept = patient.preferences.model_dump() | changes
    return patient.model_copy(update={"preferences": type(patient.preferences).model_validate(kept)})
