"""Days with pain medicine in a rolling window, by class, against the lines above which it can feed headaches.

Days, never amounts. Lines: clinical specification, section 4 (ICHD-3, 8.2): triptans, opioids and combinations
10 days, simple painkillers 15, several classes together 10.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.clinical.answers import MedicineClass
from bot.diary.ledger import Day

WINDOW = 30
"""Days looked back, today included."""


class MedicineLine(StrEnum):
    """What is counted together against one line."""

    SIMPLE = "simple"
    TRIPTAN = "triptan"
    OPIOID_OR_COMBINATION = "opioid_or_combination"
    MIXED = "mixed"


LINES: dict[MedicineLine, int] = {
    MedicineLine.SIMPLE: 15,
    MedicineLine.TRIPTAN: 10,
    MedicineLine.OPIOID_OR_COMBINATION: 10,
    MedicineLine.MIXED: 10,
}
"""Days in 30 from which a line is reached (ICHD-3 8.2.1 to 8.2.6)."""

CLASSES: dict[MedicineLine, frozenset[MedicineClass]] = {
    MedicineLine.SIMPLE: frozenset({MedicineClass.PARACETAMOL, MedicineClass.NSAID}),
    MedicineLine.TRIPTAN: frozenset({MedicineClass.TRIPTAN}),
    MedicineLine.OPIOID_OR_COMBINATION: frozenset({MedicineClass.OPIOID_OR_COMBINATION}),
    MedicineLine.MIXED: frozenset(MedicineClass),
}


@dataclass(frozen=True, slots=True)
class MedicineDays:
    """Days with medicine in one window. `answered` are the days on which the medicine question was answered."""

    end: date
    answered: int
    any: int
    by_class: dict[MedicineClass, int]
    by_line: dict[MedicineLine, int]
    longest_run: int
    """Most days in a row with any medicine."""
    run: int
    """Days in a row with any medicine up to the end."""

    def reached(self, line: MedicineLine) -> bool:
        """Tell whether a line is reached; mixed only where more than one kind of medicine was taken."""
        if line is MedicineLine.MIXED and self.kinds < 2:  # noqa: PLR2004 - mixed means two or more
            return False
        return self.by_line[line] >= LINES[line]

    @property
    def kinds(self) -> int:
        """Give how many of the three single lines have any day."""
        return sum(1 for line, count in self.by_line.items() if line is not MedicineLine.MIXED and count)


def medicine_days(days: Iterable[Day], end: date, window: int = WINDOW) -> MedicineDays:
    """Count distinct days with medicine in the `window` days up to and with `end`."""
    start = end - timedelta(days=window - 1)
    taken = {
        day.date: day.medicines for day in days if start <= day.date <= end and day.medicines is not None
    }
    dates = sorted(on for on, classes in taken.items() if classes)
    runs = list(_runs(dates))
    return MedicineDays(
        end=end,
        answered=len(taken),
        any=len(dates),
        by_class={kind: sum(kind in classes for classes in taken.values()) for kind in MedicineClass},
        by_line={
            line: sum(bool(members & classes) for classes in taken.values())
            for line, members in CLASSES.items()
        },
        longest_run=max((length for _, length in runs), default=0),
        run=next((length for last, length in runs if last == end), 0),
    )


def _runs(dates: Sequence[date]) -> Iterator[tuple[date, int]]:
    length = 0
    for place, on in enumerate(dates):
        length = length + 1 if place and (on - dates[place - 1]).days == 1 else 1
        if place + 1 == len(dates) or (dates[place + 1] - on).days > 1:
            yield on, length
