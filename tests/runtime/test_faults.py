"""What goes wrong between the bot, Telegram, the disk and the clock, one test each, with what the patient saw."""

import asyncio
import sqlite3
from collections import Counter
from datetime import timedelta

import orjson
import pytest
from telegram import Update

from bot.runtime.inbox import SecondPollerError, TokenRefusedError
from bot.runtime.outbox import SendingLimits
from bot.runtime.service import Runtime
from bot.runtime.transport import BotApi, RefusedError
from bot.runtime.turn import Due, MessageKind, Outgoing, Turn
from bot.sandbox.user import User
from storage.due import due_row
from storage.inbox import JournalledUpdate, journal
from tests.runtime.conftest import START, text

TODAY = START.date()


async def states(database, column="state", table="outbox"):
    return [row[column] for row in await database.fetch_all(f"SELECT {column} FROM {table} ORDER BY 1")]  # noqa: S608


def said(patient):
    return [message.text for message in patient.from_bot]


async def prompt_for(database, patient, seconds=60.0, day=TODAY):
    due_at = START + timedelta(seconds=seconds)
    await database.commit([due_row(patient.chat_id, patient.chat_id, "prompt", day, due_at)])


async def test_429_holds_one_chat_and_the_rest_goes_on(runs):
    async with runs() as (_, sandbox):
        alice, bob = await sandbox.patient("alice"), await sandbox.patient("bob")
        await sandbox.fault("too_many_requests", chat_id=alice.chat_id, retry_after=1)
        await alice.send("one", wait=False)
        await bob.send("two", wait=False)
        await bob.until(lambda chat: said(chat) == ["heard two"])
        assert said(alice) == []
        await alice.until(lambda chat: said(chat) == ["heard one"])
        sends = [call for call in await sandbox.requests("sendMessage") if call["chat_id"] == alice.chat_id]
        assert [call["status"] for call in sends] == [429, 200]


async def test_429_keeps_its_time_over_a_restart(runs, database):
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await sandbox.fault("too_many_requests", chat_id=alice.chat_id, retry_after=600)
        await alice.send("one", wait=False)
        async with asyncio.timeout(30):
            while await states(database, "not_before") in ([], [None]):
                await asyncio.sleep(0.01)
    async with runs() as (_, sandbox):
        bob = await sandbox.patient("bob")
        await bob.send("two", wait=False)
        await bob.until(lambda chat: said(chat) == ["heard two"])
        assert len(await sandbox.requests("sendMessage")) == 2
    await sandbox_jump(runs, 601)


async def sandbox_jump(runs, seconds):
    """Start again when the time asked for is over: only then it is said."""
    async with runs() as (_, sandbox):
        await sandbox.advance(seconds=seconds)
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await alice.until(lambda chat: said(chat) == ["heard one"])


async def test_502_is_tried_again_and_said_once(runs):
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await sandbox.fault("bad_gateway", method="sendMessage")
        await alice.send("one")
        assert said(alice) == ["heard one"]


async def test_a_connection_reset_before_the_effect_is_tried_again(runs):
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await sandbox.fault("reset", method="sendMessage")
        await alice.send("one")
        assert said(alice) == ["heard one"]


@pytest.mark.parametrize(("kind", "times"), [("emergency", 2), ("reply", 2), ("prompt", 1), ("summary", 1)])
async def test_an_answer_lost_after_the_effect_repeats_only_what_may_be_repeated(
    runs, database, echo, kind, times
):
    async def say(turn: Turn, update: Update) -> None:
        turn.say(text(turn.chat_id, "once?", MessageKind(kind)))

    echo.on_update = say
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await sandbox.fault("drop_response", method="sendMessage")
        await alice.send("hello")
        assert said(alice) == ["once?"] * times
    assert await states(database) == ["sent" if times == 2 else "uncertain"]


async def test_slow_answers_hold_up_their_own_chat_alone(runs, database):
    async with runs(limits=SendingLimits(chat_burst=100, answer_seconds=0.3)) as (_, sandbox):
        alice, bob = await sandbox.patient("alice"), await sandbox.patient("bob")
        await alice.send("one")
        await prompt_for(database, alice)
        await sandbox.fault("hang", method="sendMessage", chat_id=alice.chat_id, seconds=30.0)
        await sandbox.advance(seconds=61)
        await alice.until(lambda chat: said(chat) == ["heard one", f"prompt {TODAY}"])
        await bob.send("two", wait=False)
        await bob.until(lambda chat: said(chat) == ["heard two"])
        await alice.send("three", wait=False)
        await alice.until(lambda chat: said(chat)[-1] == "heard three")
        await sandbox.wait_idle()
    assert Counter(await states(database)) == {"sent": 3, "uncertain": 1}


async def test_an_outage_of_an_hour_leaves_nothing_stale(runs, database, echo):
    async def prompt(turn: Turn, due: Due) -> None:
        if not due.missed:
            stale = due.due_at + timedelta(minutes=10)
            turn.say(text(turn.chat_id, f"prompt {due.local_date}", MessageKind.PROMPT, not_after=stale))

    echo.on_due = prompt
    async with runs(windows={"prompt": timedelta(minutes=10)}) as (_, sandbox):
        alice, bob = await sandbox.patient("alice"), await sandbox.patient("bob")
        await prompt_for(database, alice, 60)
        await prompt_for(database, bob, 1800)
        await sandbox.outage(3600)
        await sandbox.advance(seconds=61)
        async with asyncio.timeout(30):
            while not any(call["status"] == 502 for call in await sandbox.requests("sendMessage")):
                await asyncio.sleep(0.01)
        await sandbox.advance(seconds=3600)
        await alice.send("hello", wait=False)
        await alice.until(lambda chat: said(chat) == ["heard hello"])
        await sandbox.wait_idle(reacted=False)
        assert said(bob) == []
    assert await states(database) == ["expired", "sent"]
    assert await states(database, table="due") == ["done", "missed"]


async def test_a_block_ends_what_waits_and_a_return_is_answered(runs, database, echo):
    async with runs() as (_, sandbox):
        alice, bob = await sandbox.patient("alice"), await sandbox.patient("bob")
        for patient in (alice, bob):
            await patient.send("hello")
            await prompt_for(database, patient)
        await sandbox.fault("block", method="sendMessage", chat_id=alice.chat_id)
        await sandbox.advance(seconds=61)
        await bob.until(lambda chat: said(chat)[-1] == f"prompt {TODAY}")
        await sandbox.wait_idle(reacted=False)
        assert echo.unreachable == [alice.chat_id]
        await alice.send("I am back")
        assert said(alice) == ["heard hello", "heard I am back"]
    assert Counter(await states(database)) == {"sent": 4, "dropped": 1}


async def test_a_block_that_was_not_recorded_before_a_kill_is_met_again(runs, database, echo, monkeypatch):
    reached = asyncio.Event()

    async def never(_: Turn) -> None:
        reached.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(echo, "gone", never)
        async with runs(turn_grace_seconds=0) as (_, sandbox):
            alice = await sandbox.patient("alice")
            await alice.send("hello")
            await sandbox.fault("block", method="sendMessage", chat_id=alice.chat_id)
            await prompt_for(database, alice)
            await sandbox.advance(seconds=61)
            async with asyncio.timeout(30):
                await reached.wait()
    assert await states(database) == ["open", "sent"]
    async with runs() as (_, sandbox):
        await sandbox.wait_idle(reacted=False)
    assert echo.unreachable == [alice.chat_id]
    assert await states(database) == ["dropped", "sent"]


async def test_an_unknown_chat_is_unreachable_too(runs, database, echo):
    async with runs() as (_, sandbox):
        await database.commit([due_row(5, 5, "prompt", TODAY, START)])
        async with asyncio.timeout(30):
            while not echo.unreachable:
                await asyncio.sleep(0.01)
        await sandbox.wait_idle(reacted=False)
    assert await states(database) == ["dropped"]


async def test_an_update_that_cannot_be_parsed_is_set_aside_alone(runs, database):
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await sandbox.inject("message", {"chat": {"id": alice.chat_id}, "text": "half a message"})
        await sandbox.inject("message", "not even an object")
        await alice.send("hello", wait=False)
        await alice.until(lambda chat: said(chat)[-1:] == ["heard hello"])
        await sandbox.wait_idle()
    assert Counter(await states(database, table="inbox")) == {"failed": 2, "done": 1}
    assert await database.fetch_all("SELECT 1 FROM inbox WHERE body IS NOT NULL") == []


async def test_an_update_that_ends_every_process_is_set_aside_and_what_ran_beside_it_is_not(
    runs, database, echo, server
):
    alice, bob = server.telegram.user("alice"), server.telegram.user("bob")
    await database.commit(journal([left_by(alice, 1), left_by(bob, 2)]))
    starts = 0

    async def begin(turn: Turn, update: Update) -> None:
        if turn.chat_id == alice.chat.chat_id or starts < 2:
            await asyncio.Event().wait()
        turn.say(text(turn.chat_id, "heard hello"))

    echo.on_update = begin
    for starts in range(5):
        async with runs(turn_grace_seconds=0) as (_, sandbox):
            async with asyncio.timeout(30):
                while max(await begun(database)) <= starts:
                    await asyncio.sleep(0.002)
    assert await begun(database) == [2, 5]
    async with runs() as (_, sandbox):
        await sandbox.wait_idle(reacted=False)
    assert echo.failures == ["EndsTheProcessError"]
    assert await states(database, table="inbox") == ["done", "failed"]


async def test_what_is_due_and_ends_every_process_is_set_aside_and_what_is_due_beside_it_is_not(
    runs, database, echo, server
):
    alice, bob = (server.telegram.user(name).chat for name in ("alice", "bob"))
    alice.started = bob.started = True
    rows = [(alice.chat_id, 60), (bob.chat_id, 30)]
    await database.commit(
        [due_row(chat, chat, "prompt", TODAY, START - timedelta(seconds=before)) for chat, before in rows]
    )
    starts = 0

    async def begin(turn: Turn, due: Due) -> None:
        if turn.chat_id == alice.chat_id or starts < 2:
            await asyncio.Event().wait()
        turn.say(text(turn.chat_id, "how was your day?", MessageKind.PROMPT))

    echo.on_due = begin
    for starts in range(5):
        async with runs(turn_grace_seconds=0) as (_, sandbox):
            async with asyncio.timeout(30):
                while max(await begun(database, "due")) <= starts:
                    await asyncio.sleep(0.002)
    assert await begun(database, "due") == [2, 5]
    assert await states(database, table="due") == ["open", "open"]
    async with runs() as (_, sandbox):
        asked = await sandbox.patient("bob")
        await asked.until(lambda chat: said(chat) == ["how was your day?"])
        await sandbox.wait_idle(reacted=False)
    assert echo.failures == ["EndsTheProcessError"]
    assert await states(database, table="due") == ["done", "failed"]


def left_by(user: User, update_id: int) -> JournalledUpdate:
    """Give an update that an earlier process journalled."""
    chat = user.chat
    chat.started = True
    message = {
        "message_id": 1,
        "date": 1,
        "chat": chat.described(),
        "from": user.person.described(),
        "text": "hello",
    }
    body = orjson.dumps({"update_id": update_id, "message": message}).decode()
    return JournalledUpdate(update_id, chat.chat_id, body, START)


async def begun(database, table="inbox") -> list[int]:
    rows = await database.fetch_all(f"SELECT begun FROM {table} WHERE state = 'open'")  # noqa: S608
    return sorted(row["begun"] for row in rows)


async def test_of_edits_that_wait_for_one_message_only_the_last_is_sent(runs, database, echo):
    edits: list[int] = []

    async def edit(turn: Turn, update: Update) -> None:
        if update.message.text == "hello":
            turn.say(text(turn.chat_id, "shown"))
            return
        edits.append(len(edits))
        for words in ("one", "two", "three"):
            payload = {"message_id": 2, "text": words}
            turn.say(Outgoing(turn.chat_id, "editMessageText", payload))

    echo.on_update = edit
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await alice.send("hello")
        await alice.send("go on")
        await alice.until(lambda chat: "three" in said(chat))
        await sandbox.wait_idle(reacted=False)
        requests = await sandbox.requests("editMessageText")
    assert len(requests) == 2
    assert sorted(await states(database)) == ["dropped", "sent", "sent", "sent"]


async def test_a_second_poller_ends_the_bot_with_a_sentence(runs, server):
    async def rival() -> None:
        async with BotApi(server.telegram.token, server.address) as api:
            while True:
                try:
                    await api.call("getUpdates", {"timeout": 30})
                except RefusedError:
                    await asyncio.sleep(0.01)

    other = asyncio.create_task(rival())
    with pytest.raises(SecondPollerError, match="Another bot is running with the same token"):
        async with runs(conflict_grace_seconds=0.7) as (runtime, _), asyncio.timeout(20):
            await runtime_end(runtime)
    other.cancel()
    await asyncio.gather(other, return_exceptions=True)


async def runtime_end(runtime: Runtime) -> None:
    while not runtime.ended.is_set():
        await asyncio.sleep(0.01)


async def test_a_wrong_token_ends_the_bot_without_saying_the_token(server, database, clock, echo):
    async with BotApi("123456:wrong-token-that-nobody-should-see", server.address) as api:
        runtime = Runtime(
            api,
            database,
            clock,
            handle_update=echo.update,
            handle_due=echo.due,
            on_failure=echo.failure,
            on_unreachable=echo.gone,
        )
        with pytest.raises(TokenRefusedError) as caught:
            await runtime.run()
    assert "wrong-token" not in str(caught.value)


async def test_a_full_disk_loses_nothing_and_goes_on_when_it_is_freed(runs, database, server):
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await alice.send("one")
        await limit_pages(database, 1)
        long_text = "x" * 4000
        for _ in range(30):
            await alice.send(long_text, wait=False)
        async with asyncio.timeout(30):
            while not server.telegram.updates.waiting:
                await asyncio.sleep(0.01)
        await limit_pages(database, 1_000_000)
        await alice.until(lambda chat: len(said(chat)) == 31)


async def limit_pages(database, pages):
    await database._writer.run(
        lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()
    )


async def test_a_locked_database_is_waited_for(runs, database, tmp_path):
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await alice.send("one")
        await database._writer.run(
            lambda connection: connection.execute("PRAGMA busy_timeout = 50").fetchall()
        )
        other = sqlite3.connect(tmp_path / "data" / "backtrack.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await alice.send("two", wait=False)
        async with asyncio.timeout(30):
            while len(await sandbox.requests("getUpdates")) < 4:
                await asyncio.sleep(0.01)
        assert said(alice) == ["heard one"]
        other.execute("COMMIT")
        other.close()
        await alice.until(lambda chat: said(chat) == ["heard one", "heard two"])


async def test_a_clock_that_jumps_ahead_asks_once_and_counts_the_rest_as_missed(runs, database, echo):
    async def daily(turn: Turn, due: Due) -> None:
        tomorrow = due.local_date + timedelta(days=1)
        turn.save(due_row(due.patient_id, due.chat_id, "prompt", tomorrow, due.due_at + timedelta(days=1)))
        if not due.missed:
            turn.say(text(turn.chat_id, f"prompt {due.local_date}", MessageKind.PROMPT))

    echo.on_due = daily
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await alice.send("hello")
        await prompt_for(database, alice, 3600)
        await sandbox.advance(hours=24 * 7 + 2)
        await alice.until(lambda chat: said(chat)[-1] == f"prompt {TODAY + timedelta(days=7)}")
        await sandbox.wait_idle(reacted=False)
        assert len(said(alice)) == 2
    closed = await states(database, table="due")
    assert Counter(closed) == {"missed": 7, "done": 1, "open": 1}


async def test_a_clock_that_jumps_back_asks_nobody_twice(runs, database):
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await alice.send("hello")
        await prompt_for(database, alice, 60)
        await sandbox.advance(seconds=61)
        await alice.until(lambda chat: said(chat)[-1] == f"prompt {TODAY}")
        await sandbox.advance(hours=-3)
        await prompt_for(database, alice, 60)
        await sandbox.advance(hours=3)
        await alice.send("still there?")
        assert said(alice) == ["heard hello", f"prompt {TODAY}", "heard still there?"]


@pytest.mark.parametrize(
    ("minutes", "outcome"),
    [(1, "done"), (239, "done"), (241, "missed"), (60 * 24, "missed"), (60 * 24 * 7, "missed")],
)
async def test_after_downtime_a_prompt_is_late_or_missed_but_never_stale(
    runs, database, clock, minutes, outcome
):
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await alice.send("hello")
    await prompt_for(database, alice, 0)
    clock.jump_to(START + timedelta(minutes=minutes))
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        async with asyncio.timeout(30):
            while await states(database, table="due") == ["open"]:
                await asyncio.sleep(0.01)
        await sandbox.wait_idle(reacted=False)
        await alice.refresh()
        expected = ["heard hello", f"prompt {TODAY}"] if outcome == "done" else ["heard hello"]
        assert said(alice) == expected
    assert await states(database, table="due") == [outcome]


async def in_lanes(runtime: Runtime, turns: int) -> None:
    """Return when so many turns wait or run."""
    async with asyncio.timeout(30):
        while (await runtime.health()).waiting_turns < turns:
            await asyncio.sleep(0.01)


async def test_what_was_moved_or_cancelled_while_it_waited_is_not_sent(runs, database, echo):
    """A due row is read before its lane is free; what the patient changes in between holds."""
    gate = asyncio.Event()

    async def change(turn: Turn, update: Update) -> None:
        await gate.wait()
        turn.save(due_row(turn.chat_id, turn.chat_id, "prompt", TODAY, START + timedelta(days=30)))
        turn.say(text(turn.chat_id, "changed"))

    echo.on_update = change
    async with runs() as (runtime, sandbox):
        alice = await sandbox.patient("alice")
        await alice.send("later please", wait=False)
        await in_lanes(runtime, 1)
        await prompt_for(database, alice, 0)
        await in_lanes(runtime, 2)
        gate.set()
        await alice.until(lambda chat: said(chat) == ["changed"])
        await sandbox.wait_idle()
        assert said(alice) == ["changed"]
    assert await states(database, table="due") == ["open"]


async def test_every_tap_is_answered_even_if_its_handler_fails(runs, echo):
    async def keyboard(turn: Turn, update: Update) -> None:
        if update.callback_query is not None:
            raise ValueError
        buttons = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}
        turn.say(Outgoing(turn.chat_id, "sendMessage", {"text": "Well?", "reply_markup": buttons}))

    echo.on_update = keyboard
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await alice.send("hello")
        await alice.tap("Yes")
        assert said(alice) == ["Well?", "sorry"]
        assert await sandbox.spinners() == []


async def test_markup_that_telegram_refuses_is_said_plain(runs, echo):
    async def broken(turn: Turn, update: Update) -> None:
        turn.say(Outgoing(turn.chat_id, "sendMessage", {"text": "<b>half", "parse_mode": "HTML"}))

    echo.on_update = broken
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await alice.send("hello")
        assert said(alice) == ["<b>half"]
