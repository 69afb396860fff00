"""The bot runs on a loop in C, where there is one."""

import asyncio
import sys

import pytest

import bot.app
from bot.settings import Settings


@pytest.mark.skipif(sys.platform == "win32", reason="uvloop does not exist for Windows")
def test_the_bot_runs_on_the_loop_in_c(monkeypatch):
    loops = []

    async def serve(_: Settings) -> None:
        loops.append(type(asyncio.get_running_loop()).__module__)

    monkeypatch.setattr(bot.app, "serve", serve)
    bot.app.run(Settings())
    assert loops == ["uvloop"]
