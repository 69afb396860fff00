"""SQLite: one writer, readers beside it, and a lock on the folder so that two bots never share one diary.

Each connection lives in one thread of its own, and a whole batch of units crosses to the writer's thread once:
that is why the driver is the standard library's and not one that crosses for every statement.
"""

import asyncio
import fcntl
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Generic, TypeVar

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

BUSY_TIMEOUT_MS = 5_000
_FOLD_TIMEOUT_MS = 200
"""How long an erasure waits for who reads: nobody else is written for meanwhile."""
READERS = 2
_STATEMENTS_KEPT_PREPARED = 512

logger = logging.getLogger(__name__)

T = TypeVar("T")


class _Job(Generic[T]):
    """One piece of work for a connection's thread, and where its result goes."""

    __slots__ = ("future", "loop", "work")

    def __init__(self, work: Callable[[sqlite3.Connection], T]) -> None:
        self.work = work
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[T] = self.loop.create_future()

    def run(self, connection: sqlite3.Connection) -> None:
        try:
            result = self.work(connection)
        except BaseException as error:  # noqa: BLE001 - it is raised again where the result is awaited
            self.loop.call_soon_threadsafe(self._fail, error)
        else:
            self.loop.call_soon_threadsafe(self._succeed, result)

    def _succeed(self, result: T) -> None:
        if not self.future.done():
            self.future.set_result(result)

    def _fail(self, error: BaseException) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class _Worker:
    """One connection and the one thread that touches it."""

    def __init__(self, path: Path, *, writes: bool) -> None:
        self._jobs: SimpleQueue[_Job[object] | None] = SimpleQueue()
        self._connection = _connect(path, writes=writes)
        self._thread = threading.Thread(target=self._serve, name=f"sqlite-{'writer' if writes else 'reader'}")
        self._thread.start()

    @property
    def waiting(self) -> int:
        return self._jobs.qsize()

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        job = _Job(work)
        self._jobs.put(job)  # type: ignore[arg-type] # the queue holds jobs of every result
        return await job.future

    async def close(self) -> None:
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.run(self._connection)
        self._connection.close()


class SqliteDatabase:
    """A `Database` in one file."""

    def __init__(
        self,
        guard: int | None,
        writer: _Worker | None,
        readers: Sequence[_Worker],
        nearby: sqlite3.Connection,
    ) -> None:
        self._guard = guard
        self._nearby = nearby
        self._writer = writer
        self._readers = readers
        self._unfolded = False
        self._group = GroupCommit(self._run_batch)

    @classmethod
    async def open(cls, path: Path, *, read_only: bool = False) -> "SqliteDatabase":
        """Open the file, made with its folder for the owner alone where it is missing; raises `StorageError`."""
        return await asyncio.to_thread(cls._open, path, read_only=read_only)

    @classmethod
    def _open(cls, path: Path, *, read_only: bool) -> "SqliteDatabase":
        if read_only:
            if not path.exists():
                raise DatabaseUnavailableError(f"There is no database at {path}.")
            return cls(None, None, [_Worker(path, writes=False)], _connect(path, writes=False))
        guard = _guard_folder(path)
        workers: list[_Worker] = []
        try:
            workers.append(_Worker(path, writes=True))
            workers.extend(_Worker(path, writes=False) for _ in range(READERS))
            nearby = _connect(path, writes=False)
        except BaseException as error:
            os.close(guard)
            if isinstance(error, sqlite3.Error):
                raise translated(error) from error
            raise
        return cls(guard, workers[0], workers[1:], nearby)

    async def fetch_all(
        self, sql: str, parameters: Mapping[str, object] | None = None, *, few: bool = False
    ) -> list[Row]:
        """Give every row; raises `StorageError`.

        A `few` rows that an index finds are read on the event loop's own thread: the way to another thread and back
        costs more.
        """
        values = plain(parameters) if parameters else {}
        if few:
            return self._read_nearby(sql, values, limit=None)

        def read(connection: sqlite3.Connection) -> list[Row]:
            return _rows(connection.execute(sql, values), limit=None)

        return await self._read(read)

    async def fetch_one(self, sql: str, parameters: Mapping[str, object] | None = None) -> Row | None:
        """Give the first row or `None`; raises `StorageError`.

        It is read on the event loop's own thread: a row found by its key costs a tenth of the way to another
        thread. What is long to find belongs in `fetch_all`.
        """
        rows = self._read_nearby(sql, plain(parameters) if parameters else {}, limit=1)
        return rows[0] if rows else None

    async def commit(self, statements: Sequence[Statement]) -> list[int]:
        """Write one unit; see `Database.commit`."""
        if self._writer is None:
            raise DatabaseReadOnlyError("The database was opened to read only.")
        return await self._group.commit(statements)

    async def close(self) -> None:
        """Finish what is being written, fold the log into the file, let go of the folder."""
        await self._group.close()
        self._nearby.close()
        for reader in self._readers:
            await reader.close()
        if self._writer is not None:
            await self._writer.close()
            self._writer = None
        if self._guard is not None:
            os.close(self._guard)
            self._guard = None

    def _read_nearby(self, sql: str, values: Mapping[str, object], limit: int | None) -> list[Row]:
        try:
            return _rows(self._nearby.execute(sql, values), limit)
        except sqlite3.Error as error:
            raise translated(error) from error

    async def _read(self, read: Callable[[sqlite3.Connection], list[Row]]) -> list[Row]:
        reader = min(self._readers, key=lambda worker: worker.waiting)
        try:
            return await reader.run(read)
        except sqlite3.Error as error:
            raise translated(error) from error

    async def _run_batch(self, units: list[Sequence[Statement]]) -> list[Outcome]:
        assert self._writer is not None  # noqa: S101 - commit() has looked
        try:
            outcomes = await self._writer.run(lambda connection: _run_batch(connection, units))
        except sqlite3.Error as error:
            raise translated(error) from error
        if self._unfolded or any(statement.erases for unit in units for statement in unit):
            self._unfolded = not await self._writer.run(_folded)
        return outcomes


def _guard_folder(path: Path) -> int:
    """Make the folder and the file for the owner alone and lock the folder for this process.

    The kernel drops the lock with the process, so a kill leaves nothing to clean up.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise DatabaseUnavailableError(
            f"The data folder {path.parent} cannot be used: {error.strerror}."
        ) from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except BlockingIOError as error:
        os.close(folder)
        raise DatabaseLockedError(
            f"Another bot is running on the data folder {path.parent}. Stop it, or set DATA_DIR to another folder."
        ) from error
    except OSError as error:
        os.close(folder)
        raise DatabaseReadOnlyError(
            f"The database file {path} cannot be written: {error.strerror}."
        ) from error
    return folder


def _connect(path: Path, *, writes: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=_STATEMENTS_KEPT_PREPARED
    )
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        if writes:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
        else:
            connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _folded(connection: sqlite3.Connection) -> bool:
    """Fold the write-ahead log into the file and cut it to nothing: it holds pages as they were before an erasure.

    False where somebody reads what is in it; then it is tried again after the next write.
    """
    connection.execute(f"PRAGMA busy_timeout = {_FOLD_TIMEOUT_MS}")
    try:
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        logger.warning("what was erased is in the write-ahead log still: %s", error)
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    return not busy


def _rows(cursor: sqlite3.Cursor, limit: int | None) -> list[Row]:
    found = cursor.fetchall() if limit is None else cursor.fetchmany(limit)
    names = [column[0] for column in cursor.description]
    cursor.close()
    return [dict(zip(names, values, strict=True)) for values in found]


def _run_batch(connection: sqlite3.Connection, units: list[Sequence[Statement]]) -> list[Outcome]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        outcomes = [_run_unit(connection, unit) for unit in units]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return outcomes


def _run_unit(connection: sqlite3.Connection, unit: Sequence[Statement]) -> Outcome:
    """Run one unit inside the batch. An error that ended the whole transaction is everyone's and is raised."""
    connection.execute("SAVEPOINT unit")
    try:
        touched = [_run_statement(connection, statement) for statement in unit]
    except Exception as error:
        if not connection.in_transaction:
            raise
        connection.execute("ROLLBACK TO unit")
        connection.execute("RELEASE unit")
        return translated(error) if isinstance(error, sqlite3.Error) else error
    connection.execute("RELEASE unit")
    return touched


def _run_statement(connection: sqlite3.Connection, statement: Statement) -> int:
    touched = connection.execute(statement.sql, plain(statement.parameters)).rowcount
    if statement.expects is not None and touched != statement.expects:
        raise StaleWriteError(f"{touched} rows touched where {statement.expects} were expected.")
    return touched


_MEANINGS: dict[int, tuple[type[StorageError], str]] = {
    sqlite3.SQLITE_BUSY: (
        DatabaseLockedError,
        "The database is locked by another program. Close that program.",
    ),
    sqlite3.SQLITE_LOCKED: (
        DatabaseLockedError,
        "The database is locked by another program. Close that program.",
    ),
    sqlite3.SQLITE_READONLY: (
        DatabaseReadOnlyError,
        "The database is read-only. Give its owner the right to write.",
    ),
    sqlite3.SQLITE_PERM: (
        DatabaseReadOnlyError,
        "The database may not be opened. Look at its owner and rights.",
    ),
    sqlite3.SQLITE_FULL: (DiskFullError, "The disk is full. Free some room; nothing acknowledged is lost."),
    sqlite3.SQLITE_CANTOPEN: (DatabaseUnavailableError, "The database cannot be opened. Look at DATA_DIR."),
    sqlite3.SQLITE_IOERR: (
        DatabaseUnavailableError,
        "The disk failed to read or write. Look at the machine's log.",
    ),
    sqlite3.SQLITE_CORRUPT: (StorageError, "The database is damaged. Restore a backup."),
    sqlite3.SQLITE_NOTADB: (StorageError, "The file is not a database. Look at DATABASE_URL."),
}


def translated(error: sqlite3.Error) -> StorageError:
    """Give the error as one that says what the operator can do."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    if primary in _MEANINGS:
        kind, sentence = _MEANINGS[primary]
        return kind(sentence)
    if isinstance(error, sqlite3.IntegrityError):
        return ConstraintError(f"The database refused a write: {error}.")
    return StorageError(f"The database refused a statement: {error}.")
