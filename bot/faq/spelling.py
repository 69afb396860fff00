"""Slips of spelling put right against the words that the answers know."""

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz.distance import OSA

_SHORTEST = 5
_LONG = 8
_MOST_KEPT = 4096


class Corrector:
    """Gives for an unknown stem the known one that is one slip away (two in a long word), else the stem itself.

    A slip is a letter more, less, other or swapped. The first letter is taken as right, as people seldom miss it.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._by_start: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for word in sorted(self._known):
            self._by_start[word[0], len(word)].append(word)
        self._found: dict[str, str] = {}

    def __call__(self, word: str) -> str:
        """Give the known stem nearest to `word`, or `word`."""
        if word in self._known or len(word) < _SHORTEST or not word.isalpha():
            return word
        if word not in self._found:
            if len(self._found) >= _MOST_KEPT:
                self._found.clear()
            self._found[word] = self._nearest(word)
        return self._found[word]

    def _nearest(self, word: str) -> str:
        most = 1 if len(word) < _LONG else 2
        lengths = range(len(word) - most, len(word) + most + 1)
        slips = (
            (OSA.distance(word, known, score_cutoff=most), known)
            for length in lengths
            for known in self._by_start.get((word[0], length), ())
        )
        distance, nearest = min(slips, default=(most + 1, word))
        return nearest if distance <= most else word
