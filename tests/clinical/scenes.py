"""Patients made up for the tests: a diary by days ago, warning signs ticked as a person would, a profile."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from bot.clinical.answers import Answer, AnswerValue, CheckIn, Condition, Profile, WeeklyReview
from bot.clinical.checkin import plan
from bot.clinical.facts import Facts, facts
from bot.clinical.questions import Form, Kind, load_questions
from bot.clinical.rules import Judgement, Timing, judge, load_rules

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)

QUESTIONS = {question.id: question for question in load_questions(Form.CHECKIN)}
SCREENS = ("signs_back", "signs_head", "signs_other")
BRANCH = {"signs_back": "back", "signs_head": "head", "signs_other": "other"}


def at(ago: int) -> datetime:
    return NOW - timedelta(days=ago)


def day(ago: int = 0, **answers: AnswerValue) -> CheckIn:
    """Give a check-in with these answers, and no warning sign unless said otherwise."""
    given = {"warning": "none", **answers}
    return CheckIn(
        local_date=TODAY - timedelta(days=ago),
        answers={name: Answer(value=value, given_at=at(ago)) for name, value in given.items()},
    )


def signs(
    *ticked: str, ago: int = 0, follow: Mapping[str, AnswerValue] | None = None, **answers: AnswerValue
) -> CheckIn:
    """Give a check-in with these options ticked, each on its screen; follow-ups that are not named say no."""
    screens = {
        screen: tuple(option for option in QUESTIONS[screen].options if option in ticked)
        for screen in SCREENS
    }
    used = [screen for screen in SCREENS if screens[screen]]
    warning = BRANCH[used[0]] if len(used) == 1 else "not_sure"
    given: dict[str, AnswerValue] = {"warning": warning, **answers}
    given.update({screen: screens[screen] for screen in (used if len(used) == 1 else SCREENS)})
    given.update(follow or {})
    checkin = day(ago, **given)
    quiet = {
        "aura_kind": "usual",
        "aura_length": "hour_or_less",
        "head_injury_when": "longer",
        "neck_signs": (),
    }
    for question in plan(checkin, Profile()):
        asks_more = question.id not in checkin.answers and question.kind in {Kind.CHOICE, Kind.MULTI}
        if asks_more and question.when is not None and "flag" in question.when.text:
            checkin = checkin.answered(question.id, quiet.get(question.id, "no"), at(ago))
    return checkin


def diary(**series: Sequence[AnswerValue]) -> list[CheckIn]:
    """Give check-ins from series by days ago, today first; `...` leaves the question of a day unanswered."""
    longest = max(len(values) for values in series.values())
    days = []
    for ago in range(longest):
        answers = {
            name: values[ago]
            for name, values in series.items()
            if ago < len(values) and values[ago] is not ...
        }
        days.append(day(ago, **answers))
    return days


def person(*conditions: str, age: int = 36, back_days: int | None = 10, **known: object) -> Profile:
    """Give a person whose profile is complete."""
    return Profile(
        birth_year=TODAY.year - age,
        back_pain_since=None if back_days is None else TODAY - timedelta(days=back_days),
        conditions=frozenset(map(Condition, conditions)),
        **known,
    )


def review(
    weeks_ago: int = 0,
    impact: tuple[int, int, int] | None = None,
    slow: Sequence[str] = (),
    mood: tuple[int, int] | None = None,
    inflammatory: Sequence[str] | None = None,
) -> WeeklyReview:
    """Give a weekly review that was answered on its last day."""
    answers: dict[str, AnswerValue] = {"slow_signs": tuple(slow)}
    if impact is not None:
        answers.update(zip(("impact_work", "impact_moving", "impact_people"), impact, strict=True))
    if mood is not None:
        answers.update(zip(("mood_interest", "mood_low"), mood, strict=True))
    if inflammatory is not None:
        answers["inflammatory"] = tuple(inflammatory)
    return WeeklyReview(
        week_start=TODAY - timedelta(days=6 + 7 * weeks_ago),
        answers={name: Answer(value=value, given_at=at(7 * weeks_ago)) for name, value in answers.items()},
    )


def seen(
    *days: CheckIn | list[CheckIn],
    who: Profile | None = None,
    reviews: Sequence[WeeklyReview] = (),
    heard: Sequence[str] = (),
) -> Facts:
    """Give the facts of a person today."""
    flat = [one for part in days for one in (part if isinstance(part, list) else [part])]
    return facts(who if who is not None else person(), flat, reviews, TODAY, frozenset(heard))


def judged(subject: Facts, timing: Timing = Timing.DAILY) -> Judgement:
    return judge(load_rules(), subject, timing)


def fired(judgement: Judgement) -> set[str]:
    return {one.rule.id for one in judgement.fired}
