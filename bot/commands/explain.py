"""`python -m bot explain ADVICE_ID`: replay one advice for an auditor: the rule, its facts, its sources, and now."""

import argparse
import asyncio
import sys
from collections.abc import Iterator

from bot.clinical.advice import GivenAdvice
from bot.clinical.answers import CheckIn, Profile, WeeklyReview
from bot.clinical.facts import FIRST_DAYS, LOOKBACK_DAYS, baseline_start, facts
from bot.clinical.patient import Patient
from bot.clinical.rules import Rule, judge, load_readings, rule_by_id, sources_of
from bot.settings import Settings
from bot.words import load_words
from storage import advice, checkins, patients, reviews
from storage.engine import StorageError, open_database

_NOT_FOUND = 1


def configure(parser: argparse.ArgumentParser) -> None:
    """Take the advice's id, as `/export` shows it."""
    parser.add_argument("advice_id", help="the id of the advice, from the advice table or a patient's export")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    try:
        found = asyncio.run(_load(Settings().database_url, arguments.advice_id))
    except StorageError as error:
        sys.stderr.write(f"{error}\n")
        return _NOT_FOUND
    if found is None:
        sys.stderr.write(f"There is no advice {arguments.advice_id}.\n")
        return _NOT_FOUND
    given, patient, days, weeks = found
    print("\n".join(_lines(given, patient.profile, days, weeks)))
    return 0


async def _load(
    url: str, advice_id: str
) -> tuple[GivenAdvice, Patient, list[CheckIn], list[WeeklyReview]] | None:
    async with open_database(url, read_only=True) as database:
        found = await advice.by_id(database, advice_id)
        patient = await patients.by_id(database, found[0]) if found else None
        if found is None or patient is None:
            return None
        day = found[1].about
        days = await checkins.recent(database, patient.patient_id, day, LOOKBACK_DAYS)
        first = await checkins.first_date(database, patient.patient_id)
        if first is not None:
            days += await checkins.from_start(
                database, patient.patient_id, baseline_start(patient.profile, first), FIRST_DAYS
            )
        return found[1], patient, days, await reviews.recent(database, patient.patient_id, day)


def _lines(
    given: GivenAdvice, profile: Profile, days: list[CheckIn], weeks: list[WeeklyReview]
) -> Iterator[str]:
    words = load_words()
    rule = rule_by_id(given.rule_id)
    yield f"Advice {given.advice_id}: rule {rule.id}, level {given.level.label}, shown as {given.shown}"
    yield f"Given {given.given_at:%Y-%m-%d %H:%M} UTC, for the day {given.about}"
    yield f"Said: {words.text(f'{rule.key}.advice')}"
    yield f"Why: {words.text(f'{rule.key}.why')}"
    yield f"Condition: {rule.condition.text}"
    yield "It stood on:"
    yield from (f"  {name} = {value}" for name, value in sorted(given.facts.items()))
    yield f"Basis: {rule.basis}; check mark: {rule.check}"
    yield from (f"  {source.id}: {source.citation} {source.url}" for source in sources_of(rule))
    yield f"Follow-up: {given.loop}" + (f", because of {given.barrier}" if given.barrier else "")
    yield _replayed(given, rule, profile, days, weeks)


def _replayed(
    given: GivenAdvice, rule: Rule, profile: Profile, days: list[CheckIn], weeks: list[WeeklyReview]
) -> str:
    """Judge the rule again on what is stored now: an edit since then, or signs typed in words, make it differ."""
    if rule in load_readings():
        return "It was read in a message, whose words are not kept: it can't be replayed."
    known_weeks = [week for week in weeks if week.week_start <= given.about]
    known = facts(profile, days, known_weeks, given.about, frozenset(given.flags))
    fired = judge((rule,), known, rule.timing).fired
    if not fired:
        return "Replayed on what is stored now: it does not hold. An answer or the profile was changed since."
    same = dict(fired[0].facts) == dict(given.facts)
    return f"Replayed on what is stored now: it holds, on {'the same facts' if same else 'facts that have changed since'}."
