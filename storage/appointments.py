"""Visits to a clinician, and what the patient wants to ask there."""

from datetime import date, datetime

from bot.clinical.appointment import Appointment, DoctorQuestion
from storage.documents import sealed, unsealed
from storage.engine import EARLIEST, Reader, Statement


async def of_patient(database: Reader, patient_id: int) -> list[Appointment]:
    """Load every visit, earliest first."""
    rows = await database.fetch_all(
        "SELECT document FROM appointments WHERE patient_id = :patient_id ORDER BY visit_date",
        {"patient_id": patient_id},
    )
    return [unsealed(Appointment, row["document"]) for row in rows]


async def dates_since(database: Reader, patient_id: int, first: date) -> tuple[date, ...]:
    """Give the dates of the visits on `first` and later, in order."""
    rows = await database.fetch_all(
        "SELECT visit_date FROM appointments WHERE patient_id = :patient_id AND visit_date >= :first"
        " ORDER BY visit_date",
        {"patient_id": patient_id, "first": first},
    )
    return tuple(date.fromisoformat(row["visit_date"]) for row in rows)


def saved(patient_id: int, appointment: Appointment) -> Statement:
    """Keep the visit as it is now."""
    return Statement(
        "INSERT INTO appointments (appointment_id, patient_id, visit_date, document)"
        " VALUES (:appointment_id, :patient_id, :visit_date, :document)"
        " ON CONFLICT (appointment_id) DO UPDATE"
        " SET visit_date = excluded.visit_date, document = excluded.document",
        {
            "appointment_id": appointment.appointment_id,
            "patient_id": patient_id,
            "visit_date": appointment.visit_date,
            "document": sealed(appointment),
        },
    )


def removed(patient_id: int, appointment_id: int) -> Statement:
    """Forget a visit."""
    return Statement(
        "DELETE FROM appointments WHERE patient_id = :patient_id AND appointment_id = :appointment_id",
        {"patient_id": patient_id, "appointment_id": appointment_id},
    )


async def questions(database: Reader, patient_id: int, since: datetime | None = None) -> list[DoctorQuestion]:
    """Load the questions for the doctor asked since a date, oldest first."""
    rows = await database.fetch_all(
        "SELECT document FROM doctor_questions WHERE patient_id = :patient_id AND asked_at >= :since"
        " ORDER BY asked_at",
        {"patient_id": patient_id, "since": since or EARLIEST},
    )
    return [unsealed(DoctorQuestion, row["document"]) for row in rows]


def asked(patient_id: int, question: DoctorQuestion) -> Statement:
    """Keep a question for the doctor."""
    return Statement(
        "INSERT INTO doctor_questions (question_id, patient_id, asked_at, document)"
        " VALUES (:question_id, :patient_id, :asked_at, :document) ON CONFLICT (question_id) DO NOTHING",
        {
            "question_id": question.question_id,
            "patient_id": patient_id,
            "asked_at": question.asked_at,
            "document": sealed(question),
        },
    )


def question_removed(patient_id: int, question_id: int) -> Statement:
    """Forget a question for the doctor."""
    return Statement(
        "DELETE FROM doctor_questions WHERE patient_id = :patient_id AND question_id = :question_id",
        {"patient_id": patient_id, "question_id": question_id},
    )
