"""A runtime with small handlers of its own on the sandbox Telegram, over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from telegram import Update

from bot.runtime.outbox import SendingLimits
from bot.runtime.service import Runtime, RuntimeSettings
from bot.runtime.transport import BotApi
from bot.runtime.turn import Due, MessageKind, Outgoing, Turn
from bot.sandbox.clock import SandboxClock
from bot.sandbox.server import Server, serve
from bot.sandbox.telegram import Telegram
from storage.engine import Database, open_database
from tests.driver import Sandbox

START = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock(START)


@pytest.fixture
async def server(clock: SandboxClock) -> AsyncIterator[Server]:
    running = await serve(Telegram(clock))
    yield running
    await running.close()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(f"sqlite:///{tmp_path / 'data' / 'backtrack.db'}") as opened:
        yield opened


def text(chat_id: int, words: str, kind: MessageKind = MessageKind.REPLY, **rest: Any) -> Outgoing:
    return Outgoing(chat_id, "sendMessage", {"text": words}, kind, **rest)


@dataclass
class Echo:
    """Handlers that say what they were told, and what a test gives them to do besides."""

    on_update: Callable[[Turn, Update], Awaitable[None]] | None = None
    on_due: Callable[[Turn, Due], Awaitable[None]] | None = None
    unreachable: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    async def update(self, turn: Turn, update: Update) -> None:
        if self.on_update is not None:
            await self.on_update(turn, update)
            return
        if update.callback_query is not None:
            turn.say(text(turn.chat_id, f"tapped {update.callback_query.data}"))
        elif update.message is not None:
            turn.say(text(turn.chat_id, f"heard {update.message.text}"))

    async def due(self, turn: Turn, due: Due) -> None:
        if self.on_due is not None:
            await self.on_due(turn, due)
        elif not due.missed:
            turn.say(text(turn.chat_id, f"{due.kind} {due.local_date}", MessageKind.PROMPT))

    async def failure(self, turn: Turn, error: BaseException) -> None:
        self.failures.append(type(error).__name__)
        turn.say(text(turn.chat_id, "sorry"))

    async def gone(self, turn: Turn) -> None:
        self.unreachable.append(turn.chat_id)


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def runs(server: Server, database: Database, clock: SandboxClock, echo: Echo) -> Callable[..., Any]:
    """Give what opens a runtime and its sandbox; the bot runs until the block ends."""

    @asynccontextmanager
    async def run(**settings: Any) -> AsyncIterator[tuple[Runtime, Sandbox]]:
        settings.setdefault("windows", {"prompt": timedelta(hours=4)})
        settings.setdefault("limits", SendingLimits(chat_burst=100))
        async with (
            BotApi(server.telegram.token, server.address) as api,
            Sandbox(server.address, settled=lambda: settled(database)) as sandbox,
        ):
            runtime = Runtime(
                api,
                database,
                clock,
                handle_update=echo.update,
                handle_due=echo.due,
                on_failure=echo.failure,
                on_unreachable=echo.gone,
                settings=RuntimeSettings(**settings),
            )
            task = asyncio.create_task(runtime.run())
            try:
                yield runtime, sandbox
            finally:
                runtime.stop()
                await task

    return run


async def settled(database: Database) -> None:
    """Return when nothing waits in the inbox or the outbox."""
    while True:
        waiting = await database.fetch_one(
            "SELECT (SELECT COUNT(*) FROM inbox WHERE state = 'open')"
            " + (SELECT COUNT(*) FROM outbox WHERE state IN ('open', 'sending')) AS waiting"
        )
        if waiting is not None and waiting["waiting"] == 0:
            return
        await asyncio.sleep(0.002)
