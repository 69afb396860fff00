"""The page for clinicians, `docs/clinical.md`, made from the data that the bot runs on: `python -m bot.clinical.document`."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources

from bot.clinical.checkin import MAY_BE_OLD
from bot.clinical.contacts import VERIFIED_FOR, load_contacts
from bot.clinical.questions import Form, Question, load_questions
from bot.clinical.rules import Rule, load_rules
from bot.clinical.sources import load_sources
from bot.words import Words, load_words

TOPICS = {"back": "Back", "head": "Head", "medicine": "Medicines", "mood": "Mood", "both": "Both and general"}


def document() -> str:
    """Give the whole page as Markdown."""
    words, rules = load_words(), load_rules()
    first = [rule for rule in rules if needs_a_clinician_first(rule)]
    template = (resources.files("bot") / "content" / "clinical.md").read_text(encoding="utf-8")
    parts = {
        "first": str(len(first)),
        "needs_first": _table(["rule", "level", "holds when", "why first"], map(_first_row, first)),
        "rules": "\n\n".join(_topic(topic, rules, words) for topic in TOPICS),
        "may_be_old": ", ".join(words.text(f"flags.{sign}") for sign in sorted(MAY_BE_OLD)),
        "questions": "\n\n".join(_form(form, words) for form in Form),
        "verified_days": str(VERIFIED_FOR.days),
        "unverified": ", ".join(row for row, one in load_contacts().items() if one.verified_on is None),
        "remembered": ", ".join(row for row, one in load_contacts().items() if one.check == "M"),
        "contacts": _table(
            ["row", "emergency", "hospital", "today", "crisis", "check", "source", "verified on"],
            _contact_rows(),
        ),
        "sources": _table(["id", "source", "check", "what it supports"], _source_rows(rules)),
    }
    for name, text in parts.items():
        template = template.replace("{" + name + "}", text)
    return template


def needs_a_clinician_first(rule: Rule) -> bool:
    """Tell whether a rule must not reach patients before a clinician's yes: our own threshold, or unchecked."""
    return rule.basis == "project" or rule.check == "M"


def _first_row(rule: Rule) -> Sequence[str]:
    reasons = ["our own threshold"] if rule.basis == "project" else []
    reasons += ["not checked again"] if rule.check == "M" else []
    return (f"**{rule.id}**", f"`{rule.level.label}`", f"`{rule.condition.text}`", ", ".join(reasons))


def _topic(topic: str, rules: Iterable[Rule], words: Words) -> str:
    rows = (_rule_row(rule, words) for rule in rules if rule.topic == topic)
    head = ["rule", "when", "holds when", "level", "says", "because", "sources", "basis", "check"]
    return f"### {TOPICS[topic]}\n\n{_table(head, rows)}"


def _rule_row(rule: Rule, words: Words) -> Sequence[str]:
    says = words.text(f"{rule.key}.advice")
    if rule.conditional:
        says = f"*[{words.text(f'{rule.key}.if')}]* {says}"
    return (
        f"**{rule.id}**",
        rule.timing.replace("_", " "),
        f"`{rule.condition.text}`" + (" (and no other rule)" if rule.last else ""),
        f"`{rule.level.label}`",
        says,
        words.text(f"{rule.key}.why"),
        "; ".join(rule.sources),
        rule.basis,
        rule.check,
    )


def _form(form: Form, words: Words) -> str:
    rows = (_question_row(question, words) for question in load_questions(form))
    head = ["question", "words", "asked when", "options", "signs"]
    return f"### {form.capitalize()}\n\n{_table(head, rows)}"


def _question_row(question: Question, words: Words) -> Sequence[str]:
    labels = (
        words.text(question.option_key(option)) if question.option_key(option) in words else option
        for option in question.options
    )
    signs = [
        f"{option}: {', '.join(flags)}" for option, flags in question.flags.items() if flags != (option,)
    ]
    signs += [f"skipped: {', '.join(question.skipped)}"] if question.skipped else []
    return (
        f"`{question.id}`",
        words.text(f"{question.key}.question"),
        f"`{question.when.text}`" if question.when else "always",
        "; ".join(labels) or question.kind,
        "; ".join(sign for sign in signs if not sign.endswith(": ")),
    )


def _contact_rows() -> Iterator[Sequence[str]]:
    for row, contacts in load_contacts().items():
        verified = str(contacts.verified_on) if contacts.verified_on else "**still to be checked**"
        numbers = (contacts.emergency, contacts.ed, contacts.urgent, contacts.crisis)
        yield (f"{contacts.name} ({row})", *numbers, contacts.check, contacts.source or "none", verified)


def _source_rows(rules: Iterable[Rule]) -> Iterator[Sequence[str]]:
    sources = load_sources()
    for name in sorted({source for rule in rules for source in rule.sources}):
        source = sources[name]
        citation = f"[{source.citation}]({source.url})" if source.url.startswith("http") else source.citation
        yield (name, citation, source.check, source.supports)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(document())
