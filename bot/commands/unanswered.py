"""`python -m bot unanswered`: the questions that patients passed on to the clinic, most often asked first."""

import argparse
import asyncio
import sys

from bot.settings import Settings
from storage import unanswered
from storage.engine import StorageError, open_database


def configure(parser: argparse.ArgumentParser) -> None:
    """Take no arguments: the database is that of the settings."""
    parser.set_defaults(run=_run)


def _run(_: argparse.Namespace) -> int:
    try:
        rows = asyncio.run(_read(Settings().database_url))
    except StorageError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for question, times, last_asked in rows:
        print(f"{times:5}  {last_asked}  {question}")
    if not rows:
        print("No question was passed on yet.")
    return 0


async def _read(url: str) -> list[tuple[str, int, str]]:
    async with open_database(url, read_only=True) as database:
        return await unanswered.by_frequency(database)
