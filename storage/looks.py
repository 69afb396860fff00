"""The latest look at a diary, kept so that a weekly summary need not read and judge a year again."""

from datetime import date

from storage.engine import Reader, Statement


async def latest(database: Reader, patient_id: int, last: date) -> tuple[date, str] | None:
    """Give the day of the look and its document, as the reports made it; `None` where it is none up to `last`."""
    row = await database.fetch_one(
        "SELECT looked_on, document FROM looks WHERE patient_id = :patient_id AND looked_on <= :last",
        {"patient_id": patient_id, "last": last},
    )
    return (date.fromisoformat(row["looked_on"]), row["document"]) if row else None


def saved(patient_id: int, looked_on: date, document: str) -> Statement:
    """Keep a look, in place of the one before."""
    return Statement(
        "INSERT INTO looks (patient_id, looked_on, document) VALUES (:patient_id, :looked_on, :document)"
        " ON CONFLICT (patient_id) DO UPDATE SET looked_on = excluded.looked_on, document = excluded.document",
        {"patient_id": patient_id, "looked_on": looked_on, "document": document},
    )


def outdated(patient_id: int, changed: date) -> Statement:
    """Drop a look that stood on a day that is changed: it sees all days before its own."""
    return Statement(
        "DELETE FROM looks WHERE patient_id = :patient_id AND looked_on > :changed",
        {"patient_id": patient_id, "changed": changed},
    )
