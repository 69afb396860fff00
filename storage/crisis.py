"""That the crisis message was shown, and when; never a word of what led to it."""

from datetime import datetime

from storage.engine import Reader, Statement, moment
from storage.identity import new_id


def shown(patient_id: int, shown_at: datetime) -> Statement:
    """Keep that the crisis message was shown."""
    return Statement(
        "INSERT INTO crisis_messages (crisis_message_id, patient_id, shown_at)"
        " VALUES (:crisis_message_id, :patient_id, :shown_at)",
        {"crisis_message_id": new_id(), "patient_id": patient_id, "shown_at": shown_at},
    )


async def times_shown(database: Reader, patient_id: int) -> list[datetime]:
    """Give when the crisis message was shown, oldest first."""
    rows = await database.fetch_all(
        "SELECT shown_at FROM crisis_messages WHERE patient_id = :patient_id ORDER BY shown_at",
        {"patient_id": patient_id},
    )
    return [moment(row["shown_at"]) for row in rows]
