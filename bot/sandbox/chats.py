"""Who is there: people, the chats they share with the bot, and what lies in each chat."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.sandbox.errors import RefusedError
from bot.sandbox.parameters import JSON


@dataclass(slots=True)
class Person:
    """One account of the sandbox."""

    user_id: int
    name: str
    language: str = "en"
    deactivated: bool = False

    def described(self) -> JSON:
        """Give the Bot API's `User`."""
        return {
            "id": self.user_id,
            "is_bot": False,
            "first_name": self.name,
            "language_code": self.language,
        }


@dataclass(slots=True)
class Chat:
    """One chat: private where `person` is set, otherwise a group with a `title`."""

    chat_id: int
    person: Person | None = None
    title: str = ""
    started: bool = False
    blocked: bool = False
    left: bool = False
    messages: dict[int, JSON] = field(default_factory=dict)
    last_message_id: int = 0
    reply_keyboard: JSON | None = None
    typing_until: datetime | None = None
    menu_button: JSON | None = None
    awaits_reaction: bool = False
    """Whether the person did something that no call of the bot has followed in this chat."""

    def described(self) -> JSON:
        """Give the Bot API's `Chat`."""
        if self.person is None:
            return {"id": self.chat_id, "type": "group", "title": self.title}
        return {"id": self.chat_id, "type": "private", "first_name": self.person.name}

    def next_message_id(self) -> int:
        """Count one message more."""
        self.last_message_id += 1
        return self.last_message_id

    def admit(self) -> None:
        """Raise `RefusedError` where the bot may not write here."""
        if self.person is None:
            if self.left:
                raise RefusedError("not_a_member")
        elif self.person.deactivated:
            raise RefusedError("deactivated")
        elif self.blocked:
            raise RefusedError("blocked")
        elif not self.started:
            raise RefusedError("not_started")


class Chats:
    """All of them, by id."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self._chats: dict[int, Chat] = {}

    def person(self, name: str, first_user_id: int) -> Person:
        """Find a person by name, or let a new one arrive."""
        if name not in self.people:
            person = Person(first_user_id + len(self.people), name)
            self.people[name] = person
            self._chats[person.user_id] = Chat(person.user_id, person)
        return self.people[name]

    def group(self, title: str) -> Chat:
        """Make a group that the bot is in."""
        chat = Chat(-4_000_001 - len(self._chats), title=title, started=True)
        self._chats[chat.chat_id] = chat
        return chat

    def get(self, chat_id: int) -> Chat:
        """Find a chat; raises `RefusedError` where there is none."""
        try:
            return self._chats[chat_id]
        except KeyError:
            raise RefusedError("chat_not_found") from None

    def find(self, chat_id: int | None) -> Chat | None:
        """Find a chat, `None` where there is none."""
        return None if chat_id is None else self._chats.get(chat_id)

    def all(self) -> list[Chat]:
        """Give every chat in the order they came."""
        return list(self._chats.values())


def content_of(message: JSON) -> dict[str, Any]:
    """Give what an edit can change, to see whether it changes anything."""
    return {
        name: message.get(name)
        for name in ("text", "entities", "caption", "caption_entities", "photo", "document", "reply_markup")
    }
