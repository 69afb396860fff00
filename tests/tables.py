"""The tables that tests empty before each of them: all that holds a row of a patient, or of what moves."""

PATIENT_TABLES = (
    "checkins",
    "reviews",
    "advice",
    "crisis_messages",
    "appointments",
    "doctor_questions",
    "looks",
    "patients",
    "unanswered_questions",
    "due",
    "outbox",
    "inbox",
)
