"""From a day's check-in, as the patient gave it, to the day that counts, charts and tests are made from."""

from collections.abc import Mapping

from bot.clinical import checkin as questions
from bot.clinical.answers import AnswerValue, CheckIn, Sleep
from bot.clinical.suspects import SUSPECTS
from bot.diary.ledger import Day, DayState

_PAIN = ("back_pain", "headache")


def day_of(checkin: CheckIn) -> Day:
    """Give the day of a check-in; a day on which no pain question was answered is skipped or unanswered."""
    said = {name: answer.value for name, answer in checkin.answers.items()}
    sleep, note, migraine_like = said.get("sleep"), said.get("note"), said.get("migraine_like")
    return Day(
        date=checkin.local_date,
        state=_state(said),
        back_pain=_score(said.get("back_pain")),
        headache=_score(said.get("headache")),
        migraine_like=None if migraine_like is None else migraine_like == "yes",
        interference=_score(said.get("interference")),
        medicines=questions.medicines(checkin),
        sleep=Sleep(sleep) if isinstance(sleep, str) else None,
        flags=questions.signs(checkin),
        recalled=checkin.recalled,
        note=note if isinstance(note, str) else None,
        factors={name: float(told == "yes") for name in SUSPECTS if (told := said.get(name)) is not None},
    )


def _state(said: Mapping[str, AnswerValue]) -> DayState:
    """Give which of the four states a day is in. One that was only begun is unanswered until a pain was asked of."""
    back, head = (_score(said.get(name)) for name in _PAIN)
    if back is None and head is None:
        return DayState.UNANSWERED if said.keys().isdisjoint(_PAIN) else DayState.SKIPPED
    return DayState.PAIN if back or head else DayState.PAIN_FREE


def _score(value: AnswerValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
