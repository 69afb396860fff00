"""`python -m bot demo`: the bot on a Telegram of its own, with an example patient, in a browser."""

import argparse
import asyncio
import contextlib
import signal
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from bot.app import built
from bot.logs import configure_logging
from bot.runtime.schedule import occurrence_on
from bot.sandbox.clock import SandboxClock
from bot.sandbox.example import NAME, seed
from bot.sandbox.server import serve
from bot.sandbox.telegram import Telegram
from bot.settings import Settings
from handlers.prompts import Planned, first_ones
from storage import checkins, due, patients
from storage.engine import Database

_PORT = 8081


def configure(parser: argparse.ArgumentParser) -> None:
    """Take where to listen."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="where to listen (this machine only, unless you say)"
    )
    parser.add_argument("--port", type=int, default=_PORT, help=f"the port of the page ({_PORT})")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    configure_logging(level="WARNING")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_demo(arguments.host, arguments.port))
    return 0


async def _demo(host: str, port: int) -> None:
    clock = SandboxClock()
    telegram = Telegram(clock)
    with tempfile.TemporaryDirectory(prefix="backtrack-demo-") as folder:
        server = await serve(telegram, host, port)
        settings = Settings(
            telegram_bot_token=SecretStr(telegram.token),
            telegram_api_url=server.address,
            data_dir=Path(folder),
            database_url="",
        )
        try:
            async with built(settings, clock) as (runtime, database):
                telegram.next_due = lambda kind, chat_id: next_due(database, kind, chat_id)
                await example_patient(database, telegram.user(NAME).chat.chat_id, clock.now())
                telegram.user(NAME).sends("/start")
                loop = asyncio.get_running_loop()
                for name in (signal.SIGTERM, signal.SIGINT):
                    loop.add_signal_handler(name, runtime.stop)
                print(f"\nBacktrack is running. Open {server.address}\nStop it with Ctrl+C.\n", flush=True)
                await runtime.run()
        finally:
            await server.close()


async def example_patient(database: Database, chat_id: int, now: datetime) -> None:
    """Keep the example patient, and plan the next prompt and summary."""
    patient = await seed(database, chat_id, now)
    await database.commit(first_ones(patient, now))


async def next_due(database: Database, kind: str, chat_id: int) -> datetime | None:
    """Give when a patient is next written to; a day that is answered already has no prompt, so then the day after."""
    patient = await patients.by_chat(database, chat_id)
    planned = await due.next_due(database, patient.patient_id, kind) if patient else None
    if patient is None or planned is None:
        return None
    stored = await checkins.on(database, patient.patient_id, planned.local_date)
    if kind != Planned.CHECKIN or stored is None or not stored.answers:
        return planned.due_at
    preferences = patient.preferences
    return occurrence_on(
        planned.local_date + timedelta(days=1), preferences.checkin_time, preferences.zone_info
    )
