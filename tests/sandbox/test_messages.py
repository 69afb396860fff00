"""What a bot sends, parsed back by python-telegram-bot itself over both faces."""

import io
import json
from datetime import timedelta

import pytest
from PIL import Image
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    MenuButtonCommands,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Forbidden, InvalidToken

from bot.sandbox.clock import SandboxClock
from bot.sandbox.telegram import Telegram
from bot.sandbox.user import User

NOT_MODIFIED = "Message is not modified"


@pytest.fixture
def alice(telegram: Telegram) -> User:
    alice = telegram.user("alice")
    alice.sends("/start")
    return alice


@pytest.fixture
def chat(alice: User) -> int:
    return alice.chat.chat_id


def keyboard(*rows: list[tuple[str, str]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(a, callback_data=b) for a, b in row] for row in rows])


def png(width: int = 40, height: int = 30) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(drawn, "PNG")
    return drawn.getvalue()


async def test_a_message_comes_back_whole(bot: Bot, chat: int, clock: SandboxClock):
    sent = await bot.send_message(
        chat,
        "<b>Hello</b> you",
        parse_mode=ParseMode.HTML,
        reply_markup=keyboard([("Yes", "y"), ("No", "n")]),
    )
    assert (sent.text, sent.text_html, sent.date) == ("Hello you", "<b>Hello</b> you", clock.now())
    assert (sent.chat.id, sent.chat.type, sent.from_user.is_bot) == (chat, "private", True)
    assert [button.callback_data for button in sent.reply_markup.inline_keyboard[0]] == ["y", "n"]
    assert (await bot.send_message(chat, "next")).message_id == sent.message_id + 1


async def test_message_ids_are_counted_in_each_chat(bot: Bot, chat: int, telegram: Telegram):
    bob = telegram.user("bob")
    bob.sends("hi")
    assert (await bot.send_message(bob.chat.chat_id, "x")).message_id == 2
    assert (await bot.send_message(chat, "x")).message_id == 2


@pytest.mark.parametrize(
    ("text", "parse_mode", "problem"),
    [
        ("   ", None, "Message text is empty"),
        ("<b></b>", "HTML", "Message text is empty"),
        ("x" * 4097, None, "Message is too long"),
        ("<b>" + "x" * 4097 + "</b>", "HTML", "Message is too long"),
        ("🌧" * 2049, None, "Message is too long"),
        ("<b>x", "HTML", "can't find end tag"),
        ("*x*", "MarkdownV2", "Unsupported parse_mode"),
    ],
)
async def test_a_text_that_telegram_refuses(bot: Bot, chat: int, text, parse_mode, problem):
    with pytest.raises(BadRequest, match=problem):
        await bot.send_message(chat, text, parse_mode=parse_mode)


async def test_length_counts_after_parsing(bot: Bot, chat: int):
    sent = await bot.send_message(chat, f"<b>{'&lt;' * 4096}</b>", parse_mode="HTML")
    assert len(sent.text) == 4096


@pytest.mark.parametrize("data", ["x" * 65, "ü" * 33])
async def test_callback_data_over_64_bytes(bot: Bot, chat: int, data):
    with pytest.raises(BadRequest, match=r"(?i)BUTTON_DATA_INVALID"):
        await bot.send_message(chat, "x", reply_markup=keyboard([("a", data)]))
    await bot.send_message(chat, "x", reply_markup=keyboard([("a", "ü" * 32)]))


async def test_a_button_without_an_action(bot: Bot, chat: int):
    with pytest.raises(BadRequest, match="text buttons are unallowed"):
        await bot.send_message(chat, "x", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("a")]]))


async def test_more_than_a_hundred_buttons(bot: Bot, chat: int):
    with pytest.raises(BadRequest, match="Reply markup is too long"):
        await bot.send_message(chat, "x", reply_markup=keyboard(*[[("a", "b")]] * 101))


async def test_who_may_be_written_to(bot: Bot, alice: User, chat: int, telegram: Telegram):
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(42, "x")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(telegram.user("stranger").chat.chat_id, "x")
    alice.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(chat, "x")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_chat_action(chat, ChatAction.TYPING)
    alice.unblocks()
    await bot.send_message(chat, "x")
    alice.deactivates()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(chat, "x")


async def test_replies(bot: Bot, chat: int):
    sent = await bot.send_message(chat, "yes", reply_to_message_id=1)
    assert sent.reply_to_message.text == "/start"
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(chat, "yes", reply_to_message_id=99)
    await bot.send_message(chat, "yes", reply_to_message_id=99, allow_sending_without_reply=True)


async def test_editing_a_text(bot: Bot, chat: int, alice: User, clock: SandboxClock):
    sent = await bot.send_message(chat, "one", reply_markup=keyboard([("a", "a")]))
    clock.advance(60)
    edited = await bot.edit_message_text("<i>two</i>", chat, sent.message_id, parse_mode="HTML")
    assert (edited.text_html, edited.reply_markup, edited.edit_date) == ("<i>two</i>", None, clock.now())
    assert edited.date == sent.date
    assert alice.last["text"] == "two"


async def test_an_edit_that_changes_nothing(bot: Bot, chat: int):
    marked = keyboard([("a", "a")])
    sent = await bot.send_message(chat, "one", reply_markup=marked)
    with pytest.raises(BadRequest, match=NOT_MODIFIED):
        await bot.edit_message_text("one", chat, sent.message_id, reply_markup=marked)
    with pytest.raises(BadRequest, match=NOT_MODIFIED):
        await bot.edit_message_reply_markup(chat, sent.message_id, reply_markup=marked)
    await bot.edit_message_reply_markup(chat, sent.message_id)
    with pytest.raises(BadRequest, match=NOT_MODIFIED):
        await bot.edit_message_reply_markup(chat, sent.message_id)


async def test_what_cannot_be_edited(bot: Bot, chat: int):
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", chat, 99)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", chat, 1)
    text = await bot.send_message(chat, "x")
    with pytest.raises(BadRequest, match="There is no caption in the message to edit"):
        await bot.edit_message_caption(chat, text.message_id, caption="y")
    with pytest.raises(BadRequest, match="There is no media in the message to edit"):
        await bot.edit_message_media(InputMediaPhoto(png()), chat, text.message_id)
    photo = await bot.send_photo(chat, png())
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("y", chat, photo.message_id)


async def test_old_messages_can_be_edited_but_not_deleted(
    bot: Bot, chat: int, clock: SandboxClock, alice: User
):
    old = await bot.send_message(chat, "x")
    clock.advance(timedelta(hours=48).total_seconds() - 1)
    young = await bot.send_message(chat, "y")
    assert await bot.delete_message(chat, 1)
    clock.advance(1)
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await bot.delete_message(chat, old.message_id)
    assert await bot.delete_message(chat, young.message_id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(chat, young.message_id)
    await bot.edit_message_text("z", chat, old.message_id)
    assert [message["text"] for message in alice.transcript] == ["z"]


async def test_a_photo(bot: Bot, chat: int):
    sent = await bot.send_photo(chat, png(), caption="<b>Week</b>", parse_mode="HTML")
    assert (sent.photo[-1].width, sent.photo[-1].height, sent.caption_html) == (40, 30, "<b>Week</b>")
    file = await bot.get_file(sent.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == png()
    again = await bot.send_photo(chat, sent.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"no picture", "(?i)IMAGE_PROCESS_FAILED"), (png(2100, 100), "(?i)PHOTO_INVALID_DIMENSIONS")],
)
async def test_a_photo_that_is_none(bot: Bot, chat: int, content, problem):
    with pytest.raises(BadRequest, match=problem):
        await bot.send_photo(chat, content)


async def test_unknown_files(bot: Bot, chat: int):
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await bot.send_photo(chat, "nonsense")
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await bot.get_file("nonsense")


async def test_a_document(bot: Bot, chat: int):
    sent = await bot.send_document(chat, b"{}", filename="diary.json", caption="All of it")
    assert (sent.document.file_name, sent.document.file_size, sent.caption) == ("diary.json", 2, "All of it")
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_document(chat, b"{}", caption="x" * 1025)


async def test_editing_media_and_caption(bot: Bot, chat: int):
    sent = await bot.send_photo(chat, png(), caption="one")
    edited = await bot.edit_message_media(
        InputMediaPhoto(png(80, 60), caption="<b>two</b>", parse_mode="HTML"), chat, sent.message_id
    )
    assert (edited.photo[-1].width, edited.caption_html) == (80, "<b>two</b>")
    edited = await bot.edit_message_caption(chat, sent.message_id, caption="three")
    assert (edited.caption, edited.caption_entities, edited.photo[-1].width) == ("three", (), 80)
    edited = await bot.edit_message_media(InputMediaDocument(b"{}", filename="a.json"), chat, sent.message_id)
    assert (edited.document.file_name, edited.photo, edited.caption) == ("a.json", (), None)
    with pytest.raises(BadRequest, match=NOT_MODIFIED):
        await bot.edit_message_caption(chat, sent.message_id)


async def test_a_reply_keyboard_stays_until_it_is_removed(bot: Bot, alice: User, chat: int):
    markup = ReplyKeyboardMarkup([[KeyboardButton("Share", request_location=True), "London"]])
    sent = await bot.send_message(chat, "Where?", reply_markup=markup)
    assert sent.reply_markup is None
    alice.taps("London")
    assert alice.last["text"] == "London"
    await bot.send_message(chat, "Thanks", reply_markup=ReplyKeyboardRemove())
    assert alice.chat.reply_keyboard is None


async def test_what_the_bot_says_of_itself(bot: Bot, chat: int, telegram: Telegram):
    assert bot.bot.is_bot
    assert bot.bot.id == int(telegram.token.split(":")[0])
    commands = [BotCommand("checkin", "Check in"), BotCommand("week", "Your week")]
    assert await bot.set_my_commands(commands)
    assert list(await bot.get_my_commands()) == commands
    assert [shown["command"] for shown in telegram.shown_commands()] == ["checkin", "week"]
    with pytest.raises(BadRequest, match=r"(?i)BOT_COMMAND_INVALID"):
        await bot.set_my_commands([("Check-in", "no")])
    assert await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert (await bot.get_chat_menu_button()).type == "commands"
    assert await bot.set_my_description("A diary")
    assert (await bot.get_my_description()).description == "A diary"
    assert await bot.set_my_short_description("Diary")
    assert (await bot.get_my_short_description()).short_description == "Diary"
    assert (await bot.get_chat(chat)).first_name == "alice"
    assert await bot.send_chat_action(chat, ChatAction.TYPING)
    assert telegram.events[-1]["kind"] == "typing"


async def test_leaving_a_group(bot: Bot, alice: User):
    group = alice.adds_to_group("Family")
    alice.sends_in(group, "hello bot")
    await bot.send_message(group.chat_id, "I only talk to one person.")
    assert await bot.leave_chat(group.chat_id)
    with pytest.raises(Forbidden, match="bot is not a member of the group chat"):
        await bot.send_message(group.chat_id, "x")
    updates = await bot.get_updates()
    assert [
        (u.my_chat_member.old_chat_member.status, u.my_chat_member.new_chat_member.status)
        for u in updates
        if u.my_chat_member
    ] == [("left", "member"), ("member", "left")]


async def test_an_unknown_method_is_no_silent_200(bot: Bot, telegram: Telegram, chat: int):
    with pytest.raises(InvalidToken, match="Not Found"):
        await bot.send_dice(chat)
    assert telegram.unknown_methods == ["sendDice"]


@pytest.mark.parametrize(("token", "status"), [("1:wrong", 401), ("nonsense", 404)])
async def test_a_wrong_token(telegram: Telegram, token, status):
    assert (await telegram.call(token, "getMe", {}))[0] == status


async def test_broken_json_in_a_parameter(telegram: Telegram, chat: int):
    values = {"chat_id": chat, "text": "x", "reply_markup": "{broken"}
    status, body = await telegram.call(telegram.token, "sendMessage", values)
    assert (status, body["description"]) == (
        400,
        "Bad Request: can't parse reply keyboard markup JSON object",
    )
    nested = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    for given in (nested, json.dumps(nested)):
        _, body = await telegram.call(telegram.token, "sendMessage", {**values, "reply_markup": given})
        assert body["result"]["reply_markup"] == nested
