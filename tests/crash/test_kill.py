"""A real process is killed with -9 at random moments; what Telegram was told is compared with what was done."""

import asyncio
import os
import random
import signal
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.clock import SandboxClock
from bot.sandbox.server import Server, serve
from bot.sandbox.telegram import Telegram
from tests.crash.bot import EFFECTS
from tests.crash.killing import PATIENCE_SECONDS, Zygote, rows, settled, zygote

PATIENTS = 12
KILLS_IN_THE_SUITE = 140
"""The whole bot is killed sixty times more, in `test_kill_diary`: it takes longer to start."""
KILLS_IN_A_SOAK = 1_400
LONGEST_LIFE_SECONDS = 0.35


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    running = await serve(Telegram(SandboxClock()))
    yield running
    await running.close()


def check_after_a_kill(database: Path) -> None:
    """Look at what must hold at any moment, whatever was being written."""
    if not database.exists() or not rows(database, "SELECT 1 FROM sqlite_master WHERE name = 'effect'"):
        return
    assert rows(database, "PRAGMA quick_check") == [("ok",)]
    closed_without_effect = "SELECT update_id FROM inbox WHERE state <> 'open' AND update_id NOT IN (SELECT update_id FROM effect)"
    effect_without_closing = "SELECT update_id FROM effect WHERE update_id NOT IN (SELECT update_id FROM inbox WHERE state = 'done')"
    assert rows(database, closed_without_effect) == []
    assert rows(database, effect_without_closing) == []
    for said in effects_by_chat(database).values():
        assert said == [str(number) if number else "start" for number in range(len(said))]


def effects_by_chat(database: Path) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for chat_id, said in rows(database, "SELECT chat_id, said FROM effect ORDER BY chat_id, position"):
        found.setdefault(chat_id, []).append(said)
    return found


class Patients:
    """People who count aloud."""

    def __init__(self, telegram: Telegram) -> None:
        self.users = [telegram.user(f"patient {number}") for number in range(PATIENTS)]
        self.said = dict.fromkeys(range(PATIENTS), 0)
        for user in self.users:
            user.sends("start")

    def speak(self, number: int) -> None:
        self.said[number] += 1
        self.users[number].sends(str(self.said[number]))

    def heard(self, number: int) -> list[str]:
        return [
            message.get("text") or message.get("caption")
            for message in self.users[number].transcript
            if message["from"]["is_bot"]
        ]


def check_at_the_end(patients: Patients, database: Path) -> Counter[str]:
    effects = effects_by_chat(database)
    outcomes: Counter[str] = Counter()
    sent = dict(rows(database, "SELECT dedupe_key, state FROM outbox WHERE dedupe_key IS NOT NULL"))
    for number, user in enumerate(patients.users):
        words = ["start", *map(str, range(1, patients.said[number] + 1))]
        assert effects[user.person.user_id] == words
        heard = patients.heard(number)
        first_heard = list(dict.fromkeys(line for line in heard if line.startswith("heard")))
        assert first_heard == [f"heard {word}" for word in words]
        counted = Counter(line for line in heard if not line.startswith("heard"))
        assert all(count == 1 for count in counted.values()), counted
        outcomes += check_prompts(user.person.user_id, database, sent, set(counted))
    return outcomes


def check_prompts(chat_id: int, database: Path, sent: dict[str, str], heard: set[str]) -> Counter[str]:
    """Each that was due and done was sent once, or may have been and was not sent again; none was invented."""
    outcomes: Counter[str] = Counter()
    due = rows(database, "SELECT patient_id, local_date, state FROM due WHERE state <> 'open'")
    for local_date, state in [row[1:] for row in due if row[0] == chat_id]:
        said = {f"prompt {local_date}", f"summary {local_date}"} & heard
        outcome = sent.get(f"prompt:{chat_id}:{local_date}") if state == "done" else state
        outcomes[str(outcome)] += 1
        assert outcome in {"sent", "uncertain", "missed"}
        assert outcome == "uncertain" or bool(said) == (outcome == "sent")
        heard -= said
    assert heard == set()
    return outcomes


async def first_life(bots: Zygote, database: Path) -> float:
    """Give the seconds that a bot takes here to come up and greet everyone.

    On a machine so busy that no bot lived as long, every update would be found under way at each death, and after
    five the bot would be right to set it aside.
    """
    began = asyncio.get_running_loop().time()
    await bots.start()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not database.exists() or count_effects(database) < PATIENTS:
            await asyncio.sleep(0.01)
    seconds = asyncio.get_running_loop().time() - began
    bots.kill()
    await bots.gone()
    check_after_a_kill(database)
    return seconds


async def live_and_die(server: Server, database: Path, kills: int, seed: int) -> Counter[str]:
    chance = random.Random(seed)
    patients = Patients(server.telegram)
    async with zygote("tests.crash.bot", server, f"sqlite:///{database}", "0.0") as bots:
        longest = min(2 * LONGEST_LIFE_SECONDS, max(LONGEST_LIFE_SECONDS, await first_life(bots, database)))
        for _ in range(kills):
            await bots.start()
            end = asyncio.get_running_loop().time() + chance.uniform(0.02, longest)
            while asyncio.get_running_loop().time() < end:
                patients.speak(chance.randrange(PATIENTS))
                await asyncio.sleep(chance.uniform(0.001, 0.03))
            bots.kill()
            await bots.gone()
            check_after_a_kill(database)
        await bots.start()
        await server.telegram.wait_for(lambda: not server.telegram.updates.waiting, PATIENCE_SECONDS)
        await settled(database)
        os.kill(bots.pid, signal.SIGTERM)
        await asyncio.wait_for(bots.gone(), PATIENCE_SECONDS)
        bots.pid = 0
    return check_at_the_end(patients, database)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("half", [1, 2])
async def test_kills_lose_nothing_and_repeat_nothing(server, tmp_path, half):
    outcomes = await live_and_die(server, tmp_path / "data" / "bot.db", KILLS_IN_THE_SUITE // 2, seed=half)
    assert outcomes["sent"] > outcomes["uncertain"]


@pytest.mark.soak
@pytest.mark.timeout(1800)
async def test_many_kills_lose_nothing_and_repeat_nothing(server, tmp_path):
    await live_and_die(server, tmp_path / "data" / "bot.db", KILLS_IN_A_SOAK, seed=3)


async def test_five_hundred_waiting_updates_survive_six_kills(server, tmp_path):
    database = tmp_path / "data" / "bot.db"
    telegram = server.telegram
    patients = [telegram.user(f"patient {number}") for number in range(10)]
    for number in range(500):
        patients[number % 10].sends("start" if number < 10 else str(number // 10))
    async with zygote("tests.crash.bot", server, f"sqlite:///{database}", "0.05") as bots:
        for handled in range(40, 280, 40):
            await bots.start()
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not database.exists() or count_effects(database) < handled:
                    await asyncio.sleep(0.01)
            bots.kill()
            await bots.gone()
            check_after_a_kill(database)
            assert count_effects(database) < 500
        await bots.start()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while count_effects(database) < 500:
                await asyncio.sleep(0.02)
    assert {len(said) for said in effects_by_chat(database).values()} == {50}
    check_after_a_kill(database)


def count_effects(database: Path) -> int:
    try:
        return int(rows(database, "SELECT COUNT(*) FROM effect")[0][0])
    except sqlite3.OperationalError:
        return 0


def test_the_check_sees_a_lost_effect(tmp_path):
    database = tmp_path / "bot.db"
    with sqlite3.connect(database) as connection:
        connection.execute(EFFECTS.sql)
        connection.execute("CREATE TABLE inbox (update_id INTEGER, state TEXT)")
        connection.execute("INSERT INTO inbox VALUES (1, 'done')")
    connection.close()
    with pytest.raises(AssertionError):
        check_after_a_kill(database)
