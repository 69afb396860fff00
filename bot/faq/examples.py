"""What the matcher was taught with: ways to ask for each entry, and other talk, one a line in plain text files.

Only learning (`bench/faq_learned.py`) and the tests read them; the bot reads what was learned.
"""

import hashlib
from importlib import resources
from importlib.resources.abc import Traversable

from bot.faq.classifier import MEANING, RIDGE, SHARPNESS
from bot.faq.entries import load_entries


def load_phrasings(language: str = "en") -> dict[str, tuple[str, ...]]:
    """Read the ways to ask for each of our own entries, by entry."""
    return _lines(_matching(language) / "phrasings")


def load_out_of_scope(language: str = "en") -> dict[str, tuple[str, ...]]:
    """Read the examples, by kind, of what is not ours to answer."""
    return _lines(_matching(language) / "out_of_scope")


def digest(language: str = "en") -> str:
    """Tell what a matcher is learned from: examples, lexicon, word vectors, what reads features, and how it learns."""
    told = hashlib.sha256(repr((RIDGE, MEANING, SHARPNESS)).encode())
    for examples in (load_phrasings(language), load_out_of_scope(language)):
        told.update(repr(sorted(examples.items())).encode())
    told.update(repr([(entry.id, entry.title) for entry in load_entries(language).values()]).encode())
    told.update((_matching(language) / "lexicon.toml").read_text(encoding="utf-8").encode())
    told.update((_matching(language) / "vectors.npz").read_bytes())
    for module in ("features", "lexicon", "vectors"):
        told.update((resources.files("bot") / "faq" / f"{module}.py").read_text(encoding="utf-8").encode())
    return told.hexdigest()


def _matching(language: str) -> Traversable:
    return resources.files("bot") / "content" / language / "matching"


def _lines(folder: Traversable) -> dict[str, tuple[str, ...]]:
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".txt")), key=lambda file: file.name
    )
    return {
        file.name.removesuffix(".txt"): tuple(file.read_text(encoding="utf-8").splitlines()) for file in files
    }
