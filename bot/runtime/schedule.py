"""When things are due: wall-clock times in a patient's own zone, and the loop that takes up what is due."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.runtime.turn import Due
from storage.due import DueRow, begun_often, due_by
from storage.engine import Database, StorageError

logger = logging.getLogger(__name__)

_TICK_SECONDS = 1.0
_STARTS_UNTIL_ALONE = 2
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


def occurrence_on(local_date: date, wall_time: time, zone: ZoneInfo) -> datetime:
    """Give the moment, in UTC, at which a wall clock in the zone shows a time on a date.

    A time that comes twice gives the first. A time that is skipped gives the first minute after the gap or, where
    that is on the next date already (Nuuk's clocks go from 23:00 to midnight), the last minute before it. A date
    that was skipped whole (Samoa, 30 December 2011) gives the first minute after it.
    """
    wall = datetime.combine(local_date, wall_time)
    moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    after = _end_of_gap(wall, zone)
    before = after - _MINUTE
    if after.astimezone(zone).date() != local_date == before.astimezone(zone).date():
        return before
    return after


def _end_of_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """Find the moment at which the zone's clock jumps over `wall`.

    In a gap, fold 0 reads a time by the offset before it and fold 1 by the one after (PEP 495), so the two moments
    enclose the jump.
    """
    late = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while late - early > _MINUTE:
        middle = early + (late - early) // 2 // _MINUTE * _MINUTE
        if middle.astimezone(zone).replace(tzinfo=None) > wall:
            late = middle
        else:
            early = middle
    return late


def next_occurrence(wall_time: time, zone: ZoneInfo, after: datetime, weekday: int | None = None) -> datetime:
    """Give the first moment after `after` at which the zone's clock shows a time, in UTC.

    With `weekday` (Monday is 0) only on that day of the week.
    """
    local_date = after.astimezone(zone).date() - _DAY
    while True:
        if weekday is None or local_date.weekday() == weekday:
            occurrence = occurrence_on(local_date, wall_time, zone)
            if occurrence > after:
                return occurrence
        local_date += _DAY


class Schedule:
    """Takes up what is due, the longest due first, and no more ahead than can be said soon.

    What was under way when two processes ended is run alone, before the rest, so that one that ends the process is
    known for it. `run_due` handles one in its chat's lane and returns when it is closed. `room` gives how many
    messages may be prepared now. `windows` gives for each kind how late it may still be done.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        windows: Mapping[str, timedelta],
        run_due: Callable[[DueRow, Due], Coroutine[None, None, None]],
        room: Callable[[], int],
        more_room: Callable[[], Awaitable[None]],
        *,
        most_at_once: int = 16,
    ) -> None:
        self._database = database
        self._clock = clock
        self._windows = windows
        self._run_due = run_due
        self._room = room
        self._more_room = more_room
        self._most_at_once = most_at_once
        self._running: dict[DueRow, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Take up what is due until cancelled; what runs then is ended by its lane."""
        for row in await self._asked(begun_often(self._database, self._clock.now(), _STARTS_UNTIL_ALONE)):
            await self._run_due(row, self._event(row))
        try:
            while True:
                looked_at = self._clock.now()
                rows = await self._asked(self._claim())
                for row in rows:
                    self._begin(row)
                await self._pause(looked_at, found=bool(rows))
        finally:
            for task in self._running.values():
                task.cancel()

    def _begin(self, row: DueRow) -> None:
        task = asyncio.create_task(self._run_due(row, self._event(row)))
        self._running[row] = task

        def ended(_: asyncio.Task[None]) -> None:
            del self._running[row]

        task.add_done_callback(ended)

    async def _asked(self, rows: Awaitable[list[DueRow]]) -> list[DueRow]:
        try:
            return await rows
        except StorageError as error:
            logger.warning("schedule: %s", error)
            return []

    async def _claim(self) -> list[DueRow]:
        """Give what is due and not begun, as far as there is room."""
        wanted = min(self._room(), self._most_at_once) - len(self._running)
        if wanted <= 0:
            return []
        rows = await due_by(self._database, self._clock.now(), wanted + len(self._running))
        return [row for row in rows if row not in self._running][:wanted]

    async def _pause(self, looked_at: datetime, *, found: bool) -> None:
        """Wait for what may change something: room, the end of what runs, or the clock."""
        if len(self._running) > self._most_at_once // 2:
            await asyncio.wait(self._running.values(), return_when=asyncio.FIRST_COMPLETED)
        elif self._room() <= 0:
            await self._more_room()
        elif not found:
            await self._nap(looked_at)

    async def _nap(self, looked_at: datetime) -> None:
        """Wait for the next tick, unless the clock has moved past it while the table was read."""
        left = _TICK_SECONDS - (self._clock.now() - looked_at).total_seconds()
        if left <= 0:
            return
        nap: asyncio.Task[None] = asyncio.create_task(self._clock.sleep(min(left, _TICK_SECONDS)))
        try:
            await asyncio.wait([nap, *self._running.values()], return_when=asyncio.FIRST_COMPLETED)
        finally:
            nap.cancel()

    def _event(self, row: DueRow) -> Due:
        late = self._clock.now() - row.due_at
        window = self._windows.get(row.kind)
        missed = window is not None and late > window
        return Due(row.kind, row.patient_id, row.chat_id, row.local_date, row.due_at, missed)
