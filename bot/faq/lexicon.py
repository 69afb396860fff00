"""What words mean: spelling slips, words to pass over, and concepts, read from a language's lexicon.

A concept lets "spine op", "the operation" and "surgery" be one thing, so that a question is found by what it
means and not only by the words that someone thought of.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

_TAG = re.compile(r"<[^<>]{0,200}>")
_WORD = re.compile(r"a&e|[^\W_]+")
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("ly", ""))
_SHORTEST_STEM = 3


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Cut the endings that English adds, so that `hurting` and `hurts` are one word."""
    if len(word) <= _SHORTEST_STEM:
        return word
    for ending, instead in _ENDINGS:
        kept = len(word) - len(ending) + len(instead)
        if word.endswith(ending) and kept >= _SHORTEST_STEM and not word.endswith("ss"):
            word = word[: len(word) - len(ending)] + instead
            break
    if len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word[:-1] if len(word) > _SHORTEST_STEM + 1 and word.endswith("e") else word


def words_of(text: str, spelling: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Give the words of `text` in lower case, the slips that `spelling` knows put right, markup left out."""
    plain = _TAG.sub(" ", text).lower().replace("’", "'").replace("'", "")
    return [word for found in _WORD.findall(plain) for word in spelling.get(found, (found,))]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word knowledge of one language. Phrases are tuples of stems."""

    stop: frozenset[str]
    asking: frozenset[str]
    rude: frozenset[str]
    addressed: frozenset[str]
    own: frozenset[str]
    small_talk: Mapping[str, frozenset[str]]
    foreign: frozenset[str]
    spelling: Mapping[str, tuple[str, ...]]
    phrases: Mapping[tuple[str, ...], frozenset[str]]
    longest_from: Mapping[str, int]
    about: frozenset[str]
    near: frozenset[str]
    beside: frozenset[str]
    unasked: frozenset[str]
    subjects: tuple[frozenset[str], ...]

    def words(self, text: str) -> list[str]:
        """Give the words of `text` in lower case, spelling slips put right, markup left out."""
        return words_of(text, self.spelling)

    def concepts(self, stems: Sequence[str]) -> frozenset[str]:
        """Give the concepts that the stems, alone or as a phrase, stand for."""
        found: set[str] = set()
        for start, first in enumerate(stems):
            for end in range(start + 1, min(start + self.longest_from.get(first, 0), len(stems)) + 1):
                found |= self.phrases.get(tuple(stems[start:end]), frozenset())
        return frozenset(found)

    def known_stems(self) -> frozenset[str]:
        """Give every stem that the lexicon itself knows."""
        plain: Iterable[str] = (stem(word) for word in self.stop | self.asking)
        return frozenset(plain) | {part for phrase in self.phrases for part in phrase}


@cache
def load_lexicon(language: str = "en") -> Lexicon:
    """Read the lexicon of `language`; raises `FileNotFoundError` where there is none."""
    file = resources.files("bot") / "content" / language / "matching" / "lexicon.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    spelling = {slip: tuple(meant.split()) for slip, meant in table["spelling"].items()}
    phrases: dict[tuple[str, ...], frozenset[str]] = {}
    for concept, listed in table["concepts"].items():
        for phrase in listed.replace("\n", " ").split(","):
            stems = tuple(stem(word) for word in words_of(phrase, spelling))
            if stems:
                phrases[stems] = phrases.get(stems, frozenset()) | {concept}
    longest_from: dict[str, int] = {}
    for stems in phrases:
        longest_from[stems[0]] = max(len(stems), longest_from.get(stems[0], 0))
    scope = table["scope"]
    return Lexicon(
        stop=frozenset(table["stop"].split()),
        asking=frozenset(table["asking"].split()),
        rude=frozenset(table["rude"].split()),
        addressed=frozenset(table["addressed"].split()),
        own=frozenset(table["own"].split()),
        small_talk={kind: frozenset(words.split()) for kind, words in table["small_talk"].items()},
        foreign=frozenset(table["foreign"].split()),
        spelling=spelling,
        phrases=phrases,
        longest_from=longest_from,
        about=frozenset(scope["about"]),
        near=frozenset(scope["near"]),
        beside=frozenset(scope["beside"]),
        unasked=frozenset(scope["unasked"]),
        subjects=tuple(frozenset(subject) for subject in scope["subjects"]),
    )
