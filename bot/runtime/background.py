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
_NICENESS = 5
"""How far the work steps back: the processes may use every core, and still whoever taps is answered first."""


class ProcessBackground:
    """A pool of processes. One that dies is replaced, and the work it did fails as any handler fails."""

    def __init__(self, processes: int | None = None) -> None:
        self._processes = processes if processes is not None else os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Give the function's result, computed in another process; raises what it raises."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._processes,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_live_no_longer_than,
                initargs=(os.getpid(),),
            )
        pool = self._pool
        try:
            return await asyncio.get_running_loop().run_in_executor(
                pool, functools.partial(function, *args, **kwargs)
            )
        except BrokenProcessPool:
            if self._pool is pool:
                self._pool = None
            pool.shutdown(wait=False, cancel_futures=True)
            raise

    async def close(self) -> None:
        """End the processes; work that has not begun is dropped."""
        if self._pool is not None:
            pool, self._pool = self._pool, None
            await asyncio.to_thread(pool.shutdown, wait=True, cancel_futures=True)


def _live_no_longer_than(parent: int) -> None:
    """End this process when the bot's does, even by a kill, which closes no pool."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICENESS)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_FOR_PARENT_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
