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

FEWEST_WORDS = 8
"""Shorter texts (buttons, labels, titles) have no meaningful grade: one word of four syllables would be grade 30."""

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?|\d+(?:[.,:]\d+)*")
_SENTENCE_END = re.compile(r"[.!?:;]+(?=\s|$)|\n+")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(
    r"(?:(?<=[^aeiouyl])e|(?<=[^aeiouydt])ed|(?<=[aeiouy][dt])ed(?!.)|(?<=[^aeiouyszxgch])es)$"
)
_SILENT_WITHIN = re.compile(r"(?<=[aeiouy])[^aeiouy]e(?=(?:ly|ful|fully|less|ness|ment|ments|where)$)")
_SPLIT = re.compile(
    r"ia(?!n?ce|ge|l?ly)|iu|io(?!n|us|r)|ier$|iet|(?<!g)eo(?!ple|us)|(?<![qg])ua|uou|(?<!q)ui(?=ti|n)|[aeou]ing|ying|(?<=[aeiou])yo(?!u)|rea(?=t[eio])|ea(?=s?$)|oi(?=d)(?<=io)"
)
_JOINED = re.compile(r"[ctsg]i(?:a|o)|gue$|que$")
# Words that no rule below gets right, by their count.
_IRREGULAR: dict[str, int] = {
    word: count
    for count, words in {
        1: "clothes aches ached caused tired fired ears used once whole",
        2: "every being science people something sometimes someone anyone maybe evening being quiet poem doctor "
        "going doing seeing dryer prior riot create opening able table trouble muscle muscles little "
        "needed wanted started rested rated noted added ended needle simple single settle settles middle headache headaches "
        "area's whatever's lifetime safely widely merely clothing business wednesday household",
        3: "area areas idea ideas average different several favorite evenly beginning energy diary diaries "
        "realize opioid opioids period periods anything everyone everything actual usual theory",
        4: "especially reliable usually actually everybody experience",
        5: "immediately",
    }.items()
    for word in words.split()
}


def syllables(word: str) -> int:
    """Count the spoken syllables of an English word; a number counts as one."""
    lowered = word.lower().replace("’", "'").split("'")[0]
    if not lowered.isalpha():
        return 1
    if lowered in _IRREGULAR:
        return _IRREGULAR[lowered]
    split = len(_SPLIT.findall(lowered))
    count = len(_VOWELS.findall(lowered)) + split
    count -= min(split, len(_JOINED.findall(lowered)))
    if _SILENT.search(lowered):
        count -= 1
    count -= len(_SILENT_WITHIN.findall(lowered))
    return max(count, 1)


def grade(text: str, names: Collection[str] = MEDICAL_NAMES) -> float:
    """Give the Flesch-Kincaid grade of `text`, at least 0; words in `names` count as one syllable."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = sum(1 for part in _SENTENCE_END.split(text) if part and _WORD.search(part))
    spoken = sum(1 if word.lower() in names else syllables(word) for word in words)
    return max(0.0, 0.39 * len(words) / max(sentences, 1) + 11.8 * spoken / len(words) - 15.59)
