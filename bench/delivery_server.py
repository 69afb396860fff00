"""A fake Bot API made to be out of the way: presses at a given rate, 50 ms for every call, and when each was answered.

Runs in a process of its own (`python -m bench.delivery_server`), prints its port, and is controlled over
`/control/...`. It checks nothing: the sandbox does that. With `diaries` as its argument each press answers the
question that the bot under test has shown; without it, each is one of six scores.
"""

import asyncio
import sys
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import orjson

LATENCY_SECONDS = 0.05
CHATS = 2_000
FIRST_CHAT = 5_000_000
FIRST_UPDATE_ID = 1_000
_HEAD_END = b"\r\n\r\n"


class Load:
    """The presses: which are waiting, which were answered, and how long that took."""

    def __init__(self, diaries: Any = None) -> None:
        self.diaries = diaries
        self.taps: dict[int, str] = {}
        if diaries is not None:
            today = datetime.now(UTC).date()
            self.taps = {FIRST_CHAT + number: diaries.first_tap(number, today) for number in range(CHATS)}
        self.next_id = FIRST_UPDATE_ID
        self.waiting: deque[dict] = deque()
        self.pressed: dict[int, float] = {}
        self.seconds: list[float] = []
        self.polls = 0
        self.other_methods: dict[str, int] = {}
        self.photos: list[float] = []
        self.began = 0.0
        self.ended = 0.0
        self.asked = 0
        self.expected = 0
        self.poller: Callable[[], None] | None = None

    def press(self) -> None:
        update_id = self.next_id
        self.next_id += 1
        self.waiting.append(_press(update_id, self.taps.get(FIRST_CHAT + update_id % CHATS)))
        self.pressed[update_id] = time.perf_counter()
        self.asked += 1
        if self.poller is not None:
            poller, self.poller = self.poller, None
            poller()

    def batch(self, offset: int) -> list[dict]:
        while self.waiting and self.waiting[0]["update_id"] < offset:
            self.waiting.popleft()
        return [self.waiting[place] for place in range(min(100, len(self.waiting)))]

    def shown(self, chat_id: int, keyboard: Any) -> None:
        """Let a chat's next press answer what it is shown."""
        if self.diaries is None or not keyboard:
            return
        data = [button["callback_data"] for line in keyboard["inline_keyboard"] for button in line]
        self.taps[chat_id] = self.diaries.next_tap(self.taps[chat_id], data)

    def edited(self, message_id: int) -> None:
        """Count the answer to a press: each is on a message of its own, numbered as its update."""
        pressed = self.pressed.pop(message_id, None)
        if pressed is not None:
            self.ended = time.perf_counter()
            self.seconds.append(self.ended - pressed)


def _press(update_id: int, data: str | None) -> dict:
    number = update_id % CHATS
    chat = {"id": FIRST_CHAT + number, "type": "private", "first_name": "P"}
    person = {"id": chat["id"], "is_bot": False, "first_name": "P"}
    message = {
        "message_id": update_id,
        "date": 1_760_000_000,
        "chat": chat,
        "from": {"id": 1, "is_bot": True, "first_name": "B", "username": "b_bot"},
        "text": "How bad was your back today?",
        "reply_markup": {
            "inline_keyboard": [[{"text": str(score), "callback_data": f"c:{score}"} for score in range(6)]]
        },
    }
    query = {
        "id": str(update_id),
        "from": person,
        "message": message,
        "chat_instance": "1",
        "data": data or f"c:{update_id % 6}",
    }
    return {"update_id": update_id, "callback_query": query}


class Api(asyncio.Protocol):
    """One connection of a bot."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(_HEAD_END)) >= 0:
            head = self._received[:end]
            length = _length(head)
            if len(self._received) < end + 4 + length:
                return
            body = self._received[end + 4 : end + 4 + length]
            self._received = self._received[end + 4 + length :]
            self._asked(head, body)

    def _asked(self, head: bytes, body: bytes) -> None:
        path = head.split(b" ", 2)[1].decode()
        if path.startswith("/control/"):
            self._answer(control(self._load, path))
            return
        method = path.rpartition("/")[2].lower()
        values = _values(head, body)
        loop = asyncio.get_running_loop()
        if method == "getupdates":
            self._poll(int(values.get("offset", 0) or 0), int(values.get("timeout", 0) or 0))
        elif method in {"editmessagetext", "editmessagereplymarkup"}:
            message_id = int(values["message_id"])
            self._load.shown(int(values["chat_id"]), values.get("reply_markup"))
            loop.call_later(LATENCY_SECONDS, self._edited, message_id, int(values["chat_id"]))
        else:
            self._load.other_methods[method] = self._load.other_methods.get(method, 0) + 1
            if method == "sendphoto":
                self._load.photos.append(time.perf_counter())
            loop.call_later(LATENCY_SECONDS, self._answer, _result(method, values))

    def _poll(self, offset: int, seconds: int) -> None:
        load = self._load
        load.polls += 1
        ready = load.batch(offset)
        if ready or not seconds:
            self._answer(ready)
            return

        def wake() -> None:
            self._answer(load.batch(offset))

        def give_up() -> None:
            if load.poller is wake:
                load.poller = None
                self._answer([])

        load.poller = wake
        asyncio.get_running_loop().call_later(seconds, give_up)

    def _edited(self, message_id: int, chat_id: int) -> None:
        self._load.edited(message_id)
        self._answer(
            {"message_id": message_id, "date": 1, "chat": {"id": chat_id, "type": "private"}, "text": "x"}
        )

    def _answer(self, result: object) -> None:
        content = orjson.dumps({"ok": True, "result": result})
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(head.encode() + content)


def control(load: Load, path: str) -> object:
    """Begin a load, or say how it went."""
    verb, *arguments = path.removeprefix("/control/").split("/")
    if verb == "load":
        count, rate = int(arguments[0]), float(arguments[1])
        load.seconds.clear()
        load.pressed.clear()
        load.waiting.clear()
        load.began = load.ended = time.perf_counter()
        load.expected = count
        if rate:
            asyncio.get_running_loop().create_task(press_at(load, count, rate))
        else:
            for _ in range(count):
                load.press()
    return {
        "polls": load.polls,
        "answered": len(load.seconds),
        "elapsed": load.ended - load.began,
        "other": load.other_methods,
        "seconds": load.seconds if verb == "times" else [],
        "photos": load.photos if verb == "photos" else [],
    }


async def press_at(load: Load, count: int, rate: float) -> None:
    """Press evenly, however late the loop is."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    for number in range(count):
        delay = start + number / rate - loop.time()
        if delay > 0:
            await asyncio.sleep(delay)
        load.press()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _values(head: bytes, body: bytes) -> dict:
    """Read parameters as each library sends them: JSON, a form, or parts."""
    lowered = head.lower()
    if b"application/json" in lowered:
        return orjson.loads(body) if body else {}
    if b"multipart/form-data" in lowered:
        return _parts(body)
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


def _parts(body: bytes) -> dict:
    values = {}
    boundary = body.split(b"\r\n", 1)[0]
    for part in body.split(boundary)[1:-1]:
        head, _, content = part.partition(_HEAD_END)
        name = head.partition(b'name="')[2].partition(b'"')[0].decode()
        values[name] = content.removesuffix(b"\r\n").decode(errors="replace")
    return values


def _result(method: str, values: dict) -> object:
    if method == "getme":
        return {"id": 1, "is_bot": True, "first_name": "B", "username": "b_bot"}
    if method.startswith("send"):
        return {
            "message_id": 1,
            "date": 1,
            "chat": {"id": int(values["chat_id"]), "type": "private"},
            "text": "x",
        }
    return True


async def main() -> None:
    diaries = None
    if sys.argv[1:] == ["diaries"]:
        from bench import delivery_diaries as diaries  # noqa: PLC0415 - the peers' server needs nothing of ours
    load = Load(diaries)
    server = await asyncio.get_running_loop().create_server(lambda: Api(load), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
