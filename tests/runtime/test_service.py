"""The whole runtime through the sandbox: what a patient sees."""

from telegram import Update

from bot.runtime.turn import Turn
from tests.runtime.conftest import text


async def test_a_message_is_answered_and_only_its_id_and_time_remain(runs, database):
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await alice.send("hello")
        assert alice.last.text == "heard hello"
    rows = await database.fetch_all("SELECT * FROM inbox")
    assert [(row["state"], row["body"], row["chat_id"]) for row in rows] == [("done", None, None)]
    sent = await database.fetch_all("SELECT * FROM outbox")
    assert [(row["state"], row["payload"], row["message_id"]) for row in sent] == [
        ("sent", None, alice.last.id)
    ]


async def test_nothing_remains_of_an_update_that_is_forgotten(runs, database, echo):
    async def forget(turn: Turn, update: Update) -> None:
        turn.forget_update()
        turn.say(text(turn.chat_id, "gone"))

    echo.on_update = forget
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await alice.send("my secret")
        assert alice.last.text == "gone"
        await sandbox.deliver_again()
        await sandbox.wait_idle(reacted=False)
        assert [message.text for message in await alice.refresh()] == ["my secret", "gone"]
    assert await database.fetch_all("SELECT * FROM inbox") == []
    assert await database.fetch_all("SELECT * FROM outbox") == []


async def test_a_handler_that_fails_is_tried_again_and_then_apologises_once(runs, database, echo):
    async def fail(turn: Turn, update: Update) -> None:
        turn.say(text(turn.chat_id, "never said"))
        raise ValueError("with a patient's words in it")

    echo.on_update = fail
    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await alice.send("hello")
        assert [message.text for message in alice.from_bot] == ["sorry"]
    row = await database.fetch_one("SELECT state, error, body FROM inbox")
    assert row == {"state": "failed", "error": "ValueError", "body": None}
    assert echo.failures == ["ValueError"]
