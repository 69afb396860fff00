"""A message as weighted features: its words, neighbouring words, concepts, and pairs of concepts.

Of a long message, the sentences that ask count in full and the story around them for less, as the story names
symptoms and places that the question is not about.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from bot.faq.lexicon import Lexicon, stem
from bot.faq.vectors import Floats, WordVectors

WORD, NEIGHBOURS, ORDER, CONCEPT, CONCEPT_PAIR = 1.0, 0.6, 0.6, 1.3, 0.8
"""How much each sort of feature counts: chosen on held-back phrasings. Groups of letters added nothing."""

STORY = 0.4
"""What a sentence of the story counts for, beside 1 for a sentence that asks."""

LONG_MESSAGE = 10
"""Words from which a message is taken apart into sentences."""

MOST_WORDS = 1400
"""Words read of one message: more than a Telegram message of 4096 characters is likely to hold."""

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")

Correct = Callable[[str], str]


def message_features(text: str, lexicon: Lexicon, correct: Correct) -> dict[str, float]:
    """Give the features of a whole message, the strongest weight where one comes twice."""
    strongest: dict[str, float] = {}
    for words, weight in weighted_sentences(text, lexicon):
        for name, value in sentence_features(words, lexicon, correct):
            if value * weight > strongest.get(name, 0.0):
                strongest[name] = value * weight
    return strongest


def message_vector(
    text: str, lexicon: Lexicon, vectors: WordVectors, rarity: Callable[[str], float], correct: Correct
) -> Floats:
    """Give the mean of the vectors of a message's words, each as heavy as it is rare among the examples."""
    weights: dict[str, float] = {}
    for words, weight in weighted_sentences(text, lexicon):
        for word in words:
            known = word if word in vectors else correct(stem(word))
            weights[known] = weights.get(known, 0.0) + weight * rarity(word)
    return vectors.mean(weights)


def weighted_sentences(text: str, lexicon: Lexicon) -> list[tuple[list[str], float]]:
    """Take a message apart into sentences of words, each with the weight it counts for (0 to 1)."""
    whole = lexicon.words(text)[:MOST_WORDS]
    if len(whole) <= LONG_MESSAGE:
        return [(whole, 1.0)]
    sentences = []
    left = MOST_WORDS
    for sentence in _SENTENCE.split(text):
        words = lexicon.words(sentence)[:left]
        left -= len(words)
        if words:
            sentences.append((words, sentence.rstrip().endswith("?") or words[0] in lexicon.asking))
    nobody_asks = not any(asks for _, asks in sentences)
    return [(words, 1.0 if asks or nobody_asks else STORY) for words, asks in sentences]


def sentence_features(
    words: Sequence[str], lexicon: Lexicon, correct: Correct
) -> Iterator[tuple[str, float]]:
    """Give each feature of one sentence with its weight."""
    stems = [correct(stem(word)) for word in words]
    content = [stemmed for stemmed, word in zip(stems, words, strict=True) if word not in lexicon.stop]
    for stemmed in content:
        yield f"w {stemmed}", WORD
    for first, second in pairwise(content):
        yield f"n {first} {second}", NEIGHBOURS
    for first, second in pairwise(stems):
        yield f"o {first} {second}", ORDER
    concepts = sorted(lexicon.concepts(stems))
    for concept in concepts:
        yield f"c {concept}", CONCEPT
    for first, second in combinations(concepts, 2):
        yield f"p {first} {second}", CONCEPT_PAIR


def subjects_of(words: Sequence[str], lexicon: Lexicon, correct: Correct) -> NDArray[np.bool_]:
    """Say of each subject of the lexicon whether the words speak of it."""
    concepts = lexicon.concepts([correct(stem(word)) for word in words])
    return np.array([not concepts.isdisjoint(subject) for subject in lexicon.subjects])


def subject_shares(texts: Sequence[str], lexicon: Lexicon) -> Floats:
    """Give for each subject the share of `texts` that speak of it, never quite 0 or 1."""
    speak = np.ones(len(lexicon.subjects), dtype=np.float32)
    for text in texts:
        speak += subjects_of(lexicon.words(text), lexicon, str)
    shares: Floats = speak / np.float32(len(texts) + 2)
    return shares
