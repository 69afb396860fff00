"""Units of writes on both databases: whole or not at all, together or alone."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.engine import (
    ConstraintError,
    DatabaseLockedError,
    NewerDatabaseError,
    StaleWriteError,
    Statement,
    StorageError,
    microseconds,
    moment,
    open_database,
)
from storage.postgres import PostgresDatabase

TABLE = Statement(
    "CREATE TABLE note (id BIGINT PRIMARY KEY, said TEXT, at BIGINT, picture BYTEA, yes INTEGER)"
)


@pytest.fixture
async def notes(database):
    await database.commit([TABLE])
    return database


def insert(number, said="x"):
    return Statement("INSERT INTO note (id, said) VALUES (:id, :said)", {"id": number, "said": said})


async def ids(database):
    return [row["id"] for row in await database.fetch_all("SELECT id FROM note ORDER BY id")]


async def test_a_unit_is_written_whole_and_tells_what_it_touched(notes):
    touched = await notes.commit([insert(1), insert(2), Statement("UPDATE note SET said = 'y'")])
    assert touched == [1, 1, 2]
    assert await ids(notes) == [1, 2]


async def test_a_unit_that_fails_leaves_nothing(notes):
    with pytest.raises(ConstraintError):
        await notes.commit([insert(1), insert(1)])
    assert await ids(notes) == []


async def test_a_unit_that_is_stale_leaves_nothing(notes):
    with pytest.raises(StaleWriteError):
        await notes.commit([insert(1), Statement("UPDATE note SET said = 'y' WHERE id = 2", expects=1)])
    assert await ids(notes) == []


async def test_units_that_are_ready_together_fail_alone(notes):
    units = [[insert(1)], [insert(2), insert(1)], [insert(3), Statement("nonsense")], [insert(4)]]
    outcomes = await asyncio.gather(*(notes.commit(unit) for unit in units), return_exceptions=True)
    assert outcomes[0] == [1]
    assert outcomes[3] == [1]
    assert isinstance(outcomes[1], ConstraintError)
    assert type(outcomes[2]) is StorageError
    assert await ids(notes) == [1, 4]


async def test_many_units_at_once_are_all_written_in_order(notes):
    await asyncio.gather(*(notes.commit([insert(number)]) for number in range(700)))
    assert len(await ids(notes)) == 700


async def test_a_caller_that_is_cancelled_leaves_the_others_alone(notes):
    tasks = [asyncio.create_task(notes.commit([insert(number)])) for number in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [outcome for outcome in outcomes if outcome == [1]] == [[1]] * 10
    assert set(range(1, 20, 2)) <= set(await ids(notes))
    await notes.commit([insert(100)])
    assert 100 in await ids(notes)


async def test_what_conflicts_touches_nothing(notes):
    again = Statement("INSERT INTO note (id) VALUES (:id) ON CONFLICT (id) DO NOTHING", {"id": 1})
    assert await notes.commit([again, again]) == [1, 0]


class Colour(StrEnum):
    RED = "red"


class Size(IntEnum):
    SMALL = 1


async def test_values_of_every_kind_are_kept(notes):
    at = datetime(2026, 3, 2, 18, 0, 0, 123456, tzinfo=UTC)
    values = {"id": Size.SMALL, "said": Colour.RED, "at": at, "picture": b"\x00\xff", "yes": True}
    await notes.commit(
        [
            Statement(
                "INSERT INTO note (id, said, at, picture, yes) VALUES (:id, :said, :at, :picture, :yes)",
                values,
            )
        ]
    )
    row = await notes.fetch_one("SELECT * FROM note WHERE at = :at AND yes = :yes", {"at": at, "yes": True})
    assert row is not None
    assert (row["id"], row["said"], moment(row["at"]), bytes(row["picture"]), row["yes"]) == (
        1,
        "red",
        at,
        b"\x00\xff",
        1,
    )
    await notes.commit(
        [Statement("UPDATE note SET said = :day, picture = :none", {"day": date(2026, 3, 2), "none": None})]
    )
    row = await notes.fetch_one("SELECT said, picture FROM note")
    assert row == {"said": "2026-03-02", "picture": None}


async def test_texts_that_look_like_places_stay_texts(notes):
    await notes.commit([insert(1, "100% :said %s ':id'")])
    row = await notes.fetch_one("SELECT said, 'a:b 5%' AS other FROM note WHERE said LIKE '100%'")
    assert row == {"said": "100% :said %s ':id'", "other": "a:b 5%"}


async def test_a_second_bot_is_refused_with_a_sentence(database, url):
    with pytest.raises(DatabaseLockedError, match="Another bot is running"):
        async with open_database(url):
            pass


async def test_a_command_may_look_while_the_bot_runs(notes, url):
    await notes.commit([insert(1)])
    async with open_database(url, read_only=True) as other:
        assert await ids(other) == [1]


async def test_a_database_opens_again_after_it_was_closed(url):
    for number in range(2):
        async with open_database(url) as opened:
            if number == 0:
                await opened.commit([TABLE])
            await opened.commit([insert(number)])
    async with open_database(url) as opened:
        assert await ids(opened) == [0, 1]


@pytest.mark.postgres
async def test_a_bot_that_starts_while_the_last_one_still_stops_waits_for_it(postgres_url):
    first = await PostgresDatabase.open(postgres_url)
    second = asyncio.create_task(PostgresDatabase.open(postgres_url))
    while not await first.fetch_all(
        "SELECT 1 AS one FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    ):
        assert not second.done(), second.exception()
    await first.close()
    await (await second).close()


async def test_a_newer_database_is_refused(url):
    async with open_database(url) as opened:
        await opened.commit(
            [Statement("INSERT INTO migration (number, name, applied_at) VALUES (9999, 'x', 0)")]
        )
    with pytest.raises(NewerDatabaseError, match="newer version"):
        async with open_database(url):
            pass


@given(st.datetimes(datetime.min.replace(year=1970), timezones=st.just(UTC)))  # noqa: DTZ901
def test_moments_come_back_to_the_microsecond(value):
    assert moment(microseconds(value)) == value
    assert microseconds(value + timedelta(microseconds=1)) == microseconds(value) + 1
