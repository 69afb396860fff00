"""What the handlers know beside the database: the questions with answers, learned once when the bot starts."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.faq.entries import Entry, load_entries

if TYPE_CHECKING:
    from bot.faq.matcher import Matcher

_clinic_folder: Path | None = None
_entries: dict[str, Mapping[str, Entry]] = {}
_learned: dict[str, "Questions"] = {}
_learning = threading.Lock()
"""Two threads that learn the same at once would take the time and the memory twice."""


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of one language: the entries by id, their topics in order, and what finds them."""

    entries: Mapping[str, Entry]
    topics: tuple[str, ...]
    matcher: "Matcher"


def read(language: str, clinic_folder: Path | None) -> None:
    """Read the questions of `language` with a clinic's own over them; raises what `load_entries` raises."""
    global _clinic_folder  # noqa: PLW0603 -- set once, by the composition root, before the first update
    with _learning:
        _clinic_folder = clinic_folder
        _learned.clear()
        _entries[language] = load_entries(language, clinic_folder)


def questions(language: str) -> Questions:
    """Give the questions of `language`, learned when first asked for, which takes about a second."""
    known = _learned.get(language)
    if known is not None:
        return known
    with _learning:
        if language not in _learned:
            _learned[language] = _learn(language)
        return _learned[language]


def _learn(language: str) -> Questions:
    from bot.faq.library import matcher_of  # noqa: PLC0415 -- its numbers take a sixth of the memory of the start

    entries = _entries.get(language) or load_entries(language, _clinic_folder)
    topics = tuple(dict.fromkeys(entry.group for entry in entries.values()))
    return Questions(entries, topics, matcher_of(entries, language))
