"""The example patient of the demo: five weeks of diary, with the ups, downs and gaps that real ones have."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.clinical.advice import GivenAdvice, due_advice, record_advice
from bot.clinical.answers import Answer, AnswerValue, CheckIn, Profile, WeeklyReview
from bot.clinical.facts import facts
from bot.clinical.patient import CONSENT_VERSION, Consent, Patient, Preferences
from bot.clinical.rules import Timing, judge, load_rules
from storage import advice, checkins, patients, reviews
from storage.engine import Database
from storage.identity import new_id

NAME = "Sam"
DAYS = 35
_SEED = 7
_UNANSWERED = frozenset({6, 17, 18, 29})
_EVENING = time(20, 5)


async def seed(database: Database, chat_id: int, now: datetime) -> Patient:
    """Keep the example patient with a diary that ends yesterday."""
    today = now.astimezone(UTC).date()
    profile = Profile(country="US", birth_year=1961, back_pain_since=today - timedelta(days=70))
    patient = Patient(
        patient_id=new_id(),
        chat_id=chat_id,
        consent=Consent(version=CONSENT_VERSION, given_at=now - timedelta(days=DAYS)),
        preferences=Preferences(zone="America/New_York"),
        profile=profile,
    )
    days = list(diary(today))
    weeks = list(weekly_reviews(today))
    statements = [patients.saved(patient)]
    statements += [each for day in days for each in checkins.saved(patient.patient_id, day)]
    statements += [reviews.saved(patient.patient_id, week) for week in weeks]
    statements += [advice.saved(patient.patient_id, one) for one in advised(profile, days)]
    await database.commit(statements)
    return patient


def diary(today: date) -> Iterator[CheckIn]:
    """Give the answered days, oldest first; the same for every run on the same day."""
    chance = random.Random(_SEED)  # noqa: S311 -- an example, nothing to keep secret
    back = 4.0
    for number in range(DAYS):
        back = min(8.0, max(1.0, back + chance.gauss(0, 1.1)))
        hurts = chance.random() < (0.2 + 0.05 * back)
        bad_night = chance.random() < 0.35  # noqa: PLR2004 -- a third of the nights
        if number not in _UNANSWERED:
            yield _day(
                today - timedelta(days=DAYS - number),
                round(back),
                chance.randint(3, 8) if hurts else 0,
                bad_night=bad_night,
            )


def weekly_reviews(today: date) -> Iterator[WeeklyReview]:
    """Give the answers to the weekly questions."""
    for weeks_ago, score in ((4, 5), (3, 6), (2, 5), (1, 4)):
        monday = today - timedelta(days=today.weekday() + 7 * weeks_ago)
        given = _moment(monday + timedelta(days=6))
        names = ("impact_work", "impact_moving", "impact_people")
        answers = {name: Answer(value=score, given_at=given) for name in names}
        yield WeeklyReview(
            week_start=monday, answers=answers | {"slow_signs": Answer(value=(), given_at=given)}
        )


def advised(profile: Profile, days: Sequence[CheckIn]) -> Iterator[GivenAdvice]:
    """Give what the rules would have said on each of these days."""
    given: list[GivenAdvice] = []
    for number, day in enumerate(days):
        known = facts(profile, days[: number + 1], (), day.local_date)
        due = due_advice(judge(load_rules(), known, Timing.DAILY), given, day.local_date, again=False)
        given += record_advice(due, _ids(), day.local_date, _moment(day.local_date))
    yield from given


def _day(local_date: date, back: int, head: int, *, bad_night: bool) -> CheckIn:
    values: dict[str, AnswerValue] = {
        "warning": "none",
        "back_pain": back,
        "headache": head,
        "interference": min(3, max(back, head) // 3),
        "medicine": "nsaid" if head >= 5 else "paracetamol" if back >= 6 else "none",  # noqa: PLR2004
        "sleep": "badly" if bad_night else "so_so" if back > 4 else "well",  # noqa: PLR2004
    }
    if head:
        values["migraine_like"] = "yes" if head >= 6 else "no"  # noqa: PLR2004 -- the worse ones
    given = _moment(local_date)
    return CheckIn(
        local_date=local_date,
        answers={name: Answer(value=value, given_at=given) for name, value in values.items()},
    )


def _moment(local_date: date) -> datetime:
    return datetime.combine(local_date, _EVENING, UTC)


def _ids() -> Iterator[str]:
    while True:
        yield str(new_id())
