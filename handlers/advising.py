"""What is advised: judged by the rules on what is known, said, kept, and explained when asked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from bot.clinical.advice import (
    Due,
    GivenAdvice,
    Loop,
    Shown,
    advice_text,
    as_fired,
    due_advice,
    record_advice,
    safety_line,
    why_text,
)
from bot.clinical.answers import CheckIn, Level, WeeklyReview
from bot.clinical.checkin import OLD_ANSWER, OLD_FOR, can_be_old, pending, signs
from bot.clinical.contacts import fill
from bot.clinical.facts import FIRST_DAYS, LOOKBACK_DAYS, Facts, baseline_start, facts
from bot.clinical.patient import Patient
from bot.clinical.rules import Fired, Timing, judge, load_rules, reading_at, sources_of
from bot.clinical.warning_signs import Reading
from bot.conversations.editing import begun
from bot.reports.material import AdviceLine
from bot.runtime.parsing import Update
from bot.runtime.turn import MessageKind, Turn
from bot.words import Words
from handlers import crisis
from handlers.answering import Closing
from handlers.buttons import BadButtonError, Button, button, unpack
from handlers.render import Screen
from handlers.screens import contacts_of, local_date, say, show, words_of
from storage import advice as advice_records
from storage import checkins, reviews
from storage.identity import new_id

PREFIX = "adv"
_GIVEN_DAYS = 30
"""How far back what was said is looked up: twice the longest repeat interval (L-6)."""


async def urgent(turn: Turn, patient: Patient, checkin: CheckIn, old: frozenset[str] = frozenset()) -> bool:
    """Say at once what cannot wait for the end of a check-in (L-3), and tell whether the check-in stops for it.

    `old` are the signs that the patient called old and checked on the days before (L-4).
    """
    if not signs(checkin, patient.profile):
        return False
    known = await _recent_facts(turn, patient, checkin, pending(checkin, patient.profile, old))
    judgement = judge(load_rules(), known, Timing.ANY)
    if judgement.level is not Level.EMERGENCY:
        return False
    due = due_advice(judgement, await _given(turn, patient), checkin.local_date, again=False)
    if due.stops_the_checkin:
        await _say_due(turn, patient, due, checkin)
    return due.stops_the_checkin


async def left(turn: Turn, patient: Patient, checkin: CheckIn) -> None:
    """Judge the signs of a check-in that was left (`as_left`): a score without an answer counts as the worse."""
    known = await _recent_facts(turn, patient, checkin, frozenset())
    judgement = judge(load_rules(), known, Timing.ANY)
    if judgement.level >= Level.SOON:
        due = due_advice(judgement, await _given(turn, patient), checkin.local_date, again=False)
        await _say_due(turn, patient, due, checkin)


async def conclude(turn: Turn, patient: Patient, checkin: CheckIn) -> Closing:
    """Judge a check-in that has ended, on all that is known; say what is due, and give what closes its last screen.

    A day filled in from memory is judged for its warning signs alone: it says nothing of how things are going.
    """
    timing = Timing.ANY if checkin.recalled else Timing.DAILY
    known = await _known(turn, patient, checkin, checkin.local_date)
    given = await _given(turn, patient)
    due = due_advice(judge(load_rules(), known, timing), given, checkin.local_date, again=False)
    stands = _standing(checkin, given)
    due = due.at_least(stands.level) if stands is not None else due
    if due.main is None or due.main.level > Level.SELF_CARE or due.if_lines or due.crisis:
        said = await _say_due(turn, patient, due, checkin)
        return _closing(patient, checkin, [*given, *said])
    _keep(turn, patient, due, checkin)
    contacts, words = contacts_of(patient), words_of(patient)
    tip = f"{advice_text(due.main, contacts, words)} {safety_line(Level.SELF_CARE, contacts, words)}"
    return replace(_closing(patient, checkin, given), tip=tip)


async def closing(turn: Turn, patient: Patient, checkin: CheckIn) -> Closing:
    """Give the most urgent advice of same_day or higher that stands for a day."""
    return _closing(patient, checkin, await _given(turn, patient))


def _closing(patient: Patient, checkin: CheckIn, given: Sequence[GivenAdvice]) -> Closing:
    highest = _standing(checkin, given)
    fired = as_fired(highest) if highest is not None else None
    if fired is None:
        return Closing()
    return Closing(urgent=advice_text(fired, contacts_of(patient), words_of(patient)))


def _standing(checkin: CheckIn, given: Sequence[GivenAdvice]) -> GivenAdvice | None:
    standing = [one for one in given if one.level >= Level.SAME_DAY and _stands(one, checkin)]
    return max(standing, key=lambda one: (one.level, one.given_at), default=None)


def _stands(one: GivenAdvice, checkin: CheckIn) -> bool:
    """Tell whether an advice stands for a day: not seen to, and its signs neither taken back nor called old."""
    shown = one.shown in {Shown.MAIN, Shown.REASON} and one.loop is not Loop.SEEN
    if not shown or one.about != checkin.local_date:
        return False
    warning, old = checkin.answers.get("warning"), checkin.value(OLD_ANSWER)
    taken_back = warning is not None and warning.value == "none" and warning.given_at >= one.given_at
    called_old = isinstance(old, tuple) and set(one.flags) <= set(old)
    return not (one.flags and (taken_back or called_old))


async def conclude_review(turn: Turn, patient: Patient, review: WeeklyReview) -> None:
    """Judge a weekly review that has ended, and say what is due."""
    await _judge_review(turn, patient, review, Level.SELF_CARE)


async def slow_signs_named(turn: Turn, patient: Patient, review: WeeklyReview) -> None:
    """Say what the slow signs call for once their list is done: the questions after it may never be answered."""
    await _judge_review(turn, patient, review, Level.SOON)


async def _judge_review(turn: Turn, patient: Patient, review: WeeklyReview, at_least: Level) -> None:
    today = local_date(turn, patient)
    stored = await checkins.on(turn.database, patient.patient_id, today)
    known = await _known(turn, patient, stored, today, review)
    judgement = judge(load_rules(), known, Timing.WEEKLY)
    if judgement.level >= at_least:
        due = due_advice(judgement, await _given(turn, patient), today, again=False)
        await _say_due(turn, patient, due, stored)


async def from_text(turn: Turn, patient: Patient, reading: Reading) -> None:
    """Say what the signs in a message call for."""
    await from_flags(turn, patient, reading.flags, Level[reading.level.upper()])


async def from_flags(
    turn: Turn, patient: Patient, flags: frozenset[str], read_as: Level = Level.SOON
) -> None:
    """Judge signs that were typed together with today's answers; never below the level they were read at."""
    today = local_date(turn, patient)
    stored = await checkins.on(turn.database, patient.patient_id, today) or begun(today, today)
    known = await _known(turn, patient, stored, today, text_flags=flags)
    judgement = judge(load_rules(), known, Timing.ANY)
    if judgement.level >= read_as and judgement.headline is not None:
        await _say_due(turn, patient, due_advice(judgement, (), today), stored)
    else:
        row = reading_at(read_as)
        read = Fired(row, row.level, {f"flag.{flag}": True for flag in sorted(flags) if "." not in flag})
        await _say_due(turn, patient, Due(main=read, reasons=(read,)), None)


async def worried(turn: Turn, patient: Patient) -> None:
    """Take a worry as it is said: it is reason enough to be seen (C-03)."""
    await from_flags(turn, patient, frozenset({"worried"}))


async def heard_no(turn: Turn, patient: Patient) -> None:
    """Answer someone who said that they are not in danger, after words of not coping (M-05)."""
    await _from_crisis(turn, patient, frozenset({"crisis.hopeless", "crisis.denied"}))


def warn_stranger(turn: Turn, reading: Reading) -> bool:
    """Say to a person without a diary what cannot wait; nothing of it is kept."""
    keys = {"emergency": "advising.stranger", "same_day": "advising.stranger_same_day"}
    key = keys.get(reading.level)
    if key is None or reading.unclear:
        return False
    say(turn, Screen(fill(words_of(None).text(key), contacts_of(None))), MessageKind.EMERGENCY)
    return True


async def press(turn: Turn, patient: Patient, update: Update) -> None:
    """Take a tap under an advice: why, or "it is old"."""
    action, advice_id = unpack(update.callback_query.data if update.callback_query else None, 2)
    found = await advice_records.by_id(turn.database, advice_id)
    words = words_of(patient)
    if found is None or found[0] != patient.patient_id:
        turn.answer_callback(words.text("advising.why_gone"))
    elif action == "why":
        say(turn, Screen(explanation(found[1], words)))
    elif action == "old":
        _ask_whether_old(turn, patient, found[1])
    elif action == "checked":
        await _call_old(turn, patient, update, found[1])
    elif action == "new":
        show(turn, update, Screen(words.text("advising.old_no_reply")))
    else:
        raise BadButtonError("no such way on")


async def explain_week(turn: Turn, patient: Patient, last: date) -> None:
    """Explain the highest advice of the seven days up to `last`."""
    words = words_of(patient)
    given = [
        one
        for one in await _given(turn, patient)
        if last - timedelta(days=6) <= one.local_date <= last and one.shown is not Shown.IF_LINE
    ]
    highest = max(given, key=lambda one: (one.level, one.given_at), default=None)
    say(turn, Screen(explanation(highest, words) if highest else words.text("week.no_advice")))


async def lines_since(turn: Turn, patient: Patient, first: date) -> tuple[AdviceLine, ...]:
    """Give what was advised since a date, worded for a report; "if you have had ..." was not said of this patient."""
    start = datetime.combine(first, time.min, UTC) - timedelta(days=1)
    given = await advice_records.since(turn.database, patient.patient_id, start)
    return tuple(
        line
        for one, line in worded(given, patient)
        if one.local_date >= first and one.level > Level.SELF_CARE and one.shown is not Shown.IF_LINE
    )


def worded(given: Iterable[GivenAdvice], patient: Patient) -> Iterator[tuple[GivenAdvice, AdviceLine]]:
    """Give each advice with its words; a rule that is no longer in the table has none."""
    words, contacts = words_of(patient), contacts_of(patient)
    for one in given:
        fired = as_fired(one)
        if fired is not None:
            text, why = advice_text(fired, contacts, words), why_text(fired, words)
            yield one, AdviceLine(one.level, text, why, one.local_date, one.rule_id)


def explanation(given: GivenAdvice, words: Words) -> str:
    """Say in plain words why an advice was given, what it stood on, and where it comes from."""
    fired = as_fired(given)
    if fired is None:
        return words.text("advising.why_gone")
    lines = [words.text("advising.why_title"), why_text(fired, words)]
    named = [words.text(f"flags.{flag}") for flag in given.flags if f"flags.{flag}" in words]
    if named:
        lines.append(words.text("advising.why_facts", facts=words.text("advising.and").join(named)))
    lines += ["", words.text("advising.why_sources")]
    lines += [
        words.text("advising.why_source", citation=each.citation, url=each.url)
        for each in sources_of(fired.rule)
    ]
    if "PROJECT" in fired.rule.sources:
        lines.append(words.text("advising.why_own"))
    return "\n".join(lines)


async def _recent_facts(turn: Turn, patient: Patient, checkin: CheckIn, waiting: frozenset[str]) -> Facts:
    """Load only what signs are judged on: the last two weeks, for yesterday's scores and what was called old."""
    days = await checkins.recent(turn.database, patient.patient_id, checkin.local_date, OLD_FOR.days)
    others = [day for day in days if day.local_date != checkin.local_date]
    return facts(
        patient.profile,
        [*others, checkin],
        (),
        checkin.local_date,
        pending=waiting,
        zone=patient.preferences.zone_info,
    )


async def _known(
    turn: Turn,
    patient: Patient,
    checkin: CheckIn | None,
    today: date,
    review: WeeklyReview | None = None,
    text_flags: frozenset[str] = frozenset(),
) -> Facts:
    """Load what the rules stand on: the last days, the first ones they are compared with, and the reviews."""
    days = await checkins.recent(turn.database, patient.patient_id, today, LOOKBACK_DAYS)
    first = await checkins.first_date(turn.database, patient.patient_id)
    if first is not None:
        start = baseline_start(patient.profile, first)
        if start <= today - timedelta(days=LOOKBACK_DAYS):
            days = [*await checkins.from_start(turn.database, patient.patient_id, start, FIRST_DAYS), *days]
    if checkin is not None:
        days = [*(day for day in days if day.local_date != checkin.local_date), checkin]
    if review is None:
        known_reviews = await reviews.standing(turn.database, patient.patient_id, today)
    else:
        year = await reviews.recent(turn.database, patient.patient_id, today)
        known_reviews = [*(each for each in year if each.week_start != review.week_start), review]
    return facts(patient.profile, days, known_reviews, today, text_flags, zone=patient.preferences.zone_info)


async def _given(turn: Turn, patient: Patient) -> list[GivenAdvice]:
    return await advice_records.since(
        turn.database, patient.patient_id, turn.now - timedelta(days=_GIVEN_DAYS), few=True
    )


async def _from_crisis(turn: Turn, patient: Patient, heard: frozenset[str]) -> None:
    today = local_date(turn, patient)
    known = await _known(turn, patient, None, today, text_flags=heard)
    due = due_advice(judge(load_rules(), known, Timing.ANY), await _given(turn, patient), today, again=False)
    await _say_due(turn, patient, due, None)


async def _say_due(turn: Turn, patient: Patient, due: Due, checkin: CheckIn | None) -> list[GivenAdvice]:
    given = _keep(turn, patient, due, checkin)
    if due.crisis is not None and due.crisis_first:
        crisis.answer(turn, patient)
    if due.main is not None or due.if_lines:
        kind = MessageKind.EMERGENCY if due.main and due.main.level >= Level.SAME_DAY else MessageKind.REPLY
        say(turn, _screen(due, given, patient, checkin), kind)
    if due.crisis is not None and not due.crisis_first:
        crisis.answer(turn, patient)
    return given


def _keep(turn: Turn, patient: Patient, due: Due, checkin: CheckIn | None) -> list[GivenAdvice]:
    about = checkin.local_date if checkin is not None else None
    given = record_advice(due, _ids(), local_date(turn, patient), turn.now, about)
    turn.save(*(advice_records.saved(patient.patient_id, one) for one in given))
    return given


def _screen(due: Due, given: list[GivenAdvice], patient: Patient, checkin: CheckIn | None) -> Screen:
    words, contacts = words_of(patient), contacts_of(patient)
    level = due.main.level if due.main else Level.SELF_CARE
    lines = (
        [words.text("advising.level", level=words.text(f"advice.level.{level.label}"))] if due.main else []
    )
    if due.main is not None:
        lines.append(advice_text(due.main, contacts, words))
        reasons = [why_text(one, words) for one in due.reasons]
        lines += ["", words.text("advising.reasons", reason=" ".join(reasons))]
    lines += ["", *(advice_text(one, contacts, words) for one in due.if_lines)] if due.if_lines else []
    lines += ["", safety_line(level, contacts, words)]
    return Screen("\n".join(lines), _rows(due, given, checkin, words))


def _rows(
    due: Due, given: list[GivenAdvice], checkin: CheckIn | None, words: Words
) -> tuple[tuple[Button, ...], ...]:
    shown = next((one for one in given if due.main and one.rule_id == due.main.rule.id), None)
    if shown is None or due.main is None:
        return ()
    rows: list[tuple[Button, ...]] = [(button(words.text("advising.why"), PREFIX, "why", shown.advice_id),)]
    may_be_old = checkin is not None and can_be_old(due.main.rule.flags & signs(checkin))
    if may_be_old and due.main.level > Level.ROUTINE:
        rows.append((button(words.text("advising.old"), PREFIX, "old", shown.advice_id),))
    return tuple(rows)


def _ask_whether_old(turn: Turn, patient: Patient, given: GivenAdvice) -> None:
    """Ask in a message of its own, so that the advice stays in the chat and a slip changes nothing."""
    words = words_of(patient)
    if not can_be_old(given.flags):
        raise BadButtonError("nothing here can be old")
    ways = (("checked", words.text("checkin.checked_before.button")), ("new", words.text("advising.old_no")))
    rows = tuple((button(label, PREFIX, action, given.advice_id),) for action, label in ways)
    say(turn, Screen(f"**{words.text('checkin.checked_before.question')}**", rows))


async def _call_old(turn: Turn, patient: Patient, update: Update, given: GivenAdvice) -> None:
    """Keep that the signs of an advice are old, unchanged and already checked (L-4), and say what still stands."""
    checkin = await checkins.on(turn.database, patient.patient_id, given.about)
    named = can_be_old(given.flags)
    if checkin is None or not named:
        raise BadButtonError("nothing here can be old")
    before = checkin.value(OLD_ANSWER)
    old = tuple(sorted({*named, *(before if isinstance(before, tuple) else ())}))
    checkin = checkin.answered(OLD_ANSWER, old, turn.now)
    turn.save(*checkins.saved(patient.patient_id, checkin))
    show(turn, update, Screen(words_of(patient).text("checkin.checked_before.done")))
    known = await _recent_facts(turn, patient, checkin, pending(checkin, patient.profile))
    judgement = judge(load_rules(), known, Timing.ANY)
    if judgement.level >= Level.SOON:
        await _say_due(turn, patient, due_advice(judgement, (), checkin.local_date), checkin)


def _ids() -> Iterator[str]:
    while True:
        yield str(new_id())
