"""How updates reach the bot, and how they do not."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict

from bot.sandbox.clock import SandboxClock
from bot.sandbox.telegram import Telegram
from bot.sandbox.user import NoSuchButtonError, User


@pytest.fixture
def alice(telegram: Telegram) -> User:
    return telegram.user("alice")


async def polled(telegram: Telegram, **values: object) -> list[dict]:
    status, body = await telegram.call(telegram.token, "getUpdates", values)
    assert status == 200, body
    return body["result"]


def texts(updates) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def until_polled(telegram: Telegram) -> None:
    assert await telegram.wait_for(lambda: telegram.updates.polled, 30)


async def test_only_an_offset_confirms(telegram: Telegram, alice: User):
    for text in "abc":
        alice.sends(text)
    first = await polled(telegram, limit=2)
    assert texts(first) == ["a", "b"]
    assert texts(await polled(telegram)) == ["a", "b", "c"]
    assert texts(await polled(telegram, offset=first[-1]["update_id"] + 1)) == ["c"]
    assert telegram.updates.waiting == 1


async def test_a_negative_offset_keeps_that_many_from_the_end(telegram: Telegram, alice: User):
    for text in "abc":
        alice.sends(text)
    assert texts(await polled(telegram, offset=-1)) == ["c"]
    assert texts(await polled(telegram)) == ["c"]


async def test_at_most_a_hundred_at_once(telegram: Telegram, alice: User):
    for number in range(120):
        alice.sends(str(number))
    assert [len(await polled(telegram, limit=limit)) for limit in (100, 0, 500, 7)] == [100, 100, 100, 7]


async def test_ids_rise_but_not_always_by_one(telegram: Telegram, alice: User):
    for number in range(20):
        alice.sends(str(number))
    ids = [update["update_id"] for update in await polled(telegram)]
    steps = {after - before for before, after in pairwise(ids)}
    assert steps == {1, 2}


async def test_after_a_day_an_update_is_gone(telegram: Telegram, alice: User, clock: SandboxClock):
    alice.sends("old")
    clock.advance(timedelta(hours=1).total_seconds())
    alice.sends("young")
    clock.advance(timedelta(hours=23).total_seconds() + 1)
    assert texts(await polled(telegram)) == ["young"]


async def test_a_long_poll_ends_with_an_update(bot: Bot, telegram: Telegram, alice: User):
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await until_polled(telegram)
    alice.sends("/start now")
    (update,) = await poll
    assert update.message.text == "/start now"
    assert update.message.parse_entities(["bot_command"]) == {update.message.entities[0]: "/start"}
    assert update.message.from_user.first_name == "alice"


async def test_a_long_poll_ends_when_the_clock_jumps_past(bot: Bot, telegram: Telegram, clock: SandboxClock):
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await until_polled(telegram)
    clock.advance(31)
    assert await poll == ()


async def test_a_second_poll_ends_the_first(bot: Bot, telegram: Telegram, alice: User):
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await until_polled(telegram)
    second = asyncio.create_task(polled(telegram, timeout=30))
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first
    alice.sends("hi")
    assert texts(await second) == ["hi"]


async def test_a_poll_that_is_torn_loses_nothing(bot: Bot, telegram: Telegram, alice: User):
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await until_polled(telegram)
    poll.cancel()
    await asyncio.gather(poll, return_exceptions=True)
    alice.sends("hi")
    assert [update.message.text for update in await bot.get_updates()] == ["hi"]


async def test_allowed_updates_hold_for_what_comes_after(telegram: Telegram, alice: User):
    message = alice.sends("a")
    await polled(telegram, allowed_updates='["message"]')
    alice.edits(message, "b")
    alice.blocks()
    assert [set(update) - {"update_id"} for update in await polled(telegram)] == [{"message"}]
    await polled(telegram, allowed_updates="[]")
    alice.unblocks()
    assert "my_chat_member" in (await polled(telegram))[-1]


async def test_edits_and_blocks_are_told(bot: Bot, alice: User):
    message = alice.sends("a")
    alice.edits(message, "b")
    alice.blocks()
    alice.unblocks()
    _, edited, blocked, unblocked = await bot.get_updates()
    assert (edited.edited_message.text, edited.message) == ("b", None)
    statuses = [
        (u.my_chat_member.old_chat_member.status, u.my_chat_member.new_chat_member.status)
        for u in (blocked, unblocked)
    ]
    assert statuses == [("member", "kicked"), ("kicked", "member")]


async def test_what_a_patient_sends_is_parsed(bot: Bot, alice: User):
    alice.sends_photo(caption="my back")
    alice.sends_voice()
    alice.sends_location(51.5, -0.1)
    photo, voice, place = [update.message for update in await bot.get_updates()]
    assert (photo.caption, len(photo.photo)) == ("my back", 2)
    assert (
        bytes(await (await bot.get_file(photo.photo[-1].file_id)).download_as_bytearray())[:2] == b"\xff\xd8"
    )
    assert voice.voice.mime_type == "audio/ogg"
    assert (place.location.latitude, place.location.longitude) == (51.5, -0.1)


async def with_buttons(bot: Bot, alice: User) -> int:
    alice.sends("/start")
    row = [
        InlineKeyboardButton("Mild", callback_data="c:1"),
        InlineKeyboardButton("Site", url="https://nhs.uk"),
    ]
    sent = await bot.send_message(alice.chat.chat_id, "How bad?", reply_markup=InlineKeyboardMarkup([row]))
    return sent.message_id


async def test_a_tap_by_label_or_data(bot: Bot, alice: User, telegram: Telegram):
    message_id = await with_buttons(bot, alice)
    alice.taps("Mild")
    alice.taps("c:1")
    assert alice.taps("Site") is None
    _, tap, again = await bot.get_updates()
    query = tap.callback_query
    assert (query.data, query.message.message_id, query.from_user.first_name) == ("c:1", message_id, "alice")
    assert again.callback_query.id != query.id
    assert len(telegram.spinners()) == 2
    with pytest.raises(NoSuchButtonError, match="Severe"):
        alice.taps("Severe")


async def test_a_tap_is_answered_once_and_in_time(
    bot: Bot, alice: User, telegram: Telegram, clock: SandboxClock
):
    await with_buttons(bot, alice)
    alice.taps("Mild")
    alice.taps("Mild")
    first, second = [update.callback_query for update in (await bot.get_updates())[1:]]
    assert await first.answer("Thanks", show_alert=True)
    assert telegram.events[-1] == telegram.events[-1] | {"kind": "toast", "text": "Thanks", "alert": True}
    with pytest.raises(BadRequest, match="Query is too old"):
        await first.answer()
    clock.advance(16)
    with pytest.raises(BadRequest, match="Query is too old"):
        await second.answer()
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query("made up")
    assert [query.query_id for query in telegram.spinners()] == [second.id]


async def test_a_callback_made_up_by_hand(bot: Bot, alice: User):
    alice.sends("/start")
    alice.calls_back("c:someone-else", message_id=999)
    query = (await bot.get_updates())[-1].callback_query
    assert query.data == "c:someone-else"
    assert not query.message.is_accessible


async def test_only_own_messages_can_be_edited_by_a_patient(bot: Bot, alice: User):
    message_id = await with_buttons(bot, alice)
    with pytest.raises(LookupError):
        alice.edits(message_id, "x")


@pytest.mark.parametrize("text", ["", "  ", "x" * 4097])
def test_an_app_sends_no_empty_or_overlong_text(alice: User, text):
    with pytest.raises(ValueError, match="1 to 4096"):
        alice.sends(text)
