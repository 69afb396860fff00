"""How hard a text is to read, as a US school grade, so that no patient meets a sentence over grade 6.

Flesch-Kincaid grade = 0.39 words/sentence + 11.8 syllables/word - 15.59 (Kincaid et al. 1975). The syllable
counter is our own: the packages that have one download a dictionary when they are first used.
"""

import re
from collections.abc import Collection

HIGHEST_GRADE = 6.0
"""What a patient-facing text may reach: AAFP 2015 advises to write at or below grade 5 to 6."""

MEDICAL_NAMES: frozenset[str] = frozenset(
    "paracetamol ibuprofen aspirin naproxen codeine triptan triptans migraine migraines physio emergency "
    "opioid opioids medicine medicines telegram cauda equina syndrome sciatica arthritis pharmacist".split()
)
"""Names with no plainer twin: a reader who needs them knows them, so each counts as one syllable."""

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?|\d+(?:[.,:]\d+)*")
_SENTENCE_END = re.compile(r"[.!?:;]+(?=\s|$)|\n+")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_ENDING = re.compile(r"(?:[^aeiouyl]e|[^aeiouy][aeiouy]*[^aeiouytd]ed|[^aeiouyszxgc]es|[^aeiouy]ely)$")


def syllables(word: str) -> int:
    """Count the spoken syllables of an English word; a number counts as one."""
    lowered = word.lower().replace("’", "'").split("'")[0]
    if not lowered.isalpha():
        return 1
    count = len(_VOWELS.findall(lowered))
    if count > 1 and _SILENT_ENDING.search(lowered):
        count -= 1
    count += len(re.findall(r"[iu][ao](?!us)|eo|ying|[^q]ua", lowered)) if len(lowered) > 4 else 0  # noqa: PLR2004
    count -= len(re.findall(r"tio|cia|sio|gio|cious|tious|geo|tia", lowered))
    return max(count, 1)


def grade(text: str, names: Collection[str] = MEDICAL_NAMES) -> float:
    """Give the Flesch-Kincaid grade of `text`, at least 0; words in `names` count as one syllable."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = sum(1 for part in _SENTENCE_END.split(text) if part and _WORD.search(part))
    spoken = sum(1 if word.lower() in names else syllables(word) for word in words)
    return max(0.0, 0.39 * len(words) / max(sentences, 1) + 11.8 * spoken / len(words) - 15.59)
