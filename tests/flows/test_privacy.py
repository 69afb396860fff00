"""A copy of everything, bringing it back, and erasing: deleted means deleted."""

import contextlib
import io
import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.clinical.appointment import Appointment
from bot.clinical.patient import Patient
from bot.reports.exports import export_json
from bot.reports.imports import read_export
from storage import advice, checkins, looks
from storage.engine import moment
from tests.flows.conftest import heard
from tests.tables import PATIENT_TABLES

ROOT = Path(__file__).parents[2]


def run(folder, *arguments, **environment):
    """Run a verb as an operator does, on the data of `folder`."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM", "DATA", "FAQ"))
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT), "DATA_DIR": str(folder / "data")} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def lived(bot):
    """Give a patient with a row in every table."""
    nora = await bot.onboarded()
    await bot.day(nora, back=4, head=6, migraine=True, medicine="Triptan")
    await bot.taps(nora, "Add a note")
    await nora.send("a quokka <b>&")
    await nora.send("I want to end my life")
    await nora.send("/visit")
    await nora.tap("Set a visit")
    await nora.send("20 March")
    await nora.send("Dr Quokka")
    await nora.send("/ask_doctor Is a quokka good?")
    await bot.next_day(6)
    await bot.taps(nora, "Yes, ask me", "1", "2", "3", "None of these")
    await nora.send("I'm blind in my right eye from birth, quokka")
    known = await bot.known(nora)
    await bot.database.commit([looks.saved(known.patient_id, bot.clock.now().date(), "a quokka")])
    return nora


async def the_file(bot, patient):
    return await bot.sandbox.file(
        next(each for each in reversed(patient.from_bot) if "document" in each.body).file_id
    )


async def test_erasing_leaves_no_row_no_byte_and_gives_a_receipt(bot):
    nora, omar = await lived(bot), await bot.onboarded("Omar")
    before = await bot.tables()
    assert {name for name in PATIENT_TABLES if not before[name]} <= {"unanswered_questions"}
    known = await bot.known(nora)
    await nora.send("/privacy")
    await bot.taps(nora, "Erase everything", "No, keep it")
    assert await bot.known(nora) == known
    await nora.send("/privacy")
    await bot.taps(nora, "Erase everything", "Yes, erase it all")
    assert heard(nora, "On 8 March 2026 I erased everything")
    for table, rows in (await bot.tables()).items():
        for row in rows:
            assert known.patient_id not in row.values(), table
            assert nora.chat_id not in row.values(), table
            assert str(nora.chat_id) not in str(row), table
    assert b"quokka" not in bot.kept_bytes().lower()
    assert await bot.known(omar) is not None
    said = len(nora.messages)
    await bot.next_day()
    assert len(nora.messages) == said
    await nora.send("/start")
    assert "Shall we start?" in nora.last.text


async def test_every_table_of_a_patient_is_known_to_the_test_of_erasing(bot):
    tables = await bot.tables()
    assert set(tables) - set(PATIENT_TABLES) <= {"inbox_mark", "migration"}


async def test_an_export_brought_into_another_database_gives_the_same_diary(bot, tmp_path):
    nora = await lived(bot)
    await nora.send("/privacy")
    await nora.tap("Get my data")
    content = await the_file(bot, nora)
    file = tmp_path / "diary.json"
    file.write_bytes(content)
    shown = run(tmp_path, "import", str(file))
    assert (shown.returncode, "I found 1 day" in shown.stdout) == (0, True), shown.stderr
    assert not (tmp_path / "data").exists()
    written = run(tmp_path, "import", str(file), "--write")
    assert written.returncode == 0, written.stderr
    export, known = read_export(content), await bot.known(nora)
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "backtrack.db")) as other:
        (patient,) = other.execute("SELECT document FROM patients").fetchone()
        brought = Patient.model_validate_json(patient)
        assert brought.model_copy(update={"patient_id": known.patient_id}) == known
        for table, own in (
            ("checkins", await checkins.everything(bot.database, known.patient_id)),
            ("advice", await advice.everything(bot.database, known.patient_id)),
        ):
            found = other.execute(f"SELECT document FROM {table}")  # noqa: S608 -- a name of our own
            rows = [type(own[0]).model_validate_json(document) for (document,) in found]
            assert sorted(rows, key=repr) == sorted(own, key=repr), table
        for table in ("reviews", "appointments", "doctor_questions"):
            rows = [row[0] for row in other.execute(f"SELECT document FROM {table}")]  # noqa: S608
            assert sorted(rows) == sorted(row["document"] for row in await bot.rows(table)), table
    assert export.patient == known
    again = run(tmp_path, "import", str(file), "--write")
    assert again.returncode == 0, again.stderr
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "backtrack.db")) as other:
        times = [moment(row[0]) for row in other.execute("SELECT shown_at FROM crisis_messages")]
        assert times == list(export.crisis_messages) != []
        due = other.execute("SELECT kind, chat_id FROM due WHERE state = 'open' ORDER BY kind").fetchall()
        assert due == [("checkin", nora.chat_id), ("weekly", nora.chat_id)]


async def test_a_diary_that_is_brought_in_is_asked_about_at_once_with_its_visits(bot, tmp_path):
    nora = await bot.onboarded()
    await nora.send("/privacy")
    await nora.tap("Get my data")
    coming = Appointment(appointment_id=1, visit_date=datetime.now(UTC).date() + timedelta(days=40))
    export = read_export(await the_file(bot, nora)).model_copy(update={"appointments": (coming,)})
    file = tmp_path / "diary.json"
    file.write_bytes(export_json(export))
    assert run(tmp_path, "import", str(file), "--write").returncode == 0
    with contextlib.closing(sqlite3.connect(tmp_path / "data" / "backtrack.db")) as other:
        planned = other.execute("SELECT kind, local_date FROM due WHERE state = 'open'").fetchall()
    assert {kind for kind, _ in planned} == {"checkin", "weekly", "visit_eve", "visit_after"}
    assert dict(planned)["visit_eve"] == str(coming.visit_date - timedelta(days=1))


async def test_the_export_is_one_archive_with_every_form(bot):
    nora = await lived(bot)
    await nora.send("/export")
    with zipfile.ZipFile(io.BytesIO(await the_file(bot, nora))) as archive:
        assert {"days.csv", "medicines.csv", "advice.csv", "diary.json", "fhir.json"} <= set(
            archive.namelist()
        )
        assert "a quokka <b>&" in archive.read("diary.json").decode()
        assert "2026-03-02" in archive.read("days.csv").decode()
        assert json.loads(archive.read("fhir.json"))["resourceType"] == "Bundle"


async def test_an_empty_diary_can_be_exported_too(bot):
    nora = await bot.onboarded()
    await nora.send("/export")
    assert zipfile.is_zipfile(io.BytesIO(await the_file(bot, nora)))


async def test_an_advice_can_be_replayed(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "Back or legs", "Numb between the legs")
    (row,) = await bot.rows("advice")
    replayed = run(bot.folder.parent, "explain", row["advice_id"])
    assert replayed.returncode == 0, replayed.stderr
    assert "B-01" in replayed.stdout
    assert "emergency" in replayed.stdout
    assert "https://" in replayed.stdout
    missing = run(bot.folder.parent, "explain", "nothing")
    assert (missing.returncode, "no advice nothing" in missing.stderr) == (1, True)


async def test_passed_on_questions_are_listed_by_how_often_they_were_asked(bot):
    for question in ("Can zebras ski?", "can zebras SKI?", "Do rocks dream?"):
        nora = await bot.onboarded()
        await nora.send(question)
        await bot.tap(nora, "Yes, pass it on")
    listed = run(bot.folder.parent, "unanswered")
    assert [line.split(maxsplit=2)[::2] for line in listed.stdout.splitlines()] == [
        ["2", "can zebras ski?"],
        ["1", "do rocks dream?"],
    ]
    assert date(2026, 3, 2).isoformat() in listed.stdout
