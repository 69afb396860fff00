"""A person who agreed to keep a diary here: consent, preferences, profile, and what a typed text would answer."""

from datetime import time
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from bot.clinical.answers import Document, Profile
from bot.words import DEFAULT_LANGUAGE

CONSENT_VERSION = "2026-11"
"""The consent text of `content/<language>/onboarding.toml`; a change of its meaning takes a new version."""


class PatientState(StrEnum):
    """Whether prompts go out. Warning and crisis buttons work in every state (L-13)."""

    ACTIVE = "active"
    PAUSED = "paused"
    UNREACHABLE = "unreachable"


class Consent(Document):
    """What was agreed to, and when."""

    version: str
    given_at: AwareDatetime


class Preferences(Document):
    """When and how the patient wants to be asked. The zone is an IANA name; weekday 0 is Monday."""

    zone: str = "UTC"
    checkin_time: time = time(20, 0)
    summary_weekday: int = Field(default=6, ge=0, le=6)
    language: str = DEFAULT_LANGUAGE
    crisis_follow_up: bool = True

    @property
    def zone_info(self) -> ZoneInfo:
        """Give the zone itself."""
        return ZoneInfo(self.zone)


class Patient(Document):
    """One person in one private chat."""

    patient_id: int
    chat_id: int
    state: PatientState = PatientState.ACTIVE
    returns_to: PatientState = PatientState.ACTIVE
    """The state that a patient who cannot be reached comes back to: who had paused stays paused."""
    consent: Consent
    preferences: Preferences = Preferences()
    profile: Profile = Profile()
    name: str | None = None
    """What the patient wants to be called in the visit brief."""
    expects: str | None = None
    """What a typed text would answer, such as `set:s:zone` or `note:hk3f`; `None` is a question for the FAQ."""
    pending_flags: tuple[str, ...] = ()
    """Signs read in a message that was unclear, until the patient says whether they are happening now."""
    pending_question: str | None = None
    """A question without an answer, until the patient says whether the clinic may read it."""

    def unreachable(self) -> "Patient":
        """Give the patient as somebody who blocked the bot or is gone."""
        if self.state is PatientState.UNREACHABLE:
            return self
        return self.model_copy(update={"state": PatientState.UNREACHABLE, "returns_to": self.state})

    def back(self) -> "Patient":
        """Give the patient as they were before they could not be reached."""
        if self.state is not PatientState.UNREACHABLE:
            return self
        return self.model_copy(update={"state": self.returns_to, "returns_to": PatientState.ACTIVE})
