"""How much the words of a message speak for a warning sign, whatever the phrases of the lexicon say of it.

The lexicon knows signs by name and misses those said in words that nobody foresaw. Evidence is the other way round: a
weight for each word, each pair of words and each concept, with the sense it is said in (denied, past, supposed, someone
else's), and their mean. There is one set of weights for alarms of any kind, one that tells what cannot wait from what
can wait for hours, and one for each kind of sign. They are fitted to the build messages by
`bench/warning_signs_weights.py` and kept, as whole hundredths, in `content/<language>/warning_signs/weights.tsv`: the
same text gives the same sums on every machine.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

from bot.clinical.clauses import Scopes
from bot.clinical.lexicon import DEFAULT_LANGUAGE
from bot.clinical.wording import SENTENCE, Match, Message

ANY, NOW = "any", "now"
"""The weights of an alarm of any kind, and of what cannot wait against what can wait for hours."""
USUAL_SIZE = 100
"""Features of a message of eight words: more of them are evened out, fewer are not blown up."""
KIND_COUNTS = 0.5
"""What the likeliest kind of sign adds to the evidence of any: the best of 0.3, 0.5 and 0.8 on writers left out."""
BEST_COUNTS = 0.7
"""How much of a long message's evidence is that of its loudest stretch; the rest is that of the whole. The best of 0.5 to
0.9 on two writers of long messages left out."""
_REACH, _CONCEPT_REACH = 4, 12


@dataclass(frozen=True, slots=True)
class Evidence:
    """What all words of a message speak for, in log odds: an alarm, one that cannot wait, and each kind of sign."""

    alarm: float
    now: float
    kinds: Mapping[str, float]

    @property
    def kind(self) -> str:
        """The likeliest kind of sign."""
        return max(sorted(self.kinds), key=self.kinds.__getitem__)


def blended(whole: Evidence, stretches: Iterable[Evidence]) -> Evidence:
    """Give the evidence of a long message: between all of it and the stretch that speaks most for an alarm."""
    best = max(stretches, key=lambda stretch: stretch.alarm, default=whole)

    def between(of_all: float, of_best: float) -> float:
        return of_all + BEST_COUNTS * (of_best - of_all)

    return Evidence(
        alarm=between(whole.alarm, best.alarm),
        now=max(whole.now, best.now),
        kinds={kind: between(total, best.kinds.get(kind, total)) for kind, total in whole.kinds.items()},
    )


NO_EVIDENCE = Evidence(alarm=-10.0, now=0.0, kinds={"": 0.0})


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature counts for, in hundredths.

    `place` tells where a feature's counts begin in `counts`: how many numbers there are, and then the place of a kind and
    its weight, one after the other. As objects of their own they would take a tenth of the bot's memory.
    """

    kinds: tuple[str, ...]
    start: tuple[int, ...]
    place: Mapping[str, int]
    counts: "array[int]"


@cache
def load_weights(language: str = DEFAULT_LANGUAGE) -> Weights:
    """Read the weights of `language` once."""
    folder = resources.files("bot") / "content" / language / "warning_signs"
    with (folder / "weights.tsv").open(encoding="utf-8") as lines:
        return read_weights(lines)


def read_weights(lines: Iterable[str]) -> Weights:
    """Read weights as `bench/warning_signs_weights.py` writes them: the kinds, where each starts, a line a feature.

    A feature's line has its name, a tab, and pairs of a kind's place and a weight. Read line by line, as all at once
    would take twice the memory.
    """
    rest = iter(lines)
    kinds, start = next(rest).split(), next(rest).split()
    place, counts = {}, array("h")
    for line in rest:
        name, _, numbers = line.partition("\t")
        values = [int(number) for number in numbers.split()]
        place[name] = len(counts)
        counts.append(len(values))
        counts.extend(values)
    return Weights(tuple(kinds), tuple(map(int, start)), place, counts)


def features(message: Message, marks: Mapping[str, list[Match]], scopes: Scopes) -> set[str]:
    """Give what a message is weighed by: words, pairs of them, concepts and turns, each with its sense."""
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
    found.update(_apart(stems, scopes))
    found.update(_named(marks, senses))
    found.update(_together(marks, senses, scopes))
    return found


def _sense(place: int, scopes: Scopes) -> str:
    marked = (
        ("p", scopes.past[place]),
        ("h", scopes.supposed[place] or scopes.told[place]),
        ("d", scopes.person[place] == "distant"),
        ("n", scopes.answered_no[place] or scopes.denied_before(place)),
    )
    letters = "".join(letter for letter, holds in marked if holds)
    return f"|{letters}" if letters else ""


def _apart(stems: list[str], scopes: Scopes) -> Iterator[str]:
    """Give the pairs of words of one sentence that stand near each other but not side by side, in any order."""
    for left in range(len(stems)):
        for right in range(left + 2, min(left + 1 + _REACH, len(stems))):
            if scopes.breaks[right] == SENTENCE:
                break
            first, second = sorted((stems[left], stems[right]))
            yield f"k {first} {second}"


def _named(marks: Mapping[str, list[Match]], senses: list[str]) -> Iterator[str]:
    for name, matches in marks.items():
        if name.startswith("{"):
            yield from (f"c {name}{senses[match.start]}" for match in matches)
        elif name.startswith("@"):
            yield f"m {name}"


def _together(marks: Mapping[str, list[Match]], senses: list[str], scopes: Scopes) -> Iterator[str]:
    """Give the pairs of concepts that stand in one sentence."""
    concepts = sorted(
        (match.start, name + senses[match.start])
        for name, matches in marks.items()
        if name.startswith("{")
        for match in matches
    )
    for number, (start, name) in enumerate(concepts):
        for other, other_name in concepts[number + 1 :]:
            if other - start > _CONCEPT_REACH:
                break
            if scopes.sentence[start] == scopes.sentence[other]:
                first, second = sorted((name, other_name))
                yield f"p {first} {second}"


def evenness(size: int) -> float:
    """Give the factor of the weights of a message of `size` features: a long letter counts no more than a short cry."""
    return USUAL_SIZE / max(size, USUAL_SIZE)


def weighed(found: set[str], weights: Weights) -> Evidence:
    """Give the evidence of a message with these features."""
    sums = [0] * len(weights.kinds)
    counts = weights.counts
    for name in found:
        first = weights.place.get(name)
        if first is not None:
            for place in range(first + 1, first + 1 + counts[first], 2):
                sums[counts[place]] += counts[place + 1]
    even = evenness(len(found))
    totals = {
        kind: (start + even * total) / 100
        for kind, start, total in zip(weights.kinds, weights.start, sums, strict=True)
    }
    of_any, now = totals.pop(ANY), totals.pop(NOW)
    return Evidence(alarm=of_any + KIND_COUNTS * max(totals.values()), now=now, kinds=totals)
