"""The real bot against the sandbox over HTTP, both on one clock that stands still until it is moved.

One bot serves all flow tests, as learning the questions takes longer than most of them. Each test begins with empty
tables, on the same Monday morning, with people of its own.
"""

import asyncio
import contextlib
import itertools
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from bot.app import built
from bot.clinical.answers import CheckIn
from bot.clinical.patient import Patient as Diarist
from bot.runtime.outbox import SendingLimits
from bot.runtime.service import Runtime
from bot.sandbox.clock import SandboxClock
from bot.sandbox.server import Server, serve
from bot.sandbox.telegram import Telegram
from bot.settings import Settings
from storage import checkins, patients
from storage.engine import Database, Statement
from tests.driver import PATIENCE_SECONDS, Message, Patient, Sandbox
from tests.runtime.conftest import settled as nothing_waits
from tests.tables import PATIENT_TABLES

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning, in winter time in Europe and America."""

UNLIMITED = SendingLimits(messages_a_second=10_000, chat_messages_a_second=10_000, chat_burst=10_000)
"""Telegram's limits run on real time; they have tests of their own."""

LOOKS_BEFORE_A_NUDGE = 50

_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and item.get_closest_marker("asyncio"):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


class Exact(Sandbox):
    """A sandbox whose bot runs in this process, so that what waits is known: a tap may go without a message."""

    async def wait_idle(self, *, reacted: bool = False, seconds: float = PATIENCE_SECONDS) -> None:
        await super().wait_idle(reacted=reacted, seconds=seconds)


@dataclass
class Bot:
    """A running bot, its Telegram and its database."""

    sandbox: Sandbox
    telegram: Telegram
    database: Database
    runtime: Runtime
    clock: SandboxClock
    folder: Path
    patients: list[Patient] = field(default_factory=list)

    async def patient(self, name: str = "Nora") -> Patient:
        """Give someone new, of whom the bot knows nothing."""
        made = await self.sandbox.patient(f"{name} {next(_numbers)}")
        self.patients.append(made)
        return made

    async def onboarded(
        self,
        name: str = "Nora",
        country: str = "United Kingdom",
        at: str = "20:00",
        zone: str | None = None,
        weekday: str = "Sunday",
    ) -> Patient:
        """Bring a patient through the start, with what is about them skipped. `zone` starts a button's label."""
        patient = await self.patient(name)
        await self.send(patient, "/start")
        await self.taps(patient, "Yes, I agree", country)
        if zone is not None:
            await self.tap(patient, next(label for label in patient.last.buttons if label.startswith(zone)))
        await (self.tap if at in patient.last.buttons else self.send)(patient, at)
        await self.taps(patient, weekday, "Skip this")
        return patient

    async def send(self, patient: Patient, text: str) -> Message:
        return await patient.send(text)

    async def tap(self, patient: Patient, label: str) -> Message:
        return await patient.tap(label)

    async def forge(self, patient: Patient, data: str, message_id: int | None = None) -> str | None:
        """Send a tap made up by hand; give the line it is answered with."""
        await patient.calls_back(data, message_id or patient.last.id)
        answers = await self.sandbox.requests("answerCallbackQuery")
        text: str | None = answers[-1]["parameters"].get("text")
        return text

    async def taps(self, patient: Patient, *labels: str) -> None:
        for label in labels:
            await self.tap(patient, label)

    async def day(
        self,
        patient: Patient,
        *,
        back: int = 0,
        head: int = 0,
        migraine: bool = False,
        life: str = "Not at all",
        medicine: str = "None",
        sleep: str = "Well",
    ) -> None:
        """Answer today's check-in from its first question on, without warning signs."""
        await self.send(patient, "/checkin")
        if "Have you been seen" in patient.last.text:
            await self.taps(patient, "Yes", "Go on with my check-in")
        await self.taps(patient, "None", str(back), str(head))
        if head:
            await self.tap(patient, "Yes" if migraine else "No")
        await self.taps(patient, life, medicine, sleep)

    async def jump(self, moment: datetime) -> None:
        self.clock.jump_to(moment)
        await self.sandbox.wait_idle()
        for patient in self.patients:
            await patient.refresh()

    async def to(self, day: date, at: time = time(20, 0, 1)) -> None:
        """Jump to a day and a time of it, in UTC."""
        await self.jump(datetime.combine(day, at, UTC))

    async def next_day(self, days: int = 1) -> date:
        """Jump one second past 20:00 of a day to come; give its date."""
        day = self.clock.now().date() + timedelta(days=days)
        await self.to(day)
        return day

    async def known(self, patient: Patient) -> Diarist | None:
        """Give what is stored of a patient."""
        return await patients.by_chat(self.database, patient.chat_id)

    async def stored(self, patient: Patient, day: date | None = None) -> CheckIn | None:
        """Give what is stored of a day, today where none is named."""
        known = await self.known(patient)
        assert known is not None
        return await checkins.on(self.database, known.patient_id, day or self.clock.now().date())

    async def rows(self, table: str) -> list[dict[str, Any]]:
        """Give every row of a table."""
        return [dict(row) for row in await self.database.fetch_all(f"SELECT * FROM {table}")]  # noqa: S608 -- names of our own

    async def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Give every row of every table that there is, whatever migrations made it."""
        names = await self.database.fetch_all(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        return {row["name"]: await self.rows(row["name"]) for row in names}

    def kept_bytes(self) -> bytes:
        """Give every byte that is kept, the write-ahead log among them.

        Another process reads the files: closing one here would drop the locks that this process holds on it.
        """
        files = [str(file) for file in self.folder.rglob("*") if file.is_file()]
        return subprocess.run(["cat", *files], capture_output=True, check=True).stdout

    def folded(self) -> bytes:
        """Fold the write-ahead log into the database, as SQLite does in time, and give every byte that is kept."""
        with contextlib.closing(sqlite3.connect(self.folder / "backtrack.db")) as connection:
            (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            assert not busy
        return self.kept_bytes()

    async def cleared(self) -> None:
        """Empty what tests fill, and go back to the first morning."""
        await self.sandbox.post("faults/clear", {})
        await self.database.commit([Statement(f"DELETE FROM {each}", {}) for each in PATIENT_TABLES])  # noqa: S608 -- as above
        self.clock.jump_to(START)
        self.patients.clear()


def heard(patient: Patient, words: str) -> bool:
    """Tell whether the bot has said `words` in the chat as it is now."""
    return any(words in message.text for message in patient.from_bot)


async def settled(database: Database, clock: SandboxClock) -> None:
    """Return when nothing waits, and nothing is due that was not taken up.

    What is planned for a moment that has passed is looked for once a second, and the clock stands: it is nudged.
    """
    for look in itertools.count():
        await nothing_waits(database)
        row = await database.fetch_one(
            "SELECT COUNT(*) AS waiting FROM due WHERE state = 'open' AND due_at <= :now",
            {"now": clock.now()},
        )
        if row is not None and row["waiting"] == 0:
            break
        if look == LOOKS_BEFORE_A_NUDGE:
            clock.advance(1)
        await asyncio.sleep(0.002)
    await nothing_waits(database)


@asynccontextmanager
async def running(folder: Path, telegram: Telegram, server: Server) -> AsyncIterator[Bot]:
    settings = Settings(
        telegram_bot_token=SecretStr(telegram.token),
        telegram_api_url=server.address,
        data_dir=folder,
        database_url="",
        _env_file=None,
    )
    async with built(settings, telegram.clock, UNLIMITED) as (runtime, database):
        task = asyncio.create_task(runtime.run())
        try:
            async with Exact(server.address, settled=lambda: settled(database, telegram.clock)) as sandbox:
                yield Bot(sandbox, telegram, database, runtime, telegram.clock, folder)
        finally:
            runtime.stop()
            await task


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("flows") / "data"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_bot(shared_folder: Path) -> AsyncIterator[Bot]:
    telegram = Telegram(SandboxClock(START, frozen=True))
    server = await serve(telegram)
    try:
        async with running(shared_folder, telegram, server) as made:
            yield made
    finally:
        await server.close()


@pytest_asyncio.fixture(loop_scope="session")
async def bot(shared_bot: Bot) -> AsyncIterator[Bot]:
    await shared_bot.cleared()
    yield shared_bot
    await shared_bot.sandbox.wait_idle()
    assert await shared_bot.sandbox.spinners() == [], "a tap was never answered"
