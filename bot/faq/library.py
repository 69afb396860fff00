"""Puts a language's matcher together from its content files."""

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import numpy as np

from bot.faq.classifier import Learned
from bot.faq.entries import Entry, load_entries
from bot.faq.lexicon import load_lexicon
from bot.faq.matcher import Matcher
from bot.faq.refusals import load_refusal_rules
from bot.faq.vectors import load_vectors


def load_out_of_scope(language: str = "en") -> dict[str, tuple[str, ...]]:
    """Read the examples, by kind, of what is not ours to answer."""
    file = resources.files("bot") / "content" / language / "matching" / "out_of_scope.toml"
    return {kind: tuple(texts) for kind, texts in tomllib.loads(file.read_text(encoding="utf-8")).items()}


def load_learned(language: str = "en") -> Learned | None:
    """Read what was learned from our own entries (`bench/faq_learned.py`), or `None` where it was not kept."""
    file = resources.files("bot") / "content" / language / "matching" / "learned.npz"
    if not file.is_file():
        return None
    with file.open("rb") as stream, np.load(stream) as table:
        return Learned(str(table["digest"]), table["shares"])


def load_matcher(language: str = "en", extra_folder: Path | None = None) -> Matcher:
    """Learn the entries of `language`, with a clinic's over them; raises what `load_entries` raises."""
    return matcher_of(load_entries(language, extra_folder), language)


def matcher_of(entries: Mapping[str, Entry], language: str = "en") -> Matcher:
    """Learn entries that are read already."""
    return Matcher(
        entries,
        load_lexicon(language),
        load_vectors(language),
        load_out_of_scope(language),
        load_refusal_rules(language),
        load_learned(language),
    )
