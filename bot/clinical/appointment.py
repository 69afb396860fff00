"""A visit to a clinician: when, with whom, what to ask, and what came of it."""

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime

from bot.clinical.answers import Document


class VisitOutcome(StrEnum):
    """Whether the visit took place."""

    HAPPENED = "happened"
    MOVED = "moved"
    CANCELLED = "cancelled"


class Appointment(Document):
    """One visit. `changed` is what the patient says changed, in their own words."""

    appointment_id: int
    visit_date: date
    with_whom: str | None = None
    outcome: VisitOutcome | None = None
    changed: str | None = None


class DoctorQuestion(Document):
    """One question the patient wants to ask at the next visit."""

    question_id: int
    asked_at: AwareDatetime
    text: str
