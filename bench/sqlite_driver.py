"""What the driver costs: units of five inserts by our own writer thread and by aiosqlite, sharing commits alike.

    pip install aiosqlite && python -m bench.sqlite_driver

Both write durably (`synchronous=FULL`), with 64 writers waiting. Ours crosses to the writer's thread once for a whole
batch, aiosqlite for every statement.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiosqlite

from storage.engine import Statement, open_database

UNITS = 3_072
WRITERS = 64
INSERT = "INSERT INTO crisis_messages (crisis_message_id, patient_id, shown_at) VALUES (:id, 1, 1)"
PATIENT = "INSERT INTO patients (patient_id, chat_id, state, document) VALUES (1, 1, 'active', '{}')"

Commit = Callable[[list[dict[str, object]]], Awaitable[None]]


async def measured(commit: Commit) -> tuple[float, float]:
    """Give units a second and milliseconds of CPU a unit."""
    began, cpu = time.perf_counter(), time.process_time()

    async def writer(number: int) -> None:
        for unit in range(UNITS // WRITERS):
            first = (number * UNITS + unit) * 5
            await commit([{"id": first + row} for row in range(5)])

    await asyncio.gather(*(writer(number) for number in range(WRITERS)))
    return UNITS / (time.perf_counter() - began), 1000 * (time.process_time() - cpu) / UNITS


async def ours(path: Path) -> tuple[float, float]:
    """Write through the product's own database."""
    async with open_database(f"sqlite:///{path}") as database:
        await database.commit([Statement(PATIENT)])

        async def commit(rows: list[dict[str, object]]) -> None:
            await database.commit([Statement(INSERT, row) for row in rows])

        return await measured(commit)


async def theirs(path: Path) -> tuple[float, float]:
    """Write through aiosqlite, with the same sharing of commits."""
    async with aiosqlite.connect(path, isolation_level=None) as connection:
        await connection.execute("PRAGMA synchronous = FULL")
        await connection.execute("DELETE FROM crisis_messages")
        lock = asyncio.Lock()
        waiting: list[tuple[list[dict[str, object]], asyncio.Future[None]]] = []

        async def flush() -> None:
            async with lock:
                batch, waiting[:] = waiting[:], []
                await connection.execute("BEGIN IMMEDIATE")
                for rows, _ in batch:
                    await connection.execute("SAVEPOINT unit")
                    for row in rows:
                        await connection.execute(INSERT, row)
                    await connection.execute("RELEASE unit")
                await connection.execute("COMMIT")
                for _, done in batch:
                    done.set_result(None)

        async def commit(rows: list[dict[str, object]]) -> None:
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            waiting.append((rows, done))
            await flush()
            await done

        return await measured(commit)


async def main() -> None:
    """Run both in turn, three times."""
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "data" / "backtrack.db"
            for name, run in (("ours", ours), ("aiosqlite", theirs)):
                rate, cpu = await run(path)
                print(f"{name:10} {rate:8.0f} units/s   {cpu:.3f} ms CPU a unit")


if __name__ == "__main__":
    asyncio.run(main())
