"""Journeys and outages: whatever the zone and however long the bot was down, one prompt for each local date."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.runtime.schedule import occurrence_on
from bot.sandbox.clock import SandboxClock
from bot.sandbox.server import serve
from bot.sandbox.telegram import Telegram
from handlers.prompts import CATCH_UP, Planned
from storage.engine import moment
from tests.flows.conftest import START, running

EVENING = time(20)
STEP = timedelta(hours=3)
PLACES = {
    "Auckland": "Pacific/Auckland",
    "Honolulu": "Pacific/Honolulu",
    "Apia": "Pacific/Apia",
    "Kathmandu": "Asia/Kathmandu",
    "London": "Europe/London",
    "New York": "America/New_York",
    "Los Angeles": "America/Los_Angeles",
    "Tokyo": "Asia/Tokyo",
}

journeys = st.lists(st.tuples(st.sampled_from(sorted(PLACES)), st.integers(1, 30)), min_size=2, max_size=4)


def asked(patient):
    """Give the prompts that came."""
    return [message for message in patient.from_bot if "How was your day" in message.text]


def evenings(stays):
    """Give each date whose evening comes in some stay, later than any before: flying west asks no date twice."""
    dates = []
    for start, end, zone in stays:
        day = start.astimezone(zone).date() - timedelta(days=1)
        while day <= end.astimezone(zone).date():
            if start < occurrence_on(day, EVENING, zone) <= end and (not dates or day > dates[-1]):
                dates.append(day)
            day += timedelta(days=1)
    return dates


async def moves_to(bot, patient, place):
    await patient.send("/settings")
    await patient.tap(next(label for label in patient.last.buttons if label.startswith("Time zone: ")))
    await patient.send(place)


async def stays_until(bot, end):
    while bot.clock.now() < end:
        await bot.jump(min(bot.clock.now() + STEP, end))


@given(journey=journeys)
@example(journey=[("Auckland", 12), ("Honolulu", 40)])
@example(journey=[("Honolulu", 22), ("Apia", 40)])
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
async def test_who_travels_is_asked_once_for_each_local_date(bot, journey):
    await bot.cleared()
    nora = await bot.onboarded()
    stays = []
    for place, hours in journey:
        await moves_to(bot, nora, place)
        start, end = bot.clock.now(), bot.clock.now() + timedelta(hours=hours)
        await stays_until(bot, end)
        stays.append((start, end, ZoneInfo(PLACES[place])))
    closed = [row for row in await bot.rows("due") if row["kind"] == "checkin" and row["state"] == "done"]
    assert [date.fromisoformat(row["local_date"]) for row in closed] == evenings(stays)
    assert len(asked(nora)) == len(closed)


@pytest.mark.parametrize(
    "away",
    [
        timedelta(minutes=1),
        timedelta(hours=3, minutes=59),
        timedelta(hours=4, minutes=2),
        timedelta(days=1),
        timedelta(days=3, hours=2),
        timedelta(days=7),
    ],
    ids=str,
)
async def test_after_an_outage_only_what_is_not_stale_is_asked_and_the_next_comes_on_time(tmp_path, away):
    telegram = Telegram(SandboxClock(START, frozen=True))
    server = await serve(telegram)
    try:
        async with running(tmp_path / "data", telegram, server) as bot:
            nora = await bot.onboarded()
            await bot.jump(datetime.combine(START.date(), time(19, 59, 30), START.tzinfo))
        telegram.clock.advance(away.total_seconds())
        async with running(tmp_path / "data", telegram, server) as bot:
            await bot.sandbox.wait_idle()
            back = bot.clock.now()
            nora = await bot.sandbox.patient(nora.name)
            bot.patients.append(nora)
            newest = occurrence_on(back.date(), EVENING, START.tzinfo)
            if newest > back:
                newest -= timedelta(days=1)
            in_time = newest > START and back - newest <= CATCH_UP[Planned.CHECKIN]
            assert len(asked(nora)) == int(in_time)
            await bot.jump(newest + timedelta(days=1))
            assert len(asked(nora)) == int(in_time) + 1
            rows = [row for row in await bot.rows("due") if row["kind"] == "checkin"]
            assert len({row["local_date"] for row in rows}) == len(rows)
            assert [moment(row["due_at"]).time() for row in rows] == [EVENING] * len(rows)
    finally:
        await server.close()
