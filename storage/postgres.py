"""PostgreSQL, for when one machine is not enough: the same statements, and an advisory lock as the guard."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from storage.engine import (
    ConstraintError,
    DatabaseLockedError,
    DatabaseReadOnlyError,
    DatabaseUnavailableError,
    DiskFullError,
    Row,
    StaleWriteError,
    Statement,
    StorageError,
    plain,
)
from storage.group_commit import GroupCommit, Outcome

_CONNECT_SECONDS = 10.0
_CONNECTIONS = 4
_GUARD_PATIENCE = "5s"
"""The server lets go of a lock shortly after the program that held it has gone: a restart waits for that."""
_GUARD_KEY = 0x6261636B74726163
"""The advisory lock that one bot holds on its database; the bytes of "backtrac"."""

_PLACE = re.compile(r"(?<![:\w]):([A-Za-z_]\w*)")

_Connection = psycopg.AsyncConnection[dict[str, Any]]


@lru_cache(maxsize=1024)
def in_psycopg_style(sql: str) -> bytes:
    """Give a statement with `%(name)s` for each `:name`."""
    return _PLACE.sub(r"%(\1)s", sql.replace("%", "%%")).encode()


class PostgresDatabase:
    """A `Database` on a PostgreSQL server."""

    def __init__(self, pool: AsyncConnectionPool[_Connection], guard: _Connection | None) -> None:
        self._pool = pool
        self._guard = guard
        self._group = GroupCommit(self._run_batch)

    @classmethod
    async def open(cls, url: str, *, read_only: bool = False) -> "PostgresDatabase":
        """Connect; raises `DatabaseUnavailableError`, and `DatabaseLockedError` where another bot is running."""
        guard = None if read_only else await _take_guard(url)
        pool: AsyncConnectionPool[_Connection] = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=_CONNECTIONS,
            open=False,
            connection_class=cast("type[_Connection]", psycopg.AsyncConnection),
            kwargs={"autocommit": True, "row_factory": dict_row},
        )
        try:
            await pool.open(wait=True, timeout=_CONNECT_SECONDS)
        except PoolTimeout:
            await pool.close()
            if guard is not None:
                await guard.close()
            raise DatabaseUnavailableError(
                "The PostgreSQL server does not answer. Look at DATABASE_URL."
            ) from None
        return cls(pool, guard)

    async def fetch_all(
        self,
        sql: str,
        parameters: Mapping[str, object] | None = None,
        *,
        few: bool = False,  # noqa: ARG002 - the way to the server is the same for all
    ) -> list[Row]:
        """Give every row; raises `StorageError`."""
        try:
            async with self._pool.connection() as connection:
                cursor = await connection.execute(in_psycopg_style(sql), plain(parameters or {}))
                return list(await cursor.fetchall())
        except (psycopg.Error, PoolTimeout) as error:
            raise translated(error) from error

    async def fetch_one(self, sql: str, parameters: Mapping[str, object] | None = None) -> Row | None:
        """Give the first row or `None`; raises `StorageError`."""
        rows = await self.fetch_all(sql, parameters)
        return rows[0] if rows else None

    async def commit(self, statements: Sequence[Statement]) -> list[int]:
        """Write one unit; see `Database.commit`."""
        return await self._group.commit(statements)

    async def close(self) -> None:
        """Finish what is being written and close every connection; the guard goes with its connection."""
        await self._group.close()
        await self._pool.close()
        if self._guard is not None:
            await self._guard.close()
            self._guard = None

    async def _run_batch(self, units: list[Sequence[Statement]]) -> list[Outcome]:
        try:
            async with self._pool.connection() as connection, connection.transaction():
                return [await _run_unit(connection, unit) for unit in units]
        except (psycopg.Error, PoolTimeout) as error:
            raise translated(error) from error


async def _take_guard(url: str) -> _Connection:
    try:
        connection: _Connection = await psycopg.AsyncConnection.connect(
            url, autocommit=True, row_factory=dict_row, connect_timeout=int(_CONNECT_SECONDS)
        )
    except psycopg.Error as error:
        raise DatabaseUnavailableError(
            "The PostgreSQL server cannot be reached. Look at DATABASE_URL."
        ) from error
    try:
        await connection.execute("SELECT set_config('lock_timeout', %s, false)", (_GUARD_PATIENCE,))
        await connection.execute("SELECT pg_advisory_lock(%s)", (_GUARD_KEY,))
    except psycopg.errors.LockNotAvailable as error:
        await connection.close()
        raise DatabaseLockedError(
            "Another bot is running on this database. Stop it, or set DATABASE_URL to another."
        ) from error
    return connection


async def _run_unit(connection: _Connection, unit: Sequence[Statement]) -> Outcome:
    try:
        async with connection.transaction():
            return [await _run_statement(connection, statement) for statement in unit]
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        return translated(error)
    except Exception as error:  # noqa: BLE001 - it belongs to this unit alone
        return error


async def _run_statement(connection: _Connection, statement: Statement) -> int:
    cursor = await connection.execute(in_psycopg_style(statement.sql), plain(statement.parameters))
    touched = cursor.rowcount
    if statement.expects is not None and touched != statement.expects:
        raise StaleWriteError(f"{touched} rows touched where {statement.expects} were expected.")
    return touched


def translated(error: psycopg.Error | PoolTimeout) -> StorageError:
    """Give the error as one that says what the operator can do, and holds nothing of what was being written."""
    if isinstance(error, psycopg.errors.DiskFull):
        return DiskFullError(
            "The disk of the PostgreSQL server is full. Free some room; nothing acknowledged is lost."
        )
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return DatabaseReadOnlyError("The PostgreSQL server takes no writes. Is it a standby?")
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return DatabaseLockedError("The database is locked by another program. Close that program.")
    if isinstance(error, psycopg.OperationalError):
        return DatabaseUnavailableError("The PostgreSQL server cannot be reached. Look at DATABASE_URL.")
    name = type(error).__name__
    if isinstance(error, psycopg.IntegrityError):
        return ConstraintError(f"The database refused a write ({name}, {error.diag.constraint_name}).")
    return StorageError(f"The database refused a statement ({name}).")
