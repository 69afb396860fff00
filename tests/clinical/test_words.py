"""Every rule, question, option, sign and contact has its words, and none is hard to read or too long to tap."""

import re
from itertools import chain

import pytest

from bot.clinical.advice import Level
from bot.clinical.contacts import fill, load_contacts
from bot.clinical.crisis import Button
from bot.clinical.lexicon import load_lexicon
from bot.clinical.questions import Form, Kind, load_questions
from bot.clinical.rules import load_readings, load_rules
from bot.clinical.vocabulary import known_flags, known_slow_signs
from bot.readability import HIGHEST_GRADE, grade
from bot.words import load_words

WORDS = load_words()
SIGNS_OF_A_TEXT = {flag for rule in load_lexicon().rules for flag in rule.flags if "." not in flag}
KEYS = tuple(WORDS.keys())
FILES = ("advice", "checkin", "crisis", "flags", "profile", "review")
LONGEST_BUTTON = 28
SENTENCE = re.compile(r"\s\S+\s\S+\s\S+\s")
QUESTIONS = tuple(chain.from_iterable(load_questions(form) for form in Form))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_a_question_and_its_options_have_words(question) -> None:
    assert f"{question.key}.question" in WORDS
    for option in question.options:
        if question.kind is Kind.SCORE and len(question.options) == 11:
            continue
        assert len(WORDS.text(question.option_key(option))) <= LONGEST_BUTTON, option


def test_a_sign_has_words() -> None:
    for sign in known_flags() | known_slow_signs() | SIGNS_OF_A_TEXT:
        assert f"flags.{sign}" in WORDS, sign


def test_no_words_are_left_without_a_sign_or_a_rule() -> None:
    signs = {key.removeprefix("flags.") for key in KEYS if key.startswith("flags.")}
    assert signs == known_flags() | known_slow_signs() | SIGNS_OF_A_TEXT
    rules = {key.split(".")[1] for key in KEYS if re.match(r"advice\.[A-Z]-\d", key)}
    assert rules == {rule.id for rule in (*load_rules(), *load_readings())}


def test_a_level_has_its_name_and_its_safety_line() -> None:
    for level in Level:
        assert f"advice.safety.{level.label}" in WORDS
        assert f"advice.level.{level.label}" in WORDS


def test_a_barrier_has_its_reply() -> None:
    (barrier,) = (question for question in QUESTIONS if question.id == "barrier")
    for option in barrier.options:
        assert f"advice.barrier.{option}_reply" in WORDS
        assert f"advice.barrier_now.{option}_reply" in WORDS


def test_a_crisis_button_has_its_words() -> None:
    for key in (*Button, "yes", "no", "not_sure", "next_day_off"):
        assert len(WORDS.text(f"crisis.{key}")) <= LONGEST_BUTTON


def test_a_contact_has_its_words() -> None:
    for row in load_contacts():
        for place in ("name", "emergency", "ed", "urgent", "crisis"):
            assert f"contacts.{row}.{place}" in WORDS


def filled(key: str, row: str = "GB") -> str:
    return fill(WORDS.text(key), load_contacts()[row]).replace("{name}", "Spain")


@pytest.mark.parametrize("file", FILES)
def test_a_sentence_is_easy_to_read(file) -> None:
    sentences = [key for key in KEYS if key.startswith(f"{file}.") and SENTENCE.search(WORDS.text(key))]
    hard = {key: round(grade(filled(key)), 1) for key in sentences if grade(filled(key)) > HIGHEST_GRADE}
    assert sentences
    assert hard == {}


@pytest.mark.parametrize("row", load_contacts())
def test_an_advice_is_easy_to_read_in_each_country(row) -> None:
    keys = [f"{rule.key}.advice" for rule in load_rules()]
    assert {key: filled(key, row) for key in keys if grade(filled(key, row)) > HIGHEST_GRADE} == {}
