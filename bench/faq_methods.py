"""Compares ways to find the answer to a question, each learning from the same phrasings.

    python bench/faq_methods.py [SET.jsonl ...]

A set's lines are {"text", "accept": [entry ids]}; without `accept` a line is out of scope. Each method gives every
message a best entry and a score. Printed: how often the best entry is right; how often it is right when the score
must be over that of all but 3% of the out-of-scope lines; what one question costs.
"""

import json
import re
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

sys.path.insert(0, str(Path(__file__).parent.parent))

import itertools

from bench.faq_learned import likenesses, our_examples, weighed
from bot.faq.features import message_features
from bot.faq.lexicon import load_lexicon
from bot.faq.library import load_matcher
from bot.faq.matcher import OUTSIDE

Guess = tuple[str | None, float]
Method = Callable[[str], Guess]
TESTS = Path(__file__).parent.parent / "tests" / "faq"
SETS = [TESTS / f"questions_{name}.jsonl" for name in ("blind", "unseen", "patients", "fresh", "forum")]
FALSE_SHARE = 0.03
LEXICON = load_lexicon()
PHRASINGS = [example for example in our_examples() if not example[1].startswith(OUTSIDE)]
OTHERS = [(text, "-") for text, label in our_examples() if label.startswith(OUTSIDE)]


def full_text_search() -> Method:
    """Use SQLite's FTS5 with bm25 over the phrasings, words joined by OR."""
    table = sqlite3.connect(":memory:")
    table.execute("CREATE VIRTUAL TABLE phrasing USING fts5(text, entry UNINDEXED, tokenize='porter')")
    table.executemany("INSERT INTO phrasing VALUES (?, ?)", PHRASINGS)

    def guess(text: str) -> Guess:
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", text))
        query = "SELECT entry, -bm25(phrasing) FROM phrasing WHERE phrasing MATCH ? ORDER BY 2 DESC LIMIT 1"
        return (table.execute(query, (words,)).fetchone() if words else None) or (None, 0.0)

    return guess


def fuzzy() -> Method:
    """Use rapidfuzz's token set ratio to the nearest phrasing."""
    texts = [text for text, _ in PHRASINGS]

    def guess(text: str) -> Guess:
        _, score, place = process.extractOne(text, texts, scorer=fuzz.token_set_ratio)
        return PHRASINGS[place][1], score

    return guess


def classified(
    features: Callable[[str], dict[str, float]], examples: list[tuple[str, str]], how: str
) -> Method:
    """Weigh some features by rarity, and take the nearest example or a regression over all."""
    names, rarity, rows, columns, values = weighed([features(text) for text, _ in examples])
    index = {name: place for place, name in enumerate(names)}
    order = np.argsort(columns, kind="stable")
    starts = np.searchsorted(columns[order], np.arange(len(names) + 1))
    labels = sorted({label for _, label in examples})
    ours = np.array([label != "-" for label in labels])
    targets = np.zeros((len(examples), len(labels)), dtype=np.float32)
    targets[np.arange(len(examples)), [labels.index(label) for _, label in examples]] = 1.0
    if how == "regression":
        targets = np.linalg.solve(likenesses(len(examples), rows, columns, values), targets)

    def guess(text: str) -> Guess:
        found = {index[name]: weight for name, weight in features(text).items() if name in index}
        length = np.sqrt(sum((weight * rarity[column]) ** 2 for column, weight in found.items())) or 1.0
        alike = np.zeros(len(examples), dtype=np.float32)
        for column, weight in found.items():
            having = order[starts[column] : starts[column + 1]]
            alike[rows[having]] += weight * rarity[column] / length * values[having]
        scores = alike @ targets if how == "regression" else (alike[:, None] * targets).max(axis=0)
        best = int(np.argmax(np.where(ours, scores, -np.inf)))
        score = scores[best] if how == "nearest" else scores[ours].sum()
        return labels[best], float(score - (scores[~ours].max() if (~ours).any() else 0.0))

    return guess


def words_only(text: str) -> dict[str, float]:
    """Give the words and pairs of words of a text, as in plain TF-IDF."""
    words = re.findall(r"\w+", text.lower())
    return {f"w {word}": 1.0 for word in words} | {f"n {a} {b}": 0.6 for a, b in itertools.pairwise(words)}


def with_concepts(text: str) -> dict[str, float]:
    """Give the features that the bot uses."""
    return message_features(text, LEXICON, str)


def whole() -> Method:
    """Use the bot's own matcher, with spelling, subjects, refusals and gate."""
    matcher = load_matcher()

    def guess(text: str) -> Guess:
        found = matcher.match(text)
        return found.answer or (
            found.nearest[0] if found.nearest and not found.refusal else None
        ), found.score

    return guess


METHODS: dict[str, Callable[[], Method]] = {
    "SQLite FTS5 bm25": full_text_search,
    "rapidfuzz token_set": fuzzy,
    "TF-IDF, nearest example": lambda: classified(words_only, PHRASINGS, "nearest"),
    "TF-IDF, regression": lambda: classified(words_only, PHRASINGS + OTHERS, "regression"),
    "concepts, nearest example": lambda: classified(with_concepts, PHRASINGS, "nearest"),
    "concepts, regression": lambda: classified(with_concepts, PHRASINGS, "regression"),
    "the same, with other talk": lambda: classified(with_concepts, PHRASINGS + OTHERS, "regression"),
    "blend with subjects, rules and gate (used)": whole,
}


def main() -> None:
    """Run every method over the sets."""
    paths = [Path(name) for name in sys.argv[1:]] or SETS
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    print("| method | best entry right | right at 3% of other talk | wrong there | start | a question |")
    print("|---|---|---|---|---|---|")
    for name, make in METHODS.items():
        started = time.perf_counter()
        method = make()
        ready = time.perf_counter()
        guesses = [(method(row["text"]), row.get("accept", [])) for row in rows]
        spent = (time.perf_counter() - ready) / len(rows)
        inside = [(guess, accept) for guess, accept in guesses if accept]
        outside = sorted((guess[1] for guess, accept in guesses if not accept), reverse=True)
        bar = outside[int(FALSE_SHARE * len(outside))]
        best = sum(entry in accept for (entry, _), accept in inside) / len(inside)
        right = sum(entry in accept and score > bar for (entry, score), accept in inside) / len(inside)
        wrong = sum(entry not in accept and score > bar for (entry, score), accept in inside) / len(inside)
        cost = f"{ready - started:.2f} s | {1000 * spent:.2f} ms"
        print(f"| {name} | {best:.2f} | {right:.2f} | {wrong:.2f} | {cost} |")


if __name__ == "__main__":
    main()
