"""The real bot against the sandbox over HTTP, both on one clock that stands still until it is moved."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app import built
from bot.runtime.outbox import SendingLimits
from bot.runtime.service import Runtime
from bot.sandbox.clock import SandboxClock
from bot.sandbox.server import Server, serve
from bot.sandbox.telegram import Telegram
from bot.settings import Settings
from storage.engine import Database
from tests.driver import Patient, Sandbox
from tests.runtime.conftest import settled as nothing_waits

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning, in winter time in Europe and America."""


UNLIMITED = SendingLimits(messages_a_second=10_000, chat_messages_a_second=10_000, chat_burst=10_000)
"""Telegram's limits run on real time; they have tests of their own."""


@dataclass
class Bot:
    """A running bot, its Telegram and its database."""

    sandbox: Sandbox
    telegram: Telegram
    database: Database
    runtime: Runtime
    clock: SandboxClock
    patients: list[Patient] = field(default_factory=list)

    async def patient(self, name: str) -> Patient:
        made = await self.sandbox.patient(name)
        self.patients.append(made)
        return made

    async def onboarded(
        self, name: str = "Nora", country: str = "United Kingdom", at: str = "20:00"
    ) -> Patient:
        """Bring a patient through the start, with what is about them skipped."""
        patient = await self.patient(name)
        await self.send(patient, "/start")
        await self.tap(patient, "Yes, I agree")
        await self.tap(patient, country)
        if any("Back" in label for label in patient.last.buttons) and "time is it" in patient.last.text:
            await self.tap(patient, patient.last.buttons[0])
        await self.tap(patient, at)
        await self.tap(patient, "Sunday")
        await self.tap(patient, "Skip this")
        return patient

    async def send(self, patient: Patient, text: str) -> None:
        await patient.send(text)

    async def tap(self, patient: Patient, label: str) -> None:
        await patient.tap(label)

    async def taps(self, patient: Patient, *labels: str) -> None:
        for label in labels:
            await self.tap(patient, label)

    async def jump(self, moment: datetime) -> None:
        self.clock.jump_to(moment)
        await self.sandbox.wait_idle()
        for patient in self.patients:
            await patient.refresh()


async def settled(database: Database, clock: SandboxClock) -> None:
    """Return when nothing waits, and nothing is due that was not taken up."""
    while True:
        await nothing_waits(database)
        row = await database.fetch_one(
            "SELECT COUNT(*) AS waiting FROM due WHERE state = 'open' AND due_at <= :now",
            {"now": clock.now()},
        )
        if row is not None and row["waiting"] == 0:
            return await nothing_waits(database)
        await asyncio.sleep(0.002)


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
            async with Sandbox(server.address, settled=lambda: settled(database, telegram.clock)) as sandbox:
                yield Bot(sandbox, telegram, database, runtime, telegram.clock)
        finally:
            runtime.stop()
            await task


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    telegram = Telegram(SandboxClock(START, frozen=True))
    server = await serve(telegram)
    try:
        async with running(tmp_path / "data", telegram, server) as made:
            yield made
    finally:
        await server.close()
