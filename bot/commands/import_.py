"""`python -m bot import FILE`: read an export or another diary's CSV, say what it would bring, and bring it."""

import argparse
import asyncio
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from bot.clinical.patient import CONSENT_VERSION, Consent, Patient
from bot.reports.exports import DiaryExport
from bot.reports.imports import BrokenFileError, OutsideDiary, is_export, read_export, read_outside_diary
from bot.reports.preview import new_check_ins, preview, problems_text
from bot.settings import Settings
from bot.words import load_words
from handlers import prompts, visit
from storage import advice, appointments, checkins, crisis, patients, reviews
from storage.engine import Database, Statement, StorageError, open_database
from storage.identity import new_id


def configure(parser: argparse.ArgumentParser) -> None:
    """Take the file, whose diary it goes to, and whether it is only looked at."""
    parser.add_argument("file", type=Path, help="diary.json of an export, or a CSV of another diary")
    parser.add_argument("--chat", type=int, help="the chat whose diary it goes to; an export knows its own")
    parser.add_argument("--write", action="store_true", help="write it; without this it is only shown")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Show what the file holds, and write it where that is asked; 1 where it is broken or cannot be written."""
    words = load_words()
    now = datetime.now(UTC)
    try:
        content = arguments.file.read_bytes()
        export = read_export(content) if is_export(content) else None
        found = _as_diary(export) if export else read_outside_diary(content, now, now.date())
        chat = arguments.chat if arguments.chat is not None else export.patient.chat_id if export else None
        if not arguments.write and not _has_database():
            chat = None
        if arguments.write and chat is None:
            sys.stderr.write("Say whose diary it goes to: --chat CHAT_ID\n")
            return 1
        known = asyncio.run(_bring(export, found, chat, now, write=arguments.write))
    except BrokenFileError as error:
        sys.stderr.write(problems_text(error.problems, words) + "\n")
        return 1
    except (OSError, StorageError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    shown = preview(found, words, known)
    sys.stdout.write((words.text("export.import.written") if arguments.write else shown) + "\n")
    return 0


def _has_database() -> bool:
    """Tell whether there is a diary to compare with: a look at a file must not make a database."""
    url = Settings().database_url
    return not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).exists()


def _as_diary(export: DiaryExport) -> OutsideDiary:
    return OutsideDiary(tuple(sorted(export.check_ins, key=lambda checkin: checkin.local_date)))


async def _bring(
    export: DiaryExport | None, found: OutsideDiary, chat: int | None, now: datetime, *, write: bool
) -> frozenset[date]:
    """Give the dates that the diary has, after writing those that it does not have."""
    if chat is None:
        return frozenset()
    async with open_database(Settings().database_url, read_only=not write) as database:
        patient = await patients.by_chat(database, chat)
        known = await _known_dates(database, patient)
        if write:
            kept = patient or _new(export, chat, now)
            helped = await _crisis_messages(database, export, kept)
            await database.commit(
                [*_statements(export, found, kept, known), *_visits(export, kept, now), *helped]
            )
            await prompts.plan_missing(database, now)
        return known


async def _known_dates(database: Database, patient: Patient | None) -> frozenset[date]:
    if patient is None:
        return frozenset()
    return frozenset(each.local_date for each in await checkins.everything(database, patient.patient_id))


def _new(export: DiaryExport | None, chat: int, now: datetime) -> Patient:
    """Make the patient of an import: that of the export, or one whose consent the operator holds."""
    if export is not None:
        return export.patient.model_copy(update={"chat_id": chat, "patient_id": new_id()})
    return Patient(patient_id=new_id(), chat_id=chat, consent=Consent(version=CONSENT_VERSION, given_at=now))


def _statements(
    export: DiaryExport | None, found: OutsideDiary, patient: Patient, known: frozenset[date]
) -> list[Statement]:
    statements = [patients.saved(patient)]
    added = new_check_ins(found.check_ins, known)
    statements += [write for each in added for write in checkins.saved(patient.patient_id, each)]
    if export is not None:
        statements += [reviews.saved(patient.patient_id, each) for each in export.reviews]
        statements += [appointments.saved(patient.patient_id, each) for each in export.appointments]
        statements += [appointments.asked(patient.patient_id, each) for each in export.questions]
        statements += [advice.saved(patient.patient_id, each) for each in export.advice_given]
    return statements


def _visits(export: DiaryExport | None, patient: Patient, now: datetime) -> list[Statement]:
    """Plan what is sent around the visits that are still to come."""
    today = now.astimezone(patient.preferences.zone_info).date()
    coming = [
        each
        for each in (export.appointments if export is not None else ())
        if each.outcome is None and each.visit_date >= today
    ]
    return [statement for each in coming for statement in visit.planned(patient, each, today)]


async def _crisis_messages(
    database: Database, export: DiaryExport | None, patient: Patient
) -> list[Statement]:
    """Give the times at which the crisis message was shown, but for those that are known."""
    known = await crisis.times_shown(database, patient.patient_id)
    times = export.crisis_messages if export is not None else ()
    return [crisis.shown(patient.patient_id, each) for each in sorted(set(times) - set(known))]
