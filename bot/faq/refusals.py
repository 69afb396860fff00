"""What must not be answered as asked, found by explicit rules before any likeness is weighed.

The rules are data (`matching/refusals.toml`), after section 9.1 of the clinical specification.
"""

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule that applies: the reply's name, the entry that answers, and whether it only goes before an answer."""

    name: str
    entry: str | None
    note: bool


@dataclass(frozen=True, slots=True)
class RefusalRule:
    """One rule: a pattern that must be found, one that must not, and concepts of which one must be there, if any are."""

    refusal: Refusal
    found: re.Pattern[str]
    unless: re.Pattern[str] | None
    about: frozenset[str]

    def applies(self, sentence: str, concepts: Collection[str]) -> bool:
        """Say whether the rule applies to a message of `concepts`, given as its words in lower case."""
        if (self.about and self.about.isdisjoint(concepts)) or not self.found.search(sentence):
            return False
        return not (self.unless and self.unless.search(sentence))


@cache
def load_refusal_rules(language: str = "en") -> tuple[RefusalRule, ...]:
    """Read the rules of `language`, the most pressing first."""
    file = resources.files("bot") / "content" / language / "matching" / "refusals.toml"
    return tuple(
        RefusalRule(
            refusal=Refusal(rule["name"], rule.get("entry"), rule.get("note", False)),
            found=re.compile("|".join(rule["any"])),
            unless=re.compile("|".join(rule["unless"])) if "unless" in rule else None,
            about=frozenset(rule.get("about", ())),
        )
        for rule in tomllib.loads(file.read_text(encoding="utf-8"))["rule"]
    )
