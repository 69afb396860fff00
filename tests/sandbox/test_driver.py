import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import TelegramError

from bot.sandbox.server import Server
from tests.driver import BotDidNotReactError, Patient, Sandbox


async def echo(server: Server) -> None:
    """Run the smallest bot: it says what it was told, and edits what was tapped."""
    async with Bot(server.telegram.token, base_url=f"{server.address}/bot") as bot:
        offset = 0
        while True:
            for update in await bot.get_updates(offset=offset, timeout=30):
                offset = update.update_id + 1
                await _answer(bot, update)


async def _answer(bot: Bot, update: Update) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("More", callback_data="more")]])
    if update.message and update.message.text != "ignore me":
        await bot.send_message(
            update.message.chat.id, f"You said {update.message.text}", reply_markup=keyboard
        )
    if update.callback_query and update.callback_query.message:
        await update.callback_query.answer()
        await bot.edit_message_text(
            "More it is", update.callback_query.from_user.id, update.callback_query.message.message_id
        )


@pytest.fixture
async def sandbox(server: Server) -> AsyncIterator[Sandbox]:
    task = asyncio.create_task(echo(server))
    async with Sandbox(server.address) as driver:
        yield driver
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def alice(sandbox: Sandbox) -> Patient:
    return await sandbox.patient("alice")


async def test_sends_and_sees_the_answer(alice: Patient):
    answer = await alice.send("hello")
    assert answer.text == "You said hello"
    assert answer.buttons == ["More"]
    assert [message.from_bot for message in alice.messages] == [False, True]


async def test_taps_and_sees_the_edit(alice: Patient):
    await alice.send("hello")
    answer = await alice.tap("More")
    assert (answer.text, answer.edited, answer.buttons) == ("More it is", True, [])
    assert await alice.sandbox.spinners() == []


async def test_a_bot_that_does_not_react_fails_the_wait(alice: Patient):
    await alice.send("ignore me", wait=False)
    with pytest.raises(BotDidNotReactError, match=str(alice.chat_id)):
        await alice.sandbox.wait_idle(seconds=0.2)
    await alice.sandbox.wait_idle(reacted=False)


async def test_waits_for_what_is_expected(alice: Patient):
    await alice.send("one", wait=False)
    assert (await alice.until(lambda chat: bool(chat.from_bot))).text == "You said one"
    with pytest.raises(BotDidNotReactError):
        await alice.until(lambda chat: len(chat.messages) > 2, seconds=0.05)


async def test_idle_asks_the_bot_itself_where_it_can(server: Server, sandbox: Sandbox):
    asked = []

    async def settled() -> None:
        asked.append(len(server.telegram.requests))

    async with Sandbox(server.address, settled=settled) as exact:
        bob = await exact.patient("bob")
        await bob.send("hi")
    assert asked


async def test_moves_the_clock(alice: Patient):
    before = await alice.sandbox.now()
    assert (await alice.sandbox.advance(hours=2) - before).total_seconds() == 7200
    await alice.sandbox.jump_to(before)
    assert await alice.sandbox.now() == before


async def test_a_fault_reaches_the_bot(server: Server):
    async with (
        Sandbox(server.address) as driver,
        Bot(server.telegram.token, base_url=f"{server.address}/bot") as bot,
    ):
        alice = await driver.patient("alice")
        await alice.send("hi", wait=False)
        await driver.fault("bad_gateway", method="sendMessage")
        with pytest.raises(TelegramError, match="Bad Gateway"):
            await bot.send_message(alice.chat_id, "hi")
        await bot.send_message(alice.chat_id, "hi")
        assert [entry["status"] for entry in await driver.requests("sendMessage")] == [502, 200]
