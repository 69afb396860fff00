"""The sender: says what the outbox holds, the urgent first, each chat in order, within Telegram's limits."""

import asyncio
import heapq
import logging
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import orjson

from bot.clock import Clock
from bot.logs import alias
from bot.runtime.limits import Pace
from bot.runtime.refusals import Remedy, remedy
from bot.runtime.transport import (
    SEND_SECONDS,
    AmbiguousError,
    Attachment,
    BotApi,
    NotSentError,
    RefusedError,
    drain,
)
from storage.engine import Database, StaleWriteError, Statement, StorageError
from storage.outbox import (
    MessageKind,
    OutboxRow,
    claim_message,
    close_message,
    reopen_message,
    unsent_messages,
)

logger = logging.getLogger(__name__)

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 60.0
_CHATS_THAT_MEAN_ALL = 3
_FLOOD_MEMORY_SECONDS = 5.0
_CATCH_UP = 1.5
"""A timer may be late by half a turn without a turn being lost: at 29 a second no second holds more than 30."""


@dataclass(frozen=True, slots=True)
class SendingLimits:
    """How fast to send. Only what makes a new message counts: an edit or a deletion is no message.

    Source: Bot FAQ, "My bot is hitting limits": about 30 messages a second in all, one a second in a chat with
    short bursts allowed; 1,000 a second where paid broadcasts are switched on.
    """

    messages_a_second: float = 29.0
    chat_messages_a_second: float = 1.0
    chat_burst: int = 3
    requests_at_once: int = 128
    answer_seconds: float = SEND_SECONDS


@dataclass(slots=True)
class _Chat:
    """What waits for one chat, oldest first. The first stays in its place while it is being sent."""

    pace: Pace
    rows: deque[OutboxRow] = field(default_factory=deque)
    busy: bool = False
    ready: bool = False
    held_until: float = 0.0
    timer: asyncio.TimerHandle | None = None

    @property
    def urgency(self) -> int:
        """Give the urgency of the most urgent that waits: what is before it goes sooner for its sake."""
        return min(row.kind.priority for row in self.rows)


def _is_message(row: OutboxRow) -> bool:
    return row.method.startswith(("send", "copy", "forward")) and row.method != "sendChatAction"


class Sender:
    """Sends rows that were committed. `on_unreachable` is told of a chat that cannot be reached any more."""

    def __init__(
        self,
        api: BotApi,
        database: Database,
        clock: Clock,
        limits: SendingLimits,
        on_unreachable: Callable[[int], None],
    ) -> None:
        self._api = api
        self._database = database
        self._clock = clock
        self._limits = limits
        self._on_unreachable = on_unreachable
        self._chats: dict[int, _Chat] = {}
        self._ready: list[tuple[int, int, int]] = []
        self._ready_edits: list[tuple[int, int, int]] = []
        self._pace = Pace(limits.messages_a_second, _CATCH_UP)
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_flight = 0
        self._depth: Counter[MessageKind] = Counter()
        self._floods: dict[int, float] = {}
        self._closed = False
        self.drained = asyncio.Event()
        """Set whenever a row has left; whoever waits for room clears it first."""

    @property
    def depth(self) -> int:
        """Give how many messages wait or are being sent."""
        return self._depth.total()

    def depth_of(self, *kinds: MessageKind) -> int:
        """Give how many messages of some kinds wait or are being sent."""
        return sum(self._depth[kind] for kind in kinds)

    async def start(self) -> None:
        """Take up what an earlier process left. What may have been sent and must not be twice is closed."""
        for row in await unsent_messages(self._database):
            if row.claimed and not row.kind.resend_if_ambiguous:
                await self._database.commit([close_message(row, "uncertain", self._clock.now())])
                continue
            row.claimed = False
            self.take([row])

    def take(self, rows: Iterable[OutboxRow]) -> None:
        """Send rows that were committed, after what waits for the same chats."""
        for row in rows:
            chat = self._chats.get(row.chat_id)
            if chat is None:
                pace = Pace(self._limits.chat_messages_a_second, self._limits.chat_burst)
                chat = self._chats[row.chat_id] = _Chat(pace)
            self._supersede(chat, row)
            chat.rows.append(row)
            self._depth[row.kind] += 1
            if row.not_before is not None:
                wait = (row.not_before - self._clock.now()).total_seconds()
                chat.held_until = max(chat.held_until, asyncio.get_running_loop().time() + wait)
            if chat.ready:
                chat.ready = False
            self._advance(row.chat_id, chat)

    def _supersede(self, chat: _Chat, row: OutboxRow) -> None:
        """Take out an edit that waits right before another of the same message: nobody would see it."""
        if not chat.rows or (chat.busy and len(chat.rows) == 1):
            return
        before = chat.rows[-1]
        if _edited_message(before) is None or _edited_message(before) != _edited_message(row):
            return
        chat.ready = False
        self._left(chat.rows.pop())
        task = asyncio.create_task(self._record(close_message(before, "dropped", self._clock.now())))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def drop(self, chat_id: int) -> None:
        """Send nothing more of what waits for a chat; the table is the caller's."""
        chat = self._chats.get(chat_id)
        if chat is None:
            return
        kept = 1 if chat.busy else 0
        while len(chat.rows) > kept:
            self._left(chat.rows.pop())
        chat.ready = False
        self._advance(chat_id, chat)

    async def close(self, seconds: float) -> None:
        """Begin no more requests, and give those under way `seconds`; the rest waits in the table."""
        self._closed = True
        for timer in (self._timer, *(chat.timer for chat in self._chats.values())):
            if timer is not None:
                timer.cancel()
        await drain(self._tasks, seconds)

    def _advance(self, chat_id: int, chat: _Chat) -> None:
        """Put the chat's first row where it is chosen from, or see to it that this happens later."""
        if chat.busy or chat.ready or self._closed:
            return
        now = asyncio.get_running_loop().time()
        if not chat.rows:
            self._rest(chat_id, chat, now)
            return
        head = chat.rows[0]
        wait = chat.held_until - now
        if _is_message(head):
            wait = max(wait, chat.pace.delay(now))
        if wait > 0:
            self._wake_later(chat_id, chat, wait)
            return
        chat.ready = True
        heap = self._ready if _is_message(head) else self._ready_edits
        heapq.heappush(heap, (chat.urgency, head.id, chat_id))
        self._pump()

    def _rest(self, chat_id: int, chat: _Chat, now: float) -> None:
        """Forget a chat with nothing to say, but not before its pace may be forgotten too."""
        rested = max(chat.pace.rested_in(now), chat.held_until - now)
        if rested > 0:
            self._wake_later(chat_id, chat, rested)
        else:
            del self._chats[chat_id]

    def _wake_later(self, chat_id: int, chat: _Chat, seconds: float) -> None:
        if chat.timer is not None:
            chat.timer.cancel()

        def wake() -> None:
            chat.timer = None
            if self._chats.get(chat_id) is chat:
                self._advance(chat_id, chat)

        chat.timer = asyncio.get_running_loop().call_later(seconds, wake)

    def _pump(self) -> None:
        """Begin as many requests as the limits allow, the most urgent first."""
        while self._ready_edits and self._in_flight < self._limits.requests_at_once:
            self._begin(self._ready_edits)
        now = asyncio.get_running_loop().time()
        while self._ready and self._in_flight < self._limits.requests_at_once:
            delay = self._pace.delay(now)
            if delay > 0:
                if self._timer is None:
                    self._timer = asyncio.get_running_loop().call_later(delay, self._pump_again)
                return
            if (chat := self._begin(self._ready)) is not None:
                self._pace.take(now)
                chat.pace.take(now)

    def _pump_again(self) -> None:
        self._timer = None
        if not self._closed:
            self._pump()

    def _begin(self, heap: list[tuple[int, int, int]]) -> _Chat | None:
        """Begin the request of the heap's first entry, unless it is out of date."""
        _, row_id, chat_id = heapq.heappop(heap)
        chat = self._chats.get(chat_id)
        if chat is None or chat.busy or not chat.ready or chat.rows[0].id != row_id:
            return None
        chat.ready = False
        chat.busy = True
        self._in_flight += 1
        task = asyncio.create_task(self._send(chat_id, chat, chat.rows[0]))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return chat

    async def _send(self, chat_id: int, chat: _Chat, row: OutboxRow) -> None:
        """Send one row, free its chat for the next, and only then wait for the record of it."""
        try:
            record, finished = await self._attempt(chat, row)
        except StaleWriteError:
            record, finished = None, True
        except StorageError as error:
            logger.warning("outbox: %s", error)
            self._pause(chat, row)
            record, finished = None, False
        finally:
            self._in_flight -= 1
            chat.busy = False
        if finished:
            self._left(chat.rows.popleft())
        self._advance(chat_id, chat)
        self._pump()
        if record is not None:
            await self._record(record)

    def _left(self, row: OutboxRow) -> None:
        self._depth[row.kind] -= 1
        self.drained.set()

    async def _attempt(self, chat: _Chat, row: OutboxRow) -> tuple[Statement | None, bool]:
        """Try to send a row; give what to record, and whether the row is finished with."""
        now = self._clock.now()
        if row.not_after is not None and now > row.not_after:
            return close_message(row, "expired", now), True
        if not row.kind.resend_if_ambiguous and not row.claimed:
            await self._database.commit([claim_message(row.id)])
            row.claimed = True
        attachment = None
        if row.attachment is not None:
            attachment = Attachment(
                row.attachment_field or "document", row.attachment_name or "file", row.attachment
            )
        try:
            result = await self._api.call(row.method, row.payload, attachment, self._limits.answer_seconds)
        except RefusedError as refusal:
            return self._refused(chat, row, refusal)
        except NotSentError as error:
            logger.warning("outbox: %s", error)
            return self._again(chat, row), False
        except AmbiguousError as error:
            logger.warning("outbox: %s", error)
            if row.kind.resend_if_ambiguous:
                return self._again(chat, row), False
            return close_message(row, "uncertain", self._clock.now(), error=type(error).__name__), True
        message_id = result.get("message_id") if isinstance(result, dict) else None
        return close_message(row, "sent", self._clock.now(), message_id=message_id), True

    def _refused(self, chat: _Chat, row: OutboxRow, refusal: RefusedError) -> tuple[Statement | None, bool]:
        """Do what the table of refusals says."""
        now = self._clock.now()
        what = remedy(refusal)
        if what in {Remedy.COUNT_AS_SENT, Remedy.IGNORE}:
            return close_message(row, "sent", now), True
        if what is Remedy.WAIT:
            return self._wait(chat, row, refusal.retry_after or 1.0), False
        if what is Remedy.TRY_AGAIN:
            return self._again(chat, row), False
        if what is Remedy.SEND_PLAIN and (plain := _without_markup(row.payload)) is not None:
            logger.error(
                "outbox: markup refused by Telegram in a %s, sent plain: %s", row.kind, refusal.description
            )
            row.payload = plain
            return None, False
        if what is Remedy.UNREACHABLE:
            logger.info("outbox: chat %s cannot be reached", alias(row.chat_id))
            self._on_unreachable(row.chat_id)
            return self._left_to_be_dropped(row), True
        logger.error("outbox: a %s was refused: %s", row.kind, refusal)
        return close_message(row, "failed", now, error=f"{refusal.status}"), True

    def _left_to_be_dropped(self, row: OutboxRow) -> Statement | None:
        """Leave a row open for the turn that records that its chat cannot be reached, and closes it with that.

        Were it closed at once, a kill before that turn would lose the news; so it is refused again after a start.
        """
        return reopen_message(row.id, None) if row.claimed else None

    def _wait(self, chat: _Chat, row: OutboxRow, seconds: float) -> Statement:
        """Hold the chat that Telegram asked to hold; hold all only when it asks for several at a time."""
        now = asyncio.get_running_loop().time()
        chat.held_until = now + seconds
        self._floods[row.chat_id] = now
        self._floods = {
            chat_id: at for chat_id, at in self._floods.items() if now - at < _FLOOD_MEMORY_SECONDS
        }
        if len(self._floods) >= _CHATS_THAT_MEAN_ALL:
            logger.warning("outbox: Telegram refuses several chats, all new messages wait %.0f s", seconds)
            self._pace.hold(now + seconds)
        row.claimed = False
        return reopen_message(row.id, self._clock.now() + timedelta(seconds=seconds))

    def _again(self, chat: _Chat, row: OutboxRow) -> Statement | None:
        """Try the row again after a pause that grows."""
        self._pause(chat, row)
        if not row.claimed:
            return None
        row.claimed = False
        return reopen_message(row.id, None)

    def _pause(self, chat: _Chat, row: OutboxRow) -> None:
        row.attempts += 1
        pause = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2 ** min(row.attempts, 10))
        chat.held_until = asyncio.get_running_loop().time() + pause

    async def _record(self, statement: Statement) -> None:
        """Write what became of a row, for as long as it takes: a row forgotten would be sent again."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._database.commit([statement])
            except StorageError as error:
                logger.warning("outbox: %s", error)
                if not error.passes:
                    return
                await asyncio.sleep(pause)
                pause = min(_LONGEST_PAUSE_SECONDS, pause * 2)
            else:
                return


def _edited_message(row: OutboxRow) -> int | None:
    """Give the message whose text a row changes, `None` for all that is not such an edit."""
    if row.method != "editMessageText":
        return None
    message_id: int | None = orjson.loads(row.payload).get("message_id")
    return message_id


def _without_markup(payload: str) -> str | None:
    """Give the payload as plain text, or `None` where it has no markup to take away."""
    document = orjson.loads(payload)
    if document.pop("parse_mode", None) is None:
        return None
    return orjson.dumps(document).decode()
