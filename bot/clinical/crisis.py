"""What is said to someone who may want to end their life: recognise, respect, refer (section 5.1).

Nothing of what they wrote comes in here or goes out: only that the message was shown, and when, is ever kept.
"""

from collections.abc import Iterator
from enum import StrEnum

from bot.clinical.contacts import OTHER, Contacts, fill, load_contacts
from bot.clinical.questions import UnknownChoiceError
from bot.words import Words

ANSWERS = ("yes", "no", "not_sure")
"""The answers to the one plain question that an unclear message is met with."""


class Button(StrEnum):
    """The buttons under the crisis message; the words are `crisis.<button>`."""

    OTHER_COUNTRIES = "other_countries"
    REACHED = "reached"
    PAUSE_TODAY = "pause_today"


def crisis_message(contacts: Contacts, words: Words) -> str:
    """Give the crisis message of a country; where none is known, with the numbers of others below."""
    message = fill(words.text("crisis.message"), contacts).strip()
    return f"{message}\n\n{contacts.short_list}" if contacts.short_list else message


def other_countries(words: Words) -> str:
    """Give the crisis and emergency numbers of every row."""
    return "\n".join(_lines(words))


def heard(answer: str) -> frozenset[str]:
    """Give the facts that an answer to the plain question sets: not sure counts as yes (L-2).

    Raises `UnknownChoiceError` for an answer that is not offered.
    """
    if answer not in ANSWERS:
        raise UnknownChoiceError(f"the question about safety has no answer {answer!r}")
    return frozenset({"crisis.denied" if answer == "no" else "crisis.thoughts"})


def follow_up(contacts: Contacts, words: Words) -> str:
    """Give the line of the day after, with the numbers again."""
    return fill(words.text("crisis.next_day"), contacts)


def _lines(words: Words) -> Iterator[str]:
    yield words.text("crisis.other_countries_head")
    for row, contacts in load_contacts(words.language).items():
        if row != OTHER:
            yield words.text(
                "crisis.other_countries_line",
                name=contacts.name,
                CRISIS=contacts.crisis,
                EMERGENCY=contacts.emergency,
            )
    yield words.text("crisis.other_countries_else", CRISIS=load_contacts(words.language)[OTHER].crisis)
