"""The clock that is passed in, so that the sandbox can jump to next week and tests need no sleeping."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is, and how to wait. Nothing below `bot/app.py` asks the machine instead."""

    def now(self) -> datetime:
        """Give the moment, aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when the clock has moved on by `seconds`, however it moved."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Give the moment, aware, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds` of real time."""
        await asyncio.sleep(seconds)
