"""Puts a language's matcher together from its content files."""

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


def load_learned(language: str = "en") -> Learned:
    """Read what was learned from our own entries; raises `FileNotFoundError` where there is none."""
    file = resources.files("bot") / "content" / language / "matching" / "learned.npz"
    with file.open("rb") as stream, np.load(stream) as table:
        words = table["words"].tobytes().decode().split("\n")
        return Learned(
            digest=str(table["digest"]),
            labels=tuple(table["labels"].tobytes().decode().split("\n")),
            features=tuple(table["features"].tobytes().decode().split("\n")),
            rarity=table["rarity"],
            weights=table["weights"],
            scales=table["scales"],
            vectors=table["vectors"],
            shares=table["shares"],
            word_rarity=dict(zip(words, table["word_rarity"].tolist(), strict=True)),
            subjects=table["subjects"],
        )


def load_matcher(language: str = "en", extra_folder: Path | None = None) -> Matcher:
    """Read the matcher of `language`, with a clinic's entries learned; raises what `load_entries` raises."""
    return matcher_of(load_entries(language, extra_folder), language)


def matcher_of(entries: Mapping[str, Entry], language: str = "en") -> Matcher:
    """Put the matcher together for entries that are read already."""
    return Matcher(
        entries,
        load_lexicon(language),
        load_vectors(language),
        load_refusal_rules(language),
        load_learned(language),
    )
