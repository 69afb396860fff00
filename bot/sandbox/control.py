"""The sandbox's own HTTP interface, under `/sandbox/`: what the chat page and tests in another process use.

Every request and answer is JSON. A path that changes something is POST; its body is checked by the models here.
"""

import contextlib
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeAlias, TypeVar

import orjson
from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from bot.sandbox.errors import RefusedError
from bot.sandbox.faults import Fault, FaultKind
from bot.sandbox.telegram import DueKind, Query, Request, Telegram
from bot.sandbox.user import User

LONGEST_WAIT_SECONDS = 60.0

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Body(BaseModel):
    """The base of everything that is posted."""

    model_config = ConfigDict(extra="forbid")


class NewUser(Body):
    """A person who arrives."""

    name: str = Field(min_length=1, max_length=64)


class NewGroup(Body):
    """A group that a person adds the bot to."""

    name: str = Field(min_length=1)
    title: str = Field(min_length=1)


class Text(Body):
    """A text to send."""

    text: str


class Edit(Body):
    """A new text for an own message."""

    message_id: int
    text: str


class Tap(Body):
    """A tap on a button, by label or data."""

    button: str
    message_id: int | None = None


class Callback(Body):
    """Callback data made up by hand."""

    data: str
    message_id: int


class Photo(Body):
    """A picture with a caption."""

    caption: str = ""


class Location(Body):
    """A place, in degrees."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class NewFault(Body):
    """A fault to add; see `bot.sandbox.faults.Fault`."""

    kind: FaultKind
    method: str = "*"
    chat_id: int | None = None
    after: int = Field(default=0, ge=0)
    times: int | None = Field(default=1, ge=1)
    seconds: float = Field(default=0.0, ge=0)
    retry_after: int = Field(default=1, ge=1)
    until: AwareDatetime | None = None


class Outage(Body):
    """A span in which nothing works."""

    seconds: float = Field(gt=0)
    reset: bool = False


class NewUpdate(Body):
    """An update to queue as it is."""

    kind: str
    content: Any


class Again(Body):
    """An update to deliver once more: the last one where none is named."""

    update_id: int | None = None


class Move(Body):
    """Where to move the clock: by seconds, to a moment, or to what is due in a chat."""

    advance: float | None = None
    to: AwareDatetime | None = None
    due: DueKind | None = None
    chat_id: int | None = None


class Switch(Body):
    """Something to switch on or off."""

    enabled: bool


class Empty(Body):
    """Nothing to say."""


BodyType = TypeVar("BodyType", bound=Body)


def reply(content: Any, status: int = 200) -> web.Response:
    """Answer with JSON."""
    return web.Response(body=orjson.dumps(content), status=status, content_type="application/json")


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what a request got wrong into one clear sentence."""
    try:
        return await handler(request)
    except ValidationError as error:
        return reply({"error": error.errors(include_url=False, include_context=False)}, 422)
    except RefusedError as error:
        return reply({"error": error.description}, 404)
    except (LookupError, ValueError) as error:
        return reply({"error": str(error)}, 409)


class Control:
    """The routes, over one `Telegram`."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self.closing = False

    def application(self) -> web.Application:
        """Give the aiohttp application to mount at `/sandbox/`."""
        application = web.Application(middlewares=[explain])
        get, post = application.router.add_get, application.router.add_post
        get("/state", self._state)
        get("/idle", self._idle)
        get("/events", self._events)
        get("/stream", self._stream)
        get("/requests", self._requests)
        get("/spinners", self._spinners)
        get("/clock", self._clock)
        get("/files/{file_id}", self._file)
        get("/chats/{chat_id}/messages", self._messages)
        post("/users", self._new_user)
        post("/groups", self._new_group)
        post("/faults", self._new_fault)
        post("/faults/clear", self._clear_faults)
        post("/outage", self._outage)
        post("/updates", self._inject)
        post("/updates/again", self._again)
        post("/limits", self._limits)
        post("/clock", self._move)
        post("/chats/{chat_id}/{action}", self._act)
        return application

    def _user(self, request: web.Request) -> User:
        return self._telegram.user_of(int(request.match_info["chat_id"]))

    async def _state(self, _request: web.Request) -> web.Response:
        telegram = self._telegram
        people = [
            {"chat_id": person.user_id, "name": name, "blocked": telegram.chats.get(person.user_id).blocked}
            for name, person in telegram.chats.people.items()
        ]
        return reply(
            {
                "now": telegram.clock.now().isoformat(),
                "frozen": telegram.clock.frozen,
                "bot": telegram.bot_user()["first_name"],
                "about": telegram.about.get(("description", ""), ""),
                "users": people,
                "commands": telegram.shown_commands(),
                "last_event": telegram.last_event,
                "waiting_updates": telegram.updates.waiting,
                "in_flight": telegram.in_flight,
                "activity": telegram.activity,
                "polled": telegram.updates.polled,
                "unknown_methods": telegram.unknown_methods,
                "limits": telegram.limits.enabled,
            }
        )

    async def _idle(self, request: web.Request) -> web.Response:
        telegram = self._telegram
        reacted = request.query.get("reacted", "1") != "0"
        idle = await telegram.wait_for(lambda: telegram.idle(reacted=reacted), _wait(request))
        return reply(
            {
                "idle": idle,
                "activity": telegram.activity,
                "last_event": telegram.last_event,
                "waiting_updates": telegram.updates.waiting,
                "in_flight": telegram.in_flight,
                "polled": telegram.updates.polled,
                "unreacted": [chat.chat_id for chat in telegram.chats.all() if chat.awaits_reaction],
                "spinners": len(telegram.spinners()),
            }
        )

    async def _events(self, request: web.Request) -> web.Response:
        telegram = self._telegram
        since = int(request.query.get("since", "0"))
        chat = request.query.get("chat_id")
        chat_id = int(chat) if chat else None
        await telegram.wait_for(lambda: bool(telegram.since(since, chat_id)), _wait(request))
        return reply({"events": telegram.since(since, chat_id), "last": telegram.last_event})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Push every event as it happens, as server-sent events."""
        stream = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await stream.prepare(request)
        seen = int(request.headers.get("Last-Event-ID") or request.query.get("since", "0"))
        with contextlib.suppress(ConnectionResetError):  # the page was closed, which is how every stream ends
            await self._push(stream, seen)
        return stream

    async def _push(self, stream: web.StreamResponse, seen: int) -> None:
        telegram = self._telegram
        while not self.closing:
            for event in telegram.since(seen):
                seen = event["seq"]
                await stream.write(b"id: %d\ndata: %s\n\n" % (seen, orjson.dumps(event)))
            if not await telegram.wait_for(partial(self._news, seen), 15.0):
                await stream.write(b": still here\n\n")

    def _news(self, seen: int) -> bool:
        return self._telegram.last_event > seen or self.closing

    async def _messages(self, request: web.Request) -> web.Response:
        user = self._user(request)
        chat = user.chat
        typing = chat.typing_until is not None and chat.typing_until > self._telegram.clock.now()
        return reply(
            {
                "chat_id": chat.chat_id,
                "name": user.person.name,
                "messages": user.transcript,
                "reply_keyboard": chat.reply_keyboard,
                "blocked": chat.blocked,
                "typing": typing,
                "last": self._telegram.last_event,
            }
        )

    async def _requests(self, request: web.Request) -> web.Response:
        since = int(request.query.get("since", "0"))
        return reply([_logged(entry) for entry in list(self._telegram.requests)[since:]])

    async def _spinners(self, _request: web.Request) -> web.Response:
        return reply([_spinner(query) for query in self._telegram.spinners()])

    async def _clock(self, request: web.Request) -> web.Response:
        clock = self._telegram.clock
        known = int(request.query.get("moves", "-1"))
        await self._telegram.wait_for(lambda: clock.moves != known, _wait(request))
        return reply({"now": clock.now().isoformat(), "frozen": clock.frozen, "moves": clock.moves})

    async def _move(self, request: web.Request) -> web.Response:
        move = await _body(request, Move)
        clock = self._telegram.clock
        if move.advance is not None:
            clock.advance(move.advance)
        elif move.to is not None:
            clock.jump_to(move.to)
        elif move.due is not None and move.chat_id is not None:
            await self._telegram.jump_to_due(move.due, move.chat_id)
        else:
            raise ValueError("say where to move: advance, to, or due with chat_id")
        return await self._clock(request)

    async def _file(self, request: web.Request) -> web.Response:
        upload = self._telegram.files.by_id(request.match_info["file_id"]).upload
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        return web.Response(body=upload.content, content_type=upload.mime_type, headers=headers)

    async def _new_user(self, request: web.Request) -> web.Response:
        user = self._telegram.user((await _body(request, NewUser)).name)
        return reply({"chat_id": user.chat.chat_id, "name": user.person.name})

    async def _new_group(self, request: web.Request) -> web.Response:
        body = await _body(request, NewGroup)
        return reply({"chat_id": self._telegram.user(body.name).adds_to_group(body.title).chat_id})

    async def _new_fault(self, request: web.Request) -> web.Response:
        body = await _body(request, NewFault)
        self._telegram.faults.add(Fault(**body.model_dump()))
        return reply({"added": body.kind})

    async def _clear_faults(self, _request: web.Request) -> web.Response:
        self._telegram.faults.clear()
        return reply({"cleared": True})

    async def _outage(self, request: web.Request) -> web.Response:
        body = await _body(request, Outage)
        self._telegram.faults.outage(self._telegram.clock.now(), body.seconds, reset=body.reset)
        return reply({"seconds": body.seconds})

    async def _inject(self, request: web.Request) -> web.Response:
        body = await _body(request, NewUpdate)
        return reply({"update_id": self._telegram.inject(body.kind, body.content)})

    async def _again(self, request: web.Request) -> web.Response:
        body = await _body(request, Again)
        return reply({"update_id": self._telegram.updates.deliver_again(body.update_id)})

    async def _limits(self, request: web.Request) -> web.Response:
        self._telegram.limits.enabled = (await _body(request, Switch)).enabled
        return reply({"enabled": self._telegram.limits.enabled})

    async def _act(self, request: web.Request) -> web.Response:
        """Do what a person can do in their chat; give the message or the update's id."""
        model, act = ACTIONS.get(request.match_info["action"], (Empty, None))
        if act is None:
            raise LookupError(f"a person cannot {request.match_info['action']!r}")
        result = act(self._user(request), await _body(request, model))
        return reply({"result": result, "last_event": self._telegram.last_event})


ACTIONS: dict[str, tuple[type[Body], Callable[[User, Any], Any]]] = {
    "text": (Text, lambda user, body: user.sends(body.text)),
    "edit": (Edit, lambda user, body: user.edits(body.message_id, body.text)),
    "tap": (Tap, lambda user, body: user.taps(body.button, body.message_id)),
    "callback": (Callback, lambda user, body: user.calls_back(body.data, body.message_id)),
    "photo": (Photo, lambda user, body: user.sends_photo(caption=body.caption)),
    "voice": (Empty, lambda user, _body: user.sends_voice()),
    "location": (Location, lambda user, body: user.sends_location(body.latitude, body.longitude)),
    "block": (Empty, lambda user, _body: user.blocks()),
    "unblock": (Empty, lambda user, _body: user.unblocks()),
    "deactivate": (Empty, lambda user, _body: user.deactivates()),
}
"""What a person can do, with the shape of what is posted."""


def _wait(request: web.Request) -> float:
    return min(float(request.query.get("wait", "0")), LONGEST_WAIT_SECONDS)


async def _body(request: web.Request, model: type[BodyType]) -> BodyType:
    if request.content_type != "application/json":
        raise ValueError("send JSON, with its content type")
    return model.model_validate_json(await request.read())


def _logged(entry: Request) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "method": entry.method,
        "chat_id": entry.chat_id,
        "parameters": dict(entry.parameters),
        "status": entry.status,
        "description": entry.description,
        "fault": entry.fault,
    }


def _spinner(query: Query) -> dict[str, Any]:
    return {
        "query_id": query.query_id,
        "chat_id": query.chat_id,
        "data": query.data,
        "created": query.created.isoformat(),
    }
