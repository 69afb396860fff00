"""Free text to warning signs: what a message reports now, how urgent that is, and why.

Deterministic, and nothing leaves the machine. The order is that of the specification (L-9): words of crisis, then
warning signs. A sign that may be there but is old, someone else's or only half said makes the reading `unclear`, so
that the bot asks one question ("Is this happening to you now?") instead of guessing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise, product

from bot.clinical.circumstances import told_facts
from bot.clinical.clauses import Scopes
from bot.clinical.evidence import NO_EVIDENCE, Evidence, blended, features, load_weights, weighed
from bot.clinical.inquiries import general_questions
from bot.clinical.lexicon import DEFAULT_LANGUAGE, LEVELS, Lexicon, Pattern, SignRule, load_lexicon
from bot.clinical.numbers import read_numbers
from bot.clinical.verdict import NO_SIGN, Crisis, Reading, load_kinds, settled
from bot.clinical.wording import (
    SENTENCE,
    Match,
    Message,
    find,
    find_turns,
    read_words,
    sentences_of,
    stretches_of,
)

__all__ = ["NO_SIGN", "Crisis", "Reading", "message_features", "read_by_rules", "read_message"]

LONG, STRETCH = 28, 24
"""Words above which a message is also weighed in stretches, and how many a stretch has: what is long dilutes a sign."""
QUALIFYING = frozenset(
    "@past @months @chronic @known @benign @media @hypothetical @laugh @shock @effort @resolved @asked @simile".split()
)
NONSENSE = -4.5
"""Evidence below which a message is not taken at its word even if nothing in it takes the sign back: "foam rolling my
back" names no foam at the mouth. Set by hand between that (-8.6) and real signs in few words ("my lips are blue", -3.7);
from -5 on questions of the kept-out writers would alarm."""
RARE = frozenset("clot high_pressure jaundice shingles cold_limb wound shunt".split())
"""Flags that patients name so rarely that the evidence knows too little of their words to speak against them."""
PLAIN = 2.0
"""Evidence of one sentence above which its alarm stands, whatever the rest of the message is about."""
LONGEST = 20_000
"""Characters that are read; a Telegram message has at most 4096."""
HISTORY = frozenset("cancer thinner immune bone_risk infection_risk".split())
"""What stays true when it is long ago, known or treated."""
LIMBS = frozenset("saddle numb_one_leg foot_weak legs_weak_severe both_legs numb_arm stroke_sign".split())
"""Signs that a healthy person has for a moment after sitting, sleeping or running."""
EVENTS = frozenset("crash trauma small_fall bone_after_fall".split())
"""What happened once: long ago if any part of it is, though what came of it lasts."""
STRAINED = frozenset("breathing chest".split())
"""What effort does to a healthy person."""
LAUGHED = frozenset("breathing cyanosis bladder chest blackout seizure stroke_sign".split())
"""What laughing or a shock does to a healthy person, and how people say so."""
BODILY = frozenset(
    "blackout seizure stroke_sign legs_weak_severe foot_weak vision_loss bleeding confused drowsy".split()
)
"""Signs said in words that are said of things too: a team collapses, a phone goes dead."""
_COMMA_COSTS, _CLAUSE_COSTS, _SENTENCE_COSTS = 1, 2, 4

RANKS = {level: rank for rank, level in enumerate(LEVELS, 1)}
_CRISIS_RANK = {
    None: 0,
    Crisis.UNCLEAR: RANKS["soon"],
    Crisis.THOUGHTS: RANKS["emergency"],
    Crisis.DANGER_NOW: RANKS["emergency"],
    Crisis.HAS_ACTED: RANKS["emergency"],
}
"""A thought of suicide is rated as high as a plan: nobody reads along who could tell them apart."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sign in a message: whose it is, and whether it is old (`chronic`, `known`) or only half said (`doubted`)."""

    sign: str
    words: str
    person: str
    chronic: bool = False
    known: bool = False
    doubted: bool = False


def read_message(text: str, language: str = DEFAULT_LANGUAGE) -> Reading:
    """Read `text` for words of crisis and for warning signs."""
    text = text[:LONGEST]
    whole, evidence, words = _read(text, language)
    if words > LONG:
        evidence = blended(evidence, [_evidence(part, language) for part in stretches_of(text, STRETCH)])
    reading = settled(whole, evidence, load_kinds(language), long=words > LONG)
    if not whole.alarms or reading.alarms:
        return reading
    meant = evidence.alarm > NONSENSE or bool(RARE & whole.flags)
    plain = words <= LONG and meant and _unqualified(text, language)
    return whole if plain or any(_plain(part, language) for part in sentences_of(text)) else reading


def _unqualified(text: str, language: str) -> bool:
    """Say whether nothing in a message takes its sign back: no denial, time, cause or question in general."""
    message, marks, scopes = _parsed(text, load_lexicon(language))
    return not (
        QUALIFYING & marks.keys()
        or any(map(scopes.qualified, range(len(message.content))))
        or general_questions(message, marks, scopes)
    )


def _plain(sentence: str, language: str) -> bool:
    """Say whether a sentence tells a sign so plainly that it alarms whatever stands round it."""
    alone, evidence, _ = _read(sentence, language)
    return alone.alarms and evidence.alarm > PLAIN


def _evidence(text: str, language: str) -> Evidence:
    message, marks, scopes = _parsed(text, load_lexicon(language))
    found = features(message, marks, scopes) if message.content else set[str]()
    return weighed(found, load_weights(language)) if found else NO_EVIDENCE


def _read(text: str, language: str) -> tuple[Reading, Evidence, int]:
    """Give what the rules read and the evidence, each for itself, and how many words there are."""
    lexicon = load_lexicon(language)
    message, marks, scopes = _parsed(text, lexicon)
    if not message.content:
        return Reading(NO_SIGN, frozenset(), unclear=False, crisis=None, why=()), NO_EVIDENCE, 0
    evidence = weighed(features(message, marks, scopes), load_weights(language))
    crisis, crisis_why = _read_crisis(marks, scopes, lexicon)
    findings = _findings(message, marks, scopes, lexicon)
    reading = _weighed(findings, told_facts(text, marks), crisis, crisis_why, lexicon)
    return reading, evidence, len(message.words)


def read_by_rules(text: str, language: str = DEFAULT_LANGUAGE) -> Reading:
    """Read `text` by the rules alone, to choose the messages that the evidence is fitted to."""
    return _read(text[:LONGEST], language)[0]


def message_features(text: str, language: str = DEFAULT_LANGUAGE) -> set[str]:
    """Give what the evidence of `text` is weighed by, to fit the weights to."""
    message, marks, scopes = _parsed(text[:LONGEST], load_lexicon(language))
    return features(message, marks, scopes) if message.content else set()


def _parsed(text: str, lexicon: Lexicon) -> tuple[Message, dict[str, list[Match]], Scopes]:
    message = read_words(text, lexicon)
    marks: dict[str, list[Match]] = {}
    for match in find_turns(message, lexicon) + find(message, lexicon.phrases):
        marks.setdefault(match.name, []).append(match)
    read_numbers(marks, message, lexicon)
    return message, marks, Scopes(message, marks, lexicon)


def _findings(
    message: Message, marks: dict[str, list[Match]], scopes: Scopes, lexicon: Lexicon
) -> list[Finding]:
    found: list[Finding] = []
    questions = general_questions(message, marks, scopes)
    for name in marks:
        for pattern in lexicon.patterns.get(name, ()):
            if all(part in marks for part in pattern.parts):
                for matches in _placed(pattern, marks, scopes, message):
                    finding = _judged(pattern.sign, matches, scopes, marks, questions, lexicon)
                    if finding is not None:
                        found.append(finding)
    return found


def _placed(
    pattern: Pattern, marks: dict[str, list[Match]], scopes: Scopes, message: Message
) -> Iterable[tuple[Match, ...]]:
    """Give the places where all parts of a pattern stand together, in one sentence and near enough."""
    if len(pattern.parts) == 1:
        yield from ((match,) for match in marks[pattern.parts[0]])
        return
    for matches in product(*(marks[part] for part in pattern.parts)):
        ordered = matches if pattern.in_order else tuple(sorted(matches, key=lambda match: match.start))
        if all(_near(left, right, pattern.gap, scopes, message) for left, right in pairwise(ordered)):
            yield ordered


def _near(left: Match, right: Match, gap: int, scopes: Scopes, message: Message) -> bool:
    if right.start < left.end or scopes.sentence[right.start] - scopes.sentence[left.start] > 1:
        return False
    if right.start - left.end > gap:
        return False
    cost = right.start - left.end
    for place in range(left.end, right.start + 1):
        comma = message.commas[message.content[place]]
        if scopes.breaks[place] == SENTENCE:
            cost += _SENTENCE_COSTS
        else:
            cost += _CLAUSE_COSTS if scopes.breaks[place] else _COMMA_COSTS * comma
    return cost <= gap


def _judged(
    sign: str,
    matches: tuple[Match, ...],
    scopes: Scopes,
    marks: dict[str, list[Match]],
    questions: set[int],
    lexicon: Lexicon,
) -> Finding | None:
    """Say in what sense a sign is said; `None` where it is not reported at all."""
    start, end = matches[0].start, matches[-1].end
    own = {place for match in matches for place in range(match.start, match.end)}
    if scopes.sentence[start] in questions or scopes.denied(start, own, end):
        return None
    if not _reported(sign, start, end, scopes, marks) or _of_a_thing(sign, start, end, scopes, lexicon):
        return None
    segment, person = scopes.segment(start), scopes.person[end - 1]
    far_off = person != "me" and _far_off(person, segment, scopes, marks, lexicon)
    if person == "animal" and sign != "co":
        return None
    if far_off and person == "distant":
        return None
    later = range(segment.start, scopes.segment(segment.stop).stop)
    return Finding(
        sign=sign,
        words=" ".join(scopes.word(place) for place in range(start, end)),
        person="me" if person == "me" else "other",
        chronic=_marked("chronic", marks, segment) and not _rearmed(marks, segment, scopes, lexicon),
        known=_marked("known", marks, later) and not _rearmed(marks, later, scopes, lexicon),
        doubted=far_off or _passing(sign, marks, scopes.segment(start, SENTENCE)),
    )


def _reported(sign: str, start: int, end: int, scopes: Scopes, marks: dict[str, list[Match]]) -> bool:
    """Say whether a sign is told as real and of these days: not of a film, a what-if, years ago or a comparison."""
    if scopes.told[start] or scopes.supposed[end - 1]:
        return False
    segment = scopes.segment(start)
    if _marked("asked", marks, range(segment.start, start)):
        return False
    if sign == "hit_head" and _marked("simile", marks, segment):
        return False
    edges = (scopes.past[start], scopes.past[end - 1])
    if not (any(edges) if sign in EVENTS else all(edges)) or sign in HISTORY:
        return True
    return sign == "hit_head" and _marked("months", marks, segment)


def _passing(sign: str, marks: dict[str, list[Match]], sentence: range) -> bool:
    """Say whether the sentence names what gives a healthy person the sign for a moment."""
    if sign in LIMBS and _marked("benign", marks, sentence):
        return True
    if sign in STRAINED and _marked("effort", marks, sentence):
        return True
    return sign in LAUGHED and (_marked("laugh", marks, sentence) or _marked("shock", marks, sentence))


def _of_a_thing(sign: str, start: int, end: int, scopes: Scopes, lexicon: Lexicon) -> bool:
    if sign not in BODILY:
        return False
    things = lexicon.word_sets["things"]
    return any(scopes.word(place) in things for place in range(max(0, start - 2), end))


def _marked(name: str, marks: dict[str, list[Match]], places: range) -> bool:
    return any(match.start in places for match in marks.get(f"@{name}", ()))


def _rearmed(marks: dict[str, list[Match]], places: range, scopes: Scopes, lexicon: Lexicon) -> bool:
    """Say whether something is called new or worse there; "nothing new" is not."""
    return any(
        match.start in places
        and (match.start == 0 or scopes.word(match.start - 1) not in lexicon.word_sets["negators"])
        for match in marks.get("@rearm", ())
    )


def _far_off(
    person: str, segment: range, scopes: Scopes, marks: dict[str, list[Match]], lexicon: Lexicon
) -> bool:
    """Tell another person's story from another person's emergency: present tense or a recent time is the latter."""
    if _marked("recent", marks, segment):
        return False
    words = {scopes.word(place) for place in segment}
    present = words & lexicon.word_sets["present_verbs"] - {"gets", "get"}
    if person == "distant":
        return not present or bool(words & lexicon.word_sets["past_verbs"])
    return bool(words & {"died", "gets", "suffers", "suffered", "prone"}) and not words & {"is", "has", "now"}


def _read_crisis(
    marks: dict[str, list[Match]], scopes: Scopes, lexicon: Lexicon
) -> tuple[Crisis | None, tuple[str, ...]]:
    """Find the gravest statement of danger from oneself that is the writer's own, or of one close by, and of now."""
    taken_back = {
        place for match in marks.get("@crisis.not_crisis", ()) for place in range(match.start, match.end)
    }
    for name, crisis in (
        ("acted", Crisis.HAS_ACTED),
        ("danger", Crisis.DANGER_NOW),
        ("thoughts", Crisis.THOUGHTS),
        ("unclear", Crisis.UNCLEAR),
    ):
        for match in marks.get(f"@crisis.{name}", ()):
            if any(place in taken_back for place in range(match.start, match.end)):
                continue
            if scopes.told[match.start] or scopes.past[match.start]:
                continue
            person = scopes.person[match.start]
            if person != "me" and _far_off(person, scopes.segment(match.start), scopes, marks, lexicon):
                continue
            own = set(range(match.start, match.end))
            if scopes.denied(match.start, own, match.end) or (
                name != "danger" and scopes.supposed[match.start]
            ):
                continue
            words = " ".join(scopes.word(place) for place in range(match.start, match.end))
            return crisis, (f"crisis.{crisis}: {words}",)
    return None, ()


def _weighed(
    findings: list[Finding],
    facts: set[str],
    crisis: Crisis | None,
    crisis_why: tuple[str, ...],
    lexicon: Lexicon,
) -> Reading:
    rank, flags, unclear, why = _CRISIS_RANK[crisis], set[str](), crisis is Crisis.UNCLEAR, list(crisis_why)
    if crisis is not None:
        flags.add(f"crisis_{crisis}")
    for person in ("me", "other"):
        present = _freshest(
            finding for finding in findings if finding.person == person and not finding.doubted
        )
        for rule in lexicon.rules:
            if not _fires(rule, present.keys() | facts):
                continue
            signs = [present[name] for name in rule.all_of if name in present and name not in HISTORY]
            own_rank = RANKS[rule.level]
            if signs and all(sign.known or sign.chronic for sign in signs):
                if rule.old_ok or rule.level == LEVELS[0]:
                    continue
                own_rank, unclear = RANKS[LEVELS[0]], True
            rank = max(rank, own_rank)
            flags.update(rule.flags)
            why.append(f"{rule.source}: " + ", ".join(sign.words for sign in signs))
    if not rank:
        doubted = {finding.sign for finding in findings if finding.doubted} | facts
        unclear = any(rule.level == LEVELS[-1] and _fires(rule, doubted) for rule in lexicon.rules)
        rank = RANKS[LEVELS[0]] if unclear else 0
    return Reading(
        level=LEVELS[rank - 1] if rank else NO_SIGN,
        flags=frozenset(flags),
        unclear=unclear and rank == RANKS[LEVELS[0]],
        crisis=crisis,
        why=tuple(dict.fromkeys(why)),
    )


def _freshest(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Give one finding for each sign: what is said without "old" or "known" counts before what is said with it."""
    found: dict[str, Finding] = {}
    for finding in findings:
        if finding.sign not in found or not (finding.known or finding.chronic):
            found[finding.sign] = finding
    return found


def _fires(rule: SignRule, present: set[str]) -> bool:
    return (
        rule.all_of <= present
        and (not rule.any_of or bool(rule.any_of & present))
        and not rule.none_of & present
    )
