"""What a message comes to when the rules and the evidence of all its words are set against each other.

Neither is trusted alone. The rules name the sign, and alarm on words that are told as a joke or of last year; the
evidence knows those, and signs that no phrase foresaw. So an alarm of the rules counts as so much evidence more, and
where the sum stays low the alarm becomes a question; where it is high there is an alarm though no phrase was known, with
the flags of the likeliest kind of sign.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib import resources

from bot.clinical.evidence import Evidence
from bot.clinical.lexicon import DEFAULT_LANGUAGE, LEVELS

NO_SIGN = "none"
CRISIS_KIND = "crisis"
ALARM = 0.5
"""Evidence, with what the rules add, above which there is an alarm. Chosen, with what the rules add, so that no more than
5 in 100 quiet messages of writers n and q, who are kept out of the fit, alarm (docs/warning-signs.md)."""
RULES_ADD = {"emergency": 5.0, "same_day": 3.5, "soon": 0.5}
"""What a level of the rules adds: a fit gives 1 to 2.5, but real patients write of signs more calmly than the build
messages, and with these four in a hundred more of them are read, for a point of false alarms."""
SURE = frozenset(
    "saddle bowel sexual chest gi_bleed red_eye overdose allergy co trauma infection_risk preeclampsia_sign neck_head_new "
    "droopy_eye head_injury_7d side_pee cannot_keep_fluids spine_needle_14d ear_whoosh vision_dims unsteady minor_fall "
    "profile.cancer profile.immune_weak clot high_pressure jaundice shingles cold_limb wound aneurysm shunt".split()
)
"""Flags that the rules raise falsely more rarely than others: of messages with little evidence, as many were true as
not."""
SURE_ADDS = 5.0
LONG_COUNTS = 0.4
"""The share of what the rules add that counts in a long message: among fifty words a sign is more often named in passing.
Chosen with `BEST_COUNTS` on two writers left out of the fit, of long messages: 4 and 8 in 100 quiet ones alarmed, where it
had been 8 and 12, and no fewer signs were read."""
CRISIS_ADDS = 2.0
"""What words of crisis add: the plain question is asked back only where everything else speaks against them."""
NOT_NOW = -0.3
"""Evidence for "cannot wait" below which an alarm that no rule named is for today: of 659 emergencies
of kept-out writers three lie below, of 340 messages that are for today nine in ten."""
NOW_AFTER_ALL = 1.1
"""The same, above which an alarm that the rules take to be for today is for now."""
NAMED = 0.0
"""Evidence of a kind of sign above which its flags are raised."""
CRISIS = 1.0
"""Evidence above which a message is taken as one of danger from oneself."""


class Crisis(StrEnum):
    """What a message says of danger from oneself (specification, section 5.1)."""

    DANGER_NOW = "danger_now"
    HAS_ACTED = "has_acted"
    THOUGHTS = "thoughts"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says. `level` is `emergency`, `same_day`, `soon` or `none`; `why` is for machines and auditors.

    `flags` are named as the check-in's own (specification, section 8.2), `slow.` and `profile.` ones with their
    prefix. `unclear` asks for one question before anything is advised.
    """

    level: str
    flags: frozenset[str]
    unclear: bool
    crisis: Crisis | None
    why: tuple[str, ...]

    @property
    def alarms(self) -> bool:
        """Whether someone should see to it today or at once."""
        return self.level in LEVELS[1:]


@cache
def load_kinds(language: str = DEFAULT_LANGUAGE) -> Mapping[str, frozenset[str]]:
    """Read which flags each kind of sign raises."""
    folder = resources.files("bot") / "content" / language / "warning_signs"
    table = tomllib.loads((folder / "kinds.toml").read_text(encoding="utf-8"))
    return {kind: frozenset(entry["flags"].split()) for kind, entry in table.items()}


def enough(reading: Reading, evidence: Evidence, counts: float = 1.0) -> bool:
    """Say whether rules, of whose alarm `counts` is the share that counts, and evidence together come to an alarm."""
    added = 0.0 if reading.unclear else RULES_ADD.get(reading.level, 0.0)
    if reading.alarms and reading.flags & SURE:
        added = SURE_ADDS
    return evidence.alarm + counts * added > ALARM


def _asked_back(reading: Reading) -> Reading:
    """Ask the plain question about words of crisis that all other words speak against; an act is never doubted."""
    if reading.crisis not in {Crisis.DANGER_NOW, Crisis.THOUGHTS}:
        return reading
    unclear = Crisis.UNCLEAR
    return replace(
        reading, level=LEVELS[0], flags=frozenset({f"crisis_{unclear}"}), unclear=True, crisis=unclear
    )


def settled(
    reading: Reading, evidence: Evidence, kinds: Mapping[str, frozenset[str]], *, long: bool = False
) -> Reading:
    """Set what the rules read against the evidence; words of crisis are only ever asked back about.

    `long` tells that the message has so many words that a sign may be named in passing.
    """
    if reading.crisis is not None:
        return _asked_back(reading) if evidence.alarm + CRISIS_ADDS < ALARM else reading
    why = (
        *reading.why,
        f"evidence {evidence.alarm:.2f}, {evidence.kind} {evidence.kinds[evidence.kind]:.2f}",
    )
    if not enough(reading, evidence, LONG_COUNTS if long else 1.0):
        return replace(reading, level=LEVELS[0], unclear=True, why=why) if reading.alarms else reading
    if reading.level == LEVELS[-1]:
        return reading
    if evidence.kind == CRISIS_KIND and evidence.kinds[CRISIS_KIND] > CRISIS and not reading.alarms:
        crisis = Crisis.THOUGHTS
        return Reading(LEVELS[-1], frozenset({f"crisis_{crisis}"}), unclear=False, crisis=crisis, why=why)
    level = LEVELS[-1] if evidence.now > (NOW_AFTER_ALL if reading.alarms else NOT_NOW) else LEVELS[1]
    flags = reading.flags
    if evidence.kinds[evidence.kind] > NAMED and not reading.alarms:
        flags |= kinds[evidence.kind]
    return replace(reading, level=level, flags=flags, unclear=False, why=why)
