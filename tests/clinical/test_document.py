"""The page for clinicians is made from the data, is up to date, and says what it must."""

from pathlib import Path

from bot.clinical.contacts import load_contacts
from bot.clinical.document import document, needs_a_clinician_first
from bot.clinical.rules import load_rules

PAGE = Path(__file__).parents[2] / "docs" / "clinical.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "run `make docs`"


def test_it_says_that_nobody_has_reviewed_it_and_which_rules_come_first() -> None:
    first = [rule for rule in load_rules() if needs_a_clinician_first(rule)]
    head, rest = document().split("## Levels")
    assert "**No clinician has reviewed this yet.**" in head
    assert f"The {len(first)} rules" in head
    assert {rule.id for rule in first} >= {"B-26", "B-40", "B-41", "B-42", "B-54", "B-55", "H-09", "X-14"}
    for rule in load_rules():
        assert (f"**{rule.id}**" in head) is (rule in first)
        assert f"**{rule.id}**" in rest


def test_every_source_and_every_place_is_filled() -> None:
    text = document()
    named = {source for rule in load_rules() for source in rule.sources}
    assert all(f"| {source} |" in text for source in named)
    for place in ("{rules}", "{first}", "{contacts}", "{questions}", "{sources}", "{may_be_old}"):
        assert place not in text


def test_rows_to_be_checked_are_named() -> None:
    missing = [row for row, contacts in load_contacts().items() if contacts.verified_on is None]
    assert document().count("**still to be checked**") == len(missing) + 1
