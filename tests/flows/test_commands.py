"""The menu, what is not known, groups, and a failure that must not reach anyone else."""

import pytest

import handlers
from handlers import weekly
from handlers.route import Patients
from tests.flows.conftest import heard


async def test_the_menu_of_commands_is_set(bot):
    (call,) = await bot.sandbox.requests("setMyCommands")
    names = [command["command"] for command in call["parameters"]["commands"]]
    assert names[:7] == ["checkin", "week", "faq", "diary", "settings", "privacy", "help"]
    assert len(await bot.sandbox.requests("setChatMenuButton")) == 1


@pytest.mark.parametrize("name", handlers.COMMANDS)
async def test_every_command_of_the_menu_answers(bot, name):
    nora = await bot.onboarded()
    said = len(nora.from_bot)
    await nora.send(f"/{name}@backtrack_bot")
    assert len(nora.from_bot) > said
    assert not heard(nora, "I don't know that command")
    assert not heard(nora, "something went wrong")


async def test_an_unknown_command_says_so(bot):
    nora = await bot.onboarded()
    await nora.send("/dance now")
    assert "I don't know that command" in nora.last.text


async def test_a_command_ends_what_was_asked(bot):
    nora = await bot.onboarded()
    await nora.send("/ask_doctor")
    await nora.send("/help")
    await nora.send("is heat good for my back?")
    assert await bot.rows("doctor_questions") == []


async def test_a_group_is_left_politely_and_nothing_is_kept(bot):
    nora = await bot.patient()
    added = await bot.sandbox.post("groups", {"title": "Family", "name": nora.name})
    await bot.sandbox.wait_idle()
    calls = [call for call in await bot.sandbox.requests() if call["chat_id"] == added["chat_id"]]
    assert [call["method"] for call in calls] == ["sendMessage", "leaveChat"]
    assert "one to one" in calls[0]["parameters"]["text"]
    assert await bot.rows("patients") == []


async def test_a_handler_that_fails_says_sorry_and_leaves_others_alone(bot, monkeypatch):
    nora, omar = await bot.onboarded(), await bot.onboarded("Omar")

    async def broken(turn, patient, update):
        raise RuntimeError("a private thing")

    routes = tuple(
        Patients(route.when, broken) if route.handle is weekly.open_now else route
        for route in handlers.ROUTES
    )
    monkeypatch.setattr(handlers, "ROUTES", routes)
    await nora.send("/week")
    assert "something went wrong on my side" in nora.last.text
    assert "999" in nora.last.text
    assert "private" not in str(await bot.tables())
    await omar.send("/help")
    assert "What I can do" in omar.last.text
    await nora.send("/help")
    assert "What I can do" in nora.last.text


async def test_an_update_that_cannot_be_read_is_set_aside_and_the_bot_goes_on(bot):
    nora = await bot.onboarded()
    await bot.sandbox.inject("message", {"message_id": "x", "chat": {"id": nora.chat_id}, "text": 5})
    await bot.sandbox.wait_idle()
    await nora.send("/help")
    assert "What I can do" in nora.last.text
    assert [row["state"] for row in await bot.rows("inbox")].count("failed") == 1
