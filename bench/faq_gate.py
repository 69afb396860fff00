"""Fits the weights of the gate on held-back phrasings: five times, a fifth of them is left out and read.

    python bench/faq_gate.py

Prints `GATE` for bot/faq/matcher.py. Only the project's own phrasings and out-of-scope examples take part.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.faq_learned import learn, our_examples
from bot.faq.entries import load_entries
from bot.faq.lexicon import load_lexicon
from bot.faq.matcher import OUTSIDE, Matcher, Signals
from bot.faq.vectors import load_vectors

FOLDS = 5
STEPS = 30
PULL = 0.02
OTHERS_COUNT = {True: 8.0, False: 11.0}
"""Talk of other things is far more varied than our examples of it, so each example stands for several: more of
them where the message names none of what we answer about."""


def held_back() -> list[tuple[Signals, str | None]]:
    """Read every example with a matcher that has not seen it: its signals, and its entry or `None`."""
    examples = our_examples()
    read: list[tuple[Signals, str | None]] = []
    for fold in range(FOLDS):
        learned = learn([example for place, example in enumerate(examples) if place % FOLDS != fold])
        matcher = Matcher(load_entries(), load_lexicon(), load_vectors(), (), learned)
        read += [
            (matcher.signals(text), None if label.startswith(OUTSIDE) else label)
            for text, label in examples[fold::FOLDS]
        ]
    return read


def fit(values: np.ndarray, wanted: np.ndarray, others_count: float) -> np.ndarray:
    """Logistic regression by Newton's steps, with a small pull towards zero; an other counts `others_count`."""
    middle, scale = values.mean(axis=0), values.std(axis=0) + 1e-9
    middle[0], scale[0] = 0.0, 1.0
    scaled, weights = (values - middle) / scale, np.zeros(values.shape[1])
    balance = np.where(wanted > 0, 1.0, others_count)
    pull = PULL * len(wanted) * np.eye(len(weights))
    pull[0, 0] = 1e-6
    for _ in range(STEPS):
        guess = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (balance * (guess - wanted)) + pull @ weights
        curve = (scaled.T * (balance * guess * (1 - guess))) @ scaled + pull
        weights -= np.linalg.solve(curve, slope)
    weights /= scale
    weights[0] -= weights @ middle
    return weights


def main() -> None:
    """Fit a gate for messages that name back, head or neck, and one for the others, and print both."""
    read = held_back()
    for name, about in (("GATE_ABOUT", True), ("GATE_OTHER", False)):
        part = [(signals, entry) for signals, entry in read if signals.about is about]
        values = np.array([signals.values() for signals, _ in part])
        ours = np.array([float(entry is not None) for _, entry in part])
        weights = fit(values, ours, OTHERS_COUNT[about])
        sure = 1 / (1 + np.exp(-values @ weights))
        right = np.array([signals.best == entry for signals, entry in part])
        print(f"{name} = (" + ", ".join(f"{weight:.2f}" for weight in weights) + ")")
        print(f"ours {int(ours.sum())}, others {int((1 - ours).sum())}, right {right[ours > 0].mean():.3f}")
        for level in (0.3, 0.5, 0.7, 0.9):
            passed = sure >= level
            print(
                f"score >= {level}: ours {passed[ours > 0].mean():.3f}, "
                f"right {(passed & right)[ours > 0].mean():.3f}, "
                f"wrong {(passed & ~right)[ours > 0].mean():.3f}, others {passed[ours == 0].mean():.3f}"
            )


if __name__ == "__main__":
    main()
