"""Lanes: what belongs to one chat is done in order, and chats do not wait for each other."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import TypeAlias

from bot.runtime.transport import drain

Job: TypeAlias = Callable[[], Coroutine[None, None, None]]

MOST_AT_ONCE = 64


class Lanes:
    """One queue for each chat that has something to do; a lane with nothing to do is gone.

    The cap on what runs at once is taken inside the lane, so a chat that floods holds one place and no more.
    Jobs must not raise.
    """

    def __init__(self, most_at_once: int = MOST_AT_ONCE) -> None:
        self._queues: dict[int, deque[Job]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(most_at_once)
        self._waiting = 0
        self._closed = False
        self._ended = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Give how many jobs have not ended."""
        return self._waiting

    @property
    def count(self) -> int:
        """Give how many chats have something to do."""
        return len(self._queues)

    def submit(self, chat_id: int, job: Job) -> None:
        """Do a job after everything that was submitted for the same chat. Once closed, nothing is taken."""
        if self._closed:
            return
        self._waiting += 1
        queue = self._queues.get(chat_id)
        if queue is not None:
            queue.append(job)
            return
        self._queues[chat_id] = deque((job,))
        task = asyncio.create_task(self._run(chat_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def below(self, jobs: int) -> None:
        """Return when fewer jobs than this have not ended."""
        while self._waiting >= jobs:
            self._ended.clear()
            await self._ended.wait()

    async def close(self, seconds: float) -> None:
        """Begin nothing more, and give what runs `seconds` to end before it is cancelled."""
        self._closed = True
        await drain(self._tasks, seconds)

    def _is_closed(self) -> bool:
        """Look again: it may have been closed while a place was waited for."""
        return self._closed

    async def _run(self, chat_id: int) -> None:
        queue = self._queues[chat_id]
        try:
            while queue and not self._closed:
                async with self._places:
                    if self._is_closed():
                        return
                    try:
                        await queue.popleft()()
                    finally:
                        self._waiting -= 1
                        self._ended.set()
        finally:
            self._waiting -= len(queue)
            del self._queues[chat_id]
