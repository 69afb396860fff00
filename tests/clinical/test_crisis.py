"""What is said to someone who may want to end their life."""

import pytest

from bot.clinical.contacts import contacts_for
from bot.clinical.crisis import crisis_message, follow_up, heard, other_countries
from bot.clinical.questions import UnknownChoiceError
from bot.words import load_words

WORDS = load_words()


def test_the_message_recognises_is_honest_and_refers() -> None:
    message = crisis_message(contacts_for("GB"), WORDS)
    for part in ("glad you told me", "I'm a bot", "no person is reading", "999", "A&E", "116 123", "85258"):
        assert part in message
    assert "{" not in message


def test_an_unknown_country_gets_the_numbers_of_others() -> None:
    message = crisis_message(contacts_for(None), WORDS)
    for part in ("findahelpline.com", "988", "116 123", "112", "999", "911"):
        assert part in message


def test_other_countries_are_all_there() -> None:
    text = other_countries(WORDS)
    for part in ("988", "13 11 14", "1737", "3114", "024", "14416", "0800 111 0 111", "findahelpline.com"):
        assert part in text
    assert "{" not in text


@pytest.mark.parametrize(
    ("answer", "facts"),
    [("yes", {"crisis.thoughts"}), ("not_sure", {"crisis.thoughts"}), ("no", {"crisis.denied"})],
)
def test_not_sure_counts_as_yes(answer, facts) -> None:
    assert heard(answer) == facts


def test_an_answer_that_is_not_offered_is_refused() -> None:
    with pytest.raises(UnknownChoiceError):
        heard("maybe")


def test_the_gentle_line_names_the_number_again() -> None:
    assert "116 123" in follow_up(contacts_for("GB"), WORDS)
