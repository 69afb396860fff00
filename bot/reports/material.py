"""What reports are made from and what they hand back: advice that was given, lines already worded, a week's texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.clinical.answers import Level


@dataclass(frozen=True, slots=True)
class AdviceLine:
    """One advice as the patient was told it."""

    level: Level
    text: str
    why: str
    local_date: date
    rule_id: str


@dataclass(frozen=True, slots=True)
class Impact:
    """The mean of the three weekly items, 0 to 10, and of the week before. `change` is worded elsewhere."""

    score: float
    previous: float | None = None
    change: str | None = None


@dataclass(frozen=True, slots=True)
class Tip:
    """One entry of the FAQ that fits the week."""

    text: str
    entry_id: str


@dataclass(frozen=True, slots=True)
class WeeklySummary:
    """The three texts of a week. `**` marks bold, as in the content files."""

    front: str
    more: str
    caption: str


@dataclass(frozen=True, slots=True)
class Marks:
    """What a chart marks besides the scores: the highest advice level of a day, attacks, and visits."""

    advice: Mapping[date, Level] = field(default_factory=dict)
    attacks: frozenset[date] = frozenset()
    visits: frozenset[date] = frozenset()

    @classmethod
    def of(cls, advice: Sequence[AdviceLine], visits: Sequence[date] = ()) -> "Marks":
        """Mark each day with the highest level that was given on it."""
        highest: dict[date, Level] = {}
        for line in advice:
            highest[line.local_date] = max(line.level, highest.get(line.local_date, line.level))
        return cls(advice=highest, visits=frozenset(visits))
