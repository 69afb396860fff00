"""The words that warning signs are said in, read from `bot/content/<language>/warning_signs/*.toml`.

Phrases of all signs live in one trie, so that a message is walked once however many phrases there are. A phrase is
matched by stem ("tingling" finds "tingle"); small words may stand between; one misspelt letter is forgiven.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, TypeAlias

DEFAULT_LANGUAGE = "en"
FORGIVEN_FROM = 5
"""Letters a word needs before a misspelling of it is forgiven: shorter words have too many neighbours."""
WIDEST_GAP = 5
"""Words between two parts of a sign where the lexicon names no other gap."""
LEVELS = ("soon", "same_day", "emergency")

Trie: TypeAlias = dict[str, Any]
END = ""
_GAP = re.compile(r"\s*~(\d+)$")
_PARTS = re.compile(r"\s([+>])\s")
_PIECES = re.compile(r"\{\w+\}|[^{}]+")


class LexiconError(ValueError):
    """A content file that does not fit together: an unknown flag, sign or concept."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to say a sign: parts that stand in one sentence, at most `gap` words apart."""

    sign: str
    parts: tuple[str, ...]
    in_order: bool
    gap: int


@dataclass(frozen=True, slots=True)
class SignRule:
    """Which signs together mean how urgent. `old_ok`: may be old, unchanged and already checked (L-4)."""

    level: str
    flags: tuple[str, ...]
    all_of: frozenset[str]
    any_of: frozenset[str]
    none_of: frozenset[str]
    source: str
    old_ok: bool


@dataclass(slots=True)
class Lexicon:
    """Everything that the reader knows of one language."""

    expand: dict[str, tuple[str, ...]]
    irregular: dict[str, str]
    word_sets: dict[str, frozenset[str]]
    phrases: Trie = field(default_factory=dict)
    turns: Trie = field(default_factory=dict)
    """Idioms and markers, which are matched as they are written and not by stem."""
    patterns: dict[str, list[Pattern]] = field(default_factory=dict)
    rules: tuple[SignRule, ...] = ()
    vocabulary: set[str] = field(default_factory=set)
    real_words: frozenset[str] = frozenset()
    _near: dict[str, str] = field(default_factory=dict)
    _stems: dict[str, str] = field(default_factory=dict)
    _cut: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def stem(self, word: str) -> str:
        """Give the form under which `word` is kept, equal for all its endings."""
        found = self._stems.get(word)
        if found is None:
            found = self._stems[word] = self.irregular[word] if word in self.irregular else _strip(word)
        return found

    def mended(self, word: str) -> str:
        """Give the stem of `word`, or of the word it is one letter away from."""
        stem = self.stem(word)
        if (
            stem in self.vocabulary
            or len(word) < FORGIVEN_FROM
            or word in self.real_words
            or not word.isalpha()
        ):
            return stem
        if not self._near:
            self._near = _neighbours(known for known in self.vocabulary if len(known) >= FORGIVEN_FROM - 1)
        for shorter in _shortened(stem):
            near = self._near.get(shorter)
            if near is not None and near[0] == stem[0]:
                return near
        return stem

    def words(self, phrase: str) -> list[str]:
        """Cut a phrase of the lexicon into its stems, small words left out."""
        found: list[str] = []
        for raw in phrase.lower().split():
            cut = self._cut.get(raw)
            if cut is None:
                cut = self._cut[raw] = self._cut_word(raw)
            found += cut
        return found

    def _cut_word(self, raw: str) -> tuple[str, ...]:
        if raw in self.word_sets["skip"]:
            return ()
        if raw.startswith("="):
            return (raw,)
        return tuple(self.stem(word) for word in self.written_out(raw))

    def add(self, phrase: str, name: str) -> None:
        """Keep `phrase` as one way to say `name`, by stem; raises `LexiconError` for one of small words."""
        stems = self.words(phrase)
        self.vocabulary.update(stem.removeprefix("=") for stem in stems)
        self._keep(self.phrases, stems, phrase, name)

    def add_turn(self, phrase: str, name: str) -> None:
        """Keep `phrase` as a turn of phrase, word for word but for determiners."""
        words = [written for raw in phrase.lower().split() for written in self.written_out(raw)]
        self._keep(
            self.turns, [word for word in words if word not in self.word_sets["determiners"]], phrase, name
        )

    def written_out(self, raw: str) -> tuple[str, ...]:
        """Give a word as one or more: contractions written out, common misspellings mended."""
        bare = raw.replace("'", "")
        return self.expand.get(bare, (bare,))

    def _keep(self, trie: Trie, keys: list[str], phrase: str, name: str) -> None:
        if len(keys) <= min(1, len(phrase.split()) - 1):
            raise LexiconError(f"{name}: little is left of {phrase!r} without its small words")
        node = trie
        for key in keys:
            node = node.setdefault(key, {})
        names = node.setdefault(END, [])
        if name not in names:
            names.append(name)


def _strip(word: str) -> str:
    """Take English endings off; what is left need not be a word, only the same for all forms."""
    if len(word) <= 3 or not word.isalpha():  # noqa: PLR2004
        return word
    if word.endswith("ies"):
        word = word[:-3] + "y"
    elif word.endswith(("sses", "xes", "ches", "shes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending, shortest in (("ness", 6), ("ing", 6), ("ed", 5), ("ly", 5)):
        if word.endswith(ending) and len(word) >= shortest:
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls":  # noqa: PLR2004
                word = word[:-1]
            break
    if len(word) > 4 and word[-1] in "yi" and word[-2] not in "aeiou":  # noqa: PLR2004
        word = word[:-1]
        if word[-1] == word[-2]:
            word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] == "e" else word  # noqa: PLR2004


def _shortened(word: str) -> Iterator[str]:
    yield word
    for cut in range(1, len(word)):
        yield word[:cut] + word[cut + 1 :]


def _neighbours(vocabulary: Iterator[str]) -> dict[str, str]:
    """Index words by themselves with one letter left out: two words that meet there are one slip apart."""
    near: dict[str, str] = {}
    for word in sorted(vocabulary):
        for shorter in _shortened(word):
            near.setdefault(shorter, word)
    return near


def _listed(text: str) -> Iterator[str]:
    for line in text.splitlines():
        for phrase in line.split("|"):
            if phrase.strip():
                yield phrase.strip()


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for entry in _listed(text):
        left, _, right = entry.partition("=")
        yield left.strip().replace("'", ""), right.strip()


def _read(language: str) -> dict[str, dict[str, Any]]:
    folder = resources.files("bot") / "content" / language / "warning_signs"
    names = ("grammar", "concepts", "signs", "idioms", "crisis", "rules")
    tables = {name: tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8")) for name in names}
    tables["real_words"] = {"words": (folder / "real_words.txt").read_text(encoding="utf-8")}
    return tables


@cache
def load_lexicon(language: str = DEFAULT_LANGUAGE) -> Lexicon:
    """Read the lexicon of `language` once; raises `LexiconError` where its files do not fit together."""
    return build_lexicon(_read(language))


def build_lexicon(tables: Mapping[str, Mapping[str, Any]]) -> Lexicon:
    """Put a lexicon together from its tables; raises `LexiconError` for an unknown flag, sign or concept."""
    grammar = tables["grammar"]
    spelling = grammar["spelling"]
    expand = {left: tuple(right.split()) for left, right in _pairs(spelling["expand"])}
    expand |= {left: (right,) for left, right in _pairs(spelling["mend"])}
    lexicon = Lexicon(
        expand=expand,
        irregular={
            form: base if form == base else _strip(base) for form, base in _pairs(spelling["irregular"])
        },
        word_sets={name: frozenset(text.split()) for name, text in grammar["words"].items()},
        real_words=frozenset(tables["real_words"]["words"].split()),
    )
    for phrase in _listed(grammar["not_negation"]["phrases"]):
        lexicon.add(phrase, "@not_negation")
    for name, text in grammar["markers"].items():
        for phrase in _listed(text):
            lexicon.add_turn(phrase, f"@{name}")
    for phrase in _listed(tables["idioms"]["phrases"]):
        lexicon.add_turn(phrase, "@idiom")
    for name, text in tables["crisis"].items():
        for phrase in _listed(text):
            lexicon.add(phrase, f"@crisis.{name}")
    concepts = _add_concepts(lexicon, tables["concepts"])
    signs = _add_signs(lexicon, tables["signs"], concepts)
    lexicon.rules = tuple(_rules(tables["rules"], signs))
    return lexicon


def _add_concepts(lexicon: Lexicon, tables: Mapping[str, Any]) -> set[str]:
    names: set[str] = set()
    for group in tables.values():
        for name, text in group.items():
            names.add(f"{{{name}}}")
            for phrase in _listed(text):
                lexicon.add(phrase, f"{{{name}}}")
    return names


def _add_signs(lexicon: Lexicon, tables: Mapping[str, Any], concepts: set[str]) -> set[str]:
    signs: set[str] = set()
    for group in tables.values():
        for sign, text in group.items():
            signs.add(sign)
            for line in _listed(text):
                _add_pattern(lexicon, sign, line, concepts)
    return signs


def _add_pattern(lexicon: Lexicon, sign: str, line: str, concepts: set[str]) -> None:
    gap = _GAP.search(line)
    pieces = _PARTS.split(_GAP.sub("", line))
    parts = tuple(part.strip() for piece in pieces[::2] for part in _PIECES.findall(piece) if part.strip())
    for part in parts:
        if "{" in part and part not in concepts:
            raise LexiconError(f"sign {sign}: {line!r} names an unknown concept")
        if "{" not in part:
            lexicon.add(part, part)
    pattern = Pattern(sign, parts, ">" in pieces[1::2], int(gap[1]) if gap else WIDEST_GAP)
    rarest = next((part for part in parts if "{" not in part), parts[-1])
    lexicon.patterns.setdefault(rarest, []).append(pattern)


def _rules(table: Mapping[str, Any], signs: set[str]) -> Iterator[SignRule]:
    flags = set(table["flags"].split())
    known = signs | set(table["facts"].split())
    for row in table["rule"]:
        parts = {name: frozenset(row.get(name, "").split()) for name in ("all", "any", "none")}
        if unknown := frozenset().union(*parts.values()) - known:
            raise LexiconError(f"rule {row['source']}: no such sign {sorted(unknown)}")
        if strange := set(row["flags"].split()) - flags:
            raise LexiconError(f"rule {row['source']}: no such flag {sorted(strange)}")
        if row["level"] not in LEVELS:
            raise LexiconError(f"rule {row['source']}: no such level {row['level']!r}")
        yield SignRule(
            level=row["level"],
            flags=tuple(row["flags"].split()),
            all_of=parts["all"],
            any_of=parts["any"],
            none_of=parts["none"],
            source=row["source"],
            old_ok=row.get("old_ok", False),
        )
