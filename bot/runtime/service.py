"""The runtime: updates come in, what is due comes up, turns are run, messages go out; and the ordered way down."""

import asyncio
import contextlib
import gc
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import orjson

from bot import garbage
from bot.clock import Clock
from bot.runtime.background import ProcessBackground
from bot.runtime.handling import Cause, OnFailure, TurnRunner
from bot.runtime.inbox import CONFLICT_GRACE_SECONDS, Poller
from bot.runtime.lanes import Lanes
from bot.runtime.outbox import Sender, SendingLimits
from bot.runtime.parsing import Update, parsed
from bot.runtime.refusals import Remedy, remedy
from bot.runtime.schedule import Schedule
from bot.runtime.transport import AmbiguousError, BotApi, NotSentError, RefusedError, drain
from bot.runtime.turn import CallbackAnswer, Due, Turn
from storage.due import DueRow, begin_due, close_due, is_open, purge_due
from storage.engine import Database, Statement, StorageError
from storage.inbox import (
    JournalledUpdate,
    begin_update,
    close_update,
    forget_update,
    is_update_open,
    oldest_open,
    open_updates,
    purge_inbox,
    quarantine,
)
from storage.outbox import MessageKind, drop_messages, forget_messages, purge_outbox

logger = logging.getLogger(__name__)

UpdateHandler = Callable[[Turn, Update], Awaitable[None]]
DueHandler = Callable[[Turn, Due], Awaitable[None]]
UnreachableHandler = Callable[[Turn], Awaitable[None]]

_HOUSEKEEPING_SECONDS = 3600.0
_STARTS_UNTIL_ALONE = 2
_STARTS_UNTIL_SET_ASIDE = 5
"""Two beside others and three alone. With one alone, 1,400 kills at random moments set an innocent answer aside."""


class EndsTheProcessError(Exception):
    """What was under way each time a process ended, alone in the last of them."""


@dataclass(frozen=True, slots=True)
class RuntimeSettings:
    """How the runtime is set. `windows` gives for each kind of due thing how late it may still be done."""

    windows: Mapping[str, timedelta] = field(default_factory=dict)
    limits: SendingLimits = field(default_factory=SendingLimits)
    turns_at_once: int = 64
    due_at_once: int = 16
    most_unsent_prompts: int = 300
    most_waiting_updates: int = 2_000
    kept: timedelta = timedelta(days=30)
    """How long ids and times of what is closed are kept: updates, messages, prompts."""
    turn_grace_seconds: float = 5.0
    send_grace_seconds: float = 3.0
    conflict_grace_seconds: float = CONFLICT_GRACE_SECONDS


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the bot works: an old open update or an old poll shows that it does not."""

    oldest_open_update: datetime | None
    last_poll: datetime | None
    waiting_turns: int
    outbox_depth: int


class Runtime:
    """Moves updates and messages. It knows nothing of what they mean: that is in the handlers it is given.

    `handle_update` and `handle_due` decide in a turn; `on_failure` says an apology in the turn that sets a failure
    aside; `on_unreachable` records, in a turn of its own, that a patient cannot be reached.
    """

    def __init__(  # noqa: PLR0913 - everything the runtime stands on is passed in
        self,
        api: BotApi,
        database: Database,
        clock: Clock,
        *,
        handle_update: UpdateHandler,
        handle_due: DueHandler,
        on_failure: OnFailure,
        on_unreachable: UnreachableHandler,
        on_due_failure: DueHandler | None = None,
        settings: RuntimeSettings | None = None,
    ) -> None:
        self._api = api
        self._database = database
        self._clock = clock
        self._handle_update = handle_update
        self._handle_due = handle_due
        self._on_unreachable = on_unreachable
        self._on_due_failure = on_due_failure
        self._settings = settings if settings is not None else RuntimeSettings()
        self._lanes = Lanes(self._settings.turns_at_once)
        self._background = ProcessBackground()
        self._sender = Sender(api, database, clock, self._settings.limits, self._unreachable)
        self._turns = TurnRunner(database, clock, self._sender, self._background, on_failure)
        self._poller = Poller(
            api,
            database,
            clock,
            self._take,
            self._has_room,
            conflict_grace_seconds=self._settings.conflict_grace_seconds,
        )
        self._schedule = Schedule(
            database,
            clock,
            self._settings.windows,
            self._run_due,
            self._prompt_room,
            self._more_prompt_room,
            most_at_once=self._settings.due_at_once,
        )
        self._started_at = clock.now()
        self._stopping = asyncio.Event()
        self.begun = asyncio.Event()
        """Set when updates are taken in: what can wait until then does."""
        self.ended = asyncio.Event()
        """Set when the runtime is down, in whichever way."""
        self._answers: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Take up what an earlier process left, then serve until `stop`; raises `FatalError`.

        What is loaded by then is never looked at for garbage again. However it ends, what is under way is finished within ten seconds or left for the next start.
        """
        await self._turns.ids.start(self._database)
        await self._sender.start()
        left = await open_updates(self._database)
        gc.freeze()
        garbage.look_rarely()
        taken_up = asyncio.Event()
        loops = [
            asyncio.create_task(self._poll(left, taken_up)),
            asyncio.create_task(self._run_schedule(taken_up)),
            asyncio.create_task(self._keep_house()),
        ]
        self.begun.set()
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            ended, _ = await asyncio.wait([*loops, stopping], return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
        finally:
            await self._way_down([*loops, stopping])

    def stop(self) -> None:
        """Begin the way down."""
        self._stopping.set()

    async def health(self) -> Health:
        """Give the figures that show whether the bot works."""
        return Health(
            await oldest_open(self._database), self._poller.last_poll, self._lanes.waiting, self._sender.depth
        )

    async def _way_down(self, loops: list[asyncio.Task[None] | asyncio.Task[bool]]) -> None:
        """Stop what brings work, then finish turns, then finish sends: nothing is left half done."""
        for task in loops:
            task.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await self._lanes.close(self._settings.turn_grace_seconds)
        await asyncio.gather(
            self._sender.close(self._settings.send_grace_seconds),
            drain(self._answers, self._settings.send_grace_seconds),
        )
        await self._background.close()
        self.ended.set()

    async def _has_room(self) -> None:
        await self._lanes.below(self._settings.most_waiting_updates)

    def _prompt_room(self) -> int:
        waiting = self._sender.depth_of(MessageKind.PROMPT, MessageKind.SUMMARY)
        return self._settings.most_unsent_prompts - waiting

    async def _more_prompt_room(self) -> None:
        while self._prompt_room() <= 0:
            self._sender.drained.clear()
            await self._sender.drained.wait()

    def _take(self, updates: Sequence[JournalledUpdate]) -> None:
        for update in updates:
            self._lanes.submit(update.chat_id, partial(self._run_update, update))

    async def _poll(self, left: Sequence[JournalledUpdate], taken_up: asyncio.Event) -> None:
        await self._take_up(left)
        taken_up.set()
        await self._poller.run()

    async def _run_schedule(self, taken_up: asyncio.Event) -> None:
        await taken_up.wait()
        await self._schedule.run()

    async def _take_up(self, left: Sequence[JournalledUpdate]) -> None:
        """Go on with what an earlier process left. What was under way when two ended is run alone, before the rest.

        So one that ends the process is known for it, and what only ran beside it is not set aside with it. It was
        the first of its chat, as it was begun, and so its chat's order is kept.
        """
        for update in left:
            if update.begun >= _STARTS_UNTIL_ALONE:
                await self._run_left(update)
        for update in left:
            if update.begun < _STARTS_UNTIL_ALONE:
                self._lanes.submit(update.chat_id, partial(self._run_left, update))

    async def _run_left(self, update: JournalledUpdate) -> None:
        """Count the start before the update is begun: afterwards nobody might be there to do it."""
        if update.begun < _STARTS_UNTIL_SET_ASIDE:
            with contextlib.suppress(StorageError):
                await self._database.commit([begin_update(update.update_id)])
        await self._run_update(update)

    async def _run_update(self, journalled: JournalledUpdate) -> None:
        """Handle one update, and answer its tap whatever becomes of it: a phone shows until then that it waits."""
        update_id = journalled.update_id

        def done(turn: Turn) -> list[Statement]:
            return [forget_update(update_id) if turn.forgets else close_update(update_id, turn.now)]

        cause = Cause(
            "update",
            journalled.chat_id,
            done,
            lambda turn, error: [quarantine(update_id, error, turn.now)],
            partial(is_update_open, self._database, update_id),
        )
        document = orjson.loads(journalled.body)

        async def act(turn: Turn) -> None:
            if journalled.begun >= _STARTS_UNTIL_SET_ASIDE:
                raise EndsTheProcessError
            await self._handle_update(turn, parsed(document, self._api.bot))

        turn = await self._turns.run(cause, act)
        query = document.get("callback_query")
        if isinstance(query, dict) and "id" in query:
            self._answer(str(query["id"]), turn.callback_answer if turn is not None else None)

    def _answer(self, query_id: str, answer: CallbackAnswer | None) -> None:
        task = asyncio.create_task(self._send_answer(query_id, answer or CallbackAnswer()))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _send_answer(self, query_id: str, answer: CallbackAnswer) -> None:
        payload: dict[str, object] = {"callback_query_id": query_id}
        if answer.text is not None:
            payload |= {"text": answer.text, "show_alert": answer.alert}
        try:
            await self._api.call("answerCallbackQuery", payload)
        except RefusedError as refusal:
            if remedy(refusal) is not Remedy.IGNORE:
                logger.warning("a tap could not be answered: %s", refusal)
        except (NotSentError, AmbiguousError) as error:
            logger.warning("a tap could not be answered: %s", error)

    async def _run_due(self, row: DueRow, due: Due) -> None:
        """Handle one due thing in its chat's lane, and return when it is closed.

        What was due at the start already may have ended the process before: that it is begun is counted first.
        """
        ended = asyncio.Event()
        sets_aside = row.begun >= _STARTS_UNTIL_SET_ASIDE

        async def act(turn: Turn) -> None:
            if sets_aside:
                raise EndsTheProcessError
            await self._handle_due(turn, due)

        async def job() -> None:
            try:
                if row.due_at <= self._started_at and not sets_aside:
                    with contextlib.suppress(StorageError):
                        await self._database.commit([begin_due(row)])
                await self._turns.run(self._due_cause(row, due), act)
            finally:
                ended.set()

        self._lanes.submit(row.chat_id, job)
        await ended.wait()

    def _due_cause(self, row: DueRow, due: Due) -> Cause:
        """Give the cause of a due turn. What it planned goes with it when it fails: `on_due_failure` plans it then."""
        handle = self._on_due_failure
        instead = None if handle is None else lambda turn: handle(turn, due)
        return Cause(
            f"due {row.kind}",
            row.chat_id,
            lambda turn: [close_due(row, "missed" if due.missed else "done", turn.now)],
            lambda turn, _: [close_due(row, "failed", turn.now)],
            partial(is_open, self._database, row),
            instead,
        )

    def _unreachable(self, chat_id: int) -> None:
        """Stop speaking to a chat; what waits for it is dropped with the record that it cannot be reached."""

        async def still_open() -> bool:
            return True

        cause = Cause(
            "unreachable chat",
            chat_id,
            lambda turn: [forget_messages(chat_id), drop_messages(chat_id, turn.now)],
            lambda turn, _: [forget_messages(chat_id), drop_messages(chat_id, turn.now)],
            still_open,
        )

        async def job() -> None:
            self._sender.drop(chat_id)
            await self._turns.run(cause, self._on_unreachable)

        self._lanes.submit(chat_id, job)

    async def _keep_house(self) -> None:
        """Delete ids and times that have been kept long enough."""
        while True:
            before = self._clock.now() - self._settings.kept
            with contextlib.suppress(StorageError):
                await self._database.commit([purge_inbox(before), purge_outbox(before), purge_due(before)])
            await asyncio.sleep(_HOUSEKEEPING_SECONDS)
