"""What the fuzz found, each as the few steps that show it."""

import pytest

from bot.sandbox.user import User
from tests.fuzz.world import World


def says(world: World, person: User, text: str) -> None:
    person.sends(text)
    world.settle()


def taps(world: World, person: User, *labels: str) -> None:
    for label in labels:
        person.taps(label)
        world.settle()


def test_emergency_advice_comes_before_the_word_that_a_note_is_kept(world: World) -> None:
    nora = world.person("Nora")
    says(world, nora, "/start")
    taps(world, nora, "Yes, I agree", "United Kingdom", "20:00", "Sunday", "Skip this")
    says(world, nora, "/checkin")
    taps(world, nora, "None", "3", "0", "Not at all", "None", "Well", "Add a note")
    before = len(nora.transcript)
    says(world, nora, "numb between my legs and can't pee")
    advice, note = nora.transcript[before + 1 :]
    assert "Go to A&E now" in advice["text"]
    assert "note is saved" in note["text"]


@pytest.mark.parametrize("answer", ["consent:more", "consent:no"])
def test_nothing_is_kept_of_a_stranger_who_blocks_the_bot_while_it_answers(world: World, answer: str) -> None:
    stranger = world.person("Stranger")
    says(world, stranger, "/start")
    stranger.blocks()
    world.settle()
    stranger.calls_back(answer, stranger.last["message_id"])
    world.settle()
    assert world.rows("SELECT * FROM outbox") == []
