"""Every statement that a message or a prompt costs is found by an index: a table is never read through."""

from datetime import UTC, date, datetime

import pytest

from storage import due, inbox, outbox
from storage.engine import plain

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ROW = due.DueRow(1, 1, "prompt", date(2026, 3, 2), NOW)
MESSAGE = outbox.outbox_row(1, outbox.Outgoing(1, "sendMessage", {}))
UPDATE = inbox.JournalledUpdate(1, 1, "{}", NOW)

WRITES = [
    *inbox.journal([UPDATE]),
    inbox.close_update(1, NOW),
    inbox.forget_update(1),
    inbox.quarantine(1, "ValueError", NOW),
    inbox.purge_inbox(NOW),
    outbox.insert_message(MESSAGE, NOW),
    outbox.claim_message(1),
    outbox.reopen_message(1, NOW),
    outbox.close_message(MESSAGE, "sent", NOW),
    outbox.drop_messages(1, NOW),
    outbox.forget_messages(1),
    outbox.erase_messages(1),
    outbox.purge_outbox(NOW),
    due.due_row(1, 1, "prompt", date(2026, 3, 2), NOW),
    due.due_row_if_none(1, "prompt", date(2026, 3, 2), NOW),
    due.begin_due(ROW),
    due.close_due(ROW, "done", NOW),
    due.cancel_due(1, "prompt"),
    due.erase_due(1),
    due.purge_due(NOW),
]


@pytest.fixture
def url(tmp_path):
    """Give SQLite, which alone tells what it would do with a full table: PostgreSQL reads an empty one through."""
    return f"sqlite:///{tmp_path}/data/backtrack.db"


class Listening:
    """Gives nothing and remembers what was asked."""

    def __init__(self):
        self.asked = []

    async def fetch_all(self, sql, parameters=None, *, few=False):
        self.asked.append((sql, parameters or {}))
        return []

    async def fetch_one(self, sql, parameters=None):
        return next(iter(await self.fetch_all(sql, parameters)), None)


async def reads():
    listening = Listening()
    await inbox.open_updates(listening)
    await inbox.is_update_open(listening, 1)
    await inbox.read_mark(listening)
    await inbox.oldest_open(listening)
    await outbox.unsent_messages(listening)
    await outbox.highest_message_id(listening)
    await due.due_by(listening, NOW, 10)
    await due.next_due(listening, 1, "prompt")
    await due.last_closed_date(listening, 1, "prompt")
    await due.is_open(listening, ROW)
    await due.begun_often(listening, NOW, 2)
    await due.unplanned(listening, "prompt", 0, 10)
    return listening.asked


@pytest.mark.parametrize("statement", WRITES, ids=lambda statement: " ".join(statement.sql.split()[:5]))
async def test_a_write_uses_an_index(database, statement):
    await check(database, statement.sql, statement.parameters)


async def test_reads_use_an_index(database):
    for sql, parameters in await reads():
        await check(database, sql, parameters)


async def test_what_is_due_is_read_from_its_index_alone(database):
    listening = Listening()
    await due.due_by(listening, NOW, 10)
    [(sql, parameters)] = listening.asked
    assert ["COVERING INDEX due_open" in step for step in await steps(database, sql, parameters)] == [True]


async def check(database, sql, parameters):
    for step in await steps(database, sql, parameters):
        assert "SCAN" not in step or "USING" in step, (sql, step)
        assert "TEMP B-TREE" not in step, (sql, step)


async def steps(database, sql, parameters):
    plan = await database._writer.run(
        lambda connection: connection.execute(f"EXPLAIN QUERY PLAN {sql}", plain(parameters)).fetchall()
    )
    return [row[3] for row in plan]
