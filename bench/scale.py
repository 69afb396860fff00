"""What a query costs as patients and years add up: `python -m bench.scale` (`--small` stops at 100,000 patients).

Targets (docs/performance.md, "Scale"): every query under 5 ms with 1,000,000 patients and at most 1.2 times what it
takes with 10,000; with ten years of diary a check-in at most 1.2 times a new patient's, a weekly summary 1.5 times.
"""

import argparse
import asyncio
import math
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import mean, median
from typing import Any

from telegram import Update

import handlers
from bot import garbage
from bot.clinical.advice import GivenAdvice, Loop, Shown
from bot.clinical.answers import Answer, AnswerValue, CheckIn, Level, WeeklyReview
from bot.clinical.appointment import Appointment
from bot.clinical.patient import CONSENT_VERSION, Consent, Patient
from bot.reports.edition import edition
from bot.runtime.turn import Due, Turn
from handlers import weekly
from handlers.buttons import button
from handlers.prompts import Planned
from storage import advice, appointments, checkins, crisis, due, looks, patients, reviews
from storage.documents import sealed
from storage.engine import Database, Reader, Row, Statement, microseconds, open_database
from storage.identity import new_id
from storage.outbox import insert_message, outbox_row

NOW = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
TODAY = NOW.date()
KEPT_DAYS = 3
ID_STEP = 4_611_686_018
FIRST_CHAT = 700_000_000
ROUNDS, WARM_UP = 300, 30
TEN_YEARS = 3650
NEW = 28
LIMIT_MS = 5.0
GROWTH = 1.2
MIDDLE, ENDING = "a tap in the middle", "the tap that ends it"
WEEKLY = "a weekly summary, chart included, mean of four weeks"
CHANGED = "a weekly summary after a day of last year was changed"
CHECKIN = "a whole check-in of seven taps"
MOST_WITH_YEARS = {MIDDLE: 1.2, ENDING: 1.2, CHECKIN: 1.2, WEEKLY: 1.5}


class Timed:
    """A database that remembers how long each statement took, in milliseconds."""

    def __init__(self, database: Reader) -> None:
        self._database = database
        self.took: dict[str, list[float]] = defaultdict(list)

    async def fetch_all(
        self, sql: str, parameters: Mapping[str, object] | None = None, *, few: bool = False
    ) -> list[Row]:
        """Read every row."""
        return await self.timed(sql, self._database.fetch_all(sql, parameters, few=few))

    async def fetch_one(self, sql: str, parameters: Mapping[str, object] | None = None) -> Row | None:
        """Read one row."""
        return await self.timed(sql, self._database.fetch_one(sql, parameters))

    async def timed(self, name: str, work: Awaitable[Any]) -> Any:
        """Await and remember."""
        start = time.perf_counter()
        result = await work
        self.took[name].append(1000 * (time.perf_counter() - start))
        return result


class Here:
    """Heavy work at once: what it costs is wanted, not that it costs elsewhere."""

    async def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Give the function's result."""
        return function(*args, **kwargs)


def checkin_on(day: date, number: int = 0, *, complete: bool = True) -> CheckIn:
    """Give a day as patients answer it; `number` makes days differ."""
    values: dict[str, AnswerValue] = {"warning": "none", "back_pain": (number * 7) % 9 + 1}
    if complete:
        head = {"headache": (number * 5) % 6 + 1, "migraine_like": "no"}
        values |= {**head, "interference": 1, "medicine": "none", "sleep": "well"}
    found = CheckIn(local_date=day)
    at = datetime.combine(day, NOW.time(), UTC)
    answers = {name: Answer(value=value, given_at=at) for name, value in values.items()}
    return found.model_copy(update={"answers": answers})


async def seed(path: Path, count: int) -> None:
    """Fill a database with so many patients of a few days each, in bulk."""
    async with open_database(f"sqlite:///{path}") as database:
        patient = Patient(
            patient_id=0,
            chat_id=0,
            consent=Consent(version=CONSENT_VERSION, given_at=NOW - timedelta(days=30)),
        )
        document = sealed(patient).replace('"patient_id":0,"chat_id":0', '"patient_id":%d,"chat_id":%d')
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1})"  # noqa: S608
        writes = [
            Statement(
                f"{numbers} INSERT INTO patients SELECT i * {ID_STEP}, {FIRST_CHAT} + i, 'active',"  # noqa: S608
                f" printf(:document, i * {ID_STEP}, {FIRST_CHAT} + i) FROM n",
                {"document": document},
            )
        ]
        for back in range(1, KEPT_DAYS + 1):
            day = TODAY - timedelta(days=back)
            writes.append(
                _for_all("checkins", ":day, :document", day=day, document=sealed(checkin_on(day, back)))
            )
            writes.append(_due_for_all(Planned.CHECKIN, day, closed=True))
        monday = TODAY - timedelta(days=7 + TODAY.weekday())
        review = WeeklyReview(week_start=monday)
        writes.append(_for_all("reviews", ":day, :document", day=monday, document=sealed(review)))
        given = sealed(_given(TODAY - timedelta(days=3), "0"))
        writes.append(
            Statement(
                "INSERT INTO advice SELECT 'a' || patient_id, patient_id, :day, :at, :document FROM patients",
                {"day": TODAY - timedelta(days=3), "at": NOW - timedelta(days=3), "document": given},
            )
        )
        writes += [
            _due_for_all(Planned.CHECKIN, TODAY),
            _due_for_all(Planned.WEEKLY, TODAY + timedelta(days=6)),
        ]
        for write in writes:
            await database.commit([write])


def _for_all(table: str, values: str, **parameters: object) -> Statement:
    return Statement(f"INSERT INTO {table} SELECT patient_id, {values} FROM patients", parameters)  # noqa: S608


def _due_for_all(kind: Planned, day: date, *, closed: bool = False) -> Statement:
    """Plan one thing for everyone, spread over the four hours from 18:00 where it is still open."""
    at = microseconds(datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=18))
    state, closed_at = ("'done'", str(at)) if closed else ("'open'", "NULL")
    spread = f"{at} + (chat_id % 14400) * 1000000"
    return Statement(
        "INSERT INTO due (patient_id, kind, local_date, chat_id, due_at, state, closed_at)"  # noqa: S608
        f" SELECT patient_id, :kind, :day, chat_id, {spread}, {state}, {closed_at} FROM patients",
        {"kind": kind, "day": day},
    )


def _given(day: date, advice_id: str) -> GivenAdvice:
    return GivenAdvice(
        advice_id=advice_id,
        rule_id="B-01",
        level=Level.SELF_CARE,
        local_date=day,
        given_at=datetime.combine(day, NOW.time(), UTC),
        facts={"back.mean": 4.0, "head.days": 3.0},
        shown=Shown.MAIN,
        loop=Loop.NONE,
    )


def tapped(chat_id: int, data: str) -> Update:
    """Give the update of a tap."""
    user = {"id": chat_id, "is_bot": False, "first_name": "Nora"}
    chat = {"id": chat_id, "type": "private", "first_name": "Nora"}
    message = {"message_id": 5, "date": int(NOW.timestamp()), "chat": chat, "text": "."}
    query = {"id": "1", "from": user, "chat_instance": "1", "data": data, "message": message}
    made = Update.de_json({"update_id": 1, "callback_query": query}, None)
    assert made is not None
    return made


async def tap(
    database: Database, timed: Timed, patient_id: int, chat_id: int, question: str, choice: str
) -> float:
    """Take one tap on today's check-in and write what it decides; give the milliseconds it took in all."""
    packed = button("", TODAY).data
    turn = Turn(NOW, chat_id, timed, Here())
    start = time.perf_counter()
    await handlers.handle_update(turn, tapped(chat_id, f"ci:{packed}:{question}:{choice}"))
    rows = [outbox_row(new_id(), message) for message in turn.messages]
    writes = [*turn.statements, *(insert_message(row, NOW) for row in rows)]
    await timed.timed("one durable commit of the tap", database.commit(writes))
    took = 1000 * (time.perf_counter() - start)
    undone = checkins.saved(patient_id, checkin_on(TODAY, complete=question == "sleep"))
    await database.commit(
        [*undone, *(Statement("DELETE FROM outbox WHERE id = :id", {"id": row.id}) for row in rows)]
    )
    return took


@dataclass(frozen=True, slots=True)
class Measured:
    """The median milliseconds of each statement on each path."""

    took: Mapping[tuple[str, str], float]


async def measure(folder: Path, counts: Sequence[int]) -> list[Measured]:
    """Measure every path in each database, one after another, so that a busy moment strikes all alike."""
    async with AsyncExitStack() as opened:
        places = [
            (
                await opened.enter_async_context(open_database(f"sqlite:///{folder}/{count}/data.db")),
                count,
                defaultdict[str, dict[str, list[float]]](dict),
            )
            for count in counts
        ]
        for number in range(WARM_UP + ROUNDS):
            for database, count, took in places:
                place = number * 7919 % count
                for way, statements in (await _every_path(database, place)).items():
                    for sql, times in statements.items() if number >= WARM_UP else ():
                        took[way].setdefault(sql, []).extend(times)
    return [
        Measured({(way, sql): median(times) for way, each in took.items() for sql, times in each.items()})
        for _, _, took in places
    ]


async def _every_path(database: Database, place: int) -> dict[str, dict[str, list[float]]]:
    """Go each way once as one patient, and give what its statements took."""
    ways = defaultdict[str, Timed](lambda: Timed(database))
    patient_id, chat_id = place * ID_STEP, FIRST_CHAT + place
    await database.commit(checkins.saved(patient_id, checkin_on(TODAY, complete=False)))
    await tap(database, ways[MIDDLE], patient_id, chat_id, "back_pain", "4")
    await database.commit(checkins.saved(patient_id, checkin_on(TODAY)))
    await tap(database, ways[ENDING], patient_id, chat_id, "sleep", "well")
    await _load_week(ways["the load of a weekly summary"], patient_id)
    await _prompt(ways["a prompt"], patient_id, chat_id)
    await due.due_by(ways["what is due"], NOW, 16)
    return {way: timed.took for way, timed in ways.items()}


async def _load_week(timed: Timed, patient_id: int) -> None:
    patient = await patients.by_id(timed, patient_id)
    assert patient is not None
    await weekly.diary_since_look(Turn(NOW, patient.chat_id, timed, Here()), patient, TODAY)


async def _prompt(timed: Timed, patient_id: int, chat_id: int) -> None:
    turn = Turn(NOW, chat_id, timed, Here())
    await handlers.handle_due(turn, Due(Planned.CHECKIN, patient_id, chat_id, TODAY, NOW, missed=False))


# A long diary


@asynccontextmanager
async def one_diary(folder: Path, days: int) -> AsyncIterator[tuple[Database, Patient]]:
    """Give a database with one patient who has answered every day up to yesterday."""
    patient = Patient(
        patient_id=1,
        chat_id=FIRST_CHAT,
        consent=Consent(version=CONSENT_VERSION, given_at=NOW - timedelta(days=days)),
    )
    async with open_database(f"sqlite:///{folder}/{days}/data.db") as database:
        writes = [patients.saved(patient)]
        for back in range(1, days + 1):
            day = TODAY - timedelta(days=back)
            writes += checkins.saved(1, checkin_on(day, back))
            if back % 3 == 0:
                writes.append(advice.saved(1, _given(day, f"a{back}")))
            if day.weekday() == 0:
                writes.append(reviews.saved(1, WeeklyReview(week_start=day)))
            if back % 60 == 0:
                writes.append(appointments.saved(1, Appointment(appointment_id=back, visit_date=day)))
                writes.append(crisis.shown(1, NOW - timedelta(days=back)))
        await database.commit(writes)
        yield database, patient


async def week(database: Database, patient: Patient, last: date) -> float:
    """Make one weekly summary, keep the look where one was taken, and give the milliseconds until it was made."""
    start = time.perf_counter()
    turn = Turn(NOW, patient.chat_id, database, Here())
    made = edition(await weekly.diary_since_look(turn, patient, last))
    took = 1000 * (time.perf_counter() - start)
    if made.look is not None:
        await database.commit([looks.saved(patient.patient_id, *made.look)])
    return took


async def long_diary(folder: Path, rounds: int = 60) -> dict[str, tuple[float, float]]:
    """Give for taps and weekly summaries the milliseconds of a new diary and of one of ten years, in turn.

    Four weeks of the long diary are made one after the other, as one in four has a new look; of the new one, which is
    four weeks old, the newest is made four times.
    """
    took: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    newest = TODAY - timedelta(days=1)
    four = [newest - timedelta(days=7 * back) for back in (3, 2, 1, 0)]
    async with one_diary(folder, NEW) as new, one_diary(folder, TEN_YEARS) as long:
        for _ in range(rounds):
            for place, (database, patient, weeks) in enumerate(((*new, [newest] * 4), (*long, four))):
                for name, question, choice, complete in (
                    (MIDDLE, "back_pain", "4", False),
                    (ENDING, "sleep", "well", True),
                ):
                    await database.commit(checkins.saved(1, checkin_on(TODAY, complete=complete)))
                    spent = await tap(database, Timed(database), 1, patient.chat_id, question, choice)
                    await database.commit(
                        [Statement("DELETE FROM advice WHERE local_date = :d", {"d": TODAY})]
                    )
                    took[name][place].append(spent)
                middle, ending = took[MIDDLE][place][-1], took[ENDING][place][-1]
                took[CHECKIN][place].append(6 * middle + ending)
                await database.commit([Statement("DELETE FROM looks")])
                took[CHANGED][place].append(await week(database, patient, weeks[0] - timedelta(days=7)))
                took[WEEKLY][place].append(mean([await week(database, patient, end) for end in weeks]))
    return {name: (median(before), median(after)) for name, (before, after) in took.items()}


def main() -> int:
    """Print both tables; the exit status is 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="stop at 100,000 patients")
    few, many = 10_000, 100_000 if parser.parse_args().small else 1_000_000
    missed = 0
    garbage.look_rarely()
    with tempfile.TemporaryDirectory(prefix="backtrack-scale-") as name:
        folder = Path(name)
        for count in (few, many):
            start = time.perf_counter()
            asyncio.run(seed(folder / str(count) / "data.db", count))
            size = (folder / str(count) / "data.db").stat().st_size / 1e6
            print(f"{count:,} patients: {size:,.0f} MB, seeded in {time.perf_counter() - start:.0f} s")
        measured = asyncio.run(measure(folder, (few, many)))
        print(f"\n| ms, median of {ROUNDS} | {few:,} | {many:,} | growth |\n|---|---:|---:|---:|")
        for way, sql in measured[0].took:
            before, after = (each.took[way, sql] for each in measured)
            missed += after > LIMIT_MS or after / before > GROWTH
            print(f"| {way}: `{sql[:90]}` | {before:.3f} | {after:.3f} | {after / before:.2f} |")
        print("\n| ms, median | new | ten years | growth |\n|---|---:|---:|---:|")
        for way, (before, after) in asyncio.run(long_diary(folder)).items():
            missed += after / before > MOST_WITH_YEARS.get(way, math.inf)
            print(f"| {way} | {before:.2f} | {after:.2f} | {after / before:.2f} |")
    print(f"\n{missed} targets missed" if missed else "\nevery target met")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
