"""The whole bot is killed with -9 while patients answer, prompts and weekly summaries fall due, and days go by."""

import asyncio
import json
import os
import random
import signal
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clinical.answers import Profile
from bot.clinical.patient import CONSENT_VERSION, Consent, Patient, Preferences
from bot.sandbox.clock import SandboxClock
from bot.sandbox.example import diary
from bot.sandbox.server import Server, serve
from bot.sandbox.telegram import Telegram
from bot.sandbox.user import User
from handlers.buttons import button
from storage import checkins, patients
from storage.due import due_row
from storage.engine import open_database
from tests.crash.killing import PATIENCE_SECONDS, rows, settled, zygote

TAPPING = 6
SILENT = 6
KILLS_IN_THE_SUITE = 60
KILLS_IN_A_SOAK = 600
SHORT_LIFE_SECONDS = 0.05, 0.8
LONG_LIFE_SECONDS, LONG_LIVES_EVERY = 2.0, 3
"""What five deaths interrupt is set aside, and the first picture of a bot takes long where much else runs: now and
then one lives to send it."""
LONGEST_JUMP_HOURS = 7
"""In the suite; with more kills less, so that the same days go by: what is closed for 30 days is deleted, and could not
be compared."""
PICKS = ("paracetamol", "nsaid", "triptan", "opioid_or_combination")
START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


@pytest.fixture
async def server():
    running = await serve(Telegram(SandboxClock(START)))
    yield running
    await running.close()


class Tapper:
    """Someone who ticks and unticks: after any run of taps what is ticked tells whether each counted once."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.taps: list[tuple[int, date, str, str]] = []
        self.message_id = 0

    def tap(self, day: date, question: str, choice: str) -> None:
        data = button("", "ci", day, question, choice).data
        update_id = self.user.calls_back(data, self.message_id)
        assert update_id is not None
        self.taps.append((update_id, day, question, choice))

    def tap_something(self, day: date, chance: random.Random) -> None:
        if not any(tapped == day for _, tapped, _, _ in self.taps):
            self.tap(day, "medicine", "several")
        elif chance.random() < 0.7:
            self.tap(day, "medicine_picks", chance.choice(PICKS))
        else:
            self.tap(day, "back_pain", str(chance.randint(0, 10)))

    def expected(self, done: set[int]) -> dict[str, dict[str, Any]]:
        """Give the answers of each day after the taps that are done."""
        days: dict[str, dict[str, Any]] = {}
        for update_id, day, question, choice in self.taps:
            if update_id not in done:
                continue
            answers = days.setdefault(day.isoformat(), {})
            if question == "medicine_picks":
                ticked = set(answers.get(question, ())) ^ {choice}
                answers[question] = [pick for pick in PICKS if pick in ticked]
            else:
                answers[question] = int(choice) if question == "back_pain" else choice
        return days


async def seed(server: Server, database: Path) -> tuple[list[Tapper], list[User]]:
    """Keep patients with a diary, half of whom tap; prompts and summaries come on all days of the week."""
    telegram, today = server.telegram, START.date()
    known = [each for each in diary(today) if each.local_date < today - timedelta(days=2)]
    database.parent.mkdir(mode=0o700)
    people = [telegram.user(f"patient {number}") for number in range(TAPPING + SILENT)]
    async with open_database(f"sqlite:///{database}") as opened:
        for number, user in enumerate(people):
            chat_id = user.chat.chat_id
            evening = time(20 - number % 3 * 5, 0)
            preferences = Preferences(checkin_time=evening, summary_weekday=number % 7)
            patient = Patient(
                patient_id=chat_id,
                chat_id=chat_id,
                consent=Consent(version=CONSENT_VERSION, given_at=START),
                preferences=preferences,
                profile=Profile(country="US", birth_year=1961),
            )
            first = datetime.combine(today, evening, UTC)
            week = today + timedelta(days=(number - today.weekday()) % 7)
            unit = [
                patients.saved(patient),
                *(write for each in known for write in checkins.saved(chat_id, each)),
            ]
            unit.append(due_row(chat_id, chat_id, "checkin", today, first))
            unit.append(due_row(chat_id, chat_id, "weekly", week, datetime.combine(week, evening, UTC)))
            await opened.commit(unit)
    return [Tapper(user) for user in people[:TAPPING]], people[TAPPING:]


def check_after_a_kill(database: Path, tappers: list[Tapper]) -> None:
    """Look that what is done had its effect once and in order, and that what is open comes after it."""
    assert rows(database, "PRAGMA quick_check") == [("ok",)]
    assert rows(database, "SELECT error FROM inbox WHERE state = 'failed'") == []
    done = {row[0] for row in rows(database, "SELECT update_id FROM inbox WHERE state = 'done'")}
    for tapper in tappers:
        handled = [tap[0] in done for tap in tapper.taps]
        assert handled == sorted(handled, reverse=True), "an update was done before an earlier one"
        assert stored(database, tapper) == tapper.expected(done)


def stored(database: Path, tapper: Tapper) -> dict[str, dict[str, Any]]:
    kept = rows(
        database,
        "SELECT local_date, document FROM checkins WHERE local_date >= '2026-03-02' AND patient_id = :chat_id",
        chat_id=tapper.user.chat.chat_id,
    )
    return {
        day: {name: answer["value"] for name, answer in json.loads(document)["answers"].items()}
        for day, document in kept
    }


def check_what_was_due(database: Path, user: User, now: datetime) -> Counter[str]:
    """Each prompt and summary that was due is closed: sent once, uncertain, missed, or not wanted any more."""
    chat_id = user.chat.chat_id
    microseconds = int(now.timestamp() * 1_000_000)
    waiting = rows(
        database,
        "SELECT kind, due_at FROM due WHERE patient_id = :chat_id AND state = 'open'",
        chat_id=chat_id,
    )
    assert sorted(kind for kind, _ in waiting) == ["checkin", "weekly"]
    assert all(due_at > microseconds for _, due_at in waiting)
    closed = rows(
        database,
        "SELECT kind, local_date, state FROM due WHERE patient_id = :chat_id AND state <> 'open'",
        chat_id=chat_id,
    )
    assert {state for _, _, state in closed} <= {"done", "missed"}
    outcomes = Counter(f"{kind} {state}" for kind, _, state in closed)
    written = Counter(
        rows(
            database,
            "SELECT method, state FROM outbox WHERE chat_id = :chat_id AND kind IN ('prompt', 'summary')",
            chat_id=chat_id,
        )
    )
    assert {state for _, state in written} <= {"sent", "uncertain"}
    pictures = [message for message in user.transcript if "photo" in message]
    said = written["sendPhoto", "sent"], written["sendPhoto", "uncertain"]
    assert sum(said) == outcomes["weekly done"]
    assert said[0] <= len(pictures) <= sum(said)
    return outcomes + Counter({"uncertain": said[1]})


def check_prompts(database: Path, user: User, outcomes: Counter[str]) -> None:
    """Of someone who never answered each prompt that was due and not too late is in the chat."""
    asked = [data for message in user.transcript for data in first_buttons(message)]
    assert len(asked) == len(set(asked)), "asked twice for one day"
    uncertain = rows(
        database,
        "SELECT 1 FROM outbox WHERE chat_id = :chat_id AND kind = 'prompt' AND state = 'uncertain'",
        chat_id=user.chat.chat_id,
    )
    assert outcomes["checkin done"] - len(uncertain) <= len(asked) <= outcomes["checkin done"]


def first_buttons(message: dict[str, Any]) -> list[str]:
    """Give the data of the first button of a day's first question."""
    keyboard = message.get("reply_markup", {}).get("inline_keyboard", [])
    data = [each["callback_data"] for line in keyboard for each in line]
    return [each for each in data if ":warning:none" in each]


async def live_and_die(server: Server, folder: Path, kills: int, seed_number: int) -> Counter[str]:
    chance, database, telegram = random.Random(seed_number), folder / "backtrack.db", server.telegram
    longest_jump = 3600 * LONGEST_JUMP_HOURS * KILLS_IN_THE_SUITE / kills
    tappers, silent = await seed(server, database)
    async with zygote("tests.crash.diary_bot", server, str(folder)) as bots:
        for user in silent:
            user.sends("/help")
        for tapper in tappers:
            tapper.user.sends("/checkin")
        await bots.start()
        await telegram.wait_for(
            lambda: all(len(each.user.transcript) > 1 for each in tappers), PATIENCE_SECONDS
        )
        for tapper in tappers:
            tapper.message_id = tapper.user.last["message_id"]
        bots.kill()
        await bots.gone()
        for number in range(kills):
            await bots.start()
            life = chance.uniform(*SHORT_LIFE_SECONDS) if number % LONG_LIVES_EVERY else LONG_LIFE_SECONDS
            end = asyncio.get_running_loop().time() + life
            while asyncio.get_running_loop().time() < end:
                chance.choice(tappers).tap_something(telegram.clock.now().date(), chance)
                await asyncio.sleep(chance.uniform(0.005, 0.05))
                if number % 3 == 1 and chance.random() < 0.1:
                    telegram.clock.advance(chance.uniform(0, longest_jump))
            bots.kill()
            await bots.gone()
            check_after_a_kill(database, tappers)
        return await the_end(server, database, bots, tappers, silent)


async def the_end(
    server: Server, database: Path, bots: Any, tappers: list[Tapper], silent: list[User]
) -> Counter[str]:
    """Let the last bot live until all is done, then compare."""
    telegram = server.telegram
    await bots.start()
    await telegram.wait_for(lambda: not telegram.updates.waiting, PATIENCE_SECONDS)
    await nothing_due(telegram, database)
    await settled(database)
    os.kill(bots.pid, signal.SIGTERM)
    await asyncio.wait_for(bots.gone(), PATIENCE_SECONDS)
    bots.pid = 0
    check_after_a_kill(database, tappers)
    assert rows(database, "SELECT COUNT(*) FROM inbox WHERE state = 'open'") == [(0,)]
    outcomes: Counter[str] = Counter()
    for tapper in tappers:
        outcomes += check_what_was_due(database, tapper.user, telegram.clock.now())
    for user in silent:
        own = check_what_was_due(database, user, telegram.clock.now())
        check_prompts(database, user, own)
        outcomes += own
    return outcomes


async def nothing_due(telegram: Telegram, database: Path) -> None:
    """Wait until all that is due is closed."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            now = int(telegram.clock.now().timestamp() * 1_000_000)
            if not rows(
                database, "SELECT 1 FROM due WHERE state = 'open' AND due_at <= :now LIMIT 1", now=now
            ):
                return
            await asyncio.sleep(0.02)


@pytest.mark.timeout(400)
async def test_the_whole_bot_loses_nothing_and_repeats_nothing(server, tmp_path):
    outcomes = await live_and_die(server, tmp_path / "data", KILLS_IN_THE_SUITE, seed_number=1)
    assert outcomes["checkin done"] > SILENT
    assert outcomes["weekly done"] > 0


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_the_whole_bot_withstands_many_kills(server, tmp_path):
    await live_and_die(server, tmp_path / "data", KILLS_IN_A_SOAK, seed_number=2)
