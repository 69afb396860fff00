"""What a message tells beside its signs: how old the writer is, how far in pregnancy, how long ago it was."""

import re

from bot.clinical.wording import Match

_AGE = re.compile(
    r"\b(?:i am|im|i'm|am|aged?|is|turned|nearly|over) (\d{2})\b(?! ?(?:weeks|wks|days|months|hours|minutes|mins|mg|st|kg|percent|%|times|out|and a half weeks))"
    r"|\b(\d{2}) ?-?(?:years?[ -]old|yrs?[ -]old|year old|y/?o\b|yrs?\b|f\b|m\b|years? (?:woman|man|male|female|lady|gentleman))"
)
_DECADES = {
    50: re.compile(r"\bin my (?:late |early |mid[- ])?(?:fifties|50s)\b|\bover (?:50|fifty)\b"),
    60: re.compile(r"\bin my (?:late |early |mid[- ])?(?:sixties|60s)\b|\bover (?:60|sixty)\b"),
    70: re.compile(
        r"\bin my (?:late |early |mid[- ])?(?:seventies|eighties|nineties|70s|80s|90s)\b|\b(?:pensioner|elderly)\b"
    ),
}
_WEEKS_OLD = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|few|several|couple|couple of|[2-9]|1\d) ?(?:weeks|wks)\b"
    r"|\b(?:last month|a month|months? ago|(?:two|three|2|3|few|couple of) months)\b"
)
_WEEKS_PREGNANT = re.compile(
    r"\b(?:i am|i'm|im|am|at|she is|she's) (?:[1-3]\d|4[0-2])(?:\+\d)? ?(?:weeks|wks|w)\b"
    r"|^(?:2\d|3\d|4[0-2])(?:\+\d)? ?(?:weeks|wks)(?: and|,| gone| with)"
)


def told_facts(text: str, marks: dict[str, list[Match]]) -> set[str]:
    """Give what the text tells beside its signs: an age, a time."""
    facts: set[str] = set()
    lowered = text.lower()
    ages = [int(age) for groups in _AGE.findall(lowered) for age in groups if age]
    ages.extend(age for age, pattern in _DECADES.items() if pattern.search(lowered))
    for limit in (50, 60, 70):
        if any(age >= limit for age in ages):
            facts.add(f"age{limit}")
    if _WEEKS_OLD.search(lowered):
        facts.add("weeks_old")
    if _WEEKS_PREGNANT.search(lowered):
        facts.add("weeks_pregnant")
    if "{new}" in marks:
        facts.add("new_marker")
    if "{sudden}" in marks:
        facts.add("sudden_marker")
    return facts
