"""What is due when: one row for each patient, kind and local date, so that nothing is asked twice in a day."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from storage.engine import Reader, Row, Statement, moment


@dataclass(frozen=True, slots=True)
class DueRow:
    """One thing that is due: a prompt, a summary. `begun` counts the starts at which it was taken up again."""

    patient_id: int
    chat_id: int
    kind: str
    local_date: date
    due_at: datetime
    begun: int = field(default=0, compare=False)


def due_row(patient_id: int, chat_id: int, kind: str, local_date: date, due_at: datetime) -> Statement:
    """Plan one thing. Where it is planned already it moves; where it was done or missed, nothing happens."""
    return Statement(
        "INSERT INTO due (patient_id, kind, local_date, chat_id, due_at)"
        " VALUES (:patient_id, :kind, :local_date, :chat_id, :due_at)"
        " ON CONFLICT (patient_id, kind, local_date) DO UPDATE SET due_at = excluded.due_at,"
        " chat_id = excluded.chat_id, begun = 0 WHERE due.state = 'open'",
        {
            "patient_id": patient_id,
            "kind": kind,
            "local_date": local_date,
            "chat_id": chat_id,
            "due_at": due_at,
        },
    )


def due_again(patient_id: int, chat_id: int, kind: str, local_date: date, due_at: datetime) -> Statement:
    """Plan one thing, also where it was done before on that date: there is something new to look at."""
    return Statement(
        "INSERT INTO due (patient_id, kind, local_date, chat_id, due_at)"
        " VALUES (:patient_id, :kind, :local_date, :chat_id, :due_at)"
        " ON CONFLICT (patient_id, kind, local_date) DO UPDATE SET due_at = excluded.due_at,"
        " chat_id = excluded.chat_id, begun = 0, state = 'open', closed_at = NULL",
        {
            "patient_id": patient_id,
            "kind": kind,
            "local_date": local_date,
            "chat_id": chat_id,
            "due_at": due_at,
        },
    )


def due_row_if_none(patient_id: int, kind: str, local_date: date, due_at: datetime) -> Statement:
    """Plan one thing for a patient who is asked and has nothing of its kind to come, as it stands when it is written."""
    return Statement(
        "INSERT INTO due (patient_id, kind, local_date, chat_id, due_at)"
        " SELECT patient_id, :kind, :local_date, chat_id, :due_at FROM patients"
        " WHERE patient_id = :patient_id AND state = 'active' AND NOT EXISTS"
        " (SELECT 1 FROM due WHERE patient_id = :patient_id AND kind = :kind AND state = 'open')"
        " ON CONFLICT (patient_id, kind, local_date) DO NOTHING",
        {"patient_id": patient_id, "kind": kind, "local_date": local_date, "due_at": due_at},
    )


def cancel_due(patient_id: int, kind: str) -> Statement:
    """Take back what is planned of one kind. What was done stays known."""
    return Statement(
        "DELETE FROM due WHERE patient_id = :patient_id AND kind = :kind AND state = 'open'",
        {"patient_id": patient_id, "kind": kind},
    )


def erase_due(patient_id: int) -> Statement:
    """Delete everything that was or is planned for a patient."""
    return Statement("DELETE FROM due WHERE patient_id = :patient_id", {"patient_id": patient_id})


def purge_due(before: datetime) -> Statement:
    """Delete what was closed before a moment."""
    return Statement("DELETE FROM due WHERE closed_at < :before", {"before": before})


def close_due(row: DueRow, state: str, now: datetime) -> Statement:
    """Close one thing as `done`, `missed` or `failed`. Stale if it was moved, cancelled or closed meanwhile."""
    return Statement(
        "UPDATE due SET state = :state, closed_at = :now WHERE patient_id = :patient_id AND kind = :kind"
        " AND local_date = :local_date AND due_at = :due_at AND state = 'open'",
        {
            "state": state,
            "now": now,
            "patient_id": row.patient_id,
            "kind": row.kind,
            "local_date": row.local_date,
            "due_at": row.due_at,
        },
        expects=1,
    )


def begin_due(row: DueRow) -> Statement:
    """Count that a thing which an earlier process left is taken up: it may be what ended that process."""
    return Statement(
        "UPDATE due SET begun = begun + 1 WHERE patient_id = :patient_id AND kind = :kind"
        " AND local_date = :local_date AND due_at = :due_at AND state = 'open'",
        {
            "patient_id": row.patient_id,
            "kind": row.kind,
            "local_date": row.local_date,
            "due_at": row.due_at,
        },
        expects=1,
    )


async def begun_often(database: Reader, now: datetime, starts: int) -> list[DueRow]:
    """Give what is due and was taken up by at least so many starts, the longest due first."""
    rows = await database.fetch_all(
        "SELECT patient_id, chat_id, kind, local_date, due_at, begun FROM due"
        " WHERE state = 'open' AND due_at <= :now AND begun >= :starts ORDER BY due_at, patient_id, kind DESC",
        {"now": now, "starts": starts},
    )
    return [replace(_read_row(row), begun=row["begun"]) for row in rows]


async def due_by(database: Reader, now: datetime, limit: int) -> list[DueRow]:
    """Give at most `limit` things that are due, the longest due first.

    Of what one patient has due at one moment, kinds go from the last name to the first: `weekly` before `checkin`, so
    that the question which waits for an answer stands below what is only read.
    """
    rows = await database.fetch_all(
        "SELECT patient_id, chat_id, kind, local_date, due_at FROM due"
        " WHERE state = 'open' AND due_at <= :now ORDER BY due_at, patient_id, kind DESC LIMIT :limit",
        {"now": now, "limit": limit},
    )
    return [_read_row(row) for row in rows]


async def is_open(database: Reader, due: DueRow) -> bool:
    """Tell whether a thing is still to be done at the moment it was planned for."""
    row = await database.fetch_one(
        "SELECT due_at FROM due WHERE patient_id = :patient_id AND kind = :kind AND local_date = :local_date"
        " AND due_at = :due_at AND state = 'open'",
        {
            "patient_id": due.patient_id,
            "kind": due.kind,
            "local_date": due.local_date,
            "due_at": due.due_at,
        },
    )
    return row is not None


async def next_due(database: Reader, patient_id: int, kind: str) -> DueRow | None:
    """Give what is planned next of one kind for a patient."""
    row = await database.fetch_one(
        "SELECT patient_id, chat_id, kind, local_date, due_at FROM due WHERE patient_id = :patient_id"
        " AND kind = :kind AND state = 'open' ORDER BY due_at LIMIT 1",
        {"patient_id": patient_id, "kind": kind},
    )
    return _read_row(row) if row else None


async def unplanned(database: Reader, kind: str, after: int, limit: int) -> list[int]:
    """Give at most `limit` patients who are asked and have nothing of one kind to come, by id, from `after` on."""
    rows = await database.fetch_all(
        "SELECT patient_id FROM patients WHERE patient_id > :after AND state = 'active' AND NOT EXISTS"
        " (SELECT 1 FROM due WHERE due.patient_id = patients.patient_id AND kind = :kind AND due.state = 'open')"
        " ORDER BY patient_id LIMIT :limit",
        {"after": after, "kind": kind, "limit": limit},
    )
    return [row["patient_id"] for row in rows]


async def last_closed_date(database: Reader, patient_id: int, kind: str) -> date | None:
    """Give the latest local date for which one kind was done or missed; the next must be a later one."""
    row = await database.fetch_one(
        "SELECT local_date FROM due WHERE patient_id = :patient_id AND kind = :kind AND state <> 'open'"
        " ORDER BY local_date DESC LIMIT 1",
        {"patient_id": patient_id, "kind": kind},
    )
    return date.fromisoformat(row["local_date"]) if row else None


def _read_row(row: Row) -> DueRow:
    return DueRow(
        row["patient_id"],
        row["chat_id"],
        row["kind"],
        date.fromisoformat(row["local_date"]),
        moment(row["due_at"]),
    )
