"""Every zone, every local date from 2024 to 2037, and each minute of the day: one prompt, at the wall-clock time.

A zone behaves as on any other day except where its offset changes, so the dates around each change are looked at
minute by minute, and the others are sampled.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runtime.schedule import next_occurrence, occurrence_on

FIRST, LAST = date(2024, 1, 1), date(2037, 12, 31)
DAY = timedelta(days=1)
WEEK = 7 * DAY
MINUTE = timedelta(minutes=1)
EVERY_MINUTE = [time(minute // 60, minute % 60) for minute in range(24 * 60)]
ZONES = sorted(available_timezones() - {"localtime"})


def offset_at(zone: ZoneInfo, moment: datetime) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


@cache
def changes(name: str) -> tuple[datetime, ...]:
    """Give the minutes, in UTC, from which the zone has another offset. None lasts for less than a week."""
    zone = ZoneInfo(name)
    found = []
    late = datetime.combine(FIRST, time(), UTC)
    while late.date() <= LAST:
        early, late = late, late + WEEK
        if offset_at(zone, early) != offset_at(zone, late):
            found.append(_minute_of_change(zone, early, late))
    return tuple(found)


def _minute_of_change(zone: ZoneInfo, early: datetime, late: datetime) -> datetime:
    before = offset_at(zone, early)
    while late - early > MINUTE:
        middle = early + (late - early) // 2 // MINUTE * MINUTE
        if offset_at(zone, middle) == before:
            early = middle
        else:
            late = middle
    return late


@cache
def clocks() -> list[str]:
    """Give one zone for each clock there is: many names are the same."""
    found: dict[tuple, str] = {}
    for name in ZONES:
        zone = ZoneInfo(name)
        offsets = (offset_at(zone, change) for change in changes(name))
        found.setdefault(
            (offset_at(zone, datetime.combine(FIRST, time(), UTC)), changes(name), *offsets), name
        )
    return list(found.values())


def check_day(zone: ZoneInfo, day: date, wall_time: time) -> None:
    moment = occurrence_on(day, wall_time, zone)
    shown = moment.astimezone(zone)
    wall = datetime.combine(day, wall_time)
    if shown.replace(tzinfo=None) == wall:
        assert shown.fold == 0
        return
    assert shown.date() == day
    before = (moment - MINUTE).astimezone(zone).replace(tzinfo=None)
    after = (moment + MINUTE).astimezone(zone).replace(tzinfo=None)
    ends_on_next_day = after.date() > day
    assert (
        (shown.replace(tzinfo=None) < wall < after)
        if ends_on_next_day
        else (before < wall < shown.replace(tzinfo=None))
    )


def test_every_minute_of_the_days_around_every_change_of_every_zone():
    """Changes alike in local time and size are one: what comes before and after them is an ordinary day."""
    looked_at = set()
    for name in clocks():
        zone = ZoneInfo(name)
        for change in changes(name):
            before = (change - MINUTE).astimezone(zone)
            kind = (before.time(), offset_at(zone, change) - offset_at(zone, change - MINUTE))
            if kind in looked_at:
                continue
            looked_at.add(kind)
            for number in range(-1, 3):
                for wall_time in EVERY_MINUTE:
                    check_day(zone, before.date() + DAY * number, wall_time)
    assert len(looked_at) > 15


def test_a_chain_of_prompts_meets_every_local_date_once_in_every_zone():
    for name in clocks():
        zone = ZoneInfo(name)
        for change in changes(name):
            first = change.astimezone(zone).date() - DAY * 2
            for wall_time in (time(0, 0), time(0, 30), time(2, 30), time(23, 30)):
                moment = occurrence_on(first, wall_time, zone)
                met = []
                for _ in range(4):
                    met.append(moment.astimezone(zone).date())
                    moment = next_occurrence(wall_time, zone, moment)
                assert met == [first + DAY * number for number in range(4)]


def test_the_whole_span_day_by_day_in_zones_that_change_at_midnight():
    for name in ("Africa/Cairo", "Asia/Beirut", "America/Santiago", "America/Havana", "Australia/Lord_Howe"):
        zone = ZoneInfo(name)
        moment, expected = occurrence_on(FIRST, time(0, 15), zone), FIRST
        while expected <= LAST:
            assert moment.astimezone(zone).date() == expected
            moment, expected = next_occurrence(time(0, 15), zone, moment), expected + DAY


@given(
    name=st.sampled_from(ZONES),
    day=st.dates(FIRST, LAST),
    wall_time=st.sampled_from(EVERY_MINUTE),
)
def test_any_zone_date_and_minute(name, day, wall_time):
    check_day(ZoneInfo(name), day, wall_time)


@given(
    name=st.sampled_from(ZONES),
    minutes=st.integers(0, 13 * 365 * 24 * 60),
    wall_time=st.sampled_from(EVERY_MINUTE),
    weekday=st.none() | st.integers(0, 6),
)
def test_the_next_one_is_the_first_later_one(name, minutes, wall_time, weekday):
    zone = ZoneInfo(name)
    after = datetime.combine(FIRST, time(), UTC) + MINUTE * minutes
    moment = next_occurrence(wall_time, zone, after, weekday)
    assert moment > after
    assert weekday is None or moment.astimezone(zone).weekday() == weekday
    step = DAY if weekday is None else 7 * DAY
    earlier = occurrence_on(moment.astimezone(zone).date() - step, wall_time, zone)
    assert earlier <= after


@pytest.mark.parametrize(
    ("name", "day", "wall_time", "expected"),
    [
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "2026-03-29T01:00:00+00:00"),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), "2026-10-25T00:30:00+00:00"),
        ("Africa/Cairo", date(2026, 4, 24), time(0, 30), "2026-04-23T22:00:00+00:00"),
        ("Asia/Beirut", date(2026, 3, 29), time(0, 15), "2026-03-28T22:00:00+00:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03T15:30:00+00:00"),
        ("America/Nuuk", date(2024, 3, 30), time(23, 30), "2024-03-31T00:59:00+00:00"),
        ("Pacific/Apia", date(2011, 12, 30), time(9, 0), "2011-12-30T10:00:00+00:00"),
    ],
)
def test_known_gaps_and_overlaps(name, day, wall_time, expected):
    assert occurrence_on(day, wall_time, ZoneInfo(name)).isoformat() == expected
