"""What a sentence is about, as the weighted mean of vectors of its words: words that are used alike lie close.

The vectors were read once from a sentence model (`bench/faq_vectors.py`), so that a word which no example has still
says something. They take under a megabyte and a look-up a word, where the model would take 80 MB and 30 ms.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class WordVectors:
    """A table of words and their vectors, kept in one byte a number."""

    def __init__(self, words: Iterable[str], vectors: NDArray[np.int8]) -> None:
        self._place: Mapping[str, int] = {word: place for place, word in enumerate(words)}
        self._vectors = vectors

    def __contains__(self, word: str) -> bool:
        """Say whether the table has the word."""
        return word in self._place

    @property
    def width(self) -> int:
        """Give how many numbers a vector has."""
        return int(self._vectors.shape[1])

    def mean(self, weights: Mapping[str, float]) -> Floats:
        """Give the weighted mean of known words, at length 1; all zero where none is known."""
        known = [(self._place[word], weight) for word, weight in weights.items() if word in self._place]
        if not known:
            return np.zeros(self.width, dtype=np.float32)
        places, shares = zip(*known, strict=True)
        total: Floats = np.array(shares, dtype=np.float32) @ self._vectors[list(places)].astype(np.float32)
        return total / (np.linalg.norm(total) or np.float32(1))


@cache
def load_vectors(language: str = "en") -> WordVectors:
    """Read the table of `language`; raises `FileNotFoundError` where there is none."""
    file = resources.files("bot") / "content" / language / "matching" / "vectors.npz"
    with file.open("rb") as stream, np.load(stream) as table:
        return WordVectors(table["words"].tobytes().decode().split("\n"), table["vectors"])
