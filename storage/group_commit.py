"""Units of writes that are ready together share one commit, so that one flush of the disk serves many patients."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from storage.engine import DatabaseUnavailableError, Statement

Outcome: TypeAlias = "list[int] | Exception"

LARGEST_BATCH = 256
"""Units in one transaction: enough to share a slow flush, few enough that the first is not kept waiting."""


@dataclass(slots=True)
class _Unit:
    statements: Sequence[Statement]
    done: "asyncio.Future[list[int]]"


class GroupCommit:
    """The one writer: takes units in order and runs those that wait together as one batch."""

    def __init__(self, run_batch: Callable[[list[Sequence[Statement]]], Awaitable[list[Outcome]]]) -> None:
        self._run_batch = run_batch
        self._waiting: list[_Unit] = []
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    async def commit(self, statements: Sequence[Statement]) -> list[int]:
        """Write one unit; see `Database.commit`."""
        if self._closed:
            raise DatabaseUnavailableError("The database is closed.")
        unit = _Unit(statements, asyncio.get_running_loop().create_future())
        self._waiting.append(unit)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        return await unit.done

    async def close(self) -> None:
        """Take no more and wait for what is being written."""
        self._closed = True
        if self._writer is not None:
            await asyncio.shield(self._writer)

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch = [unit for unit in self._waiting[:LARGEST_BATCH] if not unit.done.cancelled()]
                del self._waiting[:LARGEST_BATCH]
                if batch:
                    await self._settle(batch)
        finally:
            self._writer = None

    async def _settle(self, batch: list[_Unit]) -> None:
        try:
            outcomes = await self._run_batch([unit.statements for unit in batch])
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to those who wait for this batch
            outcomes = [error] * len(batch)
        for unit, outcome in zip(batch, outcomes, strict=True):
            if unit.done.cancelled():
                continue
            if isinstance(outcome, Exception):
                unit.done.set_exception(outcome)
            else:
                unit.done.set_result(outcome)
