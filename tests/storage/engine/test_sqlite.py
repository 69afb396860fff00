"""What is SQLite's alone: rights, the folder's lock, what is told to the operator."""

import os
import sqlite3
import stat
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

import storage.sqlite
from storage.engine import (
    DatabaseLockedError,
    DatabaseReadOnlyError,
    DatabaseUnavailableError,
    DiskFullError,
    Statement,
    StorageError,
    open_database,
)
from storage.inbox import JournalledUpdate, close_update, journal, purge_inbox

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "backtrack.db"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


async def test_folder_and_file_are_the_owners_alone(path):
    async with open_database(f"sqlite:///{path}") as database:
        await database.commit([Statement("CREATE TABLE note (id INTEGER)")])
        assert mode(path.parent) == 0o700
        assert {mode(file) for file in path.parent.iterdir()} == {0o600}


async def test_writes_are_durable_and_keys_are_kept(path):
    async with open_database(f"sqlite:///{path}") as database:
        assert await settings(database) == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "secure_delete": 1,
        }


async def settings(database):
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    return {
        name: (await database._writer.run(lambda c, name=name: c.execute(f"PRAGMA {name}").fetchone()))[0]
        for name in names
    }


async def test_what_is_erased_is_in_no_file(path):
    async with open_database(f"sqlite:///{path}") as database:
        await database.commit([Statement("CREATE TABLE note (id INTEGER PRIMARY KEY, words TEXT)")])
        await database.commit([Statement("INSERT INTO note VALUES (1, 'a quokka'), (2, 'a wombat')")])
        await database.commit([Statement("UPDATE note SET words = 'b quokka' WHERE id = 1")])
        await database.fetch_all("SELECT * FROM note")
        await database.commit([Statement("DELETE FROM note WHERE id = 1", erases=True)])
        kept = raw(path)
        assert b"quokka" not in kept
        assert b"wombat" in kept


async def test_the_text_of_an_update_that_was_handled_is_in_no_file_after_the_next_purge(path):
    async with open_database(f"sqlite:///{path}") as database:
        update = JournalledUpdate(1, 7, '{"text": "a quokka"}', NOW)
        await database.commit(journal([update]))
        await database.commit([close_update(1, NOW)])
        await database.commit([purge_inbox(NOW - timedelta(days=30))])
        assert b"quokka" not in raw(path)
        assert await database.fetch_one("SELECT update_id FROM inbox") == {"update_id": 1}


async def test_what_another_program_reads_is_folded_when_it_has_ended(path):
    async with open_database(f"sqlite:///{path}") as database:
        await database.commit([Statement("CREATE TABLE note (id INTEGER PRIMARY KEY, words TEXT)")])
        await database.commit([Statement("INSERT INTO note VALUES (1, 'a quokka')")])
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN")
        assert other.execute("SELECT words FROM note").fetchall() == [("a quokka",)]
        await database.commit([Statement("DELETE FROM note", erases=True)])
        assert b"quokka" in raw(path)
        other.execute("COMMIT")
        await database.commit([Statement("INSERT INTO note VALUES (2, 'a wombat')")])
        assert b"quokka" not in raw(path)
        other.close()


def raw(path):
    """Give every byte of the database's files. Another process reads them: closing one here would drop our locks."""
    files = [str(file) for file in path.parent.iterdir()]
    return subprocess.run(["cat", *files], capture_output=True, check=True).stdout


@pytest.mark.parametrize("few", [True, False])
async def test_readers_cannot_write(path, few):
    async with open_database(f"sqlite:///{path}") as database:
        with pytest.raises(DatabaseReadOnlyError):
            await database.fetch_all("DELETE FROM inbox RETURNING update_id", few=few)


async def test_a_few_rows_are_read_without_the_way_to_another_thread(path):
    async with open_database(f"sqlite:///{path}") as database:
        await database.commit(journal([JournalledUpdate(number, 7, "{}", NOW) for number in (3, 1, 2)]))
        asked = "SELECT update_id FROM inbox WHERE update_id >= :least ORDER BY update_id", {"least": 2}
        reading = database.fetch_all(*asked, few=True)
        with pytest.raises(StopIteration) as read:
            reading.send(None)
        assert read.value.value == await database.fetch_all(*asked) == [{"update_id": 2}, {"update_id": 3}]


async def test_a_lock_is_named(path, monkeypatch):
    monkeypatch.setattr(storage.sqlite, "BUSY_TIMEOUT_MS", 10)
    async with open_database(f"sqlite:///{path}") as database:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseLockedError, match="locked by another program") as caught:
            await database.commit([Statement("DELETE FROM inbox")])
        assert caught.value.passes
        other.execute("ROLLBACK")
        other.close()
        await database.commit([Statement("DELETE FROM inbox")])


async def test_a_full_disk_is_named_and_freed(path):
    async with open_database(f"sqlite:///{path}") as database:
        await database._writer.run(
            lambda connection: connection.execute("PRAGMA max_page_count = 1").fetchall()
        )
        big = Statement(
            "INSERT INTO inbox (update_id, body, received_at) VALUES (1, :body, 0)", {"body": "x" * 100_000}
        )
        with pytest.raises(DiskFullError, match="disk is full"):
            await database.commit([big])
        await database._writer.run(
            lambda connection: connection.execute("PRAGMA max_page_count = 10000").fetchall()
        )
        assert await database.commit([big]) == [1]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_read_only_folder_is_named(path):
    path.parent.mkdir(mode=0o500)
    with pytest.raises(StorageError):
        async with open_database(f"sqlite:///{path}"):
            pass


async def test_a_folder_that_is_a_file_is_named(path):
    path.parent.write_text("in the way")
    with pytest.raises(DatabaseUnavailableError, match="cannot be used"):
        async with open_database(f"sqlite:///{path}"):
            pass


async def test_a_file_that_is_no_database_is_named_and_let_go(path):
    path.parent.mkdir()
    path.write_text("not a database" * 100)
    for _ in range(2):
        with pytest.raises(StorageError, match="not a database"):
            async with open_database(f"sqlite:///{path}"):
                pass


async def test_a_missing_database_is_not_made_by_a_command(path):
    with pytest.raises(DatabaseUnavailableError):
        async with open_database(f"sqlite:///{path}", read_only=True):
            pass
    assert not path.exists()


async def test_an_address_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="DATABASE_URL"):
        async with open_database("mysql://somewhere"):
            pass
