"""The questions that have an answer, one file each, and the files of a clinic laid over them.

A clinic's file with the name of one of ours takes its place; any other name is one entry more. A file that
cannot be read stops the start with its path and its line or key, as half a list of answers is worse than none.

Checked here by hand and not by pydantic: importing that would cost `ask` more time than all its matching.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

KINDS = ("answer", "safety", "refuse")

FEWEST_PHRASINGS = 5
"""Below this a new entry is hardly ever found; our own have forty or more."""

LONGEST_TEXT = 1200
"""Characters, so that an entry with all its parts fits one Telegram message of 4096."""

_IDENTIFIER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_IDENTIFIER = 48
_TEXTS = ("title", "group", "kind", "answer", "what_you_can_do", "when_to_get_help", "article")
_LISTS = ("sources", "related", "phrasings")
_NEEDED = ("title", "group", "answer", "sources")


class EntryFileError(ValueError):
    """A file that is no entry: says which file, which line or key, and what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One question with its answer. `kind` safety also opens the warning screen, refuse is a fixed reply.

    Texts may hold `{EMERGENCY}`, `{ED}`, `{URGENT}` and `{CRISIS}`, which the country fills in. `sources` are ids
    of `content/sources.toml`, `article` the passage of the source article that the entry stands on. `phrasings` are a
    clinic's ways to ask; those of our own entries stand in `matching/phrasings` and are learned beforehand.
    """

    id: str
    title: str
    group: str
    kind: str = "answer"
    answer: str
    what_you_can_do: str | None = None
    when_to_get_help: str | None = None
    sources: tuple[str, ...]
    article: str = ""
    related: tuple[str, ...] = ()
    phrasings: tuple[str, ...] = ()


def load_entries(language: str = "en", extra_folder: Path | None = None) -> dict[str, Entry]:
    """Read every entry of `language`, with those of `extra_folder` over them, by id in order.

    Raises `EntryFileError` for a broken file, an unknown group or a related entry that does not exist, and
    `FileNotFoundError` where the language or the folder is missing.
    """
    own = _read_folder(resources.files("bot") / "content" / language / "faq")
    extra = _read_folder(extra_folder) if extra_folder is not None else {}
    groups = sorted({entry.group for entry in own.values()})
    entries = dict(sorted({**own, **extra}.items()))
    for entry in entries.values():
        file = f"{extra_folder if entry.id in extra else 'our own'}/{entry.id}.toml"
        if entry.id not in own and not entry.phrasings:
            raise EntryFileError(f"{file}: phrasings: missing")
        if entry.group not in groups:
            raise EntryFileError(f"{file}: group: {entry.group!r} is none of {', '.join(groups)}")
        for other in entry.related:
            if other not in entries:
                raise EntryFileError(f"{file}: related: there is no entry {other!r}")
    return entries


def _read_folder(folder: Traversable) -> dict[str, Entry]:
    if not folder.is_dir():
        raise FileNotFoundError(f"no folder of questions at {folder}")
    files = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    return {file.name.removesuffix(".toml"): _read_file(file) for file in files}


def _read_file(file: Traversable) -> Entry:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EntryFileError(f"{file}: {error}") from error
    try:
        return _entry(file.name.removesuffix(".toml"), table)
    except ValueError as error:
        raise EntryFileError(f"{file}: {error}") from error


def _entry(name: str, table: Mapping[str, object]) -> Entry:
    if not _IDENTIFIER.fullmatch(name) or len(name) > _LONGEST_IDENTIFIER:
        raise ValueError(f"file name: want at most {_LONGEST_IDENTIFIER} of a-z, 0-9 and single hyphens")
    for key in table:
        if key not in _TEXTS and key not in _LISTS:
            raise ValueError(f"{key}: not a key of an entry; the keys are {', '.join(_TEXTS + _LISTS)}")
    for key in _NEEDED:
        if not table.get(key):
            raise ValueError(f"{key}: missing")
    texts = {key: _text(key, table[key]) for key in _TEXTS if key in table}
    lists = {key: _texts(key, table[key]) for key in _LISTS if key in table}
    if texts.get("kind", KINDS[0]) not in KINDS:
        raise ValueError(f"kind: want one of {', '.join(KINDS)}")
    if "phrasings" in lists and len(lists["phrasings"]) < FEWEST_PHRASINGS:
        raise ValueError(f"phrasings: want at least {FEWEST_PHRASINGS} ways to ask it")
    return Entry(
        id=name,
        title=texts["title"],
        group=texts["group"],
        kind=texts.get("kind", KINDS[0]),
        answer=texts["answer"],
        what_you_can_do=texts.get("what_you_can_do") or None,
        when_to_get_help=texts.get("when_to_get_help") or None,
        sources=lists["sources"],
        article=texts.get("article", ""),
        related=lists.get("related", ()),
        phrasings=lists.get("phrasings", ()),
    )


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{key}: want a text")  # noqa: TRY004 - one error for every fault of a file
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"{key}: {len(value)} characters, want at most {LONGEST_TEXT}")
    return value.strip()


def _texts(key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f"{key}: want a list of texts")  # noqa: TRY004 - as above
    return tuple(_text(f"{key}.{position}", item) for position, item in enumerate(value))
