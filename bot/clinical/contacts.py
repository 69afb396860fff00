"""Who to call in each country: the words set for {EMERGENCY}, {ED}, {URGENT} and {CRISIS} in an advice."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from bot.words import DEFAULT_LANGUAGE, load_words

VERIFIED_FOR = timedelta(days=180)
"""How long a number is trusted before it must be compared with its source again (section 5.2)."""

OTHER = "other"


class ContactError(ValueError):
    """A row of contacts that cannot be used as it stands."""


@dataclass(frozen=True, slots=True)
class Contacts:
    """The words and numbers of one row. `short_list` has the numbers of other countries, where none is known."""

    row: str
    name: str
    emergency: str
    ed: str
    urgent: str
    crisis: str
    short_list: str | None
    check: str
    source: str | None
    verified_on: date | None

    def due_for_checking(self, today: date) -> bool:
        """Tell whether its numbers were never compared with their source, or too long ago."""
        return self.verified_on is None or today - self.verified_on > VERIFIED_FOR


def to_be_checked(today: date, language: str = DEFAULT_LANGUAGE) -> tuple[str, ...]:
    """Give the rows whose numbers were never compared with their source, or too long ago."""
    return tuple(row for row, contacts in load_contacts(language).items() if contacts.due_for_checking(today))


def contacts_for(country: str | None, language: str = DEFAULT_LANGUAGE) -> Contacts:
    """Give who to call in `country` (ISO 3166 alpha-2); countries without a row get that of the EU or `other`."""
    rows = load_contacts(language)
    code = (country or "").upper()
    return rows.get(code) or rows[_membership().get(code, OTHER)]


def fill(text: str, contacts: Contacts) -> str:
    """Set the country's words into an advice; any other brace is left as it is."""
    for place, words in (
        ("{EMERGENCY}", contacts.emergency),
        ("{ED}", contacts.ed),
        ("{URGENT}", contacts.urgent),
        ("{CRISIS}", contacts.crisis),
    ):
        text = text.replace(place, words)
    return text


@cache
def load_contacts(language: str = DEFAULT_LANGUAGE) -> Mapping[str, Contacts]:
    """Read the rows once; raises `ContactError` for one that is not well formed, or `MissingWordsError`."""
    return read_contacts(_table(), language)


def read_contacts(table: Mapping[str, Mapping[str, Any]], language: str) -> Mapping[str, Contacts]:
    """Turn the rows of the content file into contacts; raises `ContactError`."""
    words = load_words(language)
    rows: dict[str, Contacts] = {}
    for row, facts in table.items():
        verified = facts.get("verified_on")
        if "check" not in facts or not (verified is None or type(verified) is date):
            raise ContactError(f"the contacts of {row} have no check mark, or a verified_on that is no date")
        short = f"contacts.{row}.short_list"
        rows[row] = Contacts(
            row=row,
            name=words.text(f"contacts.{row}.name"),
            emergency=words.text(f"contacts.{row}.emergency"),
            ed=words.text(f"contacts.{row}.ed"),
            urgent=words.text(f"contacts.{row}.urgent"),
            crisis=words.text(f"contacts.{row}.crisis"),
            short_list=words.text(short) if short in words else None,
            check=facts["check"],
            source=facts.get("source"),
            verified_on=verified,
        )
    if OTHER not in rows:
        raise ContactError(f"there is no row {OTHER!r} for a country that is not known")
    return rows


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    text = (resources.files("bot") / "content" / "contacts.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _membership() -> Mapping[str, str]:
    return {country: row for row, facts in _table().items() for country in facts.get("members", ())}
