"""Numbered SQL files bring a database up to date, each in one transaction with the record that it was applied."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from importlib.resources.abc import Traversable

from storage.engine import Database, NewerDatabaseError, Statement

_FILE_NAME = re.compile(r"(\d{4})_(\w+)\.sql")
_RECORDS = """CREATE TABLE IF NOT EXISTS migration (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL
)"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    number: int
    name: str
    statements: tuple[str, ...]


def known_migrations(folder: Traversable | None = None) -> list[Migration]:
    """Give the steps that this program knows, in order. Raises `ValueError` where two share a number."""
    source = folder if folder is not None else resources.files("storage") / "migrations"
    steps = [
        Migration(int(match[1]), match[2], tuple(split_statements(file.read_text(encoding="utf-8"))))
        for file in source.iterdir()
        if (match := _FILE_NAME.fullmatch(file.name))
    ]
    steps.sort(key=lambda step: step.number)
    if len({step.number for step in steps}) != len(steps):
        raise ValueError("two migrations share a number")
    return steps


def split_statements(script: str) -> Iterator[str]:
    """Give the statements of a script one by one; a semicolon inside a trigger or a text does not end one."""
    pending = ""
    for line in script.splitlines(keepends=True):
        if not pending.strip() and (not line.strip() or line.lstrip().startswith("--")):
            continue
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending.strip().removesuffix(";")
            pending = ""
    if pending.strip():
        yield pending.strip()


async def migrate(database: Database, folder: Traversable | None = None) -> None:
    """Apply the steps that are missing; raises `NewerDatabaseError` for a database this program does not know."""
    await database.commit([Statement(_RECORDS)])
    applied = {int(row["number"]) for row in await database.fetch_all("SELECT number FROM migration")}
    steps = known_migrations(folder)
    unknown = applied - {step.number for step in steps}
    if unknown:
        raise NewerDatabaseError(
            f"The database was written by a newer version (step {max(unknown)}). Run that version, or restore a backup."
        )
    for step in steps:
        if step.number not in applied:
            await database.commit([*map(Statement, step.statements), _record(step)])


def _record(step: Migration) -> Statement:
    return Statement(
        "INSERT INTO migration (number, name, applied_at) VALUES (:number, :name, :applied_at)",
        {"number": step.number, "name": step.name, "applied_at": datetime.now(UTC)},
    )
