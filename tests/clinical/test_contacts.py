"""Who is called in each country, and numbers that are too long unchecked."""

from datetime import date, timedelta

import pytest

from bot.clinical.contacts import (
    VERIFIED_FOR,
    ContactError,
    contacts_for,
    fill,
    load_contacts,
    read_contacts,
    to_be_checked,
)
from bot.clinical.sources import load_sources


@pytest.mark.parametrize(
    ("country", "row", "emergency"),
    [
        ("GB", "GB", "999"),
        ("gb", "GB", "999"),
        ("US", "US", "911"),
        ("DE", "DE", "112"),
        ("IT", "EU", "112"),
        ("PL", "EU", "112"),
        ("JP", "other", "your local emergency number"),
        (None, "other", "your local emergency number"),
    ],
)
def test_the_row_of_a_country(country, row, emergency) -> None:
    contacts = contacts_for(country)
    assert (contacts.row, contacts.emergency) == (row, emergency)


def test_an_unknown_country_gets_the_short_list() -> None:
    for number in ("911", "988", "999", "112", "116 123"):
        assert number in contacts_for(None).short_list
    assert contacts_for("GB").short_list is None


def test_places_are_filled_and_other_braces_are_left() -> None:
    text = "{EMERGENCY} {ED} {URGENT} {CRISIS} {note}"
    assert fill(text, contacts_for("AU")) == (
        "000 the ED Healthdirect on 1800 022 222 Lifeline on 13 11 14 {note}"
    )


def test_rows_to_be_checked_are_named_and_all_of_them_in_time() -> None:
    never = {row for row, contacts in load_contacts().items() if contacts.verified_on is None}
    newest = max(contacts.verified_on for contacts in load_contacts().values() if contacts.verified_on)
    assert {"DE", "FR", "ES", "IN"} <= never == set(to_be_checked(newest))
    assert set(to_be_checked(newest + VERIFIED_FOR + timedelta(days=1))) == set(load_contacts())


def test_a_number_is_due_for_checking_after_180_days() -> None:
    verified = contacts_for("GB")
    assert not verified.due_for_checking(verified.verified_on + VERIFIED_FOR)
    assert verified.due_for_checking(verified.verified_on + VERIFIED_FOR + timedelta(days=1))
    assert contacts_for("FR").due_for_checking(verified.verified_on)


def test_only_rows_read_in_full_on_their_source_are_verified() -> None:
    verified = {row for row, contacts in load_contacts().items() if contacts.verified_on is not None}
    assert verified == {row for row, contacts in load_contacts().items() if contacts.check == "C"}
    assert verified == {"GB", "US", "EU", "other"}


def test_every_source_of_a_contact_exists() -> None:
    named = {contacts.source for contacts in load_contacts().values() if contacts.source}
    assert named <= set(load_sources())


@pytest.mark.parametrize(
    "table",
    [
        {"GB": {"check": "C"}},
        {"other": {}},
        {"other": {"check": "C", "verified_on": "2026-11-22"}},
    ],
)
def test_a_table_that_is_not_well_formed_stops_the_loading(table) -> None:
    with pytest.raises(ContactError):
        read_contacts(table, "en")


def test_a_row_without_words_stops_the_loading() -> None:
    with pytest.raises(LookupError, match=r"contacts\.XX"):
        read_contacts({"XX": {"check": "C", "verified_on": date(2026, 1, 1)}}, "en")
