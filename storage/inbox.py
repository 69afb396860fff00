"""The inbox: every update as it came, kept before Telegram is told that it arrived, until its effect is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.engine import Reader, Statement, moment

MARK_HOLDS = timedelta(days=6)
"""Update ids rise, but after a week without any the next one is random (Bot API, "Update"); so the mark is let go
before that. Telegram keeps an update for 24 hours at most, so nothing older can be delivered again."""


@dataclass(frozen=True, slots=True)
class JournalledUpdate:
    """One update that is kept. `body` is its JSON text; `begun` counts the starts at which it was taken up again."""

    update_id: int
    chat_id: int
    body: str
    received_at: datetime
    begun: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """The highest update ever journalled, and when."""

    update_id: int
    marked_at: datetime


def journal(updates: Sequence[JournalledUpdate]) -> list[Statement]:
    """Keep a batch of updates and move the mark, as one unit. An update that is already kept stays as it is."""
    statements = [
        Statement(
            "INSERT INTO inbox (update_id, chat_id, body, received_at)"
            " VALUES (:update_id, :chat_id, :body, :received_at) ON CONFLICT (update_id) DO NOTHING",
            {
                "update_id": update.update_id,
                "chat_id": update.chat_id,
                "body": update.body,
                "received_at": update.received_at,
            },
        )
        for update in updates
    ]
    highest = max(updates, key=lambda update: update.update_id)
    statements.append(
        Statement(
            "INSERT INTO inbox_mark (id, update_id, marked_at) VALUES (1, :update_id, :marked_at)"
            " ON CONFLICT (id) DO UPDATE SET update_id = excluded.update_id, marked_at = excluded.marked_at",
            {"update_id": highest.update_id, "marked_at": highest.received_at},
        )
    )
    return statements


def close_update(update_id: int, now: datetime) -> Statement:
    """Record that an update had its effect; only its id and times remain. Stale if it was closed before."""
    return Statement(
        "UPDATE inbox SET state = 'done', body = NULL, chat_id = NULL, done_at = :now"
        " WHERE update_id = :update_id AND state = 'open'",
        {"update_id": update_id, "now": now},
        expects=1,
    )


def begin_update(update_id: int) -> Statement:
    """Count that an update which an earlier process left is taken up: it may be what ended that process."""
    return Statement(
        "UPDATE inbox SET begun = begun + 1 WHERE update_id = :update_id AND state = 'open'",
        {"update_id": update_id},
        expects=1,
    )


def forget_update(update_id: int) -> Statement:
    """Close an update of a person of whom nothing may remain. Stale if it was closed before."""
    return Statement(
        "DELETE FROM inbox WHERE update_id = :update_id AND state = 'open'",
        {"update_id": update_id},
        expects=1,
    )


def quarantine(update_id: int, error: str, now: datetime) -> Statement:
    """Close an update that cannot be handled. `error` is a class name: no text of a patient may be in it."""
    return Statement(
        "UPDATE inbox SET state = 'failed', body = NULL, chat_id = NULL, error = :error, done_at = :now"
        " WHERE update_id = :update_id AND state = 'open'",
        {"update_id": update_id, "error": error, "now": now},
        expects=1,
    )


def purge_inbox(before: datetime) -> Statement:
    """Delete what was closed before a moment, and let no file keep the texts of what was closed since."""
    return Statement("DELETE FROM inbox WHERE done_at < :before", {"before": before}, erases=True)


async def open_updates(database: Reader) -> list[JournalledUpdate]:
    """Give the updates that have not had their effect, in the order in which Telegram sent them."""
    rows = await database.fetch_all(
        "SELECT update_id, chat_id, body, received_at, begun FROM inbox WHERE state = 'open' ORDER BY update_id"
    )
    return [
        JournalledUpdate(
            row["update_id"], row["chat_id"], row["body"], moment(row["received_at"]), row["begun"]
        )
        for row in rows
    ]


async def is_update_open(database: Reader, update_id: int) -> bool:
    """Tell whether an update still waits for its effect."""
    row = await database.fetch_one(
        "SELECT state FROM inbox WHERE update_id = :update_id AND state = 'open'", {"update_id": update_id}
    )
    return row is not None


async def read_mark(database: Reader) -> Mark | None:
    """Give the mark, or `None` where nothing was ever journalled."""
    row = await database.fetch_one("SELECT update_id, marked_at FROM inbox_mark WHERE id = 1")
    return Mark(row["update_id"], moment(row["marked_at"])) if row else None


async def oldest_open(database: Reader) -> datetime | None:
    """Give when the oldest update that waits was received: the figure that shows a bot that no longer works."""
    row = await database.fetch_one(
        "SELECT received_at FROM inbox WHERE state = 'open' ORDER BY update_id LIMIT 1"
    )
    return moment(row["received_at"]) if row else None
