"""What a patient may tell of themselves at the start or under settings. Each item may be skipped (section 8.1)."""

from collections.abc import Mapping
from datetime import date, timedelta

from bot.clinical.answers import AnswerValue, Condition, Profile, Tracks
from bot.clinical.questions import Asking, Form, Question, UnknownChoiceError, before, load_questions, walk

SINCE_DAYS: Mapping[str, int] = {"week": 0, "month": 7, "three_months": 30, "year": 90, "longer": 365}
"""The days since an episode began, by option: the least it could be, so that no advice claims more (L-7)."""


def plan_intake(profile: Profile, answers: Mapping[str, AnswerValue] | None = None) -> tuple[Question, ...]:
    """Give the profile questions in order. `answers` are those given in this run, which may open a typed date."""
    return walk(load_questions(Form.PROFILE), Asking(answers or {}, profile)).plan


def next_intake(
    profile: Profile, current: str | None, answers: Mapping[str, AnswerValue] | None = None
) -> Question | None:
    """Give the question after `current`, the first for `None`; `None` after the last."""
    plan = plan_intake(profile, answers)
    ids = [question.id for question in plan]
    after = ids.index(current) + 1 if current in ids else 0
    return plan[after] if after < len(plan) else None


def previous_intake(
    profile: Profile, current: str, answers: Mapping[str, AnswerValue] | None = None
) -> Question | None:
    """Give the question before `current`; `None` at the first."""
    return before(plan_intake(profile, answers), current)


def apply_intake(profile: Profile, question_id: str, value: AnswerValue, today: date) -> Profile:
    """Give the profile with an answer in its place; `None` is skipped, and so not known.

    Raises `UnknownChoiceError` for a year or a date that is still to come, and for a question that is not there.
    """
    if question_id == "birth_year":
        return profile.model_copy(update={"birth_year": _past_year(value, today)})
    if question_id == "tracks":
        return profile.model_copy(update={"tracks": Tracks(str(value)) if value is not None else Tracks.BOTH})
    if question_id in {"back_pain_since", "back_pain_date"}:
        return _with_start(profile, value, today)
    if question_id == "headaches_new":
        return profile.model_copy(update={"headaches_new": None if value is None else value == "new"})
    if question_id == "usual_aura":
        known = {"yes": True, "no": False}.get(str(value))
        return profile.model_copy(update={"usual_aura": known})
    if question_id == "conditions":
        ticked = frozenset(map(Condition, value)) if isinstance(value, tuple) else None
        return profile.model_copy(update={"conditions": ticked})
    raise UnknownChoiceError(f"the profile has no question {question_id!r}")


def _past_year(value: AnswerValue, today: date) -> int | None:
    if isinstance(value, int) and value > today.year:
        raise UnknownChoiceError("a birth year is not still to come")
    return value if isinstance(value, int) else None


def _with_start(profile: Profile, value: AnswerValue, today: date) -> Profile:
    if value == "date":
        return profile
    if not isinstance(value, str):
        return profile.model_copy(update={"back_pain_since": None})
    if value in SINCE_DAYS:
        return profile.model_copy(update={"back_pain_since": today - timedelta(days=SINCE_DAYS[value])})
    start = date.fromisoformat(value)
    if start > today:
        raise UnknownChoiceError("the day when the pain began is not still to come")
    return profile.model_copy(update={"back_pain_since": start})
