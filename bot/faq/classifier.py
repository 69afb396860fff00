"""A classifier of short texts: ridge regression, one column a class, over features and over meaning.

Two examples are alike by the features they share and by how close their vectors lie. What was learned from our own
examples comes ready (`bench/faq_learned.py`); those of a clinic join at start, in a few hundredths of a second.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

RIDGE = 0.6
"""The pull towards zero; 0.3 to 1.2 differ by under a point on held-back phrasings."""

MEANING = 2.0
"""What two messages of one meaning count for, beside 1 for two of the same features; 1 to 4 differ by half a point."""

SHARPNESS = 4.0
"""How fast likeness of meaning falls: as exp of this times the cosine less one. 2 to 6 differ by half a point."""

UNKNOWN_WORD = 0.15
"""What a word that no example has adds to a message's length, as a share of the rarest known word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What was learned from examples, as it is kept in a file.

    `weights` hold a row a feature and a column a label, as whole numbers times the row's `scales`. `vectors` (times
    127) and `shares` hold a row an example. `rarity` is how much a feature counts, `word_rarity` a word;
    `subjects` the share of a label's examples that speak of each subject. `digest` tells what it was learned from.
    """

    digest: str
    labels: tuple[str, ...]
    features: tuple[str, ...]
    rarity: Floats
    weights: NDArray[np.int8]
    scales: Floats
    vectors: NDArray[np.int8]
    shares: NDArray[np.float16]
    word_rarity: Mapping[str, float]
    subjects: Floats


@dataclass(frozen=True, slots=True)
class Example:
    """One text of a known label: its features with weights, and its vector of length 1 (or 0)."""

    features: Mapping[str, float]
    vector: Floats
    label: str


class Classifier:
    """Gives each label's value for a message."""

    def __init__(self, learned: Learned, joining: Sequence[Example] = ()) -> None:
        self.labels = learned.labels
        self._index = {name: place for place, name in enumerate(learned.features)}
        self._rarity = learned.rarity
        self._rarest = float(learned.rarity.max())
        self._weights, self._scales = learned.weights, learned.scales
        self._joined: dict[int, Floats] = {}
        self._vectors: Floats = learned.vectors.astype(np.float32) / np.float32(127)
        self._shares = learned.shares.astype(np.float32)
        if joining:
            self._join(joining)

    def knows(self, feature: str) -> bool:
        """Say whether any example has the feature."""
        return feature in self._index

    def words(self) -> frozenset[str]:
        """Give every stem that some example has."""
        return frozenset(name.removeprefix("w ") for name in self._index if name.startswith("w "))

    def read(self, features: Mapping[str, float], vector: Floats) -> Floats:
        """Give each label's value, about 0 to 1, for a message of these features and this vector."""
        columns, values = self._weigh(features)
        strange = sum(
            weight**2 for name, weight in features.items() if name[0] == "w" and name not in self._index
        )
        values /= float(np.sqrt((values**2).sum() + UNKNOWN_WORD * strange * self._rarest**2)) or 1.0
        return self._read(columns, values, vector)

    def _read(self, columns: NDArray[np.int64], values: Floats, vector: Floats) -> Floats:
        found = alike_in_meaning(self._vectors @ vector) @ self._shares
        ready = columns < len(self._scales)
        rows = columns[ready]
        known = self._weights.shape[1]
        found[:known] += (values[ready] * self._scales[rows]) @ self._weights[rows].astype(np.float32)
        for column, value in zip(columns.tolist(), values, strict=True):
            if column in self._joined:
                found += value * self._joined[column]
        read: Floats = found
        return read

    def _weigh(self, features: Mapping[str, float]) -> tuple[NDArray[np.int64], Floats]:
        known = [name for name in features if name in self._index]
        columns = np.array([self._index[name] for name in known], dtype=np.int64)
        weights = np.array([features[name] for name in known], dtype=np.float32)
        return columns, weights * self._rarity[columns]

    def _join(self, examples: Sequence[Example]) -> None:
        """Learn examples on top: what is still missing of their values, with what was learned before kept as it is."""
        before = len(self._index)
        for name in (name for example in examples for name in example.features):
            self._index.setdefault(name, len(self._index))
        new = np.full(len(self._index) - before, self._rarest, dtype=np.float32)
        self._rarity = np.concatenate([self._rarity, new])
        more = sorted({example.label for example in examples} - set(self.labels))
        self.labels = (*self.labels, *more)
        self._shares = np.pad(self._shares, ((0, 0), (0, len(more))))
        vectors = np.array([example.vector for example in examples], dtype=np.float32)
        missing = np.zeros((len(examples), len(self.labels)), dtype=np.float32)
        likeness = alike_in_meaning(vectors @ vectors.T) + RIDGE * np.eye(len(examples), dtype=np.float32)
        having: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
        for row, example in enumerate(examples):
            columns, values = self._weigh(example.features)
            values /= float(np.linalg.norm(values)) or 1.0
            missing[row] = -self._read(columns, values, example.vector)
            missing[row, self.labels.index(example.label)] += 1.0
            for column, value in zip(columns.tolist(), values.tolist(), strict=True):
                having[column].append((row, value))
        for found in having.values():
            rows, values = [row for row, _ in found], np.array([value for _, value in found])
            likeness[np.ix_(rows, rows)] += np.outer(values, values).astype(np.float32)
        shares = np.linalg.solve(likeness, missing).astype(np.float32)
        for column, found in having.items():
            self._joined[column] = (
                np.array([value for _, value in found], np.float32) @ shares[[row for row, _ in found]]
            )
        self._vectors = np.concatenate([self._vectors, vectors])
        self._shares = np.concatenate([self._shares, shares])


def alike_in_meaning(cosines: Floats) -> Floats:
    """Give what two messages whose vectors stand at these cosines count for as alike in meaning."""
    likeness: Floats = MEANING * np.exp(SHARPNESS * (cosines - 1))
    return likeness
