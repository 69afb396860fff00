"""The whole bot on the sandbox's clock, made to be killed: `python -m tests.crash.diary_bot ADDRESS TOKEN FOLDER`.

As in `tests.crash.bot` everything is loaded once and a bot is forked for each line on the standard input. Heavy work
runs in a thread: a pool of processes would take longer to start than these bots live.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import SecretStr

import bot.app
from bot.clinical.warning_signs import read_message
from bot.reports import press
from bot.runtime import service
from bot.runtime.outbox import SendingLimits
from bot.sandbox.following import FollowingClock
from bot.settings import Settings
from tests.crash.bot import fork_for_each_line

__all__ = ["press"]

FAST = SendingLimits(messages_a_second=2_000, chat_messages_a_second=100, chat_burst=100)


class ThreadBackground:
    """Heavy work in a thread."""

    async def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await asyncio.to_thread(function, *args, **kwargs)

    async def close(self) -> None:
        return


async def serve(address: str, token: str, folder: Path) -> None:
    settings = Settings(
        telegram_bot_token=SecretStr(token),
        telegram_api_url=address,
        data_dir=folder,
        database_url="",
        faq_dir=None,
    )
    async with FollowingClock(address) as clock, bot.app.built(settings, clock, FAST) as (runtime, _):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, runtime.stop)
        await runtime.run()


def main() -> None:
    address, token, folder = sys.argv[1:]
    os.environ.pop("FAQ_DIR", None)
    service.ProcessBackground = ThreadBackground  # type: ignore[misc, assignment]
    read_message("hello")
    bot.app._learn = lambda: None  # type: ignore[assignment] # no bot lives long enough for the questions
    fork_for_each_line(lambda: serve(address, token, Path(folder)))


if __name__ == "__main__":
    main()
