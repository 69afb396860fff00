"""How a turn is run: decided on what is committed, written as one unit, tried again, and at last set aside."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.logs import alias
from bot.runtime.outbox import Sender
from bot.runtime.turn import Background, Turn
from storage.engine import Database, StaleWriteError, Statement, StorageError, microseconds
from storage.outbox import OutboxRow, erase_messages, highest_message_id, insert_message, outbox_row

logger = logging.getLogger(__name__)

ATTEMPTS = 3
_PAUSES_SECONDS = (0.2, 1.0)
_FIRST_STORAGE_PAUSE_SECONDS = 0.5
_LONGEST_STORAGE_PAUSE_SECONDS = 10.0

Act = Callable[[Turn], Awaitable[None]]
OnFailure = Callable[[Turn, BaseException], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Cause:
    """What a turn is for, and how that is closed when it is done and when it failed for good.

    `still_open` tells, after a stale write, whether there is anything left to do. `instead` is what a turn does that
    takes the place of one that failed for good.
    """

    name: str
    chat_id: int
    done: Callable[[Turn], Sequence[Statement]]
    failed: Callable[[Turn, str], Sequence[Statement]]
    still_open: Callable[[], Awaitable[bool]]
    instead: Act | None = None


class MessageIds:
    """Ids that rise for ever, so that what is said in a chat keeps its order over restarts and clock jumps."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    async def start(self, database: Database) -> None:
        """Begin above every id in use."""
        self._last = await highest_message_id(database)

    def next(self) -> int:
        """Give the next id."""
        self._last = max(self._last + 1, microseconds(self._clock.now()))
        return self._last


class TurnRunner:
    """Runs turns. It never raises but when it is cancelled; then nothing was written or everything."""

    def __init__(
        self, database: Database, clock: Clock, sender: Sender, background: Background, on_failure: OnFailure
    ) -> None:
        self._database = database
        self._clock = clock
        self._sender = sender
        self._background = background
        self._on_failure = on_failure
        self.ids = MessageIds(clock)

    async def run(self, cause: Cause, act: Act) -> Turn | None:
        """Run a turn until it is written, set aside, or found to be no longer wanted (then `None`)."""
        storage_pause = _FIRST_STORAGE_PAUSE_SECONDS
        attempts = itertools.count(1)
        while True:
            try:
                return await self._attempt(cause, act)
            except StorageError as error:
                if isinstance(error, StaleWriteError) and not await self._still_open(cause):
                    return None
                if error.passes:
                    logger.warning("%s: %s Trying again.", cause.name, error)
                    await asyncio.sleep(storage_pause)
                    storage_pause = min(_LONGEST_STORAGE_PAUSE_SECONDS, storage_pause * 2)
                    continue
                failure: Exception = error
            except Exception as error:  # noqa: BLE001 - whatever a handler raises is recorded, never lost
                failure = error
            attempt = next(attempts)
            logger.error(
                "%s of chat %s failed, attempt %d: %s",
                cause.name,
                alias(cause.chat_id),
                attempt,
                _where(failure),
            )
            if attempt >= ATTEMPTS:
                return await self._set_aside(cause, failure)
            await asyncio.sleep(_PAUSES_SECONDS[attempt - 1])

    async def _still_open(self, cause: Cause) -> bool:
        try:
            return await cause.still_open()
        except StorageError:
            return True

    def _turn(self, cause: Cause) -> Turn:
        return Turn(self._clock.now(), cause.chat_id, self._database, self._background)

    async def _attempt(self, cause: Cause, act: Act) -> Turn:
        turn = self._turn(cause)
        await act(turn)
        await self._write(turn, cause.done(turn))
        return turn

    async def _set_aside(self, cause: Cause, failure: Exception) -> Turn:
        """Close what failed for good with an apology and what is done instead, or without what fails of these."""
        apology: Act = lambda turn: self._on_failure(turn, failure)  # noqa: E731
        acts = [act for act in (cause.instead, apology) if act is not None]
        running: Act | None = None
        while True:
            turn = self._turn(cause)
            try:
                for running in acts:
                    await running(turn)
                await self._write(turn, cause.failed(turn, type(failure).__name__))
            except StaleWriteError:
                return turn
            except StorageError as error:
                logger.warning("%s: %s Trying again.", cause.name, error)
                await asyncio.sleep(_LONGEST_STORAGE_PAUSE_SECONDS)
            except Exception as error:  # noqa: BLE001 - an apology must not stand in the way of the bot
                logger.error("%s: what stands for it failed: %s", cause.name, _where(error))  # noqa: TRY400
                acts = [act for act in acts if act is not running]
            else:
                return turn

    async def _write(self, turn: Turn, closing: Sequence[Statement]) -> None:
        """Write the turn as one unit and hand what it says to the sender."""
        rows = [outbox_row(self.ids.next(), message, forget=turn.forgets) for message in turn.messages]
        erasing = [erase_messages(turn.chat_id)] if turn.erases else []
        inserts = [insert_message(row, turn.now) for row in rows]
        touched = await self._database.commit([*closing, *turn.statements, *erasing, *inserts])
        if turn.erases:
            self._sender.drop(turn.chat_id)
        kept = touched[len(touched) - len(rows) :] if rows else []
        self._sender.take(_inserted(rows, kept))


def _inserted(rows: Sequence[OutboxRow], touched: Sequence[int]) -> list[OutboxRow]:
    """Leave out what was said before under the same key."""
    return [row for row, count in zip(rows, touched, strict=True) if count]


def _where(error: BaseException) -> str:
    """Name an error and the line it came from. Its text stays out: it may hold what a patient wrote."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    code = trace.tb_frame.f_code
    return (
        f"{type(error).__name__} at {code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} in {code.co_name}"
    )
