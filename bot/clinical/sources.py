"""The sources behind every rule: what was read, where, and how well it was checked."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Source:
    """One source. `check`: C = read on a stored copy, S = seen in a secondary copy, M = from memory."""

    id: str
    citation: str
    url: str
    check: str
    supports: str


@cache
def load_sources() -> Mapping[str, Source]:
    """Read the table of sources once."""
    text = (resources.files("bot") / "content" / "sources.toml").read_text(encoding="utf-8")
    return {
        name: Source(
            id=name,
            citation=row["citation"],
            url=row.get("url", ""),
            check=row["check"],
            supports=row.get("supports", ""),
        )
        for name, row in tomllib.loads(text).items()
    }
