"""A small bot on the real runtime, made to be killed: every effect it has is a row that can be counted.

`python -m tests.crash.bot ADDRESS TOKEN DATABASE_URL PACE` loads everything once, then forks a bot for each line
on its standard input and prints its process id: a bot is up in milliseconds, so it can be killed many times.
"""

import asyncio
import gc
import os
import signal
import sys
from base64 import b64decode
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from telegram import Update

from bot.clock import SystemClock
from bot.runtime.event_loop import new_event_loop
from bot.runtime.outbox import SendingLimits
from bot.runtime.service import Runtime, RuntimeSettings
from bot.runtime.transport import BotApi
from bot.runtime.turn import Due, MessageKind, Outgoing, Turn
from storage.due import due_row
from storage.engine import Statement, open_database

EFFECTS = Statement(
    "CREATE TABLE IF NOT EXISTS effect (update_id BIGINT PRIMARY KEY, chat_id BIGINT, position BIGINT, said TEXT,"
    " UNIQUE (chat_id, position))"
)
PROMPT_EVERY = timedelta(seconds=0.6)
WINDOW = timedelta(seconds=2)
SUMMARY_EVERY_DAYS = 5
PICTURE = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


class CountingBot:
    """Each message is one effect, counted on from the last; each prompt plans the next."""

    def __init__(self, handler_seconds: float) -> None:
        self.handler_seconds = handler_seconds

    async def update(self, turn: Turn, update: Update) -> None:
        assert update.message is not None
        last = await turn.database.fetch_one(
            "SELECT MAX(position) AS position FROM effect WHERE chat_id = :chat_id", {"chat_id": turn.chat_id}
        )
        await asyncio.sleep(self.handler_seconds)
        position = (last["position"] or 0) + 1 if last else 1
        said = update.message.text
        turn.save(
            Statement(
                "INSERT INTO effect (update_id, chat_id, position, said) VALUES (:update_id, :chat_id, :position, :said)",
                {"update_id": update.update_id, "chat_id": turn.chat_id, "position": position, "said": said},
            )
        )
        if said == "start":
            turn.save(due_row(turn.chat_id, turn.chat_id, "prompt", turn.now.date(), turn.now + PROMPT_EVERY))
        turn.say(Outgoing(turn.chat_id, "sendMessage", {"text": f"heard {said}"}))

    async def due(self, turn: Turn, due: Due) -> None:
        kind, date = due.kind, due.local_date
        turn.save(
            due_row(due.patient_id, due.chat_id, "prompt", date + timedelta(days=1), turn.now + PROMPT_EVERY)
        )
        if due.missed:
            return
        if date.toordinal() % SUMMARY_EVERY_DAYS == 0:
            payload = {"caption": f"summary {date}"}
            turn.say(
                Outgoing(
                    turn.chat_id,
                    "sendPhoto",
                    payload,
                    MessageKind.SUMMARY,
                    f"{kind}:{due.patient_id}:{date}",
                    PICTURE,
                    "week.png",
                    "photo",
                )
            )
        else:
            turn.say(
                Outgoing(
                    turn.chat_id,
                    "sendMessage",
                    {"text": f"prompt {date}"},
                    MessageKind.PROMPT,
                    f"{kind}:{due.patient_id}:{date}",
                )
            )

    async def failure(self, turn: Turn, error: BaseException) -> None:
        turn.say(Outgoing(turn.chat_id, "sendMessage", {"text": f"failed {type(error).__name__}"}))

    async def gone(self, turn: Turn) -> None:
        raise AssertionError("nobody blocks this bot")


async def serve(address: str, token: str, url: str, handler_seconds: float) -> None:
    bot = CountingBot(handler_seconds)
    async with open_database(url) as database, BotApi(token, address) as api:
        await database.commit([EFFECTS])
        runtime = Runtime(
            api,
            database,
            SystemClock(),
            handle_update=bot.update,
            handle_due=bot.due,
            on_failure=bot.failure,
            on_unreachable=bot.gone,
            settings=RuntimeSettings(
                windows={"prompt": WINDOW},
                limits=SendingLimits(messages_a_second=2_000, chat_messages_a_second=100, chat_burst=100),
            ),
        )
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, runtime.stop)
        await runtime.run()


def fork_for_each_line(serve: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Fork a bot for each line on the standard input, and say who it is.

    The library of the event loop is loaded before: most bots would be dead before they had read it.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    new_event_loop().close()
    gc.freeze()
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            with asyncio.Runner(loop_factory=new_event_loop) as runner:
                runner.run(serve())
            os._exit(0)
        print(child, flush=True)  # noqa: T201 - it is how the test learns whom to kill


def main() -> None:
    address, token, url, handler_seconds = sys.argv[1:]
    fork_for_each_line(lambda: serve(address, token, url, float(handler_seconds)))


if __name__ == "__main__":
    main()
