"""The sandbox Telegram itself: one bot, its chats, its queue of updates, and everything that can go wrong.

Pure of any transport: `server.py` and `request.py` are two faces over the same `Telegram.call`.
"""

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from bot.sandbox.chats import Chat, Chats
from bot.sandbox.clock import SandboxClock
from bot.sandbox.errors import ConnectionDroppedError, RefusedError
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.files import Files
from bot.sandbox.limits import Limits
from bot.sandbox.methods import METHODS
from bot.sandbox.parameters import JSON, Parameters, Upload
from bot.sandbox.updates import Updates
from bot.sandbox.user import User

DEFAULT_TOKEN = "1000001:sandbox-needs-no-secret-token-000000"  # noqa: S105 - opens nothing but the sandbox
BOT_NAME = "Backtrack"
QUERY_LIFETIME = timedelta(seconds=15)
"""Telegram documents no number; two public reports measured about 15 s until a query is too old."""
FIRST_USER_ID = 700_000_001
FIRST_QUERY_ID = 9_000_000_000
CHECKIN_FALLBACK = (20, 5)
"""Hour and minute, UTC, of the next check-in where the app does not say when it is due."""
WEEK = timedelta(days=7)
LOGGED_REQUESTS = 200_000
KEPT_EVENTS = 200_000

DueKind: TypeAlias = Literal["checkin", "weekly"]
NextDue: TypeAlias = Callable[[DueKind, int], Awaitable[datetime | None]]

_WELL_FORMED_TOKEN = re.compile(r"\d+:[\w-]+")
_METHODS = {name.lower(): (name, method) for name, method in METHODS.items()}


@dataclass(slots=True)
class Query:
    """One tap that waits for its answer."""

    query_id: str
    chat_id: int
    data: str
    created: datetime


@dataclass(slots=True)
class Request:
    """One call of the bot, as it is kept in the log. `status` is 0 while it runs or where it got no answer."""

    at: datetime
    method: str
    chat_id: int | None
    parameters: Mapping[str, Any] = field(repr=False)
    status: int = 0
    description: str = ""
    fault: str | None = None


class Telegram:
    """One bot's Telegram.

    `next_due` tells when the next prompt of a kind is due in a chat, for the page's two smart jumps; without it
    they go to the next 20:05 UTC and a week on.
    """

    def __init__(
        self,
        clock: SandboxClock | None = None,
        *,
        token: str = DEFAULT_TOKEN,
        next_due: NextDue | None = None,
    ) -> None:
        self.clock = clock or SandboxClock()
        self.token = token
        self.next_due = next_due
        self.chats = Chats()
        self.files = Files()
        self.faults = Faults()
        self.limits = Limits()
        self.updates = Updates(self.clock, self.changed)
        self.requests: deque[Request] = deque(maxlen=LOGGED_REQUESTS)
        self.unknown_methods: list[str] = []
        self.commands: dict[tuple[str, str], list[JSON]] = {}
        self.menu_button: JSON = {"type": "default"}
        self.about: dict[tuple[str, str], str] = {("name", ""): BOT_NAME}
        self.in_flight = 0
        self.activity = 0
        self.events: deque[JSON] = deque(maxlen=KEPT_EVENTS)
        self._last_event = 0
        self._last_query = FIRST_QUERY_ID
        self._queries: dict[str, Query] = {}
        self._waiters: set[asyncio.Future[None]] = set()
        self.clock.watch(lambda: self.happened("clock", None, now=self.clock.now().isoformat()))

    # What the bot does

    async def call(
        self,
        token: str,
        method: str,
        values: Mapping[str, Any],
        files: Mapping[str, Upload] | None = None,
    ) -> tuple[int, JSON]:
        """Answer one call of the Bot API with the HTTP status and the JSON body.

        Raises `ConnectionDroppedError` where a fault ends the connection instead.
        """
        parameters = Parameters(values, files)
        request = Request(self.clock.now(), method, _chat_of(values), values)
        self.requests.append(request)
        waits = method.lower() == "getupdates"
        self.in_flight += not waits
        try:
            result = await self._faulty(token, parameters, request)
        except RefusedError as refused:
            request.status, request.description = refused.status, refused.description
            return refused.status, refused.body()
        else:
            request.status = 200
            return 200, {"ok": True, "result": result}
        finally:
            self.in_flight -= not waits
            self.activity += not waits
            self._reacted(request)
            self.changed()

    def _reacted(self, request: Request) -> None:
        chat = self.chats.find(request.chat_id)
        if chat is not None and request.method != "sendChatAction":
            chat.awaits_reaction = False

    async def _faulty(self, token: str, parameters: Parameters, request: Request) -> Any:
        """Run a call under the fault that strikes it, if one does."""
        self._check(token)
        fault = self.faults.strike(request.method, request.chat_id, self.clock.now())
        if fault is None:
            return await self._run(parameters, request)
        request.fault = fault.kind
        self._before(fault, request)
        result = await self._run(parameters, request)
        if fault.kind in {"drop_response", "hang"}:
            raise ConnectionDroppedError(applied=True, hangs=fault.seconds if fault.kind == "hang" else 0.0)
        if fault.kind == "delay":
            await self.clock.sleep(fault.seconds)
        return result

    def _before(self, fault: Fault, request: Request) -> None:
        if fault.kind == "bad_gateway":
            raise RefusedError("bad_gateway")
        if fault.kind == "too_many_requests":
            raise RefusedError("too_many", retry_after=fault.retry_after)
        if fault.kind == "reset":
            raise ConnectionDroppedError(applied=False)
        if fault.kind == "block" and request.chat_id is not None:
            self.user_of(request.chat_id).blocks()

    def _check(self, token: str) -> None:
        if token != self.token:
            raise RefusedError("unauthorized" if _WELL_FORMED_TOKEN.fullmatch(token) else "malformed_token")

    async def _run(self, parameters: Parameters, request: Request) -> Any:
        if request.method.lower() == "getupdates":
            self.updates.allow(parameters.nested("allowed_updates"))
            return await self.updates.poll(
                parameters.integer("offset"), parameters.integer("limit", 100), parameters.integer("timeout")
            )
        known = _METHODS.get(request.method.lower())
        if known is None:
            self.unknown_methods.append(request.method)
            raise RefusedError("unknown_method")
        name, method = known
        self.limits.check(name, request.chat_id, self.clock.now())
        return method(self, parameters)

    # What the methods need

    def bot_user(self) -> JSON:
        """Give the bot as a `User`."""
        name = self.about.get(("name", ""), BOT_NAME)
        return {
            "id": int(self.token.partition(":")[0]),
            "is_bot": True,
            "first_name": name,
            "username": f"{BOT_NAME}_sandbox_bot",
        }

    def described(self) -> JSON:
        """Give what getMe gives."""
        no = ("can_read_all_group_messages", "supports_inline_queries", "can_connect_to_business")
        return {
            **self.bot_user(),
            "can_join_groups": True,
            **dict.fromkeys(no, False),
            "has_main_web_app": False,
        }

    def shown_commands(self) -> list[JSON]:
        """Give the commands that a private chat shows in its menu."""
        scopes = (
            ("all_private_chats:", "en"),
            ("all_private_chats:", ""),
            ("default:", "en"),
            ("default:", ""),
        )
        return next((self.commands[scope] for scope in scopes if self.commands.get(scope)), [])

    def answer_query(self, query_id: str) -> Query:
        """Close a tap; raises `RefusedError` where it is unknown, answered or too old."""
        query = self._queries.get(query_id)
        if query is None or self.clock.now() - query.created > QUERY_LIFETIME:
            raise RefusedError("query_too_old")
        return self._queries.pop(query_id)

    def open_query(self, chat_id: int, data: str) -> Query:
        """Begin a tap, which shows a progress bar until it is answered."""
        self._last_query += 1
        query = Query(str(self._last_query), chat_id, data, self.clock.now())
        self._queries[query.query_id] = query
        return query

    def membership_changed(self, chat: Chat, by: JSON, before: str, after: str) -> int | None:
        """Tell the bot that it was blocked, unblocked, added or removed."""
        me = self.bot_user()
        change: JSON = {
            "chat": chat.described(),
            "from": by,
            "date": int(self.clock.now().timestamp()),
            "old_chat_member": _member(me, before),
            "new_chat_member": _member(me, after),
        }
        return self.updates.add("my_chat_member", change)

    # What people and tests do

    def user(self, name: str) -> User:
        """Give the person of that name, who arrives if new."""
        known = name in self.chats.people
        person = self.chats.person(name, FIRST_USER_ID)
        if not known:
            self.happened("person", person.user_id, name=name)
        return User(self, person)

    def user_of(self, chat_id: int) -> User:
        """Give the person of a private chat; raises `RefusedError` for an unknown chat or a group."""
        person = self.chats.get(chat_id).person
        if person is None:
            raise RefusedError("chat_not_found")
        return User(self, person)

    def spinners(self) -> list[Query]:
        """Give the taps that were never answered."""
        return list(self._queries.values())

    def inject(self, kind: str, content: object) -> int | None:
        """Queue an update as it is, also one that no library can parse."""
        return self.updates.add(kind, content)

    async def due(self, kind: DueKind, chat_id: int) -> datetime:
        """Say when the next prompt of a kind comes, by the app or, where it does not know, by a plain guess."""
        now = self.clock.now()
        known = await self.next_due(kind, chat_id) if self.next_due else None
        if known is not None and known > now:
            return known
        if kind == "weekly":
            return now + WEEK
        hour, minute = CHECKIN_FALLBACK
        return (now + timedelta(days=1)).replace(hour=hour, minute=minute, second=0, microsecond=0)

    async def jump_to_due(self, kind: DueKind, chat_id: int) -> datetime:
        """Move the clock to a second after the next prompt of a kind is due."""
        self.clock.jump_to(await self.due(kind, chat_id) + timedelta(seconds=1))
        return self.clock.now()

    # What happened, and waiting for it

    @property
    def last_event(self) -> int:
        """The number of the newest event."""
        return self._last_event

    def happened(self, kind: str, chat_id: int | None, **details: Any) -> None:
        """Add an event to the transcript."""
        self._last_event += 1
        at = self.clock.now().isoformat()
        self.events.append({"seq": self._last_event, "at": at, "kind": kind, "chat_id": chat_id, **details})
        self.changed()

    def since(self, seq: int, chat_id: int | None = None) -> list[JSON]:
        """Give the events after number `seq`, of one chat or of all; those of no chat are in both."""
        fresh: list[JSON] = []
        for event in reversed(self.events):
            if event["seq"] <= seq:
                break
            if chat_id is None or event["chat_id"] in (None, chat_id):
                fresh.append(event)
        fresh.reverse()
        return fresh

    def changed(self) -> None:
        """Let those who wait look again."""
        for waiter in tuple(self._waiters):
            if not waiter.done():
                waiter.set_result(None)

    async def wait_for(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait at most `seconds` of real time until `condition` holds; give whether it does."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not condition():
            waiter: asyncio.Future[None] = loop.create_future()
            self._waiters.add(waiter)
            try:
                await asyncio.wait_for(waiter, max(end - loop.time(), 0.0))
            except TimeoutError:
                return condition()
            finally:
                self._waiters.discard(waiter)
        return True

    def idle(self, *, reacted: bool = True) -> bool:
        """Say whether the bot waits: every update confirmed, no call in flight, every fresh tap answered.

        With `reacted`, also whether each chat in which a person did something saw a call of the bot since.
        """
        if reacted and any(chat.awaits_reaction for chat in self.chats.all()):
            return False
        now = self.clock.now()
        waits = self.updates.polled or self.updates.webhook is not None
        spins = any(now - query.created <= QUERY_LIFETIME for query in self.spinners())
        return waits and not self.updates.waiting and not self.in_flight and not spins


def _chat_of(values: Mapping[str, Any]) -> int | None:
    try:
        return int(str(values["chat_id"]))
    except (KeyError, ValueError):
        return None


def _member(me: JSON, status: str) -> JSON:
    return {"user": me, "status": status, **({"until_date": 0} if status == "kicked" else {})}
