"""`python -m bot run`: the bot on Telegram."""

import argparse
import sys

from pydantic import ValidationError

from bot.app import BrokenContentError, MissingTokenError, run
from bot.logs import configure_logging
from bot.runtime.inbox import FatalError
from bot.settings import Settings
from storage.engine import StorageError

_HOW_TO_BEGIN = """There is no TELEGRAM_BOT_TOKEN.

To get one: open Telegram, write to @BotFather, send /newbot and answer its two questions.
It gives you a token such as 123456:ABC-DEF. Put it into a file named .env beside the Makefile:

    TELEGRAM_BOT_TOKEN=123456:ABC-DEF

To try the bot without a token: make demo"""

_NOT_STARTED = 69
"""EX_UNAVAILABLE of sysexits.h: the operator has something to mend first."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Take no arguments: everything is set by the environment."""
    parser.set_defaults(run=_run)


def _run(_: argparse.Namespace) -> int:
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        sys.stderr.write(f"The setting {str(first['loc'][0]).upper()} can't be used: {first['msg']}.\n")
        return _NOT_STARTED
    token = settings.telegram_bot_token
    configure_logging(hidden=[token.get_secret_value()] if token else [])
    try:
        run(settings)
    except MissingTokenError:
        sys.stderr.write(f"{_HOW_TO_BEGIN}\n")
        return _NOT_STARTED
    except (BrokenContentError, FatalError, StorageError) as error:
        sys.stderr.write(f"{error}\n")
        return _NOT_STARTED
    return 0
