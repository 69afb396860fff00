"""Lanes: order within a chat, no waiting between chats, nothing left behind."""

import asyncio
import random

from bot.runtime.lanes import Lanes


async def test_each_chat_is_in_order_and_idle_lanes_are_gone():
    lanes, done = Lanes(8), []
    chance = random.Random(1)

    def job(chat, number):
        async def run():
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)
            done.append((chat, number))

        return run

    for number in range(50):
        for chat in range(20):
            lanes.submit(chat, job(chat, number))
    await lanes.below(1)
    await asyncio.sleep(0)
    assert [number for chat, number in done if chat == 7] == list(range(50))
    assert done != sorted(done)
    assert (lanes.count, lanes.waiting) == (0, 0)


async def test_a_flood_holds_one_place_alone():
    lanes, order = Lanes(2), []
    flood = asyncio.Event()

    async def stuck():
        await flood.wait()

    async def other():
        order.append("other")
        flood.set()

    for _ in range(300):
        lanes.submit(1, stuck)
    lanes.submit(2, other)
    await lanes.below(1)
    assert order == ["other"]


async def test_no_more_than_the_cap_run_at_once():
    lanes, running, most = Lanes(5), 0, 0

    async def job():
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1

    for chat in range(40):
        lanes.submit(chat, job)
    await lanes.below(1)
    assert most == 5


async def test_closing_ends_what_runs_and_begins_nothing():
    lanes, begun = Lanes(1), []

    async def job():
        begun.append(1)
        await asyncio.Event().wait()

    for chat in range(3):
        lanes.submit(chat, job)
    await asyncio.sleep(0)
    await lanes.close(0.01)
    lanes.submit(9, job)
    await asyncio.sleep(0)
    assert begun == [1]
    assert (lanes.count, lanes.waiting) == (0, 0)
