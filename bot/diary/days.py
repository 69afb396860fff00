"""From a day's check-in, as the patient gave it, to the day that counts, charts and tests are made from."""

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
        state=state_of(checkin),
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


def state_of(checkin: CheckIn) -> DayState:
    """Give which of the four states a day is in. One that was only begun is unanswered until a pain was asked of."""
    scores = [score for name in _PAIN if (score := _score(checkin.value(name))) is not None]
    if scores:
        return DayState.PAIN if any(scores) else DayState.PAIN_FREE
    skipped = any(name in checkin.answers for name in _PAIN)
    return DayState.SKIPPED if skipped else DayState.UNANSWERED


def _score(value: AnswerValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
