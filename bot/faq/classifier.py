"""A classifier of short texts that learns a few thousand examples in a fraction of a second, without a toolchain.

Ridge regression on one column a class, solved in the space of the examples, so that a clinic's own entries join
at start. Two examples are alike by the features they share and by how close their vectors lie. Beside it stands the
nearest example of each class, which is sharper for a question nearly like one known.
"""

import hashlib
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

RIDGE = 0.6
"""The pull towards zero; 0.2 to 0.8 differ by under half a point on held-back phrasings."""

MEANING = 2.0
"""What two messages of one meaning count for, beside 1 for two of the same features."""

_SHARPNESS = 4.0
"""How fast likeness of meaning falls: as exp of this times the cosine less one. 2 to 6 differ by half a point."""

UNKNOWN_WORD = 0.15
"""What a word that no example has adds to a message's length, as a share of the rarest known word."""

_COMMON = 120
"""Features in more examples than this are multiplied as one dense block, the rest one by one."""

_BLOCK = 256


@dataclass(frozen=True, slots=True)
class Reading:
    """What the classifier makes of one message, a value for each class: by regression, and by nearest example."""

    regression: Floats
    nearest: Floats


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned from examples: each one's weight for each class, and a digest of what they were."""

    digest: str
    shares: NDArray[np.float16]


class Classifier:
    """Learns from examples, given as features with weights, a vector of length 1 (or 0), and the class of each.

    What was learned before is taken over where it came from the same examples, which saves a second.
    """

    def __init__(
        self, examples: Iterable[tuple[Mapping[str, float], Floats, str]], learned: Learned | None = None
    ) -> None:
        self._index: dict[str, int] = {}
        labels, lengths, vectors = [], [], []
        columns, weights = array("i"), array("f")
        for features, vector, label in examples:
            labels.append(label)
            vectors.append(vector)
            lengths.append(len(features))
            columns.extend(self._index.setdefault(name, len(self._index)) for name in features)
            weights.extend(features.values())
        self.labels = tuple(sorted(set(labels)))
        position = {label: index for index, label in enumerate(self.labels)}
        self._class_of = np.array([position[label] for label in labels])
        self._vectors = np.array(vectors, dtype=np.float32)
        self._measure(np.array(columns), np.array(weights), np.array(lengths))
        digest = self._digest(labels, columns.tobytes() + weights.tobytes())
        known = learned is not None and learned.digest == digest
        self.learned = learned if learned and known else Learned(digest, self._learn())
        self._shares = self.learned.shares.astype(np.float32)
        self._weights = self._feature_weights()

    def knows(self, feature: str) -> bool:
        """Say whether any example has the feature."""
        return feature in self._index

    def words(self) -> frozenset[str]:
        """Give every stem that some example has."""
        return frozenset(name.removeprefix("w ") for name in self._index if name.startswith("w "))

    def read(self, features: Mapping[str, float], vector: Floats) -> Reading:
        """Give each class's values for a message of these features and this vector."""
        columns, values = self._vector(features)
        strange = sum(
            weight**2 for name, weight in features.items() if name[0] == "w" and name not in self._index
        )
        length = float(np.sqrt((values**2).sum() + UNKNOWN_WORD * strange * self._rarest**2)) or 1.0
        values /= length
        likeness = np.zeros(len(self._class_of), dtype=np.float32)
        for column, value in zip(columns, values, strict=True):
            start, end = self._starts[column], self._starts[column + 1]
            likeness[self._rows[start:end]] += value * self._values[start:end]
        nearest = np.zeros(len(self.labels), dtype=np.float32)
        np.maximum.at(nearest, self._class_of, likeness)
        meaning = _meaning(self._vectors @ vector)
        return Reading(regression=values @ self._weights[columns] + meaning @ self._shares, nearest=nearest)

    def _vector(self, features: Mapping[str, float]) -> tuple[NDArray[np.int64], Floats]:
        known = [name for name in features if name in self._index]
        columns = np.array([self._index[name] for name in known], dtype=np.int64)
        weights = np.array([features[name] for name in known], dtype=np.float32)
        return columns, weights * self._rarity[columns]

    def _digest(self, labels: list[str], features: bytes) -> str:
        """Tell these examples from any others; vectors are rounded, as machines add in different orders."""
        told = hashlib.sha256(repr((labels, list(self._index), RIDGE, MEANING, _SHARPNESS)).encode())
        told.update(features)
        told.update(np.round(np.abs(self._vectors).sum(axis=0)).astype(np.int32).tobytes())
        return told.hexdigest()

    def _measure(self, columns: NDArray[np.int32], weights: Floats, lengths: NDArray[np.int64]) -> None:
        """Weigh the features by how rare they are and set them out by feature."""
        size = len(lengths)
        counts = np.bincount(columns, minlength=len(self._index))
        self._rarest = float(np.log(size))
        self._rarity = np.log((size + 1) / (counts + 0.5)).astype(np.float32)
        rows = np.repeat(np.arange(size, dtype=np.int32), lengths)
        values = weights * self._rarity[columns]
        values /= np.sqrt(np.bincount(rows, values**2, minlength=size)).astype(np.float32)[rows]
        order = np.argsort(columns, kind="stable")
        self._rows, self._values = rows[order], values[order]
        self._starts = np.concatenate([[0], np.cumsum(counts)])

    def _learn(self) -> NDArray[np.float16]:
        size = len(self._class_of)
        shares = np.zeros((size, len(self.labels)), dtype=np.float32)
        shares[np.arange(size), self._class_of] = 1.0
        solve_positive(self._likenesses(size), shares)
        return shares.astype(np.float16)

    def _feature_weights(self) -> Floats:
        """Give each feature's weight for each class: what its examples share, added up."""
        shares = self._shares
        counts = np.diff(self._starts)
        weights = np.zeros((len(self._index), len(self.labels)), dtype=np.float32)
        once = self._starts[:-1][counts == 1]
        weights[counts == 1] = self._values[once, None] * shares[self._rows[once]]
        for column in np.flatnonzero(counts > 1):
            start, end = self._starts[column], self._starts[column + 1]
            weights[column] = self._values[start:end] @ shares[self._rows[start:end]]
        return weights

    def _likenesses(self, size: int) -> list[Floats]:
        """Give each example's likeness to those before it and itself, with the ridge there, a block of rows each."""
        starts = range(0, size, _BLOCK)
        blocks = [
            np.zeros((min(_BLOCK, size - start), min(start + _BLOCK, size)), dtype=np.float32)
            for start in starts
        ]
        counts = np.diff(self._starts)
        once = self._starts[:-1][counts == 1]
        alone = RIDGE + np.bincount(self._rows[once], self._values[once] ** 2, minlength=size)
        common = np.flatnonzero(counts > _COMMON)
        dense = np.zeros((size, len(common)), dtype=np.float32)
        for place, column in enumerate(common):
            start, end = self._starts[column], self._starts[column + 1]
            dense[self._rows[start:end], place] = self._values[start:end]
        for start, block in zip(starts, blocks, strict=True):
            end = start + len(block)
            block[np.arange(len(block)), np.arange(start, end)] = alone[start:end]
            np.add(block, dense[start:end] @ dense[:end].T, out=block)
            np.add(block, _meaning(self._vectors[start:end] @ self._vectors[:end].T), out=block)
        for column in np.flatnonzero((counts > 1) & (counts <= _COMMON)):
            start, end = self._starts[column], self._starts[column + 1]
            _add_likeness(blocks, self._rows[start:end], self._values[start:end])
        return blocks


def _meaning(cosines: Floats) -> Floats:
    """Give what two messages whose vectors stand at these cosines count for as alike in meaning."""
    likeness: Floats = MEANING * np.exp(_SHARPNESS * (cosines - 1))
    return likeness


def _add_likeness(blocks: list[Floats], rows: NDArray[np.int32], values: Floats) -> None:
    """Add what one feature makes the examples alike that have it; `rows` rise."""
    first = 0
    while first < len(rows):
        number = rows[first] // _BLOCK
        end = int(np.searchsorted(rows, (number + 1) * _BLOCK))
        own = rows[first:end, None] - number * _BLOCK
        blocks[number][own, rows[:end]] += values[first:end, None] * values[:end]
        first = end


def solve_positive(matrix: list[Floats], targets: Floats) -> None:
    """Put the solution of `matrix @ x = targets` into `targets`, for a symmetric positive matrix, which is used up.

    Of the matrix only what is on and left of the diagonal is given, a block of rows each: half the memory, and
    Cholesky's method by blocks, in place, is half the work of a general solver.
    """
    for place, block in enumerate(matrix):
        end = block.shape[1]
        start = end - len(block)
        before, own = slice(0, start), slice(start, end)
        block[:, own] -= block[:, before] @ block[:, before].T
        lower = block[:, own] = np.linalg.cholesky(block[:, own])
        inverse = np.linalg.inv(lower)
        targets[own] = inverse @ (targets[own] - block[:, before] @ targets[before])
        for later in matrix[place + 1 :]:
            later[:, own] = (later[:, own] - later[:, before] @ block[:, before].T) @ inverse.T
    for block in reversed(matrix):
        end = block.shape[1]
        start = end - len(block)
        targets[start:end] = np.linalg.solve(block[:, start:].T, targets[start:end])
        targets[:start] -= block[:, :start].T @ targets[start:end]
