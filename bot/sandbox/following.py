"""The sandbox's clock, followed from another process: a bot under test jumps when the sandbox jumps."""

import asyncio
import contextlib
from datetime import datetime
from typing import Any, Self

import aiohttp

from bot.sandbox.clock import SandboxClock

LONG_POLL_SECONDS = 30
PAUSE_SECONDS = 0.5


class FollowingClock(SandboxClock):
    """A `bot.clock.Clock` that shows what the sandbox at `address` shows.

    Enter it before it is asked for the time: `async with FollowingClock(address) as clock`. Entering raises
    `aiohttp.ClientError` where there is no sandbox; one that is gone later leaves the clock running as it was.
    """

    def __init__(self, address: str) -> None:
        super().__init__()
        self.moves = -1
        self._address = address
        self._task: asyncio.Task[None] | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        session = aiohttp.ClientSession()
        try:
            heard = self._set(await self._ask(session, "0"))
        except aiohttp.ClientError:
            await session.close()
            raise
        self._session = session
        self._task = asyncio.create_task(self._follow(session, heard))
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._session is not None:
            await self._session.close()

    async def _follow(self, session: aiohttp.ClientSession, heard: int) -> None:
        while True:
            try:
                heard = self._set(await self._ask(session, f"{LONG_POLL_SECONDS}&moves={heard}"))
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(PAUSE_SECONDS)

    async def _ask(self, session: aiohttp.ClientSession, wait: str) -> dict[str, Any]:
        async with session.get(f"{self._address}/sandbox/clock?wait={wait}") as response:
            response.raise_for_status()
            answer: dict[str, Any] = await response.json()
            return answer

    def _set(self, answer: dict[str, Any]) -> int:
        if answer["frozen"] and not self.frozen:
            self.freeze()
        if answer["moves"] != self.moves or self.frozen:
            self.jump_to(datetime.fromisoformat(answer["now"]))
        self.moves = int(answer["moves"])
        return self.moves
