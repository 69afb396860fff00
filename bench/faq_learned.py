"""Learns our own entries and keeps what was learned, so that the bot need not learn them at each start.

    python bench/faq_learned.py

Writes `matching/learned.npz`. Run after any change of phrasings, examples of other talk, lexicon, word vectors or
features: a test says so if it was forgotten. Takes half a minute of one core and half a gigabyte.
"""

import math
import sys
from collections import Counter
from collections.abc import Sequence
from importlib import resources
from itertools import pairwise
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from bot.faq.classifier import MEANING, RIDGE, SHARPNESS, Floats, Learned
from bot.faq.entries import load_entries
from bot.faq.examples import digest, load_out_of_scope, load_phrasings
from bot.faq.features import message_features, message_vector, subject_shares
from bot.faq.lexicon import Lexicon, load_lexicon, stem
from bot.faq.matcher import OUTSIDE
from bot.faq.spelling import Corrector
from bot.faq.vectors import WordVectors, load_vectors

FILE = Path(str(resources.files("bot"))) / "content" / "en" / "matching" / "learned.npz"
Labelled = tuple[str, str]

KNOWN_FROM = 3
"""How many examples must have a word that neither lexicon nor vectors know, for it not to be a slip of another."""


def our_examples() -> list[Labelled]:
    """Give every title, phrasing and line of other talk with its label."""
    asked = [(entry.title, entry.id) for entry in load_entries().values()]
    asked += [(text, entry) for entry, texts in load_phrasings().items() for text in texts]
    return asked + [(text, OUTSIDE + kind) for kind, texts in load_out_of_scope().items() for text in texts]


def learn(examples: Sequence[Labelled], told: str = "") -> Learned:
    """Learn examples by kernel ridge regression; `told` is the digest of where they come from."""
    lexicon, word_vectors = load_lexicon(), load_vectors()
    texts = [text for text, _ in examples]
    seen = Counter(word for text in texts for word in set(lexicon.words(text)))
    word_rarity = {word: math.log((len(texts) + 1) / (count + 2)) for word, count in sorted(seen.items())}
    correct = slips_put_right(texts, lexicon, word_vectors)
    vectors = np.array(
        [message_vector(text, lexicon, word_vectors, word_rarity.__getitem__, correct) for text in texts],
        dtype=np.float32,
    )
    rough = np.round(vectors * 127).astype(np.int8)
    vectors = rough.astype(np.float32) / 127
    names, rarity, rows, columns, values = weighed(
        [message_features(text, lexicon, correct) for text in texts]
    )
    labels = tuple(sorted({label for _, label in examples}))
    targets = np.zeros((len(texts), len(labels)), dtype=np.float32)
    targets[np.arange(len(texts)), [labels.index(label) for _, label in examples]] = 1.0
    alike = likenesses(len(texts), rows, columns, values)
    alike += MEANING * np.exp(SHARPNESS * (vectors @ vectors.T - 1))
    shares = np.linalg.solve(alike, targets).astype(np.float16)
    weights = np.zeros((len(names), len(labels)), dtype=np.float32)
    np.add.at(weights, columns, values[:, None] * shares[rows].astype(np.float32))
    scales = np.abs(weights).max(axis=1) / 127
    subjects = [subject_shares([t for t, owner in examples if owner == label], lexicon) for label in labels]
    return Learned(
        digest=told,
        labels=labels,
        features=names,
        rarity=rarity,
        weights=np.round(weights / scales[:, None]).astype(np.int8),
        scales=scales.astype(np.float32),
        vectors=rough,
        shares=shares,
        word_rarity=word_rarity,
        subjects=np.array(subjects, dtype=np.float32),
    )


def slips_put_right(texts: Sequence[str], lexicon: Lexicon, word_vectors: WordVectors) -> Corrector:
    """Give what corrects the examples as the bot corrects a message: a slip that was learned would stay uncorrected."""
    words = [set(lexicon.words(text)) for text in texts]
    seen = Counter(stem(word) for found in words for word in found)
    known = {stem(word) for found in words for word in found if word in word_vectors}
    return Corrector(
        known | lexicon.known_stems() | {name for name, count in seen.items() if count >= KNOWN_FROM}
    )


def weighed(
    features: Sequence[dict[str, float]],
) -> tuple[tuple[str, ...], Floats, np.ndarray, np.ndarray, Floats]:
    """Give the features kept and their rarity, and each text's as rows, columns and values of length 1 a text.

    A pair that only one text has says little of others and would make the file three times as large.
    """
    counts = Counter(name for found in features for name in found)
    names = tuple(sorted(name for name, count in counts.items() if count > 1 or name[0] in "wc"))
    index = {name: place for place, name in enumerate(names)}
    rarity = np.log([(len(features) + 1) / (counts[name] + 0.5) for name in names]).astype(np.float32)
    triples = [
        (row, index[name], weight)
        for row, found in enumerate(features)
        for name, weight in found.items()
        if name in index
    ]
    rows, columns = np.array([t[0] for t in triples]), np.array([t[1] for t in triples])
    values = np.array([t[2] for t in triples], dtype=np.float32) * rarity[columns]
    lengths = np.sqrt(np.bincount(rows, values**2, minlength=len(features)))
    return names, rarity, rows, columns, (values / lengths[rows]).astype(np.float32)


def likenesses(size: int, rows: np.ndarray, columns: np.ndarray, values: Floats) -> Floats:
    """Give how alike each two examples are by their features, with the ridge on the diagonal."""
    alike = np.zeros((size, size), dtype=np.float32)
    alike[np.diag_indices(size)] = RIDGE
    order = np.argsort(columns, kind="stable")
    starts = np.searchsorted(columns[order], np.arange(columns.max() + 2))
    for start, end in pairwise(starts):
        having = order[start:end]
        alike[np.ix_(rows[having], rows[having])] += np.outer(values[having], values[having])
    return alike


def keep(learned: Learned, file: Path) -> None:
    """Write what was learned."""
    np.savez_compressed(
        file,
        digest=np.array(learned.digest),
        labels=as_bytes(learned.labels),
        features=as_bytes(learned.features),
        rarity=learned.rarity,
        weights=learned.weights,
        scales=learned.scales,
        vectors=learned.vectors,
        shares=learned.shares,
        words=as_bytes(learned.word_rarity),
        word_rarity=np.array(list(learned.word_rarity.values()), dtype=np.float32),
        subjects=learned.subjects,
    )


def as_bytes(names: Sequence[str] | dict[str, float]) -> np.ndarray:
    """Give names as one array of bytes, a line each, which loads faster than an array of texts."""
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


if __name__ == "__main__":
    keep(learn(our_examples(), digest()), FILE)
