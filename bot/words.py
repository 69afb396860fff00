"""Every word a patient sees, read from `bot/content/<language>/*.toml` and found by a dotted key.

A key starts with its file's name: `checkin.back_pain.question` is `[back_pain] question` in `checkin.toml`.
Texts are plain; `**two stars**` mark bold, and `{name}` is a place to fill. The edge escapes and renders.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

DEFAULT_LANGUAGE = "en"


class MissingWordsError(LookupError):
    """A key that no content file of the language has."""


class Words:
    """The words of one language."""

    def __init__(self, language: str, tables: Mapping[str, Any]) -> None:
        self.language = language
        self._texts = dict(_flatten("", tables))

    def text(self, key: str, **values: object) -> str:
        """Give the text of `key` with its places filled; raises `MissingWordsError` for an unknown key."""
        try:
            text = self._texts[key]
        except KeyError:
            raise MissingWordsError(f"no words for {key!r} in language {self.language!r}") from None
        return text.format_map(values) if values else text

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def keys(self) -> Iterator[str]:
        """Give every key, so that tests can look at each text."""
        return iter(self._texts)


@cache
def load_words(language: str = DEFAULT_LANGUAGE) -> Words:
    """Read the content files of `language` once; raises `FileNotFoundError` where there are none."""
    folder = resources.files("bot") / "content" / language
    tables = {
        file.name.removesuffix(".toml"): tomllib.loads(file.read_text(encoding="utf-8"))
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
    }
    if not tables:
        raise FileNotFoundError(f"no content files for language {language!r}")
    return Words(language, tables)


def _flatten(prefix: str, node: object) -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        for name, child in node.items():
            yield from _flatten(f"{prefix}.{name}" if prefix else name, child)
    elif isinstance(node, list):
        for position, child in enumerate(node):
            yield from _flatten(f"{prefix}.{position}", child)
    else:
        yield prefix, str(node)
