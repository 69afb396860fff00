"""A clock to move on: the machine's time plus an offset, so that a patient can jump to next week."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import WeakSet


class SandboxClock:
    """A `bot.clock.Clock` that runs with the machine's clock and can be moved in both directions.

    With `frozen=True` it stands still until it is moved, which makes a test's times exact. Whoever sleeps wakes
    once the clock has passed the moment, whether it ran there or jumped. A jump backwards does not lengthen a
    sleep: what was left to wait is still what is left. `moves` counts the jumps.
    """

    def __init__(self, start: datetime | None = None, *, frozen: bool = False) -> None:
        moment = start or datetime.now(UTC)
        self.frozen = frozen
        self.moves = 0
        self._stands_at = moment.astimezone(UTC)
        self._offset = moment - datetime.now(UTC) if start else timedelta()
        self._sleepers: WeakSet[_Sleeper] = WeakSet()
        self._watchers: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """Give the moment, aware, in UTC."""
        return self._stands_at if self.frozen else datetime.now(UTC) + self._offset

    def freeze(self) -> None:
        """Stand still from now on."""
        self._stands_at = self.now()
        self.frozen = True

    def advance(self, seconds: float) -> None:
        """Move by `seconds`, backwards if negative."""
        self.moves += 1
        step = timedelta(seconds=seconds)
        if self.frozen:
            self._stands_at += step
        else:
            self._offset += step
        for sleeper in tuple(self._sleepers):
            sleeper.deadline += min(step, timedelta())
            sleeper.moved.set()
        for watcher in tuple(self._watchers):
            watcher()

    def jump_to(self, moment: datetime) -> None:
        """Move to `moment`, which must be aware, in either direction."""
        if moment.tzinfo is None:
            raise ValueError("a moment to jump to needs a time zone")
        self.advance((moment - self.now()).total_seconds())

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` after each jump."""
        self._watchers.append(watcher)

    def sleep(self, seconds: float) -> Coroutine[Any, Any, None]:
        """Return when the clock has moved on by `seconds` from this call on, however it moved."""
        sleeper = _Sleeper(self.now() + timedelta(seconds=seconds))
        self._sleepers.add(sleeper)
        return self._sleep(sleeper)

    async def _sleep(self, sleeper: "_Sleeper") -> None:
        try:
            await asyncio.sleep(0)
            while (left := (sleeper.deadline - self.now()).total_seconds()) > 0:
                sleeper.moved.clear()
                try:
                    await asyncio.wait_for(sleeper.moved.wait(), None if self.frozen else left)
                except TimeoutError:
                    continue
        finally:
            self._sleepers.discard(sleeper)


class _Sleeper:
    """One waiting task: until when, and the sign that the clock was moved."""

    def __init__(self, deadline: datetime) -> None:
        self.deadline = deadline
        self.moved = asyncio.Event()
