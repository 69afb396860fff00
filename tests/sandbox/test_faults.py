"""What goes wrong by script, as python-telegram-bot sees it over both faces."""

import asyncio
from datetime import timedelta

import pytest
from telegram import Bot, Update
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.sandbox.clock import SandboxClock
from bot.sandbox.faults import Fault
from bot.sandbox.server import Server
from bot.sandbox.telegram import Telegram
from bot.sandbox.user import User


@pytest.fixture
def alice(telegram: Telegram) -> User:
    alice = telegram.user("alice")
    alice.sends("/start")
    return alice


@pytest.fixture
def chat(alice: User) -> int:
    return alice.chat.chat_id


async def refused(sending) -> type[TelegramError]:
    with pytest.raises(TelegramError) as error:
        await sending
    return error.type


@pytest.mark.parametrize("kind", ["drop_response", "hang"])
async def test_applied_and_the_answer_lost(bot: Bot, alice: User, telegram: Telegram, kind):
    telegram.faults.add(Fault(kind, "sendMessage"))
    assert issubclass(await refused(bot.send_message(alice.chat.chat_id, "once")), NetworkError)
    assert alice.last["text"] == "once"
    assert (telegram.requests[-1].status, telegram.requests[-1].fault) == (0, kind)
    await bot.send_message(alice.chat.chat_id, "twice")


@pytest.mark.parametrize("kind", ["reset", "bad_gateway"])
async def test_not_applied(bot: Bot, alice: User, telegram: Telegram, kind):
    telegram.faults.add(Fault(kind))
    assert await refused(bot.send_message(alice.chat.chat_id, "lost")) is NetworkError
    assert alice.last["text"] == "/start"


async def test_a_late_answer(bot: Bot, alice: User, telegram: Telegram, clock: SandboxClock):
    telegram.faults.add(Fault("delay", seconds=20))
    sending = asyncio.create_task(bot.send_message(alice.chat.chat_id, "slow"))
    assert await telegram.wait_for(lambda: alice.last["text"] == "slow", 30)
    assert telegram.in_flight == 1
    clock.advance(20)
    assert (await sending).text == "slow"


async def test_429_for_one_chat(bot: Bot, chat: int, telegram: Telegram):
    bob = telegram.user("bob")
    bob.sends("hi")
    telegram.faults.add(Fault("too_many_requests", chat_id=chat, retry_after=7, times=2))
    for _ in range(2):
        with pytest.raises(RetryAfter) as error:
            await bot.send_message(chat, "x")
        assert telegram.requests[-1].description == "Too Many Requests: retry after 7"
        assert error.value.retry_after == timedelta(seconds=7)
    await bot.send_message(chat, "x")
    await bot.send_message(bob.chat.chat_id, "x")


async def test_blocked_in_the_middle_of_a_broadcast(bot: Bot, telegram: Telegram):
    people = [telegram.user(f"patient {number}") for number in range(4)]
    for person in people:
        person.sends("/start")
    telegram.faults.add(Fault("block", "sendMessage", after=2))
    outcomes = await asyncio.gather(
        *(bot.send_message(p.chat.chat_id, "hi") for p in people), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes].count(Forbidden) == 1
    assert sum(person.chat.blocked for person in people) == 1
    assert (await bot.get_updates())[-1].my_chat_member.new_chat_member.status == "kicked"


@pytest.mark.parametrize("reset", [True, False])
async def test_an_outage_ends_by_the_clock(
    bot: Bot, chat: int, telegram: Telegram, clock: SandboxClock, reset
):
    telegram.faults.outage(clock.now(), 60, reset=reset)
    for call in (bot.send_message(chat, "x"), bot.get_updates(), bot.get_me(), bot.send_message(chat, "y")):
        assert await refused(call) is NetworkError
    clock.advance(60)
    await bot.send_message(chat, "z")
    assert telegram.faults.script == []


async def test_a_fault_waits_for_its_turn_and_its_method(bot: Bot, chat: int, telegram: Telegram):
    telegram.faults.add(Fault("bad_gateway", "sendMessage", after=1, times=1))
    await bot.get_me()
    await bot.send_message(chat, "1")
    await refused(bot.send_message(chat, "2"))
    await bot.send_message(chat, "3")


def test_an_unknown_fault_is_refused_when_it_is_added():
    with pytest.raises(ValueError, match="unknown fault"):
        Fault("tuesday")


async def test_an_update_is_delivered_again_although_confirmed(bot: Bot, alice: User, telegram: Telegram):
    (update,) = await bot.get_updates()
    assert await bot.get_updates(offset=update.update_id + 1) == ()
    telegram.updates.deliver_again()
    (again,) = await bot.get_updates(offset=update.update_id + 1)
    assert again == update
    assert await bot.get_updates(offset=update.update_id + 1) == ()
    with pytest.raises(LookupError):
        telegram.updates.deliver_again(1)


async def test_an_update_that_cannot_be_parsed(telegram: Telegram, alice: User):
    telegram.inject("message", {"message_id": 1})
    _, body = await telegram.call(telegram.token, "getUpdates", {})
    good, bad = body["result"]
    assert Update.de_json(good).message.text == "/start"
    with pytest.raises(KeyError):
        Update.de_json(bad)


async def sent(bot: Bot, chat: int, count: int) -> int:
    """Send until refused; give how many passed."""
    for number in range(count):
        try:
            await bot.send_message(chat, str(number))
        except RetryAfter:
            return number
    return count


async def test_limits_are_off_until_switched_on(bot: Bot, chat: int, telegram: Telegram, clock: SandboxClock):
    assert await sent(bot, chat, 35) == 35
    telegram.limits.enabled = True
    clock.advance(60)
    assert await sent(bot, chat, 35) == 3
    clock.advance(3)
    assert await sent(bot, chat, 1) == 1


async def test_thirty_a_second_over_all_chats(bot: Bot, telegram: Telegram, clock: SandboxClock):
    telegram.limits.enabled = True
    people = [telegram.user(str(number)) for number in range(31)]
    for person in people:
        person.sends("/start")
    passed = [await sent(bot, person.chat.chat_id, 1) for person in people]
    assert passed == [1] * 30 + [0]
    assert telegram.requests[-1].description == "Too Many Requests: retry after 1"
    clock.advance(1)
    assert await sent(bot, people[-1].chat.chat_id, 1) == 1


async def test_twenty_a_minute_in_a_group(bot: Bot, alice: User, telegram: Telegram, clock: SandboxClock):
    group = alice.adds_to_group("Family").chat_id
    telegram.limits.enabled = True
    assert await sent(bot, group, 30) == 20
    assert telegram.requests[-1].description == "Too Many Requests: retry after 60"
    clock.advance(60)
    assert await sent(bot, group, 1) == 1


async def test_every_call_is_logged_with_its_time(
    bot: Bot, chat: int, telegram: Telegram, clock: SandboxClock
):
    clock.advance(5)
    await bot.send_message(chat, "x")
    with pytest.raises(BadRequest):
        await bot.send_message(chat, "")
    good, bad = list(telegram.requests)[-2:]
    assert (good.at, good.method, good.chat_id, good.status, good.parameters["text"]) == (
        clock.now(),
        "sendMessage",
        chat,
        200,
        "x",
    )
    assert (bad.status, bad.description) == (400, "Bad Request: message text is empty")


async def test_it_outlives_the_bot(server: Server, telegram: Telegram, alice: User):
    for text in ("one", "two"):
        alice.sends(text)
        async with Bot(telegram.token, base_url=f"{server.address}/bot") as bot:
            updates = await bot.get_updates()
    assert [update.message.text for update in updates] == ["/start", "one", "two"]
