"""How much the words of a message speak for a warning sign, whatever the phrases of the lexicon say of it.

The lexicon knows signs by name and misses those said in words that nobody foresaw. Evidence is the other way round: a
weight for each word, each pair of neighbours and each concept, with the sense it is said in (denied, past, supposed,
someone else's), and their sum. The weights are fitted to the build messages by `bench/warning_signs_weights.py` and
kept in `content/<language>/warning_signs/weights.json`; the same text always gives the same sum.
"""

import json
import math
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from itertools import pairwise

from bot.clinical.clauses import Scopes
from bot.clinical.wording import Match, Message

BIAS = ""
"""The weight that every message starts with."""
USUAL_SIZE = 50
"""Features of a message of a dozen words."""


@cache
def load_weights(language: str) -> dict[str, float]:
    """Read the weights of `language` once."""
    folder = resources.files("bot") / "content" / language / "warning_signs"
    weights: dict[str, float] = json.loads((folder / "weights.json").read_text(encoding="utf-8"))
    return weights


def features(message: Message, marks: Mapping[str, list[Match]], scopes: Scopes) -> set[str]:
    """Give what a message is weighed by: words, neighbours, concepts and turns, each with its sense."""
    senses = [_sense(place, scopes) for place in range(len(message.content))]
    stems = [
        ("#" if masked else stem) + sense
        for stem, masked, sense in zip(message.stems, message.masked, senses, strict=True)
    ]
    found = {f"s {stem}" for stem in stems} | {f"w {word}" for word in message.words}
    found.update(f"b {left} {right}" for left, right in pairwise(stems))
    found.update(f"v {left} {right}" for left, right in pairwise(message.words))
    found.add(f"^ {message.words[0]}")
    found.update(f"? {sense}" for sense in senses)
    found.update(_named(marks, senses))
    return found


def _sense(place: int, scopes: Scopes) -> str:
    marked = (
        ("p", scopes.past[place]),
        ("h", scopes.supposed[place] or scopes.told[place]),
        ("d", scopes.person[place] == "distant"),
        ("n", scopes.denied_before(place)),
    )
    letters = "".join(letter for letter, holds in marked if holds)
    return f"|{letters}" if letters else ""


def _named(marks: Mapping[str, list[Match]], senses: list[str]) -> Iterator[str]:
    for name, matches in marks.items():
        if name.startswith("{"):
            yield from (f"c {name}{senses[match.start]}" for match in matches)
        elif name.startswith("@"):
            yield f"m {name}"


def evenness(size: int) -> float:
    """Give the factor of the weights of a message of `size` features: a long letter counts no more than a short cry."""
    return math.sqrt(USUAL_SIZE / size) if size else 1.0


def weighed(found: set[str], weights: Mapping[str, float]) -> float:
    """Give the evidence for a warning sign from 0 to 1."""
    total = weights.get(BIAS, 0.0) + evenness(len(found)) * math.fsum(
        weights.get(name, 0.0) for name in found
    )
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
