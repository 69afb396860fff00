"""The rule table: what must hold, how urgent it is and on whose word, and what of it holds for one patient.

Conditions, levels and sources are data (`bot/content/rules.toml`), words are in `advice.toml`. This module knows
how a rule is read and applied (L-1 to L-5, L-14), not what it says. When it is said again is in `advice.py`.
"""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, Literal

from bot.clinical.answers import Level
from bot.clinical.conditions import Condition, ConditionError, Truth, Value, parse
from bot.clinical.facts import Facts
from bot.clinical.sources import Source, load_sources
from bot.clinical.vocabulary import find_term
from bot.readability import HIGHEST_GRADE, grade
from bot.words import DEFAULT_LANGUAGE, Words, load_words

MOST_REASONS = 2
"""How many reasons an advice shows (L-1)."""

CRISIS_RULES = frozenset({"M-01", "M-02"})
"""The rules that bring the crisis message with them (L-14)."""

_DOSE = re.compile(
    r"\d+(?:[.,]\d+)?\s*(?:mg|mcg|µg|g|ml|milligrams?|grams?|tablets?|pills?|x)\b", re.IGNORECASE
)
_PLACES: Mapping[str, str] = {"EMERGENCY": "999", "ED": "A&E", "URGENT": "NHS 111", "CRISIS": "116 123"}


class RuleError(ValueError):
    """A rule that must not be used: loading stops, and the message says which rule and why."""


class Timing(StrEnum):
    """When a rule is judged."""

    ANY = "any"
    DAILY = "daily"
    WEEKLY = "weekly"
    DAILY_AND_WEEKLY = "daily_and_weekly"
    ROLLING = "rolling"
    FOUR_WEEKLY = "four_weekly"
    ONCE = "once"


_JUDGED_AT: Mapping[Timing, frozenset[Timing]] = {
    Timing.ANY: frozenset({Timing.ANY}),
    Timing.DAILY: frozenset({Timing.ANY, Timing.DAILY, Timing.ROLLING, Timing.DAILY_AND_WEEKLY, Timing.ONCE}),
    Timing.WEEKLY: frozenset(
        {Timing.ANY, Timing.WEEKLY, Timing.ROLLING, Timing.DAILY_AND_WEEKLY, Timing.FOUR_WEEKLY, Timing.ONCE}
    ),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the rule table. `signs` are the warning and slow signs that its condition names."""

    id: str
    topic: Literal["back", "head", "medicine", "mood", "both"]
    timing: Timing
    level: Level
    condition: Condition[Facts]
    sources: tuple[str, ...]
    basis: Literal["published", "adapted", "project"]
    check: Literal["C", "S", "M"]
    last: bool
    conditional: bool
    """Whether there are words for "if you have had ...", for a profile that does not say."""
    flags: frozenset[str]
    slow: frozenset[str]

    @property
    def key(self) -> str:
        """Give where its words are: `<key>.advice`, `<key>.why` and, for some, `<key>.if`."""
        return f"advice.{self.id}"

    def sign_stands(self, facts: Facts) -> bool:
        """Tell whether a warning sign that the rule names was ticked or typed."""
        return bool(self.flags & facts.flags) or bool(self.slow & facts.slow)


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that holds, at the level it holds at, and what it stood on.

    `conditional`: the profile does not say, so the advice starts with the risk it is for (L-5).
    `old`: only signs that were called old and checked made it hold, so its level is `routine` (L-4).
    """

    rule: Rule
    level: Level
    facts: Mapping[str, Value]
    conditional: bool = False
    old: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """What holds for a patient at one moment, most urgent first, and the lines for those whose profile is empty."""

    fired: tuple[Fired, ...]
    if_lines: tuple[Fired, ...]

    @property
    def level(self) -> Level:
        """Give the highest level of what holds (L-1). Nothing at all is `self_care`."""
        return max((one.level for one in self.fired), default=Level.SELF_CARE)

    @property
    def headline(self) -> Fired | None:
        """Give what is said first: the highest level, and within it what is certain before what is "if"."""
        return self.fired[0] if self.fired else None

    @property
    def reasons(self) -> tuple[Fired, ...]:
        """Give the most urgent that hold, at most two, whose reasons are shown."""
        return self.fired[:MOST_REASONS]

    @property
    def crisis(self) -> bool:
        """Tell whether the crisis message is due, as well as any medical advice (L-14)."""
        return any(one.rule.id in CRISIS_RULES for one in self.fired)

    @property
    def crisis_first(self) -> bool:
        """Tell whether it goes ahead of the medical advice: always, but for a medical emergency (L-14)."""
        medical = (one.level for one in self.fired if one.rule.id not in CRISIS_RULES)
        return self.crisis and max(medical, default=Level.SELF_CARE) is not Level.EMERGENCY


def judge(rules: Sequence[Rule], facts: Facts, timing: Timing) -> Judgement:
    """Give what holds at one moment: ANY after an answer or a message, DAILY and WEEKLY when either has ended.

    Unknown never lowers (L-2, L-5): where a sign of the rule was named, a skipped score counts as reached, and
    an empty profile as having the risk. Without a sign, an empty profile only adds a line that starts with "if".
    A slow sign that was typed is judged at once, and not when the week ends.
    """
    now = _JUDGED_AT[timing]
    fired: list[Fired] = []
    if_lines: list[Fired] = []
    for rule in rules:
        typed = bool(rule.slow & facts.typed_slow)
        if (rule.timing not in now and not typed) or rule.last:
            continue
        found = _apply(rule, facts)
        if found is not None:
            certain = not found.conditional or (rule.sign_stands(facts) and rule.level >= Level.SOON)
            (fired if certain else if_lines).append(found)
    fired.extend(_old(rules, facts, now, {one.rule.id for one in fired}))
    if not fired:
        found_last = (_apply(rule, facts) for rule in rules if rule.last and rule.timing in now)
        fired.extend(one for one in found_last if one is not None)
    fired.sort(key=_urgency)
    if_lines.sort(key=_urgency)
    return Judgement(fired=tuple(fired), if_lines=tuple(if_lines))


def _apply(rule: Rule, facts: Facts) -> Fired | None:
    holds = rule.condition.holds(facts)
    if holds is Truth.NO or holds is Truth.NO_DATA:
        return None
    if holds is Truth.SKIPPED and not rule.sign_stands(facts):
        return None
    conditional = holds is Truth.PROFILE_UNKNOWN
    if conditional and not (rule.conditional and _holds_for_those_at_risk(rule, facts)):
        return None
    return Fired(rule=rule, level=rule.level, facts=rule.condition.facts(facts), conditional=conditional)


def _holds_for_those_at_risk(rule: Rule, facts: Facts) -> bool:
    """Tell whether an "if" would be true: for someone with the risk the rule holds, and not for want of an answer."""
    return rule.sign_stands(facts) or rule.condition.holds(facts.at_risk) is not Truth.SKIPPED


def _old(rules: Sequence[Rule], facts: Facts, now: Collection[Timing], fired: Collection[str]) -> list[Fired]:
    """Give what would hold if the old signs were new, as `routine` (L-4)."""
    if not facts.old:
        return []
    as_new = replace(facts, flags=facts.flags | facts.old, old=frozenset())
    found = (
        _apply(rule, as_new)
        for rule in rules
        if rule.timing in now and rule.id not in fired and rule.flags & facts.old and not rule.last
    )
    return [replace(one, level=Level.ROUTINE, old=True) for one in found if one is not None]


def _urgency(one: Fired) -> tuple[int, bool, bool, bool]:
    return (-one.level, one.old, one.conditional, one.rule.id not in CRISIS_RULES)


def sources_of(rule: Rule) -> tuple[Source, ...]:
    """Give the sources of a rule, without the mark for our own choice."""
    return tuple(load_sources()[source] for source in rule.sources if source != "PROJECT")


@cache
def load_rules(language: str = DEFAULT_LANGUAGE) -> tuple[Rule, ...]:
    """Read the rule table once. Raises `RuleError` for anything in it that must not reach a patient."""
    return _read_table("rules.toml", language)


@cache
def load_readings(language: str = DEFAULT_LANGUAGE) -> tuple[Rule, ...]:
    """Read what is said of messages whose signs no rule names, one row a level; `judge` is never given them.

    Raises `RuleError`, as `load_rules` does.
    """
    return _read_table("readings.toml", language)


def reading_at(level: Level) -> Rule:
    """Give the row for a level that a message was read at; for one below them all that of the lowest."""
    lowest_first = sorted(load_readings(), key=lambda row: row.level)
    return next((row for row in reversed(lowest_first) if row.level <= level), lowest_first[0])


def rule_by_id(rule_id: str) -> Rule:
    """Give one rule, or one row of the readings; raises `KeyError` for an id that is in neither table."""
    return {rule.id: rule for rule in (*load_rules(), *load_readings())}[rule_id]


def _read_table(name: str, language: str) -> tuple[Rule, ...]:
    text = (resources.files("bot") / "content" / name).read_text(encoding="utf-8")
    return read_rules(tomllib.loads(text), load_words(language), load_sources())


def read_rules(
    table: Mapping[str, Mapping[str, Any]], words: Words, sources: Collection[str]
) -> tuple[Rule, ...]:
    """Turn the rows of the content file into rules; raises `RuleError`, and says which rule and why."""
    return tuple(_rule(rule_id, row, words, sources) for rule_id, row in table.items())


def _rule(rule_id: str, row: Mapping[str, Any], words: Words, sources: Collection[str]) -> Rule:
    _check_row(rule_id, row, sources)
    try:
        condition = parse(row["when"], find_term)
        timing, level = Timing(row["timing"]), Level[row["level"].upper()]
    except (ConditionError, ValueError, KeyError) as error:
        raise RuleError(f"{rule_id}: {error}") from error
    conditional = f"advice.{rule_id}.if" in words
    for part in ("advice", "why", "if") if conditional else ("advice", "why"):
        _check_words(rule_id, f"advice.{rule_id}.{part}", words)
    named = tuple(condition.terms)
    return Rule(
        id=rule_id,
        topic=row["topic"],
        timing=timing,
        level=level,
        condition=condition,
        sources=tuple(row["sources"]),
        basis=row["basis"],
        check=row["check"],
        last=row.get("last", False),
        conditional=conditional,
        flags=frozenset(name.removeprefix("flag.") for name in named if name.startswith("flag.")),
        slow=frozenset(name.removeprefix("slow.") for name in named if name.startswith("slow.")),
    )


def _check_row(rule_id: str, row: Mapping[str, Any], sources: Collection[str]) -> None:
    needed = {"topic", "timing", "level", "when", "sources", "basis", "check"}
    if missing := needed - set(row):
        raise RuleError(f"{rule_id}: no {', '.join(sorted(missing))}")
    if surplus := set(row) - needed - {"last"}:
        raise RuleError(f"{rule_id}: {', '.join(sorted(surplus))} is not known")
    if not row["sources"]:
        raise RuleError(f"{rule_id}: no source")
    if lost := [source for source in row["sources"] if source not in sources]:
        raise RuleError(f"{rule_id}: no source is called {', '.join(lost)}")
    allowed = {
        "topic": {"back", "head", "medicine", "mood", "both"},
        "basis": {"published", "adapted", "project"},
        "check": {"C", "S", "M"},
    }
    for name, values in allowed.items():
        if row[name] not in values:
            raise RuleError(f"{rule_id}: {name} is {row[name]!r}")


def _check_words(rule_id: str, key: str, words: Words) -> None:
    if key not in words:
        raise RuleError(f"{rule_id}: no words for {key}")
    text = words.text(key)
    try:
        filled = text.format_map(_PLACES)
    except (KeyError, ValueError, IndexError) as error:
        raise RuleError(f"{rule_id}: {key} has a place that nothing fills: {text!r}") from error
    if _DOSE.search(filled):
        raise RuleError(f"{rule_id}: {key} names a dose: {text!r}")
    reached = grade(filled)
    if reached > HIGHEST_GRADE:
        raise RuleError(f"{rule_id}: {key} is at grade {reached:.1f}, over {HIGHEST_GRADE}: {text!r}")
