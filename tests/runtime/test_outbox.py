"""Who goes first: the urgent before the rest, a chat in its order, replies through the middle of a broadcast."""

import asyncio

from telegram import Update

from bot.runtime.outbox import SendingLimits
from bot.runtime.turn import Due, MessageKind, Turn
from storage.due import due_row
from tests.runtime.conftest import START, text


async def test_a_reply_does_not_wait_for_a_broadcast(runs, database):
    people = 60
    async with runs(limits=SendingLimits(messages_a_second=50)) as (_, sandbox):
        alice = await sandbox.patient("alice")
        await alice.send("hello")
        others = [await sandbox.patient(f"patient {number}") for number in range(people)]
        for patient in others:
            await patient.send("hi", wait=False)
        await sandbox.wait_idle()
        await database.commit(
            [due_row(patient.chat_id, patient.chat_id, "prompt", START.date(), START) for patient in others]
        )
        await others[0].until(lambda chat: len(chat.from_bot) == 2)
        await alice.send("my answer", wait=False)
        await alice.until(lambda chat: chat.last.text == "heard my answer")
        await sandbox.wait_idle()
        sends = [call["parameters"]["text"] for call in await sandbox.requests("sendMessage")]
    assert sends.index("heard my answer") < len(sends) - people // 3


async def test_emergency_advice_overtakes_every_other_chat(runs, echo):
    async def say(turn: Turn, update: Update) -> None:
        assert update.message is not None
        kind = MessageKind(update.message.text or "")
        turn.say(text(turn.chat_id, kind, kind))

    echo.on_update = say
    async with runs(limits=SendingLimits(messages_a_second=5)) as (_, sandbox):
        people = [await sandbox.patient(f"patient {number}") for number in range(6)]
        for patient, kind in zip(
            people, ["reply", "summary", "prompt", "reply", "prompt", "emergency"], strict=True
        ):
            await patient.send(kind, wait=False)
        await sandbox.wait_idle()
        sends = [call["parameters"]["text"] for call in await sandbox.requests("sendMessage")]
    assert sends[-3:] == ["prompt", "prompt", "summary"]
    assert sends.index("emergency") < sends.index("prompt")


async def test_what_was_said_under_a_key_is_not_said_again(runs, echo):
    async def say(turn: Turn, update: Update) -> None:
        turn.say(text(turn.chat_id, "once", dedupe_key="the key"))

    echo.on_update = say
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await alice.send("one")
        await alice.send("two", wait=False)
        await sandbox.wait_idle(reacted=False)
        assert [message.text for message in alice.from_bot] == ["once"]


async def test_prompts_are_prepared_no_faster_than_they_are_sent(runs, database, echo):
    depths = []

    async def say(turn: Turn, due: Due) -> None:
        depths.append((await running[0].health()).outbox_depth)
        turn.say(text(turn.chat_id, "prompt", MessageKind.PROMPT))

    echo.on_due = say
    running = []
    async with runs(limits=SendingLimits(messages_a_second=200), most_unsent_prompts=20) as (
        runtime,
        sandbox,
    ):
        running.append(runtime)
        people = [await sandbox.patient(f"patient {number}") for number in range(80)]
        for patient in people:
            await patient.send("hi", wait=False)
        await sandbox.wait_idle()
        await database.commit([due_row(p.chat_id, p.chat_id, "prompt", START.date(), START) for p in people])
        async with asyncio.timeout(30):
            while len(depths) < 80:
                await asyncio.sleep(0.01)
    assert max(depths) <= 20
