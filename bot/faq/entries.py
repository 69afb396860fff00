"""The questions that have an answer, one file each, and the files of a clinic laid over them.

A clinic's file with the name of one of ours takes its place; any other name is one entry more. A file that
cannot be read stops the start with its path and line, as half a list of answers is worse than none.
"""

import tomllib
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1500)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=48)]

FEWEST_PHRASINGS = 5
"""Below this a new entry is hardly ever found; our own have twenty or more."""


class EntryFileError(ValueError):
    """A file that is no entry: says which file, which line or key, and what is wrong."""


class Entry(BaseModel):
    """One question with its answer. `kind` safety also opens the warning screen, refuse is a fixed reply.

    Texts may hold `{EMERGENCY}`, `{ED}`, `{URGENT}` and `{CRISIS}`, which the country fills in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: Identifier
    title: Text
    group: Identifier
    kind: Literal["answer", "safety", "refuse"] = "answer"
    answer: Text
    what_you_can_do: Text | None = None
    when_to_get_help: Text | None = None
    sources: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
    article: str = ""
    related: Annotated[tuple[Identifier, ...], Field(strict=False)] = ()
    phrasings: Annotated[tuple[Text, ...], Field(strict=False, min_length=FEWEST_PHRASINGS)]


def load_entries(language: str = "en", extra_folder: Path | None = None) -> dict[str, Entry]:
    """Read every entry of `language`, with those of `extra_folder` over them, by id in order.

    Raises `EntryFileError` for a broken file, an unknown group or a related entry that does not exist, and
    `FileNotFoundError` where the language or the folder is missing.
    """
    entries = _read_folder(resources.files("bot") / "content" / language / "faq")
    groups = {entry.group for entry in entries.values()}
    if extra_folder is not None:
        for name, entry in _read_folder(extra_folder).items():
            if entry.group not in groups:
                raise EntryFileError(
                    f"{extra_folder / name}.toml: group: {entry.group!r} is none of {', '.join(sorted(groups))}"
                )
            entries[name] = entry
    for entry in entries.values():
        for other in entry.related:
            if other not in entries:
                raise EntryFileError(f"{entry.id}.toml: related: there is no entry {other!r}")
    return dict(sorted(entries.items()))


def _read_folder(folder: Traversable) -> dict[str, Entry]:
    if not folder.is_dir():
        raise FileNotFoundError(f"no folder of questions at {folder}")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return {file.name.removesuffix(".toml"): _read_file(file) for file in files}


def _read_file(file: Traversable) -> Entry:
    try:
        table: Mapping[str, object] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EntryFileError(f"{file}: {error}") from error
    try:
        return Entry.model_validate({"id": file.name.removesuffix(".toml"), **table})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise EntryFileError(f"{file}: {key}: {first['msg']}") from error
