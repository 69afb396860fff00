"""Whether a message can be read at all and asks something: words, in English, not only abuse, and not only thanks."""

import unicodedata
from collections.abc import Callable
from typing import Literal, get_args

from bot.faq.lexicon import Lexicon

Unreadable = Literal["empty", "other_language"]
SmallTalk = Literal["thanked", "parted", "greeted"]
_SMALL_TALK: tuple[SmallTalk, ...] = get_args(SmallTalk)
"""In the order in which they count where a message is several."""

_FEWEST_FOREIGN = 2
_FEWEST_WORDS = 3


def unreadable(
    text: str, words: list[str], lexicon: Lexicon, known: Callable[[str], bool]
) -> Unreadable | None:
    """Give why a message cannot be read, or `None` where it can; `known` says whether a word is an English one.

    A message is in another language when most of its letters are not Latin; when at least two of its words are
    common in another language and outnumber the common English ones; or when it has one such word, no common
    English one, and mostly words that are not known.
    """
    letters = [character for character in text if character.isalpha()]
    if not letters or not words:
        return "empty"
    latin = sum(unicodedata.name(character, "").startswith("LATIN") for character in letters)
    if 2 * latin < len(letters):
        return "other_language"
    common = lexicon.stop | lexicon.asking
    english = sum(word in common for word in words)
    foreign = sum(_without_accents(word) in lexicon.foreign and word not in common for word in words)
    strange = sum(not known(word) for word in words)
    if foreign >= _FEWEST_FOREIGN and foreign > english:
        return "other_language"
    odd = foreign and not english and len(words) >= _FEWEST_WORDS and 2 * (strange + foreign) > len(words)
    return "other_language" if odd else None


def rude(words: list[str], lexicon: Lexicon) -> bool:
    """Say whether a message holds a rude word."""
    return not lexicon.rude.isdisjoint(words)


def small_talk(words: list[str], lexicon: Lexicon) -> SmallTalk | None:
    """Give what a message is that only greets, thanks or takes leave, or `None` where it says anything more."""
    said, known = set(words), lexicon.small_talk
    allowed = known["polite"].union(*(known[kind] for kind in _SMALL_TALK))
    if said & known["thanked"]:
        allowed |= known["thanked_for"]
    if not said <= allowed:
        return None
    return next((kind for kind in _SMALL_TALK if said & known[kind]), None)


def insults(words: list[str], concepts: frozenset[str], lexicon: Lexicon) -> bool:
    """Say whether a message is rude to the bot, says nothing of its sender and holds nothing to ask about.

    "You are useless" is an insult; "I feel useless" is a person in need.
    """
    addressed = not lexicon.addressed.isdisjoint(words) and lexicon.own.isdisjoint(words)
    return rude(words, lexicon) and addressed and concepts <= lexicon.unasked


def _without_accents(word: str) -> str:
    return "".join(mark for mark in unicodedata.normalize("NFD", word) if not unicodedata.combining(mark))
