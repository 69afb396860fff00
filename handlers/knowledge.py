"""What the handlers know beside the database: the questions with answers, learned once when the bot starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.faq.entries import Entry, load_entries
from bot.faq.library import load_matcher
from bot.faq.matcher import Matcher

_clinic_folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of one language: the entries by id, their topics in order, and what finds them."""

    entries: Mapping[str, Entry]
    topics: tuple[str, ...]
    matcher: Matcher


def learn(language: str, clinic_folder: Path | None) -> Questions:
    """Read the questions of `language` with a clinic's own over them; raises what `load_entries` raises."""
    global _clinic_folder  # noqa: PLW0603 -- set once, by the composition root, before the first update
    _clinic_folder = clinic_folder
    questions.cache_clear()
    return questions(language)


@cache
def questions(language: str) -> Questions:
    """Give the questions of `language`, with the folder that `learn` was given."""
    entries = load_entries(language, _clinic_folder)
    topics = tuple(dict.fromkeys(entry.group for entry in entries.values()))
    return Questions(entries, topics, load_matcher(language, _clinic_folder))
