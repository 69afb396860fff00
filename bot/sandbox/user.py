"""What a person does in the sandbox: send, tap, edit, block, and look at the chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.entities import utf16_length, with_found_entities
from bot.sandbox.files import example_photo, example_voice, photo_sizes
from bot.sandbox.markup import LONGEST_TEXT

if TYPE_CHECKING:
    from bot.sandbox.chats import Chat, Person
    from bot.sandbox.parameters import JSON, Upload
    from bot.sandbox.telegram import Telegram

VOICE_SECONDS = 4


class NoSuchButtonError(LookupError):
    """A tap on a button that the chat does not show."""


class User:
    """One person and their private chat with the bot."""

    def __init__(self, telegram: Telegram, person: Person) -> None:
        self._telegram = telegram
        self.person = person

    @property
    def chat(self) -> Chat:
        """The private chat."""
        return self._telegram.chats.get(self.person.user_id)

    @property
    def transcript(self) -> list[JSON]:
        """Every message that is in the chat now, as the Bot API describes it, oldest first."""
        return list(self.chat.messages.values())

    @property
    def last(self) -> JSON:
        """The newest message in the chat; raises `LookupError` in an empty one."""
        if not self.chat.messages:
            raise LookupError(f"the chat of {self.person.name!r} is empty")
        return self.chat.messages[max(self.chat.messages)]

    def sends(self, text: str) -> JSON:
        """Send a text as an app does: white space cut, commands found. Raises `ValueError` if empty or too long."""
        text = text.strip()
        if not text or utf16_length(text) > LONGEST_TEXT:
            raise ValueError(f"a message holds 1 to {LONGEST_TEXT} characters")
        entities = with_found_entities(text, [])
        return self._send({"text": text, **({"entities": entities} if entities else {})})

    def sends_photo(self, photo: Upload | None = None, caption: str = "") -> JSON:
        """Send a picture, an example one where none is given."""
        stored = self._telegram.files.keep(photo or example_photo(), "photos")
        return self._send({"photo": photo_sizes(stored), **({"caption": caption} if caption else {})})

    def sends_voice(self) -> JSON:
        """Send a voice note without sound."""
        stored = self._telegram.files.keep(example_voice(), "voice")
        voice = {
            "file_id": stored.file_id,
            "file_unique_id": stored.unique_id,
            "duration": VOICE_SECONDS,
            "mime_type": stored.upload.mime_type,
            "file_size": len(stored.upload.content),
        }
        return self._send({"voice": voice})

    def sends_location(self, latitude: float, longitude: float) -> JSON:
        """Share a place, in degrees."""
        return self._send({"location": {"latitude": latitude, "longitude": longitude}})

    def edits(self, message: JSON | int, text: str) -> JSON:
        """Change the text of an own message; raises `LookupError` where it is not the person's own."""
        message_id = message if isinstance(message, int) else int(message["message_id"])
        before = self.chat.messages.get(message_id)
        if before is None or before["from"]["is_bot"]:
            raise LookupError(f"{self.person.name!r} has sent no message {message_id}")
        text = text.strip()
        entities = with_found_entities(text, [])
        after = {key: value for key, value in before.items() if key != "entities"} | {
            "text": text,
            "edit_date": int(self._telegram.clock.now().timestamp()),
            **({"entities": entities} if entities else {}),
        }
        self.chat.messages[message_id] = after
        self._tell("edited_message", after)
        self._telegram.happened("edited", self.chat.chat_id, message=after)
        return after

    def taps(self, button: str, message_id: int | None = None) -> int | None:
        """Tap a button by its label or its data, on the newest message that has it or on a given one.

        Give the update's id, `None` for a link. Raises `NoSuchButtonError` where it is not shown.
        """
        for message in reversed(self.transcript):
            if message_id is not None and message["message_id"] != message_id:
                continue
            for found in _buttons(message):
                if button in (found["text"], found.get("callback_data")):
                    data = found.get("callback_data")
                    return None if data is None else self.calls_back(data, message["message_id"])
        if self._taps_reply_keyboard(button):
            return None
        shown = [found["text"] for message in self.transcript for found in _buttons(message)]
        raise NoSuchButtonError(f"no button {button!r} in the chat of {self.person.name!r}; shown: {shown}")

    def calls_back(self, data: str, message_id: int) -> int | None:
        """Send callback data as it is, as a tampered app can; give the update's id."""
        query = self._telegram.open_query(self.chat.chat_id, data)
        message = self.chat.messages.get(message_id)
        gone = {"chat": self.chat.described(), "message_id": message_id, "date": 0}
        body = {
            "id": query.query_id,
            "from": self.person.described(),
            "message": message or gone,
            "chat_instance": str(self.chat.chat_id),
            "data": data,
        }
        self._telegram.happened(
            "tap", self.chat.chat_id, data=data, query_id=query.query_id, message_id=message_id
        )
        return self._tell("callback_query", body)

    def _taps_reply_keyboard(self, label: str) -> bool:
        keyboard = self.chat.reply_keyboard or {}
        for row in keyboard.get("keyboard", []):
            for found in row:
                given: Any = {"text": found} if isinstance(found, str) else found
                if given["text"] == label and not given.get("request_location"):
                    self.sends(label)
                    return True
        return False

    def blocks(self) -> None:
        """Block the bot."""
        self._membership("member", "kicked", blocked=True)

    def unblocks(self) -> None:
        """Take the block back."""
        self._membership("kicked", "member", blocked=False)

    def deactivates(self) -> None:
        """Delete the account."""
        self.person.deactivated = True

    def adds_to_group(self, title: str) -> Chat:
        """Add the bot to a new group."""
        group = self._telegram.chats.group(title)
        self._telegram.membership_changed(group, self.person.described(), "left", "member")
        return group

    def sends_in(self, group: Chat, text: str) -> JSON:
        """Send a text in a group."""
        return self._send({"text": text, "entities": with_found_entities(text, [])}, group)

    def _membership(self, before: str, after: str, *, blocked: bool) -> None:
        chat = self.chat
        if chat.blocked == blocked:
            return
        chat.blocked = blocked
        self._telegram.membership_changed(chat, self.person.described(), before, after)
        self._telegram.happened("blocked" if blocked else "unblocked", chat.chat_id)

    def _send(self, content: JSON, chat: Chat | None = None) -> JSON:
        chat = chat or self.chat
        if chat.blocked:
            self.unblocks()
        chat.started = True
        message: JSON = {
            "message_id": chat.next_message_id(),
            "from": self.person.described(),
            "chat": chat.described(),
            "date": int(self._telegram.clock.now().timestamp()),
            **content,
        }
        chat.messages[message["message_id"]] = message
        self._tell("message", message, chat)
        self._telegram.happened("message", chat.chat_id, message=message)
        return message

    def _tell(self, kind: str, content: JSON, chat: Chat | None = None) -> int | None:
        """Queue an update; from then on the chat waits for the bot to react."""
        update_id = self._telegram.updates.add(kind, content)
        (chat or self.chat).awaits_reaction = update_id is not None
        return update_id


def _buttons(message: JSON) -> list[JSON]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]
