"""One document for each patient and week: the weekly questions."""

from datetime import date, timedelta

from bot.clinical.answers import WeeklyReview
from storage.documents import sealed, unsealed
from storage.engine import Reader, Statement

_YEAR_DAYS = 371
_STANDING_DAYS = 49
"""An answer stands for 28 days at most (`bot.clinical.facts`), and may be given two weeks after its week began."""


async def of_week(database: Reader, patient_id: int, week_start: date) -> WeeklyReview | None:
    """Load one week's review, `None` where nothing was answered."""
    row = await database.fetch_one(
        "SELECT document FROM reviews WHERE patient_id = :patient_id AND week_start = :week_start",
        {"patient_id": patient_id, "week_start": week_start},
    )
    return unsealed(WeeklyReview, row["document"]) if row else None


async def since(database: Reader, patient_id: int, first: date, *, few: bool = False) -> list[WeeklyReview]:
    """Load the reviews of weeks that began on `first` or later, oldest first. `few`: those of a year at most."""
    rows = await database.fetch_all(
        "SELECT document FROM reviews WHERE patient_id = :patient_id AND week_start >= :first ORDER BY week_start",
        {"patient_id": patient_id, "first": first},
        few=few,
    )
    return [unsealed(WeeklyReview, row["document"]) for row in rows]


async def everything(database: Reader, patient_id: int) -> list[WeeklyReview]:
    """Load every review, oldest first."""
    return await since(database, patient_id, date.min)


async def recent(database: Reader, patient_id: int, today: date) -> list[WeeklyReview]:
    """Load the reviews of the last year, oldest first."""
    return await since(database, patient_id, today - timedelta(days=_YEAR_DAYS), few=True)


async def standing(database: Reader, patient_id: int, today: date) -> list[WeeklyReview]:
    """Load the reviews of which an answer may still stand, oldest first: all that is judged between two reviews."""
    return await since(database, patient_id, today - timedelta(days=_STANDING_DAYS), few=True)


def saved(patient_id: int, review: WeeklyReview) -> Statement:
    """Keep the week's review as it is now."""
    return Statement(
        "INSERT INTO reviews (patient_id, week_start, document) VALUES (:patient_id, :week_start, :document)"
        " ON CONFLICT (patient_id, week_start) DO UPDATE SET document = excluded.document",
        {"patient_id": patient_id, "week_start": review.week_start, "document": sealed(review)},
    )
