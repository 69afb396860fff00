"""Every text of at least eight words that a patient may see reads at grade 6 or below.

Shorter texts (buttons, labels) are let off, as the formula says nothing about them. Lexicons, phrasings and other
tables that patients never see are not texts.
"""

import re
import tomllib
from pathlib import Path

import pytest

from bot.readability import FEWEST_WORDS, HIGHEST_GRADE, grade, syllables

CONTENT = Path(__file__).parent.parent / "bot" / "content" / "en"
UNSEEN_FOLDERS = {"matching", "warning_signs"}
UNSEEN_KEYS = {"phrasings", "article", "sources", "related", "group", "kind"}

KNOWN_SYLLABLES = {
    1: "pain back head aches spine nerve disc weeks help tired throbbed changed used tried joints strength clothes",
    2: "headache doctor muscle little table trouble needed wanted started being create doing people science answer "
    "question pressure believe safely posture pillow surgeon reading quiet movement settle middle region tension "
    "massage someone sometimes every evening weakness bladder careful useful ages changes clinic highest",
    3: "average area idea medicine injection several different stenosis nobody diary opioid emotion relation "
    "together decision condition computer example relaxing importance summary beginning carefully vehicle",
    4: "emergency information especially reliable usually experience operation community activity encourages",
    5: "immediately disability examination university",
}


def texts(file, node, key=""):
    if isinstance(node, dict):
        for name, child in node.items():
            if name not in UNSEEN_KEYS:
                yield from texts(file, child, f"{key}.{name}" if key else name)
    elif isinstance(node, list):
        for position, child in enumerate(node):
            yield from texts(file, child, f"{key}.{position}")
    elif isinstance(node, str):
        yield f"{file.relative_to(CONTENT)}:{key}", node


def content_files():
    return [
        file
        for file in sorted(CONTENT.rglob("*.toml"))
        if not UNSEEN_FOLDERS & set(file.relative_to(CONTENT).parts)
    ]


@pytest.mark.parametrize("file", content_files(), ids=lambda file: str(file.relative_to(CONTENT)))
def test_every_text_reads_at_grade_six_or_below(file):
    found = texts(file, tomllib.loads(file.read_text(encoding="utf-8")))
    hard = {
        name: f"grade {grade(text):.1f}: {text}"
        for name, text in found
        if len(re.findall(r"[\w'’]+", text)) >= FEWEST_WORDS and grade(text) > HIGHEST_GRADE
    }
    assert hard == {}


def test_syllables_of_known_words():
    wrong = {
        word: (syllables(word), count)
        for count, words in KNOWN_SYLLABLES.items()
        for word in words.split()
        if syllables(word) != count
    }
    assert wrong == {}


def test_a_number_is_one_syllable_and_a_name_too():
    assert syllables("12:30") == 1
    assert grade("Ask about paracetamol.") < grade("Ask about parachutists.")


def test_grade_follows_the_published_formula():
    hard = "Immediately examine every university operation."
    assert grade(hard) == pytest.approx(0.39 * 5 + 11.8 * (5 + 3 + 2 + 5 + 4) / 5 - 15.59)


def test_a_text_without_words_has_no_grade():
    assert grade("") == 0.0
    assert grade("😀 !") == 0.0
