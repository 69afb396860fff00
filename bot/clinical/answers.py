"""What a patient said: a day's check-in, a week's review and a profile, as documents that storage keeps whole.

A value of `None` is a question that was skipped; a question that is not there was not answered. The two are
different, and neither is a day without pain.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

AnswerValue: TypeAlias = int | bool | str | tuple[str, ...] | None


class Level(IntEnum):
    """How urgent an advice is, least first (specification, section 0)."""

    SELF_CARE = 1
    ROUTINE = 2
    SOON = 3
    SAME_DAY = 4
    EMERGENCY = 5

    @property
    def label(self) -> str:
        """Give the name used in data files and commands, such as `same_day`."""
        return self.name.lower()


class MedicineClass(StrEnum):
    """Acute pain medicine by class. Codeine and mixed pills are one class, as patients cannot tell them apart."""

    PARACETAMOL = "paracetamol"
    NSAID = "nsaid"
    TRIPTAN = "triptan"
    OPIOID_OR_COMBINATION = "opioid_or_combination"


class Sleep(StrEnum):
    """How the last night was."""

    WELL = "well"
    SO_SO = "so_so"
    BADLY = "badly"


class Tracks(StrEnum):
    """What the patient keeps a diary of."""

    BACK = "back"
    HEAD = "head"
    BOTH = "both"


class Condition(StrEnum):
    """What in a patient's history raises an advice (specification, section 8.1)."""

    PREGNANT = "pregnant"
    PREG_OR_6WK = "preg_or_6wk"
    CANCER = "cancer"
    IMMUNE_WEAK = "immune_weak"
    BLOOD_THINNER = "blood_thinner"
    BONE_RISK = "bone_risk"
    ULCER = "ulcer"
    KIDNEY = "kidney"
    HEART = "heart"
    DAILY_PRESCRIBED_PAIN_MED = "daily_prescribed_pain_med"
    OPIOID_PRESCRIBED = "opioid_prescribed"


class Document(BaseModel):
    """The base of everything that is kept as one document."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Answer(Document):
    """One answer and when it was given."""

    value: AnswerValue
    given_at: AwareDatetime


class CheckIn(Document):
    """One local day's answers, by question id. `recalled` is true where the day was filled in afterwards."""

    local_date: date
    answers: Mapping[str, Answer] = Field(default_factory=dict)
    recalled: bool = False
    unfinished: tuple[str, ...] = ()
    """The questions that have an answer but are still to be shown: a list that was ticked and not yet Done."""

    @property
    def settled(self) -> frozenset[str]:
        """Give the questions that need not be shown again."""
        return frozenset(self.answers).difference(self.unfinished)

    def value(self, question: str) -> AnswerValue:
        """Give the answer to `question`, `None` where it was skipped or not asked."""
        answer = self.answers.get(question)
        return answer.value if answer else None

    def answered(self, question: str, value: AnswerValue, given_at: datetime) -> "CheckIn":
        """Give the check-in with one answer more, or in another's place."""
        answer = Answer(value=value, given_at=given_at)
        return self.model_copy(update={"answers": {**self.answers, question: answer}})


class WeeklyReview(Document):
    """The weekly questions: impact 0 to 10, slow signs, and every fourth week the PHQ-2 (0 to 6)."""

    week_start: date
    answers: Mapping[str, Answer] = Field(default_factory=dict)
    unfinished: tuple[str, ...] = ()
    """As in a check-in."""

    @property
    def settled(self) -> frozenset[str]:
        """Give the questions that need not be shown again."""
        return frozenset(self.answers).difference(self.unfinished)


class Profile(Document):
    """What the patient chose to tell. `None` is not known, and never lowers a level (L-5)."""

    country: str | None = None
    birth_year: int | None = Field(default=None, ge=1900, le=2100)
    tracks: Tracks = Tracks.BOTH
    back_pain_since: date | None = None
    headaches_new: bool | None = None
    usual_aura: bool | None = None
    conditions: frozenset[Condition] | None = None
    suspects: tuple[str, ...] = ()
