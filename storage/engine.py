"""What every database gives: reads of committed state, and units of writes that happen whole or not at all.

Statements are SQL that SQLite (3.38 or newer) and PostgreSQL both take, with named parameters (`:name`). Moments
are kept as whole microseconds since 1970 in UTC, dates as ISO text, truth as 0 and 1; `plain` turns parameters
into these, `moment` turns a stored number back.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeAlias

Row: TypeAlias = Mapping[str, Any]

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""The first moment that is kept as a number; every moment is counted from it."""
_MICROSECOND = timedelta(microseconds=1)
_SQLITE_SCHEME = "sqlite:///"
_POSTGRES_SCHEMES = ("postgresql://", "postgres://")


class StorageError(Exception):
    """A read or write that failed. Its text is a sentence for the operator and holds no patient's data."""

    passes: ClassVar[bool] = False
    """Whether the same unit may succeed later with nothing changed in the code."""


class StaleWriteError(StorageError):
    """A statement touched another number of rows than it expected: the state it was decided on is gone."""


class ConstraintError(StorageError):
    """A statement broke a rule of the schema."""


class DatabaseLockedError(StorageError):
    """Another program holds the database."""

    passes = True


class DatabaseReadOnlyError(StorageError):
    """The database cannot be written."""

    passes = True


class DiskFullError(StorageError):
    """There is no room left to write."""

    passes = True


class DatabaseUnavailableError(StorageError):
    """The database cannot be reached or read."""

    passes = True


class NewerDatabaseError(StorageError):
    """The database was written by a newer version of this program."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One write. `expects` is the number of rows it must touch, where that proves the decision still holds.

    `erases` asks that no file keeps what it removes.
    """

    sql: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    expects: int | None = None
    erases: bool = False


class Reader(Protocol):
    """Reads of committed state."""

    async def fetch_all(
        self, sql: str, parameters: Mapping[str, object] | None = None, *, few: bool = False
    ) -> list[Row]:
        """Give every row; raises `StorageError`. With `few` they are at most a hundred of one patient, by an index."""
        ...

    async def fetch_one(self, sql: str, parameters: Mapping[str, object] | None = None) -> Row | None:
        """Give the first row or `None`; raises `StorageError`."""
        ...


class Database(Reader, Protocol):
    """Reads, and units of writes."""

    async def commit(self, statements: Sequence[Statement]) -> list[int]:
        """Write all statements durably or none, and give the rows that each touched.

        Units that are ready together share one transaction, and one that fails takes no other with it. Raises
        `StaleWriteError` where an expectation is not met, and other kinds of `StorageError`. A caller that is
        cancelled does not know whether the unit was written, only that it was not written in part.
        """
        ...

    async def close(self) -> None:
        """Finish what is being written and let go of the database."""
        ...


def microseconds(value: datetime) -> int:
    """Give an aware moment as whole microseconds since 1970, the form in which moments are kept."""
    return (value - EARLIEST) // _MICROSECOND


def moment(value: int) -> datetime:
    """Give a kept moment as an aware datetime in UTC."""
    return EARLIEST + timedelta(microseconds=value)


_AS_THEY_ARE = frozenset({str, int, float, bytes, type(None)})


def _plain_value(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return microseconds(value)
    if isinstance(value, date | time):
        return value.isoformat()
    return value


def plain(parameters: Mapping[str, object]) -> dict[str, object]:
    """Give parameters in the few types that are stored."""
    return {
        name: value if type(value) in _AS_THEY_ARE else _plain_value(value)
        for name, value in parameters.items()
    }


@asynccontextmanager
async def open_database(url: str, *, read_only: bool = False) -> AsyncGenerator[Database]:
    """Open `sqlite:///path` or `postgresql://...`, bring its schema up to date, and close it afterwards.

    With `read_only` nothing is migrated and the guard against a second bot is not taken, so that commands can look
    at the database of a running bot. Raises `StorageError`, and `ValueError` for an address of another kind.
    """
    database = await _connect(url, read_only=read_only)
    try:
        if not read_only:
            from storage.migrating import migrate  # noqa: PLC0415 - it needs the names of this module

            await migrate(database)
        yield database
    finally:
        await database.close()


async def _connect(url: str, *, read_only: bool) -> Database:
    """Load only the driver that the address asks for: psycopg alone costs a tenth of a second of the start."""
    if url.startswith(_SQLITE_SCHEME):
        from storage.sqlite import SqliteDatabase  # noqa: PLC0415

        return await SqliteDatabase.open(Path(url.removeprefix(_SQLITE_SCHEME)), read_only=read_only)
    if url.startswith(_POSTGRES_SCHEMES):
        from storage.postgres import PostgresDatabase  # noqa: PLC0415

        return await PostgresDatabase.open(url, read_only=read_only)
    raise ValueError("DATABASE_URL must start with sqlite:/// or postgresql://")
