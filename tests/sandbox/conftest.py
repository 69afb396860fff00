from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.sandbox.clock import SandboxClock
from bot.sandbox.request import SandboxRequest
from bot.sandbox.server import Server, serve
from bot.sandbox.telegram import Telegram

START = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _durations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let python-telegram-bot give durations as they will be, without the warning that they will change."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock(START, frozen=True)


@pytest.fixture
def telegram(clock: SandboxClock) -> Telegram:
    return Telegram(clock)


@pytest.fixture
async def server(telegram: Telegram) -> AsyncIterator[Server]:
    running = await serve(telegram)
    yield running
    await running.close()


@pytest.fixture(params=["http", "in process"])
async def bot(request: pytest.FixtureRequest, telegram: Telegram) -> AsyncIterator[Bot]:
    """python-telegram-bot's own Bot over each of the two faces: what it cannot parse is our mistake."""
    if request.param == "in process":
        transport, poll = SandboxRequest(telegram), SandboxRequest(telegram)
        async with Bot(telegram.token, request=transport, get_updates_request=poll) as made:
            yield made
        return
    running = await serve(telegram)
    made = Bot(
        telegram.token,
        base_url=f"{running.address}/bot",
        base_file_url=f"{running.address}/file/bot",
        request=HTTPXRequest(),
        get_updates_request=HTTPXRequest(connection_pool_size=4),
    )
    async with made:
        yield made
    await running.close()
