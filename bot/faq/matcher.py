"""Finds the entry that answers a message, or says honestly that there is none.

Explicit refusals come first; then the classifier's reading decides which entry, and a gate decides whether the
message is ours at all: how much it reads like our questions, how much like other talk, and what it is about.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bot.faq.classifier import Classifier, Example, Floats, Learned
from bot.faq.entries import Entry
from bot.faq.features import Correct, message_features, message_vector, subject_shares, subjects_of
from bot.faq.legible import insults, rude, small_talk, unreadable
from bot.faq.lexicon import Lexicon, stem
from bot.faq.refusals import Refusal, RefusalRule
from bot.faq.spelling import Corrector
from bot.faq.vectors import WordVectors

Kind = Literal[
    "answer", "choose", "refuse", "none", "empty", "other_language", "insult", "thanked", "parted", "greeted"
]

ANSWER_FROM = 0.5
"""The score from which a message is answered."""

OFF_TOPIC_BELOW = 0.1
"""The score under which a message that speaks of other things only is said to be off our topics."""

CHOOSE_WITHIN = 0.035
"""Two entries whose values are nearer than this are offered both, but for related ones: an answer leads to those."""

NEAREST = 3

OUTSIDE = "-"
"""What the labels of other talk begin with."""

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


GATE_ABOUT = (-2.41, 1.55, 0.63, 5.46, -5.28, 0.52, 0.10, -3.75)
GATE_OTHER = (-3.40, 2.89, -0.08, 3.79, -4.01, 0.37, -0.38, -1.61)
"""Weights of `Signals.values` for messages that name back, head or neck, and for those that do not.

Fitted by bench/faq_gate.py on held-back phrasings, not on any test set.
"""


class Matcher:
    """Knows the entries, and matches any number of messages. Not changed by matching, but for a cache of slips."""

    def __init__(
        self,
        entries: Mapping[str, Entry],
        lexicon: Lexicon,
        vectors: WordVectors,
        rules: tuple[RefusalRule, ...],
        learned: Learned,
    ) -> None:
        self._lexicon = lexicon
        self._word_vectors = vectors
        self._rules = rules
        self._related_to = {name: entry.related for name, entry in entries.items()}
        self._word_rarity = learned.word_rarity
        self._rarest = max(learned.word_rarity.values())
        joining = [
            (text, entry.id)
            for entry in entries.values()
            if entry.phrasings
            for text in (entry.title, *entry.phrasings)
        ]
        self._classifier = Classifier(
            learned, [Example(*self._features(text, _as_it_is), label) for text, label in joining]
        )
        self._correct = Corrector(self._classifier.words() | lexicon.known_stems())
        self._subjects = self._subject_table(learned, joining)
        self._outside = np.array([label.startswith(OUTSIDE) for label in self._classifier.labels])
        self._ours = np.array([label in entries for label in self._classifier.labels])

    def match(self, text: str) -> Match:
        """Find what answers `text`; never raises, whatever the text is."""
        words = self._lexicon.words(text)
        known = self._word_vectors.__contains__
        reason = unreadable(text, words, self._lexicon, known) or small_talk(words, self._lexicon)
        if reason:
            return Match(reason)
        if insults(words, self._concepts(words), self._lexicon):
            return Match("insult")
        regression, values = self._read(text, words)
        nearest = tuple(self._classifier.labels[place] for place in np.argsort(-values)[:NEAREST])
        refusal = self._refusal(words)
        if refusal and not refusal.note:
            kind: Kind = "answer" if refusal.entry else "refuse"
            return Match(kind, refusal.entry, 1.0, nearest, refusal=refusal.name)
        name = refusal.name if refusal else None
        return self._weigh(words, self._signals(words, regression, values), nearest, name)

    def _weigh(
        self, words: list[str], signals: Signals, nearest: tuple[str, ...], refusal: str | None
    ) -> Match:
        """Decide by the gate whether the message is ours, and by the margin whether one entry is meant."""
        score = probability(signals)
        if score < ANSWER_FROM:
            if rude(words, self._lexicon) and self._lexicon.own.isdisjoint(words):
                return Match("insult", None, score, nearest, refusal=refusal)
            return Match("none", None, score, nearest, refusal=refusal or _off_topic(score, signals))
        best, second = nearest[:2]
        if signals.margin < CHOOSE_WITHIN and not self._related(best, second):
            return Match("choose", best, score, nearest, (best, second), refusal)
        return Match("answer", best, score, nearest, refusal=refusal)

    def signals(self, text: str) -> Signals:
        """Give what the gate weighs of `text`, for fitting it."""
        words = self._lexicon.words(text)
        return self._signals(words, *self._read(text, words))

    def _read(self, text: str, words: list[str]) -> tuple[Floats, Floats]:
        """Give each label's value by regression, and with the subjects weighed in and only entries left."""
        regression = self._classifier.read(*self._features(text, self._correct))
        present = subjects_of(words, self._lexicon, self._correct)
        subjects = np.log(np.where(present, self._subjects, 1 - self._subjects)).sum(axis=1)
        values = np.where(self._ours, regression + _SUBJECT_SHARE * subjects, -np.inf)
        return regression, values.astype(np.float32)

    def _features(self, text: str, correct: Correct) -> tuple[dict[str, float], Floats]:
        vector = message_vector(text, self._lexicon, self._word_vectors, self._rarity, correct)
        return message_features(text, self._lexicon, correct), vector

    def _rarity(self, word: str) -> float:
        return self._word_rarity.get(word, self._rarest)

    def _subject_table(self, learned: Learned, joining: list[tuple[str, str]]) -> Floats:
        """Give for each label and subject the share of examples that speak of it, those of a clinic for its own."""
        labels = self._classifier.labels
        table = np.full((len(labels), learned.subjects.shape[1]), 0.5, dtype=np.float32)
        table[: len(learned.labels)] = learned.subjects
        for place, label in enumerate(labels[len(learned.labels) :], start=len(learned.labels)):
            texts = [text for text, owner in joining if owner == label]
            table[place] = subject_shares(texts, self._lexicon)
        return table

    def _related(self, one: str, other: str) -> bool:
        return other in self._related_to[one] or one in self._related_to[other]

    def _refusal(self, words: list[str]) -> Refusal | None:
        concepts = self._concepts(words)
        sentence = " ".join(words)
        return next((rule.refusal for rule in self._rules if rule.applies(sentence, concepts)), None)

    def _concepts(self, words: list[str]) -> frozenset[str]:
        return self._lexicon.concepts([self._correct(stem(word)) for word in words])

    def _signals(self, words: list[str], regression: Floats, values: Floats) -> Signals:
        first, second = np.argsort(-values)[:2]
        concepts = self._concepts(words)
        content = [self._correct(stem(word)) for word in words if word not in self._lexicon.stop]
        strange = sum(not self._classifier.knows(f"w {word}") for word in content)
        return Signals(
            best=self._classifier.labels[first],
            likeness=float(values[first]),
            margin=float(values[first] - values[second]),
            ours=float(regression[self._ours].sum()),
            others=float(regression[self._outside].sum()),
            about=not concepts.isdisjoint(self._lexicon.about),
            near=not concepts.isdisjoint(self._lexicon.near),
            beside=len(concepts & self._lexicon.beside),
            strange=strange / max(len(content), 1),
        )


def probability(signals: Signals) -> float:
    """Give how sure the gate is, 0 to 1."""
    gate = GATE_ABOUT if signals.about else GATE_OTHER
    return 1 / (1 + math.exp(-sum(w * x for w, x in zip(gate, signals.values(), strict=True))))


def _off_topic(score: float, signals: Signals) -> str | None:
    """Name the reply to what is plainly about something else, and not a question of ours in words unknown to us."""
    plainly = signals.beside and not signals.about and not signals.near
    return "off_topic" if plainly and score < OFF_TOPIC_BELOW else None


def _as_it_is(word: str) -> str:
    return word
