"""What is due, on every database: what was lost is found, and planned only for those who are asked."""

from datetime import UTC, date, datetime

from bot.clinical.patient import Consent, Patient, PatientState
from storage import due, patients

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = date(2026, 3, 2)


def patient(number, state=PatientState.ACTIVE):
    consent = Consent(version="1", given_at=NOW)
    return Patient(patient_id=number, chat_id=number * 10, state=state, consent=consent)


async def test_what_is_missing_is_planned_for_who_is_asked_and_only_once(database):
    await database.commit(
        [
            *(patients.saved(patient(number)) for number in (1, 2, 3)),
            patients.saved(patient(4, PatientState.PAUSED)),
            due.due_row(2, 20, "checkin", DAY, NOW),
        ]
    )
    assert await due.unplanned(database, "checkin", 0, 10) == [1, 3]
    assert await due.unplanned(database, "checkin", 1, 10) == [3]
    assert await due.unplanned(database, "checkin", 0, 1) == [1]
    planned = [due.due_row_if_none(number, "checkin", date(2026, 3, 3), NOW) for number in (1, 2, 3, 4, 3)]
    assert await database.commit(planned) == [1, 0, 1, 0, 0]
    assert await due.unplanned(database, "checkin", 0, 10) == []
    row = await due.next_due(database, 3, "checkin")
    assert row == due.DueRow(3, 30, "checkin", date(2026, 3, 3), NOW)
