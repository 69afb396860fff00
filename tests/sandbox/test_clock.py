import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.sandbox.clock import SandboxClock

START = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


async def asleep(clock: SandboxClock, seconds: float) -> asyncio.Task[None]:
    task = asyncio.create_task(clock.sleep(seconds))
    await let_run()
    return task


async def let_run() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_frozen_it_moves_only_when_moved():
    clock = SandboxClock(START, frozen=True)
    assert clock.now() == START
    clock.advance(90)
    assert clock.now() == START + timedelta(seconds=90)
    clock.jump_to(START - timedelta(days=1))
    assert clock.now() == START - timedelta(days=1)


def test_running_it_goes_on_from_where_it_was_put():
    clock = SandboxClock(START)
    first = clock.now()
    assert timedelta() <= first - START < timedelta(minutes=1)
    clock.jump_to(START + timedelta(days=7))
    assert timedelta(days=7) <= clock.now() - START < timedelta(days=7, minutes=1)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        SandboxClock(START).jump_to(datetime(2026, 3, 2))  # noqa: DTZ001 - the mistake under test


@pytest.mark.parametrize("frozen", [True, False])
async def test_a_sleeper_wakes_when_the_clock_jumps_past(frozen):
    clock = SandboxClock(START, frozen=frozen)
    task = await asleep(clock, 3600)
    clock.advance(3590)
    await let_run()
    assert not task.done()
    clock.advance(11)
    await asyncio.wait_for(task, 30)


async def test_a_jump_back_does_not_lengthen_a_sleep():
    clock = SandboxClock(START, frozen=True)
    task = await asleep(clock, 20)
    clock.advance(-3600)
    clock.advance(20)
    await asyncio.wait_for(task, 30)


async def test_a_jump_back_does_not_lengthen_a_sleep_that_has_not_begun():
    clock = SandboxClock(START, frozen=True)
    sleep = clock.sleep(20)
    clock.advance(-3600)
    task = asyncio.create_task(sleep)
    await let_run()
    clock.advance(20)
    await asyncio.wait_for(task, 5)


async def test_running_it_lets_a_short_sleep_end_by_itself():
    await asyncio.wait_for(SandboxClock(START).sleep(0.001), 30)


def test_a_watcher_hears_of_each_jump():
    clock = SandboxClock(START, frozen=True)
    heard = []
    clock.watch(lambda: heard.append(clock.now()))
    clock.advance(1)
    assert heard == [START + timedelta(seconds=1)]
