"""The queue of updates: kept until the bot confirms them by offset or a day has passed, as getUpdates promises."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.clock import SandboxClock
from bot.sandbox.errors import RefusedError

KEPT = timedelta(hours=24)
"""Bot API, Getting updates: not kept longer than 24 hours."""
MOST_AT_ONCE = 100
"""Bot API, getUpdates: limit 1-100, defaults to 100."""
LONGEST_POLL_SECONDS = 50
"""Bot API server, Client.cpp: a longer timeout is cut to this."""
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Bot API, getUpdates: an empty list means all types except these."""
FIRST_UPDATE_ID = 100_000_001
EVERY_NTH_ID_IS_LEFT_OUT = 7
"""Identifiers rise, but not always by one: a bot that counts on it should fail here."""
REMEMBERED = 1_000


@dataclass(slots=True)
class Webhook:
    """Where updates are pushed, and how the last push went."""

    url: str
    secret_token: str | None = None
    max_connections: int = 40
    last_error_at: datetime | None = None
    last_error: str | None = None


@dataclass(slots=True)
class Pending:
    """One update that waits: its id, kind and content, and when it came."""

    update_id: int
    body: dict[str, Any]
    created: datetime
    taken: bool = field(default=False)


class Updates:
    """One bot's updates."""

    def __init__(self, clock: SandboxClock, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._next_id = FIRST_UPDATE_ID
        self._pending: deque[Pending] = deque()
        self._again: list[dict[str, Any]] = []
        self._remembered: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        self._allowed: frozenset[str] = frozenset()
        self._poll: asyncio.Future[str] | None = None
        self.webhook: Webhook | None = None
        self.dropped = 0

    def add(self, kind: str, content: object) -> int | None:
        """Queue an update; give its id, or `None` where the bot did not ask for this kind."""
        if (kind not in self._allowed) if self._allowed else (kind in NOT_BY_DEFAULT):
            return None
        update_id = self._next_id
        self._next_id += 2 if update_id % EVERY_NTH_ID_IS_LEFT_OUT == 0 else 1
        body = {"update_id": update_id, kind: content}
        self._pending.append(Pending(update_id, body, self._clock.now()))
        self._remembered.append(body)
        self._wake("")
        return update_id

    def deliver_again(self, update_id: int | None = None) -> int:
        """Hand out an update once more although it was confirmed: the last, or a given one.

        Raises `LookupError` where there is none.
        """
        for body in reversed(self._remembered):
            if update_id in (None, body["update_id"]):
                self._again.append(body)
                self._wake("")
                return int(body["update_id"])
        raise LookupError(f"no update {update_id} to deliver again")

    def allow(self, kinds: Iterable[str] | None) -> None:
        """Set which kinds are queued from now on; `None` keeps what was set before."""
        if kinds is not None:
            self._allowed = frozenset(kinds)

    async def poll(self, offset: int, limit: int, timeout: float) -> list[dict[str, Any]]:  # noqa: ASYNC109
        """Answer one getUpdates call; raises `RefusedError` where another poll takes over or a webhook is set."""
        if self.webhook is not None:
            raise RefusedError("webhook_active")
        self._wake("other_poll")
        self.confirm(offset)
        limit = limit if 1 <= limit <= MOST_AT_ONCE else MOST_AT_ONCE
        ready = self._ready(limit)
        if ready or timeout <= 0:
            return ready
        if (reason := await self._wait(min(timeout, LONGEST_POLL_SECONDS))) != "":
            raise RefusedError(reason)
        return self._ready(limit)

    async def _wait(self, seconds: float) -> str:
        """Wait for an update, for the time to pass on either clock, or for a reason to stop."""
        poll: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._poll = poll
        self._changed()
        nap = asyncio.create_task(self._clock.sleep(seconds))
        either: set[asyncio.Future[Any]] = {poll, nap}
        try:
            await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            nap.cancel()
            if self._poll is poll:
                self._poll = None
            self._changed()
        return poll.result() if poll.done() else ""

    def _wake(self, reason: str) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(reason)
        self._changed()

    def confirm(self, offset: int) -> None:
        """Forget what lies before `offset`; a negative one keeps that many from the end."""
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popleft()
        while self._pending and self._pending[0].update_id < offset:
            self._pending.popleft()
        self._changed()

    def _ready(self, limit: int) -> list[dict[str, Any]]:
        self._expire()
        again, self._again = self._again[:limit], self._again[limit:]
        ready = again
        for pending in self._pending:
            if len(ready) >= limit:
                break
            pending.taken = True
            ready.append(pending.body)
        return ready

    def _expire(self) -> None:
        oldest = self._clock.now() - KEPT
        while self._pending and self._pending[0].created < oldest:
            self._pending.popleft()
            self.dropped += 1

    def set_webhook(self, webhook: Webhook | None) -> None:
        """Push from now on, or, with `None`, go back to being polled."""
        self.webhook = webhook
        self._wake("poll_ended_by_webhook" if webhook else "")

    def next_to_push(self) -> dict[str, Any] | None:
        """Give the oldest update that waits for the webhook."""
        ready = self._ready(1)
        return ready[0] if ready else None

    def drop_all(self) -> None:
        """Forget every update that waits."""
        self._pending.clear()
        self._changed()

    @property
    def waiting(self) -> int:
        """How many updates the bot has not confirmed yet."""
        return len(self._pending) + len(self._again)

    @property
    def polled(self) -> bool:
        """Whether a bot is waiting in a long poll right now."""
        return self._poll is not None and not self._poll.done()
