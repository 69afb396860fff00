"""Whether a message can be read at all: words, in English, and not only abuse."""

import unicodedata
from typing import Literal

from bot.faq.lexicon import Lexicon

Unreadable = Literal["empty", "other_language"]

_FEWEST_FOREIGN = 2


def unreadable(text: str, words: list[str], lexicon: Lexicon) -> Unreadable | None:
    """Give why a message cannot be read, or `None` where it can.

    A message is in another language when most of its letters are not Latin, or when at least two of its words are
    common in another language and they outnumber the common English ones.
    """
    letters = [character for character in text if character.isalpha()]
    if not letters or not words:
        return "empty"
    latin = sum(unicodedata.name(character, "").startswith("LATIN") for character in letters)
    if 2 * latin < len(letters):
        return "other_language"
    bare = [_without_accents(word) for word in words]
    foreign = sum(word in lexicon.foreign and word not in lexicon.asking for word in bare)
    english = sum(word in lexicon.stop or word in lexicon.asking for word in words)
    return "other_language" if foreign >= _FEWEST_FOREIGN and foreign > english else None


def rude(words: list[str], lexicon: Lexicon) -> bool:
    """Say whether a message holds a rude word."""
    return any(word in lexicon.rude for word in words)


def _without_accents(word: str) -> str:
    return "".join(mark for mark in unicodedata.normalize("NFD", word) if not unicodedata.combining(mark))
