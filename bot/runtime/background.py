"""Heavy work runs in other processes, started when first needed, so that no patient waits for a chart."""

import asyncio
import functools
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_LOOK_FOR_PARENT_SECONDS = 1.0
IDLE_SECONDS = 300.0
"""After so long without work the processes end: each holds some 100 MB, and a new one is there in a second."""
_NICENESS = 5
"""How far the work steps back: whoever taps is answered first. With a process for every core taps waited longer and no more was made."""

_ONE_THREAD = {"RAYON_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""The libraries that set type and calculate would start a thread for every core in each process: 30 ms
of CPU a picture and not 21 to 25, taken from whoever taps."""


class ProcessBackground:
    """A pool of processes. One that dies is replaced, and the work it did fails as any handler fails."""

    def __init__(self, processes: int | None = None, idle_seconds: float = IDLE_SECONDS) -> None:
        self._processes = processes if processes is not None else max(1, (os.cpu_count() or 2) - 1)
        self._idle_seconds = idle_seconds
        self._pool: ProcessPoolExecutor | None = None
        self._running = 0
        self._idle: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Give the function's result, computed in another process; raises what it raises."""
        if self._idle is not None:
            self._idle.cancel()
        self._running += 1
        try:
            return await self._run(functools.partial(function, *args, **kwargs))
        finally:
            self._running -= 1
            if not self._running:
                self._idle = asyncio.get_running_loop().call_later(self._idle_seconds, self._rest)

    def _rest(self) -> None:
        """Give back the memory of processes with nothing to do; the next work starts new ones."""
        if self._pool is not None and not self._running:
            task = asyncio.create_task(self._end_pool())
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def _end_pool(self) -> None:
        if self._pool is not None:
            pool, self._pool = self._pool, None
            await asyncio.to_thread(pool.shutdown, wait=True, cancel_futures=True)

    async def _run(self, work: Callable[[], R]) -> R:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._processes,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_live_no_longer_than,
                initargs=(os.getpid(),),
            )
        pool = self._pool
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, work)
        except BrokenProcessPool:
            if self._pool is pool:
                self._pool = None
            pool.shutdown(wait=False, cancel_futures=True)
            raise

    async def close(self) -> None:
        """End the processes; work that has not begun is dropped."""
        if self._idle is not None:
            self._idle.cancel()
        await self._end_pool()
        await asyncio.gather(*self._ending)


def _live_no_longer_than(parent: int) -> None:
    """End this process when the bot's does, even by a kill, which closes no pool."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICENESS)
    os.environ.update(_ONE_THREAD)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_FOR_PARENT_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
