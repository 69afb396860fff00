"""Every advice that was given, so that it can be explained, followed up and replayed."""

from datetime import datetime

from bot.clinical.advice import GivenAdvice
from storage.documents import sealed, unsealed
from storage.engine import EARLIEST, Reader, Statement


async def since(
    database: Reader, patient_id: int, moment: datetime, *, few: bool = False
) -> list[GivenAdvice]:
    """Load what was advised since a moment, oldest first. `few`: the moment lies a month ago at most."""
    rows = await database.fetch_all(
        "SELECT document FROM advice WHERE patient_id = :patient_id AND given_at >= :since ORDER BY given_at",
        {"patient_id": patient_id, "since": moment},
        few=few,
    )
    return [unsealed(GivenAdvice, row["document"]) for row in rows]


async def everything(database: Reader, patient_id: int) -> list[GivenAdvice]:
    """Load all that was ever advised, oldest first."""
    return await since(database, patient_id, EARLIEST)


async def by_id(database: Reader, advice_id: str) -> tuple[int, GivenAdvice] | None:
    """Load one advice and the patient it was given to."""
    row = await database.fetch_one(
        "SELECT patient_id, document FROM advice WHERE advice_id = :advice_id", {"advice_id": advice_id}
    )
    return (row["patient_id"], unsealed(GivenAdvice, row["document"])) if row else None


def saved(patient_id: int, given: GivenAdvice) -> Statement:
    """Keep an advice, or what became of it."""
    return Statement(
        "INSERT INTO advice (advice_id, patient_id, local_date, given_at, document)"
        " VALUES (:advice_id, :patient_id, :local_date, :given_at, :document)"
        " ON CONFLICT (advice_id) DO UPDATE SET document = excluded.document",
        {
            "advice_id": given.advice_id,
            "patient_id": patient_id,
            "local_date": given.local_date,
            "given_at": given.given_at,
            "document": sealed(given),
        },
    )
