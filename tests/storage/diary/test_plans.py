"""Every statement about a diary is found by an index, and erasing a patient looks nowhere else."""

import inspect
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bot.clinical.advice import GivenAdvice, Shown
from bot.clinical.answers import CheckIn, Level, WeeklyReview
from bot.clinical.appointment import Appointment, DoctorQuestion
from bot.clinical.patient import Consent, Patient
from storage import advice, appointments, checkins, crisis, erasure, looks, patients, reviews, unanswered
from storage.engine import Statement, open_database, plain

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = date(2026, 3, 2)
PATIENT = Patient(patient_id=1, chat_id=1, consent=Consent(version="1", given_at=NOW))
VISIT = Appointment(appointment_id=1, visit_date=DAY)
QUESTION = DoctorQuestion(question_id=1, asked_at=NOW, text="Why?")
GIVEN = GivenAdvice(
    advice_id="1", rule_id="B-01", level=Level.SOON, local_date=DAY, given_at=NOW, shown=Shown.MAIN
)

READS: dict[Callable[..., Any], tuple[object, ...]] = {
    advice.since: (1, NOW),
    advice.everything: (1,),
    advice.by_id: ("1",),
    appointments.of_patient: (1,),
    appointments.questions: (1, NOW),
    appointments.dates_since: (1, DAY),
    checkins.on: (1, DAY),
    checkins.between: (1, DAY, DAY),
    checkins.recent: (1, DAY, 30),
    checkins.from_start: (1, DAY, 30),
    checkins.everything: (1,),
    checkins.first_date: (1,),
    crisis.times_shown: (1,),
    looks.latest: (1, DAY),
    patients.by_chat: (1,),
    patients.by_id: (1,),
    reviews.of_week: (1, DAY),
    reviews.since: (1, DAY),
    reviews.everything: (1,),
    reviews.recent: (1, DAY),
    reviews.standing: (1, DAY),
}
WRITES: dict[Callable[..., Any], tuple[object, ...]] = {
    advice.saved: (1, GIVEN),
    appointments.saved: (1, VISIT),
    appointments.removed: (1, 1),
    appointments.asked: (1, QUESTION),
    appointments.question_removed: (1, 1),
    checkins.saved: (1, CheckIn(local_date=DAY)),
    crisis.shown: (1, NOW),
    erasure.erased: (1,),
    looks.saved: (1, DAY, "{}"),
    looks.outdated: (1, DAY),
    patients.saved: (PATIENT,),
    reviews.saved: (1, WeeklyReview(week_start=DAY)),
    unanswered.shared: ("Why?", DAY),
}
READ_THROUGH = {unanswered.by_frequency}
"""The clinic's list names no patient, and is counted when an operator asks for it."""
MODULES = (advice, appointments, checkins, crisis, erasure, looks, patients, reviews, unanswered)


class Listening:
    """Gives nothing and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[Statement] = []

    async def fetch_all(
        self,
        sql: str,
        parameters: dict[str, object] | None = None,
        *,
        few: bool = False,
    ) -> list[Any]:
        self.asked.append(Statement(sql, parameters or {}))
        return []

    async def fetch_one(self, sql: str, parameters: dict[str, object] | None = None) -> None:
        await self.fetch_all(sql, parameters)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Any]:
    async with open_database(f"sqlite:///{tmp_path}/data/backtrack.db") as opened:
        yield opened


def named(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__name__}"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_function_is_looked_at(module: ModuleType) -> None:
    own = {
        function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    assert own <= READS.keys() | WRITES.keys() | READ_THROUGH


@pytest.mark.parametrize("read", READS, ids=named)
async def test_a_read_uses_an_index(database: Any, read: Callable[..., Any]) -> None:
    listening = Listening()
    await read(listening, *READS[read])
    assert listening.asked
    for statement in listening.asked:
        await check(database, statement)


@pytest.mark.parametrize("write", WRITES, ids=named)
async def test_a_write_uses_an_index(database: Any, write: Callable[..., Any]) -> None:
    made = write(*WRITES[write])
    for statement in made if isinstance(made, tuple) else (made,):
        await check(database, statement)


async def test_what_goes_with_a_patient_is_found_by_the_patient(database: Any) -> None:
    """Erasing cascades, and SQLite reads through a table for that which has no index on the patient."""
    tables = [
        row["name"] for row in await database.fetch_all("SELECT name FROM sqlite_master WHERE type = 'table'")
    ]
    theirs = [name for name in tables if "patient_id" in await columns(database, name)]
    assert {"checkins", "reviews", "advice", "due"} <= set(theirs)
    for table in theirs:
        await check(database, Statement(f"DELETE FROM {table} WHERE patient_id = :id", {"id": 1}))  # noqa: S608


async def columns(database: Any, table: str) -> set[str]:
    return {row["name"] for row in await database.fetch_all(f"PRAGMA table_info({table})")}


async def check(database: Any, statement: Statement) -> None:
    plan = await database._writer.run(
        lambda connection: connection.execute(
            f"EXPLAIN QUERY PLAN {statement.sql}", plain(statement.parameters)
        ).fetchall()
    )
    for step in (row[3] for row in plan):
        assert "SCAN" not in step, (statement.sql, step)
        assert "TEMP B-TREE" not in step, (statement.sql, step)
