"""One document for each patient and local date."""

from datetime import date, timedelta

from bot.clinical.answers import CheckIn
from storage import looks
from storage.documents import sealed, unsealed
from storage.engine import Reader, Statement

_FEW_DAYS = timedelta(days=62)
"""As many as the rules look back on; reports look back further."""


async def on(database: Reader, patient_id: int, local_date: date) -> CheckIn | None:
    """Load one day, `None` where nothing was answered."""
    row = await database.fetch_one(
        "SELECT document FROM checkins WHERE patient_id = :patient_id AND local_date = :local_date",
        {"patient_id": patient_id, "local_date": local_date},
    )
    return unsealed(CheckIn, row["document"]) if row else None


async def between(database: Reader, patient_id: int, first: date, last: date) -> list[CheckIn]:
    """Load the answered days from `first` to `last`, both included, oldest first."""
    rows = await database.fetch_all(
        "SELECT document FROM checkins WHERE patient_id = :patient_id"
        " AND local_date >= :first AND local_date <= :last ORDER BY local_date",
        {"patient_id": patient_id, "first": first, "last": last},
        few=last - first <= _FEW_DAYS,
    )
    return [unsealed(CheckIn, row["document"]) for row in rows]


async def recent(database: Reader, patient_id: int, today: date, days: int) -> list[CheckIn]:
    """Load the answered days of the last `days` days, today included, oldest first."""
    return await between(database, patient_id, today - timedelta(days=days - 1), today)


async def from_start(database: Reader, patient_id: int, first: date, days: int) -> list[CheckIn]:
    """Load the answered days of the `days` days from `first` on, oldest first."""
    return await between(database, patient_id, first, first + timedelta(days=days - 1))


async def everything(database: Reader, patient_id: int) -> list[CheckIn]:
    """Load the whole diary, oldest day first."""
    return await between(database, patient_id, date.min, date.max)


async def first_date(database: Reader, patient_id: int) -> date | None:
    """Give the first day of the diary."""
    row = await database.fetch_one(
        "SELECT local_date FROM checkins WHERE patient_id = :patient_id ORDER BY local_date LIMIT 1",
        {"patient_id": patient_id},
    )
    return date.fromisoformat(row["local_date"]) if row else None


def saved(patient_id: int, checkin: CheckIn, today: date | None = None) -> tuple[Statement, ...]:
    """Keep the day as it is now, in place of what it was; a look that stood on it is dropped.

    No look is kept that stands on `today`, so that where it is given, answers of that day, as most are, are one write.
    """
    kept = Statement(
        "INSERT INTO checkins (patient_id, local_date, document) VALUES (:patient_id, :local_date, :document)"
        " ON CONFLICT (patient_id, local_date) DO UPDATE SET document = excluded.document",
        {"patient_id": patient_id, "local_date": checkin.local_date, "document": sealed(checkin)},
    )
    if today is not None and checkin.local_date >= today:
        return (kept,)
    return kept, looks.outdated(patient_id, checkin.local_date)
