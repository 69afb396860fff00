"""The composition root: settings, storage, handlers and runtime put together, and the ordered way down."""

import asyncio
import contextlib
import gc
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import handlers
from bot.clinical.contacts import VERIFIED_FOR, to_be_checked
from bot.clinical.lexicon import load_lexicon
from bot.clinical.rules import load_rules
from bot.clinical.warning_signs import read_message
from bot.clock import Clock, SystemClock
from bot.runtime.event_loop import new_event_loop
from bot.runtime.outbox import SendingLimits
from bot.runtime.service import Runtime, RuntimeSettings
from bot.runtime.transport import AmbiguousError, BotApi, NotSentError, RefusedError
from bot.settings import Settings
from bot.words import DEFAULT_LANGUAGE, Words, load_words
from handlers import errors, knowledge, prompts
from handlers.prompts import CATCH_UP
from storage.engine import Database, DatabaseUnavailableError, StorageError, open_database

logger = logging.getLogger(__name__)

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0
_PLAN_EVERY_SECONDS = 3600.0


class MissingTokenError(Exception):
    """There is no token to speak to Telegram with."""


class BrokenContentError(Exception):
    """A rule, or an entry of the questions, cannot be used. Its text is a sentence for the operator."""


async def serve(settings: Settings, clock: Clock | None = None) -> None:
    """Run the bot until SIGTERM or SIGINT.

    Raises `MissingTokenError`, `BrokenContentError`, `FatalError` and `StorageError`.
    """
    async with built(settings, clock) as (runtime, _):
        _name_unverified((clock or SystemClock()).now().date())
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, runtime.stop)
        await runtime.run()


@asynccontextmanager
async def built(
    settings: Settings, clock: Clock | None = None, limits: SendingLimits | None = None
) -> AsyncIterator[tuple[Runtime, Database]]:
    """Put the parts together: what reads and writes, what speaks to Telegram, and what decides."""
    if settings.telegram_bot_token is None:
        raise MissingTokenError
    await asyncio.to_thread(_check_content, settings.faq_dir)
    _owner_only(settings.data_dir)
    token = settings.telegram_bot_token.get_secret_value()
    clock = clock or SystemClock()
    async with (
        open_database(settings.database_url) as database,
        BotApi(token, str(settings.telegram_api_url)) as api,
    ):
        runtime = Runtime(
            api,
            database,
            clock,
            handle_update=handlers.handle_update,
            handle_due=handlers.handle_due,
            on_failure=errors.apologise,
            on_unreachable=errors.unreachable,
            on_due_failure=handlers.due_failed,
            settings=RuntimeSettings(
                windows=CATCH_UP,
                limits=limits or SendingLimits(messages_a_second=settings.messages_per_second),
            ),
        )
        work = _introduce(api, load_words()), _warm_up(runtime), _plan_missing(runtime, database, clock)
        beside = [asyncio.create_task(each) for each in work]
        for task in beside:
            task.add_done_callback(_say_if_failed)
        try:
            yield runtime, database
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)


def _check_content(faq_dir: Path | None) -> None:
    """Refuse to start on a broken rule or a broken entry: nobody would be told what it should have said."""
    try:
        load_rules()
        load_lexicon()
        knowledge.read(DEFAULT_LANGUAGE, faq_dir)
    except (ValueError, OSError) as error:
        raise BrokenContentError(f"{error}") from error


def _name_unverified(today: date) -> None:
    """Tell the operator which numbers a patient may be given that nobody has compared with their source lately."""
    rows = to_be_checked(today)
    if rows:
        logger.warning(
            "The phone numbers of %s were not compared with their source in the last %d days. Look at them before"
            " patients there use the bot; docs/clinical.md has them.",
            ", ".join(rows),
            VERIFIED_FOR.days,
        )


def _owner_only(folder: Path) -> None:
    """Keep what patients said from other users of the machine; raises `StorageError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
    except OSError as error:
        raise DatabaseUnavailableError(
            f"The data folder {folder} cannot be used: {error.strerror}."
        ) from error


async def _warm_up(runtime: Runtime) -> None:
    """Learn warning signs and questions before the first patient needs them, but after the first poll has left."""
    await runtime.begun.wait()
    await asyncio.to_thread(_learn)
    gc.freeze()


async def _plan_missing(runtime: Runtime, database: Database, clock: Clock) -> None:
    """Look at the start and every hour for patients whose next prompt was lost: nobody is forgotten in silence."""
    await runtime.begun.wait()
    while True:
        try:
            await prompts.plan_missing(database, clock.now())
        except StorageError as error:
            logger.warning("what is to come could not be looked through: %s", error)
        await asyncio.sleep(_PLAN_EVERY_SECONDS)


def _say_if_failed(task: asyncio.Task[None]) -> None:
    """Log what ended a task beside the runtime: nobody awaits it while the bot runs."""
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.critical("a task beside the runtime ended: %s", error, exc_info=error)


def _learn() -> None:
    read_message("hello")
    knowledge.questions(DEFAULT_LANGUAGE)


async def _introduce(api: BotApi, words: Words) -> None:
    """Tell Telegram the commands and what the bot is, and try again until it hears."""
    commands = [
        {"command": name, "description": words.text(f"menu.commands.{name}")} for name in handlers.COMMANDS
    ]
    calls = (
        ("setMyCommands", {"commands": commands}),
        ("setChatMenuButton", {"menu_button": {"type": "commands"}}),
        ("setMyShortDescription", {"short_description": words.text("menu.about.short")}),
        ("setMyDescription", {"description": words.text("menu.about.long")}),
    )
    pause = _FIRST_PAUSE_SECONDS
    for method, payload in calls:
        while True:
            try:
                await api.call(method, payload)
                break
            except RefusedError as refusal:
                logger.warning("%s was refused: %s", method, refusal)
                break
            except (NotSentError, AmbiguousError):
                await asyncio.sleep(pause)
                pause = min(_LONGEST_PAUSE_SECONDS, pause * 2)


def run(settings: Settings) -> None:
    """Run the bot in an event loop of its own."""
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(serve(settings))
