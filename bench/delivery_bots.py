"""The bots that are compared. Each answers the press, commits one answer durably and edits the message.

`python -m bench.delivery_bots KIND API_URL FOLDER`. A kind is run by the environment that has its library.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

FANOUT_PATIENTS = 100_000
SETTLING = timedelta(seconds=12)
"""Until summaries are due: what a start loads beside its first polls is not what is measured."""
TOKEN = "1:bench-needs-no-secret"  # noqa: S105
CREATE = "CREATE TABLE IF NOT EXISTS answer (chat_id BIGINT, question BIGINT, value TEXT, PRIMARY KEY (chat_id, question))"
WRITE = (
    "INSERT INTO answer (chat_id, question, value) VALUES (:chat_id, :question, :value)"
    " ON CONFLICT (chat_id, question) DO UPDATE SET value = excluded.value"
)
KEYBOARD = {"inline_keyboard": [[{"text": str(score), "callback_data": f"c:{score}"} for score in range(6)]]}


async def connect(folder: Path) -> Any:
    """Open SQLite as the peers would who care for their data: one connection, durable commits."""
    import aiosqlite  # noqa: PLC0415

    database = await aiosqlite.connect(folder / "peer.db", isolation_level=None)
    await database.execute("PRAGMA journal_mode = WAL")
    await database.execute("PRAGMA synchronous = FULL")
    await database.execute(CREATE)
    return database


def row(chat_id: int, message_id: int, value: str) -> dict[str, object]:
    return {"chat_id": chat_id, "question": message_id, "value": value}


def ptb(api_url: str, folder: Path) -> None:
    """Run python-telegram-bot as it comes."""
    from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update  # noqa: PLC0415
    from telegram.ext import Application, CallbackQueryHandler, ContextTypes  # noqa: PLC0415

    keyboard = InlineKeyboardMarkup(
        [[InlineKeyboardButton(str(score), callback_data=f"c:{score}") for score in range(6)]]
    )
    opened: list[Any] = []

    async def start(_: Any) -> None:
        opened.append(await connect(folder))

    async def press(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query is not None
        assert query.message is not None
        await query.answer()
        await opened[0].execute(WRITE, row(query.message.chat.id, query.message.message_id, query.data or ""))
        await query.edit_message_text("Thank you. And your head?", reply_markup=keyboard)

    application = Application.builder().token(TOKEN).base_url(f"{api_url}/bot").post_init(start).build()
    application.add_handler(CallbackQueryHandler(press))
    application.run_polling()


def aiogram(api_url: str, folder: Path) -> None:
    """Run aiogram as it comes."""
    from aiogram import Bot, Dispatcher  # noqa: PLC0415
    from aiogram.client.session.aiohttp import AiohttpSession  # noqa: PLC0415
    from aiogram.client.telegram import TelegramAPIServer  # noqa: PLC0415
    from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup  # noqa: PLC0415

    keyboard = InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=str(score), callback_data=f"c:{score}") for score in range(6)]
        ]
    )

    async def main() -> None:
        database = await connect(folder)
        dispatcher = Dispatcher()

        async def press(query: CallbackQuery) -> None:
            message = query.message
            await query.answer()
            await database.execute(WRITE, row(message.chat.id, message.message_id, query.data or ""))
            await message.edit_text("Thank you. And your head?", reply_markup=keyboard)

        dispatcher.callback_query.register(press)
        bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(api_url)))
        await dispatcher.start_polling(bot)

    asyncio.run(main())


def runtime(api_url: str, folder: Path) -> None:
    """Run our runtime with a handler that reads a state and writes as a check-in answer does."""
    from bot.clock import SystemClock  # noqa: PLC0415
    from bot.runtime.event_loop import new_event_loop  # noqa: PLC0415
    from bot.runtime.parsing import Update  # noqa: PLC0415
    from bot.runtime.service import Runtime  # noqa: PLC0415
    from bot.runtime.transport import BotApi  # noqa: PLC0415
    from bot.runtime.turn import Outgoing, Turn  # noqa: PLC0415
    from storage.engine import Statement, open_database  # noqa: PLC0415

    async def press(turn: Turn, update: Update) -> None:
        query = update.callback_query
        assert query is not None
        assert query.message is not None
        parameters = {"chat_id": turn.chat_id}
        await turn.database.fetch_one(
            "SELECT value FROM answer WHERE chat_id = :chat_id AND question = 0", parameters
        )
        await turn.database.fetch_one(
            "SELECT COUNT(*) AS many FROM answer WHERE chat_id = :chat_id", parameters
        )
        turn.save(Statement(WRITE, row(turn.chat_id, query.message.message_id, query.data or "")))
        turn.save(Statement(WRITE, row(turn.chat_id, 0, "next")))
        payload = {
            "message_id": query.message.message_id,
            "text": "Thank you. And your head?",
            "reply_markup": KEYBOARD,
        }
        turn.say(Outgoing(turn.chat_id, "editMessageText", payload))

    async def nothing(*_: object) -> None:
        return

    async def main() -> None:
        async with open_database(f"sqlite:///{folder}/ours.db") as database, BotApi(TOKEN, api_url) as api:
            await database.commit([Statement(CREATE)])
            await Runtime(
                api,
                database,
                SystemClock(),
                handle_update=press,
                handle_due=nothing,
                on_failure=nothing,
                on_unreachable=nothing,
            ).run()

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(main())


def backtrack(api_url: str, folder: Path, silent: int = 0, summaries: int = 0, rate: float = 29.0) -> None:
    """Run the whole bot, with patients who have five weeks of diary; `silent` more are due for a question at once."""
    from bot.app import built  # noqa: PLC0415
    from bot.runtime.event_loop import new_event_loop  # noqa: PLC0415
    from bot.runtime.outbox import SendingLimits  # noqa: PLC0415
    from bot.settings import Settings  # noqa: PLC0415

    async def main() -> None:
        settings = Settings(
            telegram_bot_token=TOKEN, telegram_api_url=api_url, data_dir=folder, database_url="", faq_dir=None
        )
        limits = SendingLimits(messages_a_second=rate)
        async with built(settings, limits=limits) as (runtime, database):
            await populate(database, silent, summaries)
            await runtime.run()

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(main())


async def populate(database: Any, silent: int, summaries: int) -> None:
    """Fill the database with the patients of the bench."""
    from bench import delivery_diaries  # noqa: PLC0415
    from bench.delivery_server import CHATS  # noqa: PLC0415

    now = datetime.now(UTC)
    await delivery_diaries.seed(database, CHATS, now)
    await delivery_diaries.seed_silent(database, silent, now)
    if summaries:
        await delivery_diaries.plan_summaries(database, summaries, datetime.now(UTC) + SETTLING)


def fanout(api_url: str, folder: Path) -> None:
    """Run the whole bot with 100,000 patients due in this minute."""
    backtrack(api_url, folder, silent=FANOUT_PATIENTS, rate=float(sys.argv[4]))


def weeks(api_url: str, folder: Path) -> None:
    """Run the whole bot with as many weekly summaries due in this minute."""
    backtrack(api_url, folder, summaries=int(sys.argv[4]), rate=1_000.0)


KINDS = {
    "aiogram": aiogram,
    "backtrack": backtrack,
    "fanout": fanout,
    "ptb": ptb,
    "runtime": runtime,
    "weeks": weeks,
}

if __name__ == "__main__":
    KINDS[sys.argv[1]](sys.argv[2], Path(sys.argv[3]))
