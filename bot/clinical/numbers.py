"""What a number in a message stands for: tablets, body heat, or something that is no warning sign."""

import re
from bisect import bisect_left
from collections.abc import Collection

from bot.clinical.lexicon import Lexicon
from bot.clinical.wording import Match, Message

_BODY_HEAT = ((34.0, 43.0), (93.0, 109.0))
"""Temperatures that a living body can have, in °C and °F: other numbers beside a thermometer tell something else."""
_NO_FEVER = ((34.0, 37.5), (93.0, 99.5))
"""Those of them that are no fever, which starts at 38 °C or 100.4 °F (NHS, high temperature in adults, 2023)."""
_VERY_HIGH_PRESSURE = (180, 120)
"""Blood pressure in mmHg, upper and lower, from either of which it cannot wait (AHA-911)."""
_HIGHEST_PRESSURE = (300, 200)
"""What a blood pressure can be: greater numbers tell something else."""
_PRESSURE = re.compile(r"([0-9]{2,3})/([0-9]{2,3})")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_THERMOMETER_REACH, _READING_REACH, _PRESSURE_REACH = 8, 3, 5
"""Words after a temperature in which its number stands, and words before a number or a pressure that tell what it is."""


def read_numbers(marks: dict[str, list[Match]], message: Message, lexicon: Lexicon) -> None:
    """Take out of `marks` numbers that plainly stand for neither tablets nor a fever, and add very high pressures.

    What is in doubt stays.
    """
    tablets = [at.start for at in marks.get("{painkiller}", ())]
    counts = [at for at in marks.pop("{many}", ()) if may_count(message, at, tablets, lexicon)]
    fevers = [told for at in marks.pop("{fever}", ()) if (told := fever_told(message, at, lexicon))]
    pressures = marks.pop("{high_pressure}", []) + very_high_pressures(message, lexicon)
    found = {"{many}": counts, "{fever}": fevers, "{high_pressure}": pressures}
    marks |= {name: matches for name, matches in found.items() if matches}


def may_count(message: Message, number: Match, tablets: Collection[int], lexicon: Lexicon) -> bool:
    """Say whether a number may count tablets: it is no plain age, date, time or strength."""
    words, content, sets = message.words, message.content, lexicon.word_sets
    following = number.end
    while following < len(content) and words[content[following]] in sets["before_counted"]:
        following += 1
    if following in tablets or (following < len(content) and words[content[following]] in sets["counted"]):
        return True
    first, last = content[number.start], content[number.end - 1]
    after = words[last + 1] if last + 1 < len(words) else ""
    paused = bool(after) and (message.commas[last + 1] or after == "and")
    opens = (first == 0 or message.commas[first]) and all(start > number.start for start in tablets)
    before = words[first - 1] if first else ""
    return not ((opens and paused) or after in sets["units"] or before in sets["before_age"])


def fever_told(message: Message, match: Match, lexicon: Lexicon) -> Match | None:
    """Give where a fever is told: in the words themselves, or in the number that follows a temperature.

    None if the number is no fever ("temperature 36.8") or stands for something else ("102 kg").
    """
    words, sets = message.words, lexicon.word_sets
    first, last = message.content[match.start], message.content[match.end - 1]
    before, after = words[max(0, first - _READING_REACH) : first], words[last + 1 : last + 3]
    if words[first][0].isdigit():
        other = bool(sets["other_readings"] & set(before) or sets["units"] & set(after[:1]))
        return None if other and not sets["thermometer"] & {*before, *after} else match
    if not sets["thermometer"] & set(words[first : last + 1]):
        return match
    degrees = [
        place
        for place in range(last + 1, min(len(words), last + 1 + _THERMOMETER_REACH))
        if _is_among(_BODY_HEAT, words[place]) and not sets["units"] & set(words[place + 1 : place + 2])
    ]
    high = [place for place in degrees if not _is_among(_NO_FEVER, words[place])]
    if high:
        start = bisect_left(message.content, high[0])
        return Match(match.name, start, start + 1)
    return None if degrees or "normal" in {*before[-1:], *after} else match


def very_high_pressures(message: Message, lexicon: Lexicon) -> list[Match]:
    """Find readings such as "190/110", "200 over 100" and "pressure is 210", for which an upper number is enough."""
    words, found = message.words, list[Match]()
    for place, start in enumerate(message.content):
        pair = _PRESSURE.fullmatch(words[start])
        readings = pair.groups() if pair else (words[start], *_after_over(words, start))
        named = lexicon.word_sets["pressure"] & set(words[max(0, start - _PRESSURE_REACH) : start])
        if (len(readings) == 1 and not named) or not all(number.isdecimal() for number in readings):
            continue
        pressure = [int(number) for number in readings]
        possible = all(number <= most for number, most in zip(pressure, _HIGHEST_PRESSURE, strict=False))
        if possible and any(at >= high for at, high in zip(pressure, _VERY_HIGH_PRESSURE, strict=False)):
            found.append(Match("{high_pressure}", place, place + 1))
    return found


def _after_over(words: list[str], place: int) -> list[str]:
    return words[place + 2 : place + 3] if words[place + 1 : place + 2] == ["over"] else []


def _is_among(ranges: tuple[tuple[float, float], ...], word: str) -> bool:
    """Say whether a word is a number in one of the ranges, ends included."""
    return bool(_NUMBER.fullmatch(word)) and any(low <= float(word) <= high for low, high in ranges)
