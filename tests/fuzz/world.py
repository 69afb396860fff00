"""The real bot with its database and its runtime, spoken to by a sandbox Telegram in the same process.

Nothing travels over a socket, so a step costs a few milliseconds; everything else is what patients meet: the inbox,
the lanes, the handlers, SQLite, the outbox, and a Telegram that refuses what Telegram refuses.
"""

import asyncio
import json
import pickle
import sqlite3
import traceback
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import orjson
from telegram import Update

import handlers
from bot.clinical.advice import GivenAdvice, Shown
from bot.clinical.answers import Level
from bot.runtime import transport
from bot.runtime.outbox import SendingLimits
from bot.runtime.service import Runtime, RuntimeSettings
from bot.runtime.turn import Due, Turn
from bot.sandbox.clock import SandboxClock
from bot.sandbox.parameters import Upload
from bot.sandbox.telegram import Request, Telegram
from bot.sandbox.user import User
from handlers import errors, knowledge
from handlers.prompts import CATCH_UP
from storage.due import DueRow, is_open
from storage.engine import Database, Statement, open_database
from tests.tables import PATIENT_TABLES

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PATIENCE_SECONDS = 30.0
UNLIMITED = SendingLimits(messages_a_second=100_000, chat_messages_a_second=100_000, chat_burst=100_000)

T = TypeVar("T")


class NearApi(transport.BotApi):
    """The Bot API without the way there: a call is answered by the sandbox at once."""

    def __init__(self, telegram: Telegram) -> None:
        super().__init__(telegram.token)
        self._telegram = telegram

    async def call(
        self,
        method: str,
        payload: Mapping[str, Any] | str | None = None,
        attachment: transport.Attachment | None = None,
        seconds: float = 0.0,
    ) -> Any:
        values = orjson.loads(payload if isinstance(payload, str) else orjson.dumps(payload or {}))
        files = {attachment.field: Upload(attachment.name, attachment.content)} if attachment else {}
        status, body = await self._telegram.call(self._telegram.token, method, values, files)
        return transport._result(status, orjson.dumps(body))


class Beside:
    """Heavy work done at once, after the same packing and unpacking that takes it to another process."""

    async def run(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        work, given, named = pickle.loads(pickle.dumps((function, args, kwargs)))  # noqa: S301 - our own
        made: T = pickle.loads(pickle.dumps(work(*given, **named)))  # noqa: S301 - our own
        return made


@dataclass
class Seen:
    """What was seen of the turns of one example."""

    failures: list[str] = field(default_factory=list)
    prompts: Counter[tuple[int, str, date]] = field(default_factory=Counter)
    """What was said of what is due; not what was moved or cancelled while it waited, as none of that is written."""
    late_advice: list[str] = field(default_factory=list)


class World:
    """One bot for every example; each example begins with empty tables and people of its own."""

    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._open = AsyncExitStack()
        self._examples = 0
        self.seen = Seen()
        self.telegram = Telegram(SandboxClock(START, frozen=True))
        self.clock = self.telegram.clock
        self.path = folder / "data" / "backtrack.db"
        self.run(self._start())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something of the bot's to its end."""
        return self._loop.run_until_complete(work)

    async def _start(self) -> None:
        self.database: Database = await self._open.enter_async_context(
            open_database(f"sqlite:///{self.path}")
        )
        api = await self._open.enter_async_context(NearApi(self.telegram))
        knowledge.read("en", None)
        self.runtime = Runtime(
            api,
            self.database,
            self.clock,
            handle_update=self._handle_update,
            handle_due=self._handle_due,
            on_failure=errors.apologise,
            on_unreachable=errors.unreachable,
            settings=RuntimeSettings(windows=CATCH_UP, limits=UNLIMITED),
        )
        self.runtime._turns._background = Beside()
        self._serving = asyncio.create_task(self.runtime.run())
        self.look = sqlite3.connect(self.path)
        self.look.row_factory = sqlite3.Row
        await self._settled()

    def close(self) -> None:
        """End the bot."""
        self.look.close()
        self.runtime.stop()
        self.run(self._serving)
        self.run(self._open.aclose())
        self._loop.close()

    def begin(self) -> None:
        """Begin an example: empty tables, the first morning, nothing seen."""
        self._examples += 1
        self.settle()
        emptied = [Statement(f"DELETE FROM {table}") for table in PATIENT_TABLES]  # noqa: S608 - the names are ours
        self.run(self.database.commit(emptied))
        self.clock.jump_to(START)
        self.telegram.requests.clear()
        self.telegram._queries.clear()
        self.seen = Seen()

    def person(self, name: str) -> User:
        """Give someone of whom the bot knows nothing."""
        return self.telegram.user(f"{name} {self._examples}")

    def jump(self, by: timedelta) -> None:
        """Move the clock on or back, and let the bot do what is due."""
        self.clock.advance(by.total_seconds())
        self.settle()

    def settle(self) -> None:
        """Return when the bot has nothing left to do."""
        self.run(self._settled())

    async def _settled(self) -> None:
        """Wait as long as anything goes on, with a second for the schedule to look at what fell due at once."""
        started = self._loop.time()
        while (busy := self._busy()) or await self._something_is_due():
            assert self._loop.time() - started < PATIENCE_SECONDS, (
                f"the bot does not come to rest: {self._state()}"
            )
            if not busy:
                self.clock.advance(1.0)
            await asyncio.sleep(0.0005)

    def _state(self) -> str:
        waits = (
            f"polled {self.telegram.updates.polled}, updates {self.telegram.updates.waiting},"
            f" calls {self.telegram.in_flight}, turns {self.runtime._lanes.waiting},"
            f" messages {self.runtime._sender.depth}, answers {len(self.runtime._answers)}"
        )
        due = [tuple(row) for row in self.rows("SELECT * FROM due")]
        return f"{waits}; due {due}"

    def _busy(self) -> bool:
        return bool(
            not self.telegram.idle(reacted=False)
            or self.runtime._lanes.waiting
            or self.runtime._sender._tasks
            or self.runtime._sender.depth
            or self.runtime._answers
        )

    async def _something_is_due(self) -> bool:
        row = await self.database.fetch_one(
            "SELECT kind FROM due WHERE state = 'open' AND due_at <= :now LIMIT 1", {"now": self.clock.now()}
        )
        return row is not None

    async def _handle_update(self, turn: Turn, update: Update) -> None:
        try:
            await handlers.handle_update(turn, update)
        except Exception:
            self.seen.failures.append(traceback.format_exc())
            raise
        self._look_at_advice(turn)

    async def _handle_due(self, turn: Turn, due: Due) -> None:
        try:
            await handlers.handle_due(turn, due)
        except Exception:
            self.seen.failures.append(traceback.format_exc())
            raise
        self._look_at_advice(turn)
        row = DueRow(due.patient_id, due.chat_id, due.kind, due.local_date, due.due_at)
        if turn.messages and await is_open(self.database, row):
            self.seen.prompts.update([(due.patient_id, due.kind, due.local_date)])

    def _look_at_advice(self, turn: Turn) -> None:
        """Keep what was said before the emergency advice of a turn that gave one."""
        given = [
            GivenAdvice.model_validate_json(str(statement.parameters["document"]))
            for statement in turn.statements
            if statement.sql.startswith("INSERT INTO advice")
        ]
        emergency = any(
            one.level is Level.EMERGENCY and one.shown is Shown.MAIN and one.given_at == turn.now
            for one in given
        )
        if emergency and (not turn.messages or turn.messages[0].kind != "emergency"):
            said = [str(message.payload.get("text"))[:80] for message in turn.messages]
            self.seen.late_advice.append(json.dumps(said))

    # What is there to look at

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Read committed rows."""
        return self.look.execute(sql, values).fetchall()

    def kept_text(self) -> str:
        """Give every text that the database keeps, as one."""
        found = []
        for table in PATIENT_TABLES:
            for row in self.rows(f"SELECT * FROM {table}"):  # noqa: S608 - the names are ours
                found += [value for value in tuple(row) if isinstance(value, str)]
        return "\n".join(found)

    def fresh_requests(self) -> list[Request]:
        """Give the calls since the last look."""
        requests = list(self.telegram.requests)
        self.telegram.requests.clear()
        return requests
