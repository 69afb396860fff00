"""Who keeps a diary here."""

from bot.clinical.patient import Patient
from storage.documents import sealed, unsealed
from storage.engine import Reader, Statement


async def by_chat(database: Reader, chat_id: int) -> Patient | None:
    """Load the patient of a private chat, `None` where nobody has agreed yet."""
    row = await database.fetch_one(
        "SELECT document FROM patients WHERE chat_id = :chat_id", {"chat_id": chat_id}
    )
    return unsealed(Patient, row["document"]) if row else None


async def by_id(database: Reader, patient_id: int) -> Patient | None:
    """Load a patient by id."""
    row = await database.fetch_one(
        "SELECT document FROM patients WHERE patient_id = :patient_id", {"patient_id": patient_id}
    )
    return unsealed(Patient, row["document"]) if row else None


def saved(patient: Patient) -> Statement:
    """Keep the patient as they are now."""
    return Statement(
        "INSERT INTO patients (patient_id, chat_id, state, document)"
        " VALUES (:patient_id, :chat_id, :state, :document)"
        " ON CONFLICT (patient_id) DO UPDATE SET state = excluded.state, document = excluded.document",
        {
            "patient_id": patient.patient_id,
            "chat_id": patient.chat_id,
            "state": patient.state,
            "document": sealed(patient),
        },
    )
