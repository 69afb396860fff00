"""What an operator is told when the bot cannot start: one clear sentence, and no traceback."""

import asyncio
from datetime import date

import pytest

import bot.app
from bot.sandbox.clock import SandboxClock
from bot.sandbox.server import serve
from bot.sandbox.telegram import Telegram
from tests.flows.test_privacy import run

TOKEN = "123456:ABCdefGHIjklMNOpqrSTUvwxYZ012345678"


def told(run):
    """Give the one line that an operator reads, and fail on anything that looks like a crash."""
    assert run.returncode != 0
    assert "Traceback" not in run.stderr + run.stdout
    return run.stderr.strip()


def test_without_a_token_it_says_how_to_get_one(tmp_path):
    said = told(run(tmp_path, "run"))
    assert "@BotFather" in said
    assert "make demo" in said
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("TELEGRAM_API_URL", "not an address"), ("MESSAGES_PER_SECOND", "-1"), ("DATABASE_URL", "mysql://x")],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path, name, value):
    said = told(run(tmp_path, "run", TELEGRAM_BOT_TOKEN=TOKEN, **{name: value}))
    assert name in said
    assert len(said.splitlines()) == 1


def test_a_broken_entry_of_the_clinic_is_named_with_its_file(tmp_path):
    folder = tmp_path / "faq"
    folder.mkdir()
    (folder / "our-clinic.toml").write_text("title = \n", encoding="utf-8")
    said = told(run(tmp_path, "run", TELEGRAM_BOT_TOKEN=TOKEN, FAQ_DIR=str(folder)))
    assert "our-clinic.toml" in said
    assert "line 1" in said
    assert len(said.splitlines()) == 1


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "data").write_text("a file in the way", encoding="utf-8")
    said = told(run(tmp_path, "run", TELEGRAM_BOT_TOKEN=TOKEN))
    assert str(tmp_path / "data") in said
    assert len(said.splitlines()) == 1


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "backtrack.db").write_text("hello " * 1000, encoding="utf-8")
    said = told(run(tmp_path, "run", TELEGRAM_BOT_TOKEN=TOKEN))
    assert "database" in said.lower()
    assert len(said.splitlines()) == 1


async def test_a_database_in_use_by_another_bot_is_told(bot):
    said = told(run(bot.folder.parent, "run", TELEGRAM_BOT_TOKEN=TOKEN))
    assert "another" in said.lower()
    assert len(said.splitlines()) == 1


async def test_a_wrong_token_is_told(tmp_path):
    server = await serve(Telegram(SandboxClock()))
    try:
        ran = await asyncio.to_thread(
            run, tmp_path, "run", TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=server.address
        )
    finally:
        await server.close()
    said = told(ran).splitlines()[-1]
    assert "does not accept TELEGRAM_BOT_TOKEN" in said
    assert TOKEN not in ran.stderr


@pytest.mark.parametrize("verb", ["unanswered", "explain 1"])
def test_a_verb_without_a_database_says_where_it_looked(tmp_path, verb):
    said = told(run(tmp_path, *verb.split()))
    assert "There is no database at" in said
    assert not (tmp_path / "data").exists()


def test_a_start_names_the_numbers_that_nobody_has_checked(caplog):
    bot.app._name_unverified(date(2026, 11, 22))
    (said,) = caplog.messages
    assert "IE, CA, DE, FR, ES, AU, NZ, IN" in said
    assert "docs/clinical.md" in said
