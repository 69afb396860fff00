"""Drive a bot through the sandbox Telegram, over HTTP, as patients do. For flow tests with the real bot.

    async with Sandbox(server.address) as sandbox:      # any running sandbox: bot.sandbox.server.serve(...)
        alice = await sandbox.patient("alice")
        await alice.send("/start")                      # sends, then waits until the bot has reacted
        assert "Welcome" in alice.last.text
        await alice.tap("I agree")                      # by label or callback data, newest message first
        await alice.until(lambda chat: "country" in chat.last.text)
        await sandbox.advance(hours=24)                 # the sandbox's clock; the bot must use the same one
        await sandbox.wait_idle()

Waiting never sleeps: each wait is a long poll that the sandbox answers when something changes.

`wait_idle` returns when the bot waits in getUpdates (or has a webhook), every update is confirmed, no call is in
flight, every fresh tap is answered, and each chat in which a patient did something saw a call since. From outside
that is all one can see: a bot that confirms first and sends three messages may be idle between two of them. Where a
test needs certainty it waits for what it expects (`until`), or, with the bot in its own process, passes
`Sandbox(address, settled=...)`: an async function that returns once the bot's inbox and outbox are empty. Then
`wait_idle` is exact.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Self

import aiohttp

PATIENCE_SECONDS = 30.0
"""How long a wait lasts before it fails with what the sandbox saw. Raise it for one wait by `seconds=`."""


class BotDidNotReactError(AssertionError):
    """A wait ended without what was waited for; the message says what the sandbox saw instead."""


class Message:
    """One message as the chat shows it now."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body

    def __repr__(self) -> str:
        who = "bot" if self.from_bot else "patient"
        return f"<{self.id} {who}: {self.text!r} {self.buttons}>"

    @property
    def id(self) -> int:
        return int(self.body["message_id"])

    @property
    def from_bot(self) -> bool:
        return bool(self.body["from"]["is_bot"])

    @property
    def text(self) -> str:
        """The text, or the caption of a picture or document."""
        return str(self.body.get("text") or self.body.get("caption") or "")

    @property
    def rows(self) -> list[list[str]]:
        """The inline keyboard's labels, row by row."""
        rows = self.body.get("reply_markup", {}).get("inline_keyboard", [])
        return [[button["text"] for button in row] for row in rows]

    @property
    def buttons(self) -> list[str]:
        """The inline keyboard's labels."""
        return [label for row in self.rows for label in row]

    @property
    def data(self) -> list[str]:
        """The callback data of the inline keyboard."""
        rows = self.body.get("reply_markup", {}).get("inline_keyboard", [])
        return [button["callback_data"] for row in rows for button in row if "callback_data" in button]

    @property
    def edited(self) -> bool:
        return "edit_date" in self.body

    @property
    def file_id(self) -> str | None:
        """The largest picture's or the document's file id."""
        if "photo" in self.body:
            return str(self.body["photo"][-1]["file_id"])
        return str(self.body["document"]["file_id"]) if "document" in self.body else None


class Patient:
    """One person's chat with the bot. `messages` and `last` are as of the last action or wait."""

    def __init__(self, sandbox: "Sandbox", name: str, chat_id: int) -> None:
        self.sandbox = sandbox
        self.name = name
        self.chat_id = chat_id
        self.messages: list[Message] = []
        self.reply_keyboard: dict[str, Any] | None = None
        self.seen = 0

    @property
    def last(self) -> Message:
        """The newest message from the bot."""
        found = self.from_bot
        assert found, f"the bot has not written to {self.name}"
        return found[-1]

    @property
    def from_bot(self) -> list[Message]:
        return [message for message in self.messages if message.from_bot]

    async def send(self, text: str, *, wait: bool = True) -> Message:
        """Send a text and wait until the bot has reacted; give the bot's newest message."""
        return await self.act("text", {"text": text}, wait=wait)

    async def tap(self, button: str, *, message_id: int | None = None, wait: bool = True) -> Message:
        """Tap a button by label or callback data, on the newest message that has it or on a given one."""
        return await self.act("tap", {"button": button, "message_id": message_id}, wait=wait)

    async def calls_back(self, data: str, message_id: int, *, wait: bool = True) -> Message:
        """Send callback data made up by hand."""
        return await self.act("callback", {"data": data, "message_id": message_id}, wait=wait)

    async def edit(self, message_id: int, text: str, *, wait: bool = False) -> Message:
        """Edit an own message. Does not wait by default: most bots ignore edits."""
        return await self.act("edit", {"message_id": message_id, "text": text}, wait=wait)

    async def photo(self, caption: str = "", *, wait: bool = True) -> Message:
        return await self.act("photo", {"caption": caption}, wait=wait)

    async def voice(self, *, wait: bool = True) -> Message:
        return await self.act("voice", {}, wait=wait)

    async def location(self, latitude: float, longitude: float, *, wait: bool = True) -> Message:
        return await self.act("location", {"latitude": latitude, "longitude": longitude}, wait=wait)

    async def block(self) -> None:
        await self.act("block", {}, wait=False)

    async def unblock(self) -> None:
        await self.act("unblock", {}, wait=False)

    async def act(self, action: str, body: dict[str, Any], *, wait: bool) -> Message:
        await self.sandbox.post(f"chats/{self.chat_id}/{action}", body)
        if wait:
            await self.sandbox.wait_idle()
        await self.refresh()
        return self.from_bot[-1] if self.from_bot else Message({"message_id": 0, "from": {"is_bot": True}})

    async def refresh(self) -> list[Message]:
        """Read the chat as it is now."""
        chat = await self.sandbox.get(f"chats/{self.chat_id}/messages")
        self.messages = [Message(body) for body in chat["messages"]]
        self.reply_keyboard = chat["reply_keyboard"]
        self.seen = chat["last"]
        return self.messages

    async def until(
        self, condition: Callable[["Patient"], bool], *, seconds: float = PATIENCE_SECONDS
    ) -> Message:
        """Wait until the chat is as `condition` wants it; give the bot's newest message."""
        end = asyncio.get_running_loop().time() + seconds
        while True:
            await self.refresh()
            if self.messages and condition(self):
                return self.last
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                raise BotDidNotReactError(f"{self.name}'s chat never became so; it holds {self.messages}")
            await self.sandbox.get(f"events?since={self.seen}&chat_id={self.chat_id}&wait={left:.3f}")


class Sandbox:
    """A running sandbox, by its address."""

    def __init__(self, address: str, *, settled: Callable[[], Awaitable[None]] | None = None) -> None:
        self.address = address
        self._settled = settled
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def patient(self, name: str) -> Patient:
        """Give a patient by name, who arrives if new."""
        answer = await self.post("users", {"name": name})
        patient = Patient(self, name, answer["chat_id"])
        await patient.refresh()
        return patient

    async def wait_idle(self, *, reacted: bool = True, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until the bot waits (see the module). With `reacted=False` a patient's act may go without answer."""
        end = asyncio.get_running_loop().time() + seconds
        while True:
            left = max(end - asyncio.get_running_loop().time(), 0.0)
            before = await self.get(f"idle?wait={left:.3f}&reacted={int(reacted)}")
            if not before["idle"]:
                raise BotDidNotReactError(f"the bot is not idle after {seconds} s: {before}")
            if self._settled is None:
                return
            await asyncio.wait_for(self._settled(), max(left, 0.001))
            after = await self.get(f"idle?reacted={int(reacted)}")
            if after["idle"] and after["activity"] == before["activity"]:
                return

    async def now(self) -> datetime:
        return datetime.fromisoformat((await self.get("clock"))["now"])

    async def advance(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
        """Move the clock on, or back with negative values; give the new time."""
        moved = await self.post("clock", {"advance": hours * 3600 + minutes * 60 + seconds})
        return datetime.fromisoformat(moved["now"])

    async def jump_to(self, moment: datetime) -> None:
        await self.post("clock", {"to": moment.isoformat()})

    async def jump_to_due(self, kind: str, patient: Patient) -> datetime:
        """Jump to the next `checkin` or `weekly` of a patient."""
        moved = await self.post("clock", {"due": kind, "chat_id": patient.chat_id})
        return datetime.fromisoformat(moved["now"])

    async def fault(self, kind: str, **details: Any) -> None:
        """Add a fault; see `bot.sandbox.faults.Fault` for the kinds and what each takes."""
        await self.post("faults", {"kind": kind, **details})

    async def outage(self, seconds: float, *, reset: bool = False) -> None:
        await self.post("outage", {"seconds": seconds, "reset": reset})

    async def inject(self, kind: str, content: Any) -> int | None:
        """Queue an update as it is, also one that cannot be parsed."""
        return (await self.post("updates", {"kind": kind, "content": content}))["update_id"]

    async def deliver_again(self, update_id: int | None = None) -> int:
        """Deliver an update once more although it was confirmed: the last, or a given one."""
        return (await self.post("updates/again", {"update_id": update_id}))["update_id"]

    async def requests(self, method: str | None = None) -> list[dict[str, Any]]:
        """Give the bot's calls so far, oldest first, of one method or all."""
        logged = await self.get("requests")
        return [entry for entry in logged if method in (None, entry["method"])]

    async def spinners(self) -> list[dict[str, Any]]:
        """Give the taps that the bot never answered."""
        return list(await self.get("spinners"))

    async def state(self) -> dict[str, Any]:
        return dict(await self.get("state"))

    async def file(self, file_id: str) -> bytes:
        """Give a sent file's content."""
        async with self.session.get(f"{self.address}/sandbox/files/{file_id}") as response:
            response.raise_for_status()
            return await response.read()

    @property
    def session(self) -> aiohttp.ClientSession:
        assert self._session is not None, "use `async with Sandbox(...)`"
        return self._session

    async def get(self, path: str) -> Any:
        async with self.session.get(f"{self.address}/sandbox/{path}") as response:
            return await self._answer(response)

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        async with self.session.post(f"{self.address}/sandbox/{path}", json=body) as response:
            return await self._answer(response)

    @staticmethod
    async def _answer(response: aiohttp.ClientResponse) -> Any:
        answer = await response.json()
        assert response.ok, f"{response.method} {response.url.path}: {answer}"
        return answer
