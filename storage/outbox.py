"""The outbox: everything that is to be said, written with the decision to say it and kept until it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

from storage.engine import Reader, Row, Statement, moment


class MessageKind(StrEnum):
    """What a message is for: it decides who goes first, and what happens when it is not known to have arrived."""

    EMERGENCY = "emergency"
    REPLY = "reply"
    PROMPT = "prompt"
    SUMMARY = "summary"

    @property
    def priority(self) -> int:
        """Give the place in the queue across chats; the lowest goes first."""
        return _PRIORITY[self]

    @property
    def resend_if_ambiguous(self) -> bool:
        """Tell whether it is sent again when its first sending may or may not have arrived.

        Emergency advice: yes, twice is harmless and never is not. A reply: yes, the patient waits for it, and an
        edit repeated changes nothing. A prompt or a summary: no, nobody wants to be asked twice.
        """
        return self in {MessageKind.EMERGENCY, MessageKind.REPLY}


_PRIORITY = {kind: priority for priority, kind in enumerate(MessageKind)}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One call of a Bot API method. `payload` is its parameters but for the chat; an attachment is one file."""

    chat_id: int
    method: str
    payload: Mapping[str, Any]
    kind: MessageKind = MessageKind.REPLY
    dedupe_key: str | None = None
    attachment: bytes | None = None
    attachment_name: str | None = None
    attachment_field: str | None = None
    not_after: datetime | None = None


@dataclass(slots=True)
class OutboxRow:
    """One message that waits. `payload` is JSON, ready to be sent."""

    id: int
    chat_id: int
    kind: MessageKind
    method: str
    payload: str
    attachment: bytes | None
    attachment_name: str | None
    attachment_field: str | None
    dedupe_key: str | None
    forget: bool
    not_after: datetime | None
    not_before: datetime | None = None
    claimed: bool = False
    attempts: int = 0


def outbox_row(row_id: int, message: Outgoing, *, forget: bool = False) -> OutboxRow:
    """Make the row of a message. With `forget` nothing of it remains once it is sent."""
    payload = orjson.dumps({"chat_id": message.chat_id, **message.payload}, default=_document).decode()
    return OutboxRow(
        id=row_id,
        chat_id=message.chat_id,
        kind=message.kind,
        method=message.method,
        payload=payload,
        attachment=message.attachment,
        attachment_name=message.attachment_name,
        attachment_field=message.attachment_field,
        dedupe_key=message.dedupe_key,
        forget=forget,
        not_after=message.not_after,
    )


def _document(value: Any) -> Any:
    """Let a payload hold the keyboard objects of the Telegram library as they are."""
    return value.to_dict()


def insert_message(row: OutboxRow, now: datetime) -> Statement:
    """Keep a message. It touches no row where its `dedupe_key` was used before: then it is not to be sent."""
    return Statement(
        "INSERT INTO outbox (id, chat_id, kind, method, payload, attachment, attachment_name, attachment_field,"
        " dedupe_key, forget, created_at, not_after) VALUES (:id, :chat_id, :kind, :method, :payload, :attachment,"
        " :attachment_name, :attachment_field, :dedupe_key, :forget, :now, :not_after)"
        " ON CONFLICT (dedupe_key) DO NOTHING",
        {
            "id": row.id,
            "chat_id": row.chat_id,
            "kind": row.kind,
            "method": row.method,
            "payload": row.payload,
            "attachment": row.attachment,
            "attachment_name": row.attachment_name,
            "attachment_field": row.attachment_field,
            "dedupe_key": row.dedupe_key,
            "forget": row.forget,
            "now": now,
            "not_after": row.not_after,
        },
    )


def claim_message(row_id: int) -> Statement:
    """Record that a message is about to be sent, for those that must not be sent twice. Stale if it is gone."""
    return Statement(
        "UPDATE outbox SET state = 'sending' WHERE id = :id AND state = 'open'", {"id": row_id}, expects=1
    )


def reopen_message(row_id: int, not_before: datetime | None) -> Statement:
    """Record that a message is known not to have arrived and waits until `not_before`."""
    return Statement(
        "UPDATE outbox SET state = 'open', not_before = :not_before WHERE id = :id AND state IN ('open', 'sending')",
        {"id": row_id, "not_before": not_before},
    )


def close_message(
    row: OutboxRow, state: str, now: datetime, *, message_id: int | None = None, error: str | None = None
) -> Statement:
    """Close a message as `sent`, `uncertain`, `expired`, `failed` or `dropped`, and erase what it said."""
    if row.forget:
        return Statement("DELETE FROM outbox WHERE id = :id", {"id": row.id})
    return Statement(
        "UPDATE outbox SET state = :state, payload = NULL, attachment = NULL, attachment_name = NULL,"
        " closed_at = :now, message_id = :message_id, error = :error"
        " WHERE id = :id AND state IN ('open', 'sending')",
        {"id": row.id, "state": state, "now": now, "message_id": message_id, "error": error},
    )


def drop_messages(chat_id: int, now: datetime) -> Statement:
    """Close every unsent message of a chat that cannot be reached."""
    return Statement(
        "UPDATE outbox SET state = 'dropped', payload = NULL, attachment = NULL, attachment_name = NULL,"
        " closed_at = :now WHERE chat_id = :chat_id AND state IN ('open', 'sending')",
        {"chat_id": chat_id, "now": now},
    )


def forget_messages(chat_id: int) -> Statement:
    """Delete every unsent message of a chat of which nothing may remain; goes before `drop_messages`."""
    return Statement(
        "DELETE FROM outbox WHERE chat_id = :chat_id AND forget = 1 AND state IN ('open', 'sending')",
        {"chat_id": chat_id},
    )


def erase_messages(chat_id: int) -> Statement:
    """Delete everything that was or is to be said in a chat."""
    return Statement("DELETE FROM outbox WHERE chat_id = :chat_id", {"chat_id": chat_id})


def purge_outbox(before: datetime) -> Statement:
    """Delete what was closed before a moment."""
    return Statement("DELETE FROM outbox WHERE closed_at < :before", {"before": before})


async def unsent_messages(database: Reader) -> list[OutboxRow]:
    """Give every message that waits or was being sent when the process ended, oldest first."""
    rows = await database.fetch_all(
        "SELECT id, chat_id, kind, method, payload, attachment, attachment_name, attachment_field, dedupe_key,"
        " forget, not_after, not_before, state FROM outbox WHERE state IN ('open', 'sending') ORDER BY id"
    )
    return [_read_row(row) for row in rows]


def _read_row(row: Row) -> OutboxRow:
    return OutboxRow(
        id=row["id"],
        chat_id=row["chat_id"],
        kind=MessageKind(row["kind"]),
        method=row["method"],
        payload=row["payload"],
        attachment=bytes(row["attachment"]) if row["attachment"] is not None else None,
        attachment_name=row["attachment_name"],
        attachment_field=row["attachment_field"],
        dedupe_key=row["dedupe_key"],
        forget=bool(row["forget"]),
        not_after=moment(row["not_after"]) if row["not_after"] is not None else None,
        not_before=moment(row["not_before"]) if row["not_before"] is not None else None,
        claimed=row["state"] == "sending",
    )


async def highest_message_id(database: Reader) -> int:
    """Give the highest id in use, 0 where there is none."""
    row = await database.fetch_one("SELECT id FROM outbox ORDER BY id DESC LIMIT 1")
    return int(row["id"]) if row else 0
