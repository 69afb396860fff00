"""Every text that a patient could see is said somewhere, and whatever is said has a text."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from bot.clinical.lexicon import load_lexicon
from bot.clinical.questions import Form, load_questions
from bot.clinical.vocabulary import known_flags, known_slow_signs
from bot.faq.entries import load_entries
from bot.words import load_words

ROOT = Path(__file__).parents[1]
KEYS = tuple(load_words().keys())
NAMING = ("questions", "rules", "readings", "contacts", "en/matching/refusals")
"""The content files whose names and values are parts of keys."""
PLACE = "(.+)"
HEADS = re.compile(r"\bd\.heads\.(\w+)")


@cache
def trees() -> tuple[ast.AST, ...]:
    return tuple(
        ast.parse(file.read_text(encoding="utf-8"))
        for folder in ("bot", "handlers")
        for file in sorted((ROOT / folder).rglob("*.py"))
    )


def nodes(kind: type[ast.AST]) -> Iterator[ast.AST]:
    return (node for tree in trees() for node in ast.walk(tree) if isinstance(node, kind))


def pattern(node: ast.JoinedStr) -> str:
    """Give an f-string as a pattern, each of its places one group."""
    return "".join(
        re.escape(part.value) if isinstance(part, ast.Constant) and isinstance(part.value, str) else PLACE
        for part in node.values
    )


@cache
def literals() -> frozenset[str]:
    return frozenset(node.value for node in nodes(ast.Constant) if isinstance(node.value, str))


def named(content: object) -> Iterator[str]:
    """Give every name and value of a content file."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield name
            yield from named(value)
    elif isinstance(content, list):
        for value in content:
            yield from named(value)
    else:
        yield str(content)


@cache
def parts() -> frozenset[str]:
    """Give everything that may stand in the place of an f-string."""
    known = set(literals()) | set(map(str, range(366))) | known_flags() | known_slow_signs()
    known.update(flag for rule in load_lexicon().rules for flag in rule.flags)
    for name in NAMING:
        text = (ROOT / "bot" / "content" / f"{name}.toml").read_text(encoding="utf-8")
        known.update(named(tomllib.loads(text)))
    entries = load_entries().values()
    return frozenset(known | {entry.group for entry in entries} | {entry.id for entry in entries})


@cache
def said_outright() -> frozenset[str]:
    """Give the keys that stand in the code as they are, those of questions, and those that a template names."""
    templates = (ROOT / "bot" / "reports" / "templates").glob("*.typ")
    heads = {
        f"visit.page.{head}" for file in templates for head in HEADS.findall(file.read_text(encoding="utf-8"))
    }
    asked = {
        question.option_key(option)
        for form in Form
        for question in load_questions(form)
        for option in question.options
    }
    return literals() | heads | asked


@cache
def patterns() -> tuple[re.Pattern[str], ...]:
    """Give the f-strings that can be keys: a name of letters and a dot stand in them."""
    made = {pattern(node) for node in nodes(ast.JoinedStr) if isinstance(node, ast.JoinedStr)}
    return tuple(re.compile(each) for each in sorted(made) if re.search(r"[a-z_]\\\.|\\\.[a-z_]", each))


def said(key: str) -> bool:
    """Tell whether a key can come up: every place of the f-string that fits it holds something known."""
    if key in said_outright():
        return True
    fits = (match for each in patterns() if (match := each.fullmatch(key)))
    return any(all(known(part) for place in match.groups() for part in place.split(".")) for match in fits)


def known(part: str) -> bool:
    """Tell whether a part of a key is a name from somewhere, or one with a tail such as `_yes`."""
    tails = (each for each in literals() if each.startswith("_") and part.endswith(each))
    return part in parts() or any(part.removesuffix(tail) in parts() for tail in tails)


def test_no_text_is_left_that_nobody_says() -> None:
    assert [key for key in KEYS if not said(key)] == []


def test_whatever_is_said_has_a_text() -> None:
    called = (
        node.args[0]
        for node in nodes(ast.Call)
        if isinstance(node, ast.Call)
        and node.args
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in {"text", "filled"}
    )
    missing = [
        ast.unparse(key)
        for key in called
        if (isinstance(key, ast.Constant) and "." in str(key.value) and key.value not in KEYS)
        or (isinstance(key, ast.JoinedStr) and not any(re.fullmatch(pattern(key), each) for each in KEYS))
    ]
    assert missing == []
