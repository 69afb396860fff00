"""Nothing secret and nothing of a patient gets into a log, at any level, not even in a traceback."""

import io
import logging

import pytest

from bot.logs import RedactingFormatter, alias, configure_logging

TOKEN = "1000001:sandbox-needs-no-secret-token-000000"


@pytest.fixture
def log():
    stream = io.StringIO()
    before = logging.getLogger().handlers[:], logging.getLogger().level
    configure_logging([TOKEN], logging.DEBUG)
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    logging.captureWarnings(capture=False)
    logging.getLogger().handlers[:], level = before
    logging.getLogger().setLevel(level)


def test_a_token_is_taken_out_of_messages_and_tracebacks(log):
    try:
        int(TOKEN)
    except ValueError:
        logging.getLogger("anything").exception("calling https://api.telegram.org/bot%s/getMe", TOKEN)
    assert TOKEN not in log.getvalue()
    assert "[redacted]" in log.getvalue()
    assert "Traceback" in log.getvalue()


def test_a_token_that_was_not_named_is_known_by_its_form():
    line = RedactingFormatter().redact("bot123456789:AAF3kd9dkK_sldk-fjdlsk39sldkfj3/getMe")
    assert line == "bot[redacted]/getMe"


async def test_a_flow_leaves_no_words_in_the_log(log, runs, echo):
    async def fail(turn, update):
        raise ValueError(update.message.text)

    async with runs() as (_, sandbox):
        alice = await sandbox.patient("alice")
        await alice.send("my own secret pain")
        echo.on_update = fail
        await alice.send("another secret pain")
        assert alice.last.text == "sorry"
    written = log.getvalue()
    assert "ValueError" in written
    for secret in ("secret pain", "alice", TOKEN, str(alice.chat_id)):
        assert secret not in written


def test_an_alias_is_stable_and_says_nothing():
    assert alias(5) == alias(5) != alias(6)
