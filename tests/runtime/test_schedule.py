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
EVERY_MINUTE = [time(minute // 60, minute % 60) for minute in range(24 * 60)]
ZONES = sorted(available_timezones() - {"localtime"})


def offset_at(zone: ZoneInfo, day: date) -> timedelta | None:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).astimezone(zone).utcoffset()


@cache
def changes(name: str) -> tuple[date, ...]:
    """Give the dates, in UTC, on which the zone's offset changes."""
    zone = ZoneInfo(name)
    days = [FIRST + DAY * number for number in range((LAST - FIRST).days + 1)]
    offsets = [offset_at(zone, day) for day in days]
    return tuple(day for day, before, after in zip(days, offsets, offsets[1:], strict=False) if before != after)


@cache
def behaviours() -> dict[tuple, str]:
    """Give one zone for each set of changes: many names are the same clock."""
    found: dict[tuple, str] = {}
    for name in ZONES:
        zone = ZoneInfo(name)
        shape = (offset_at(zone, FIRST), *((day, offset_at(zone, day + DAY)) for day in changes(name)))
        found.setdefault(shape, name)
    return found


def check_day(zone: ZoneInfo, day: date, wall_time: time) -> None:
    moment = occurrence_on(day, wall_time, zone)
    shown = moment.astimezone(zone)
    wall = datetime.combine(day, wall_time)
    if shown.replace(tzinfo=None) == wall:
        assert shown.fold == 0
        return
    before = (moment - timedelta(minutes=1)).astimezone(zone).replace(tzinfo=None)
    assert before < wall < shown.replace(tzinfo=None)
    assert shown.date() == day


def test_every_minute_of_the_days_around_every_change_of_every_zone():
    looked_at = set()
    for name in behaviours().values():
        zone = ZoneInfo(name)
        for change in changes(name):
            around = tuple(offset_at(zone, change + DAY * number) for number in range(-2, 4))
            kind = (around, _hour_of(zone, change))
            if kind in looked_at:
                continue
            looked_at.add(kind)
            for number in range(-1, 3):
                for wall_time in EVERY_MINUTE:
                    check_day(zone, change + DAY * number, wall_time)
    assert len(looked_at) > 50


def _hour_of(zone: ZoneInfo, change: date) -> datetime:
    """Find the minute at which the offset changes within a day, as a time of that day."""
    early = datetime(change.year, change.month, change.day, tzinfo=UTC)
    late = early + DAY
    offset = early.astimezone(zone).utcoffset()
    while late - early > timedelta(minutes=1):
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late.replace(year=2000, month=1, day=1)


def test_a_chain_of_prompts_meets_every_local_date_once_in_every_zone():
    for name in behaviours().values():
        zone = ZoneInfo(name)
        for change in changes(name):
            for wall_time in (time(0, 0), time(0, 30), time(2, 30), time(3, 0), time(23, 59)):
                moment = occurrence_on(change - DAY * 3, wall_time, zone)
                met = []
                for _ in range(7):
                    met.append(moment.astimezone(zone).date())
                    moment = next_occurrence(wall_time, zone, moment)
                assert met == [change - DAY * 3 + DAY * number for number in range(7)]


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
    after=st.datetimes(datetime(2024, 1, 1), datetime(2037, 12, 1), timezones=st.just(UTC)),
    wall_time=st.sampled_from(EVERY_MINUTE),
    weekday=st.none() | st.integers(0, 6),
)
def test_the_next_one_is_the_first_later_one(name, after, wall_time, weekday):
    zone = ZoneInfo(name)
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
        ("Pacific/Apia", date(2011, 12, 30), time(9, 0), "2011-12-30T10:00:00+00:00"),
    ],
)
def test_known_gaps_and_overlaps(name, day, wall_time, expected):
    assert occurrence_on(day, wall_time, ZoneInfo(name)).isoformat() == expected
