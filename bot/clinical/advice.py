"""What is said of what holds: when it is said again, in which order, and whether the patient has been seen.

Applies L-1 (one action, two reasons), L-6 (repeat), L-8 (have you been seen?) and L-14 (the crisis message).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from pydantic import AwareDatetime, Field

from bot.clinical.answers import Document, Level
from bot.clinical.contacts import Contacts, fill
from bot.clinical.questions import UnknownChoiceError
from bot.clinical.rules import CRISIS_RULES, MOST_REASONS, Fired, Judgement, Timing, rule_by_id
from bot.words import Words

REPEAT_DAYS: Mapping[Level, int] = {
    Level.EMERGENCY: 0,
    Level.SAME_DAY: 1,
    Level.SOON: 3,
    Level.ROUTINE: 14,
    Level.SELF_CARE: 14,
}
"""After how many days an advice that still holds is said again (L-6). Self-care that looks back on weeks keeps
the routine interval; the daily tips come back each day. L-6 is silent on both, so this is our own choice."""

IF_LINE_DAYS = 14
"""After how many days a line for those with an empty profile is said again, but for emergencies: our own choice."""

CLOSED_LOOP_FROM = Level.SAME_DAY
"""From which level on the next check-in opens with "Have you been seen?" (L-8)."""


class Shown(StrEnum):
    """In which place an advice was shown."""

    MAIN = "main"
    REASON = "reason"
    IF_LINE = "if_line"
    CRISIS = "crisis"


class Loop(StrEnum):
    """Whether the patient has been seen about an advice."""

    NONE = "none"
    """Not asked about: the advice was not urgent."""
    OPEN = "open"
    NOT_SEEN = "not_seen"
    SEEN = "seen"


class GivenAdvice(Document):
    """One advice that was given: the rule, the level, what it stood on, when, and how it was shown."""

    advice_id: str
    rule_id: str
    level: Level
    local_date: date
    given_at: AwareDatetime
    checkin_date: date | None = None
    """The day whose check-in it was given for, where that is not the day on which it was said."""
    facts: Mapping[str, float | bool | str | None] = Field(default_factory=dict)
    shown: Shown
    conditional: bool = False
    loop: Loop = Loop.NONE
    barrier: str | None = None

    @property
    def about(self) -> date:
        """Give the day that it was given for."""
        return self.checkin_date or self.local_date

    @property
    def flags(self) -> tuple[str, ...]:
        """Give the warning signs that it stood on."""
        return tuple(
            name.removeprefix("flag.")
            for name, value in self.facts.items()
            if name.startswith("flag.") and value is True
        )


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be said now: one action, the reasons, the if-lines, and whether the crisis message goes first."""

    main: Fired | None
    reasons: tuple[Fired, ...] = ()
    """The rules whose reasons are shown: that of `main`, and at most one more."""
    if_lines: tuple[Fired, ...] = ()
    crisis: Fired | None = None
    crisis_first: bool = False

    @property
    def stops_the_checkin(self) -> bool:
        """Tell whether the check-in stops here (L-3): an emergency, or a crisis."""
        return self.crisis is not None or (self.main is not None and self.main.level is Level.EMERGENCY)

    def at_least(self, level: Level) -> "Due":
        """Give what is still to be said while an advice of `level` stands: less would take away from it (L-1)."""
        reasons = tuple(one for one in self.reasons if one.level >= level)
        return replace(
            self,
            main=self.main if self.main is not None and self.main.level >= level else None,
            reasons=reasons,
            if_lines=tuple(one for one in self.if_lines if one.level >= level),
        )

    def shown(self) -> Iterator[tuple[Shown, Fired]]:
        """Give everything that is shown and where, for the record."""
        if self.crisis is not None:
            yield Shown.CRISIS, self.crisis
        if self.main is not None:
            yield Shown.MAIN, self.main
        yield from ((Shown.REASON, one) for one in self.reasons if one is not self.main)
        yield from ((Shown.IF_LINE, one) for one in self.if_lines)


def due_advice(judgement: Judgement, given: Sequence[GivenAdvice], today: date, *, again: bool = True) -> Due:
    """Give what is to be said of a judgement, given what was said before.

    With `again` off, what was already said today on the same facts is left out, emergencies too: so that a
    check-in that goes on after an emergency, or an answer that is edited, says only what is new.
    """
    heard = _heard_today(given, today) if not again else frozenset[tuple[str, str]]()
    medical = [one for one in judgement.fired if one.rule.id not in CRISIS_RULES]
    crisis = next((one for one in judgement.fired if one.rule.id in CRISIS_RULES), None)
    standing = max((one.level for one in medical if not _due(one, given, today, heard)), default=None)
    due = [one for one in medical if _due(one, given, today, heard)]
    if standing is not None and _said_today(medical, given, today, standing):
        due = [one for one in due if one.level >= standing]
    reasons = [one for one in due if one.level > Level.SELF_CARE or due[0].level is Level.SELF_CARE]
    if_lines = [one for one in judgement.if_lines if _if_line_due(one, given, today)]
    crisis_due = crisis if crisis is not None and _key(crisis) not in heard else None
    return Due(
        main=due[0] if due else None,
        reasons=tuple(reasons[:MOST_REASONS]),
        if_lines=tuple(if_lines[:MOST_REASONS]),
        crisis=crisis_due,
        crisis_first=crisis_due is not None and judgement.crisis_first,
    )


def record_advice(
    due: Due, advice_ids: Iterator[str], local_date: date, given_at: datetime, about: date | None = None
) -> list[GivenAdvice]:
    """Give the records of what is shown; `advice_ids` are new ids, one for each.

    `about` is the day whose check-in was judged: yesterday's may be finished after midnight.
    """
    return [
        GivenAdvice(
            advice_id=next(advice_ids),
            rule_id=one.rule.id,
            level=one.level,
            local_date=local_date,
            given_at=given_at,
            checkin_date=None if about == local_date else about,
            facts=one.facts,
            shown=place,
            conditional=one.conditional,
            loop=_opening(place, one),
        )
        for place, one in due.shown()
    ]


def seen_question_due(given: Iterable[GivenAdvice], today: date) -> GivenAdvice | None:
    """Give the advice that this check-in opens with "Have you been seen?" for: the most urgent, then the newest.

    It is asked from the day after on, and again in each check-in until the answer is yes (L-8).
    """
    open_loops = [one for one in given if one.loop in {Loop.OPEN, Loop.NOT_SEEN} and one.local_date < today]
    return max(open_loops, key=lambda one: (one.level, one.given_at), default=None)


def answer_seen(given: GivenAdvice, answer: str, barrier: str | None = None) -> GivenAdvice:
    """Give the advice with its loop closed (`yes`) or kept open (`no`); raises `UnknownChoiceError`."""
    if answer not in {"yes", "no"}:
        raise UnknownChoiceError(f"the question about being seen has no answer {answer!r}")
    state = Loop.SEEN if answer == "yes" else Loop.NOT_SEEN
    return given.model_copy(update={"loop": state, "barrier": barrier or given.barrier})


def close_loops(given: Iterable[GivenAdvice], seen: GivenAdvice) -> list[GivenAdvice]:
    """Give the other open advice that a visit answers too: all that was given up to then, of any rule."""
    return [
        one.model_copy(update={"loop": Loop.SEEN})
        for one in given
        if one.loop in {Loop.OPEN, Loop.NOT_SEEN}
        and one.given_at <= seen.given_at
        and one.advice_id != seen.advice_id
    ]


def as_fired(given: GivenAdvice) -> Fired | None:
    """Give an advice as it fired, for its words; `None` where its rule is no longer in the table."""
    try:
        rule = rule_by_id(given.rule_id)
    except KeyError:
        return None
    return Fired(rule, given.level, given.facts, conditional=given.conditional, old=given.level < rule.level)


def advice_text(fired: Fired, contacts: Contacts, words: Words) -> str:
    """Give the action in plain words, with the country's numbers; an if-line starts with the risk it is for."""
    if fired.old:
        return words.text("advice.old_sign.advice")
    text = fill(words.text(f"{fired.rule.key}.advice"), contacts)
    return f"{words.text(f'{fired.rule.key}.if')} {text}" if fired.conditional else text


def why_text(fired: Fired, words: Words) -> str:
    """Give the reason in one sentence."""
    return words.text("advice.old_sign.why" if fired.old else f"{fired.rule.key}.why")


def safety_line(level: Level, contacts: Contacts, words: Words) -> str:
    """Give the line that every advice message ends with (L-12)."""
    return fill(words.text(f"advice.safety.{level.label}"), contacts)


def _opening(place: Shown, one: Fired) -> Loop:
    asked = place in {Shown.MAIN, Shown.REASON} and one.level >= CLOSED_LOOP_FROM
    return Loop.OPEN if asked else Loop.NONE


def _key(one: Fired) -> tuple[str, str]:
    return one.rule.id, repr(sorted(one.facts.items()))


def _heard_today(given: Iterable[GivenAdvice], today: date) -> frozenset[tuple[str, str]]:
    return frozenset((one.rule_id, repr(sorted(one.facts.items()))) for one in given if one.about == today)


def _due(one: Fired, given: Sequence[GivenAdvice], today: date, heard: frozenset[tuple[str, str]]) -> bool:
    if _key(one) in heard:
        return False
    ago = _said_days_ago(one, given, today)
    if ago is None:
        return True
    if one.rule.timing is Timing.ONCE:
        return False
    daily_tip = one.level is Level.SELF_CARE and one.rule.timing is Timing.DAILY
    return ago >= (1 if daily_tip else REPEAT_DAYS[one.level])


def _if_line_due(one: Fired, given: Sequence[GivenAdvice], today: date) -> bool:
    ago = _said_days_ago(one, given, today)
    return ago is None or ago >= (1 if one.level is Level.EMERGENCY else IF_LINE_DAYS)


def _said_days_ago(one: Fired, given: Iterable[GivenAdvice], today: date) -> int | None:
    """Give how many days lie between `today` and the nearest day that the rule was said for, at this level or higher.

    The days are those of the check-ins, and `today` may be one that is filled in later: the nearest may lie after it.
    """
    days = (abs((today - g.about).days) for g in given if g.rule_id == one.rule.id and g.level >= one.level)
    return min(days, default=None)


def _said_today(fired: Iterable[Fired], given: Iterable[GivenAdvice], today: date, level: Level) -> bool:
    rules = {one.rule.id for one in fired if one.level is level}
    return any(g.rule_id in rules and g.about == today and g.level >= level for g in given)
