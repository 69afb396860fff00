"""Steps of the schema: in order, once, whole."""

import pytest

from storage.engine import StorageError, open_database
from storage.migrating import known_migrations, migrate, split_statements


async def test_a_step_that_fails_leaves_no_trace(url, tmp_path):
    folder = tmp_path / "steps"
    folder.mkdir()
    for step in known_migrations():
        (folder / f"{step.number:04}_{step.name}.sql").write_text(";\n".join(step.statements) + ";")
    (folder / "9000_good.sql").write_text("CREATE TABLE good (id INTEGER);")
    (folder / "9001_bad.sql").write_text("CREATE TABLE half (id INTEGER);\nCREATE TABLE good (id INTEGER);")
    async with open_database(url) as database:
        with pytest.raises(StorageError):
            await migrate(database, folder)
        assert await database.fetch_all("SELECT * FROM good") == []
        with pytest.raises(StorageError):
            await database.fetch_all("SELECT * FROM half")
        (folder / "9001_bad.sql").write_text("CREATE TABLE half (id INTEGER);")
        await migrate(database, folder)
        assert await database.fetch_all("SELECT * FROM half") == []


def test_two_steps_of_one_number_are_refused(tmp_path):
    for name in ("0001_a.sql", "0001_b.sql"):
        (tmp_path / name).write_text("SELECT 1;")
    with pytest.raises(ValueError, match="share a number"):
        known_migrations(tmp_path)


def test_statements_are_split_where_they_end():
    script = "-- why\nCREATE TABLE a (b TEXT DEFAULT ';');\n\nCREATE TRIGGER t AFTER INSERT ON a BEGIN\n DELETE FROM a;\nEND;\nSELECT 1"
    assert len(list(split_statements(script))) == 3
