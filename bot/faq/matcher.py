"""Finds the entry that answers a message, or says honestly that there is none.

Explicit refusals come first; then the classifier's reading decides which entry, and a gate decides whether the
message is ours at all: how much it reads like our questions, how much like other talk, and what it is about.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bot.faq.classifier import Classifier, Floats, Learned, Reading
from bot.faq.entries import Entry
from bot.faq.features import message_features, weighted_sentences
from bot.faq.legible import rude, unreadable
from bot.faq.lexicon import Lexicon, stem
from bot.faq.refusals import Refusal, RefusalRule
from bot.faq.spelling import Corrector
from bot.faq.vectors import WordVectors

Kind = Literal["answer", "choose", "refuse", "none", "empty", "other_language", "insult"]

ANSWER_FROM = 0.5
"""The score from which a message is answered."""

CHOOSE_WITHIN = 0.02
"""Two entries whose values are nearer than this are offered both."""

NEAREST = 3

_OUTSIDE = "-"
_REGRESSION_SHARE = 0.85
_SUBJECT_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Match:
    """What was found for one message.

    `answer` is an entry id or `None`; `score` (0 to 1) is how sure it is that the message is ours and answered;
    `candidates` are the two to choose from where `kind` is choose; `refusal` names the reply in `refusals.toml`
    that stands alone (`kind` refuse) or goes before the answer.
    """

    kind: Kind
    answer: str | None = None
    score: float = 0.0
    nearest: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Signals:
    """What the gate weighs of one message."""

    best: str
    likeness: float
    margin: float
    ours: float
    others: float
    about: bool
    near: bool
    beside: int
    strange: float

    def values(self) -> tuple[float, ...]:
        """Give the numbers in the order of the gates."""
        return (
            1.0,
            self.likeness,
            self.margin,
            self.ours,
            self.others,
            float(self.near),
            float(self.beside),
            self.strange,
        )


GATE_ABOUT = (-1.16, 2.02, 1.19, 4.19, -4.07, 0.67, 0.05, -1.77)
GATE_OTHER = (-3.65, 2.48, 0.25, 3.99, -3.79, 0.78, -0.44, -1.05)
"""Weights of `Signals.values` for messages that name back, head or neck, and for those that do not.

Fitted by bench/faq_gate.py on held-back phrasings, not on any test set.
"""


class Matcher:
    """Learns the entries once, then matches any number of messages. Not changed by matching, but for its cache."""

    def __init__(
        self,
        entries: Mapping[str, Entry],
        lexicon: Lexicon,
        vectors: WordVectors,
        out_of_scope: Mapping[str, tuple[str, ...]],
        rules: tuple[RefusalRule, ...],
        learned: Learned | None = None,
    ) -> None:
        self._lexicon = lexicon
        self._word_vectors = vectors
        self._rules = rules
        examples = [
            (text, entry.id) for entry in entries.values() for text in (entry.title, *entry.phrasings)
        ] + [(text, _OUTSIDE + kind) for kind, texts in out_of_scope.items() for text in texts]
        self._examples = len(examples)
        self._examples_of = Counter(word for text, _ in examples for word in set(lexicon.words(text)))
        self._classifier = Classifier(
            (
                (message_features(text, lexicon, _as_it_is), self._vector(text, _as_it_is), label)
                for text, label in examples
            ),
            learned,
        )
        self._correct = Corrector(self._classifier.words() | lexicon.known_stems())
        self._subjects = self._subject_table(examples)
        self._ours = np.array([not label.startswith(_OUTSIDE) for label in self._classifier.labels])

    @property
    def learned(self) -> Learned:
        """Give what was learned, to be kept for the next start."""
        return self._classifier.learned

    def match(self, text: str) -> Match:
        """Find what answers `text`; never raises, whatever the text is."""
        words = self._lexicon.words(text)
        reason = unreadable(text, words, self._lexicon)
        if reason:
            return Match(reason)
        reading = self._read(text)
        values = self._values(words, reading)
        order = [self._classifier.labels[place] for place in np.argsort(-values)[:NEAREST]]
        nearest = tuple(order)
        refusal = self._refusal(words)
        if refusal and not refusal.note:
            kind: Kind = "answer" if refusal.entry else "refuse"
            return Match(kind, refusal.entry, 1.0, nearest, refusal=refusal.name)
        signals = self._signals(words, reading, values)
        score = probability(signals)
        name = refusal.name if refusal else None
        if score < ANSWER_FROM:
            return Match(
                "insult" if rude(words, self._lexicon) else "none", None, score, nearest, refusal=name
            )
        if signals.margin < CHOOSE_WITHIN:
            return Match("choose", order[0], score, nearest, tuple(order[:2]), name)
        return Match("answer", order[0], score, nearest, refusal=name)

    def signals(self, text: str) -> Signals:
        """Give what the gate weighs of `text`, for fitting it."""
        words = self._lexicon.words(text)
        reading = self._read(text)
        return self._signals(words, reading, self._values(words, reading))

    def _read(self, text: str) -> Reading:
        features = message_features(text, self._lexicon, self._correct)
        return self._classifier.read(features, self._vector(text, self._correct))

    def _vector(self, text: str, correct: Callable[[str], str]) -> Floats:
        """Give the mean of the vectors of the words, the rarer among the examples the heavier."""
        weights: dict[str, float] = {}
        for words, weight in weighted_sentences(text, self._lexicon):
            for word in words:
                known = word if word in self._word_vectors else correct(stem(word))
                rarity = math.log((self._examples + 1) / (self._examples_of[word] + 2))
                weights[known] = weights.get(known, 0.0) + weight * rarity
        return self._word_vectors.mean(weights)

    def _values(self, words: list[str], reading: Reading) -> Floats:
        present = self._subjects_of(words)
        subjects = np.log(np.where(present, self._subjects, 1 - self._subjects)).sum(axis=1)
        blend = _REGRESSION_SHARE * reading.regression + (1 - _REGRESSION_SHARE) * reading.nearest
        return np.where(self._ours, blend + _SUBJECT_SHARE * subjects, -np.inf).astype(np.float32)

    def _subject_table(self, examples: list[tuple[str, str]]) -> Floats:
        """Give for each class and subject the share of examples that speak of it, never quite 0 or 1."""
        labels = self._classifier.labels
        speak = np.ones((len(labels), len(self._lexicon.subjects)))
        examples_of = np.full((len(labels), 1), 2.0)
        position = {label: index for index, label in enumerate(labels)}
        for text, label in examples:
            speak[position[label]] += self._subjects_of(self._lexicon.words(text))
            examples_of[position[label]] += 1
        table: Floats = (speak / examples_of).astype(np.float32)
        return table

    def _subjects_of(self, words: list[str]) -> NDArray[np.bool_]:
        concepts = self._concepts(words)
        return np.array([not concepts.isdisjoint(subject) for subject in self._lexicon.subjects])

    def _refusal(self, words: list[str]) -> Refusal | None:
        concepts = self._concepts(words)
        sentence = " ".join(words)
        return next((rule.refusal for rule in self._rules if rule.applies(sentence, concepts)), None)

    def _concepts(self, words: list[str]) -> frozenset[str]:
        return self._lexicon.concepts([self._correct(stem(word)) for word in words])

    def _signals(self, words: list[str], reading: Reading, values: Floats) -> Signals:
        first, second = np.argsort(-values)[:2]
        concepts = self._concepts(words)
        content = [self._correct(stem(word)) for word in words if word not in self._lexicon.stop]
        strange = sum(not self._classifier.knows(f"w {word}") for word in content)
        return Signals(
            best=self._classifier.labels[first],
            likeness=float(values[first]),
            margin=float(values[first] - values[second]),
            ours=float(reading.regression[self._ours].sum()),
            others=float(reading.regression[~self._ours].sum()),
            about=not concepts.isdisjoint(self._lexicon.about),
            near=not concepts.isdisjoint(self._lexicon.near),
            beside=len(concepts & self._lexicon.beside),
            strange=strange / max(len(content), 1),
        )


def probability(signals: Signals) -> float:
    """Give how sure the gate is, 0 to 1."""
    gate = GATE_ABOUT if signals.about else GATE_OTHER
    return 1 / (1 + math.exp(-sum(w * x for w, x in zip(gate, signals.values(), strict=True))))


def _as_it_is(word: str) -> str:
    return word
