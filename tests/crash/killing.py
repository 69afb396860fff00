"""Bots that can be started and killed many times, and a look into what they left."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from bot.sandbox.server import Server

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0


class Zygote:
    """Starts bots that can be killed."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = 0

    async def start(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"\n")
        self.pid = int(await self._process.stdout.readline())

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    async def gone(self) -> None:
        """Wait until the bot is no more: then its lock on the data folder is free."""
        while True:
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                return
            await asyncio.sleep(0.001)


@asynccontextmanager
async def zygote(module: str, server: Server, *arguments: str) -> AsyncIterator[Zygote]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        server.address,
        server.telegram.token,
        *arguments,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    made = Zygote(process)
    try:
        yield made
    finally:
        if made.pid:
            with suppress(ProcessLookupError):
                made.kill()
        process.kill()
        await process.wait()


def rows(database: Path, sql: str, **values: object) -> list[tuple]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


async def settled(database: Path) -> None:
    """Wait until nothing is open but what is due in the future."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while rows(database, "SELECT 1 FROM inbox WHERE state = 'open' LIMIT 1") or rows(
            database, "SELECT 1 FROM outbox WHERE state IN ('open', 'sending') LIMIT 1"
        ):
            await asyncio.sleep(0.02)
