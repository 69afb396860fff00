"""Everything of one patient, to take away: a document that can be read back, tables, and FHIR, in one zip."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final, Literal

from pydantic import AwareDatetime, Field

from bot.clinical.advice import GivenAdvice
from bot.clinical.answers import CheckIn, Document, WeeklyReview
from bot.clinical.appointment import Appointment, DoctorQuestion
from bot.clinical.patient import Patient
from bot.diary.days import day_of
from bot.diary.ledger import Day
from bot.reports.dates import day_month_year
from bot.reports.fhir import fhir_bundle
from bot.words import Words

FORMAT: Final = "backtrack-diary"
VERSION: Final = 1
"""Of the JSON document; a change that older readers cannot take gets the next number."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A cell that starts so is run as a formula by spreadsheet programs (OWASP, CSV injection)."""


class ExportedAdvice(Document):
    """One advice as it was given. `level` is a name such as `same_day`."""

    local_date: date
    given_at: AwareDatetime | None = None
    level: str
    rule_id: str
    text: str
    why: str = ""


class DiaryExport(Document):
    """The complete diary of one patient. `docs/export-format.md` describes it field by field."""

    format: Literal["backtrack-diary"] = FORMAT
    version: Literal[1] = VERSION
    exported_at: AwareDatetime
    patient: Patient
    check_ins: tuple[CheckIn, ...] = Field(default=())
    reviews: tuple[WeeklyReview, ...] = Field(default=())
    advice: tuple[ExportedAdvice, ...] = Field(default=())
    appointments: tuple[Appointment, ...] = Field(default=())
    questions: tuple[DoctorQuestion, ...] = Field(default=())
    advice_given: tuple[GivenAdvice, ...] = Field(default=())
    """The records behind `advice`, as they are kept: the facts, how it was shown, and what came of it."""
    crisis_messages: tuple[AwareDatetime, ...] = Field(default=())
    """When the crisis message was shown; nothing else of it is kept."""

    @property
    def days(self) -> tuple[Day, ...]:
        """Give the days as every count takes them, oldest first."""
        return tuple(day_of(checkin) for checkin in sorted(self.check_ins, key=lambda each: each.local_date))


def export_json(export: DiaryExport) -> bytes:
    """Write the document as JSON in UTF-8, every field that has a value named."""
    return export.model_dump_json(indent=1).encode()


def export_zip(export: DiaryExport, words: Words) -> bytes:
    """Pack tables, document and FHIR bundle; the same export gives the same bytes."""
    made_on = day_month_year(words, export.exported_at.date())
    files = {
        words.text("export.readme.name"): words.text("export.readme.text", date=made_on).encode(),
        "days.csv": days_csv(export.days),
        "medicines.csv": medicines_csv(export.days),
        "advice.csv": advice_csv(export.advice),
        "diary.json": export_json(export),
        "fhir.json": fhir_bundle(export.patient, export.check_ins, export.reviews, export.exported_at, words),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date_time=_zip_time(export.exported_at))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


def days_csv(days: Sequence[Day]) -> bytes:
    """Give one row a day; an empty cell is a question without an answer, and 0 is a value."""
    names = sorted({name for day in days for name in day.factors})
    heads = (
        "date", "state", "back_pain", "headache", "migraine_like", "interference", "medicines", "sleep",
        "warning_signs", "recalled", "note",
    )  # fmt: skip
    return _csv((*heads, *names), (_day_cells(day, names) for day in days))


def _day_cells(day: Day, factors: Sequence[str]) -> tuple[object, ...]:
    medicines = None if day.medicines is None else " + ".join(sorted(day.medicines)) or "none"
    return (
        day.date, day.state.value, day.back_pain, day.headache, _yes_no(day.migraine_like), day.interference,
        medicines, day.sleep, " ".join(sorted(day.flags)), _yes_no(day.recalled), day.note,
        *(day.factors.get(name) for name in factors),
    )  # fmt: skip


def medicines_csv(days: Sequence[Day]) -> bytes:
    """Give one row for each class of pain medicine on a day; never an amount."""
    rows = ((day.date, medicine.value) for day in days for medicine in sorted(day.medicines or ()))
    return _csv(("date", "medicine"), rows)


def advice_csv(advice: Sequence[ExportedAdvice]) -> bytes:
    """Give one row for each advice, with the rule that gave it."""
    rows = ((line.local_date, line.level, line.rule_id, line.text, line.why) for line in advice)
    return _csv(("date", "level", "rule", "advice", "why"), rows)


def _csv(heads: Sequence[str], rows: Iterator[tuple[object, ...]]) -> bytes:
    """Write CSV that spreadsheet programs open with every script right (UTF-8 with its mark)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe_cell(head) for head in heads])
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def safe_cell(value: object) -> str:
    """Give a cell that no spreadsheet program runs: text that starts like a formula gets a ' in front."""
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA_STARTS) else text


def _yes_no(value: bool | None) -> str | None:  # noqa: FBT001 - the value itself, not a switch
    return None if value is None else "yes" if value else "no"


def _zip_time(moment: datetime) -> tuple[int, int, int, int, int, int]:
    """Give the moment as a zip holds it; zip files begin in 1980."""
    return (max(moment.year, 1980), moment.month, moment.day, moment.hour, moment.minute, moment.second)
