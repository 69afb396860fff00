import asyncio
from datetime import timedelta

import aiohttp
import pytest

from bot.sandbox.clock import SandboxClock
from bot.sandbox.following import FollowingClock
from bot.sandbox.server import serve
from bot.sandbox.telegram import Telegram
from tests.sandbox.conftest import START


async def moved(clock: SandboxClock, moves: int) -> None:
    heard = asyncio.Event()
    clock.watch(heard.set)
    while clock.moves != moves:
        await asyncio.wait_for(heard.wait(), 30)
        heard.clear()
        await asyncio.sleep(0)


@pytest.mark.parametrize("frozen", [True, False])
async def test_it_shows_what_the_sandbox_shows_and_jumps_with_it(frozen):
    telegram = Telegram(SandboxClock(START, frozen=frozen))
    server = await serve(telegram)
    async with FollowingClock(server.address) as clock:
        assert clock.frozen == frozen
        assert abs(clock.now() - telegram.clock.now()) < timedelta(seconds=5)
        sleeping = asyncio.create_task(clock.sleep(3600))
        telegram.clock.advance(86_400)
        await moved(clock, 1)
        assert abs(clock.now() - telegram.clock.now()) < timedelta(seconds=5)
        assert clock.now() - START >= timedelta(days=1)
        await asyncio.wait_for(sleeping, 30)
        telegram.clock.jump_to(START)
        await moved(clock, 2)
        assert abs(clock.now() - telegram.clock.now()) < timedelta(seconds=5)
    await server.close()


async def test_without_a_sandbox_it_says_so():
    with pytest.raises(aiohttp.ClientError):
        async with FollowingClock("http://127.0.0.1:9"):
            pass
