"""The names that a rule may use, and what each says of a patient. A name that is not here stops the loading."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from bot.clinical.answers import Condition, MedicineClass, Sleep
from bot.clinical.conditions import NO, YES, ConditionError, Number, Term, Truth, UnknownFactError
from bot.clinical.facts import SIMPLE, Facts, Scores, has_condition, mean
from bot.clinical.questions import Form, load_questions

WEEK = 7
MONTH = 30
ENOUGH_OF_MONTH = 24
"""Answered days that a month needs to be compared with the next: four in five, our own choice."""

CRISIS = frozenset({"danger_now", "has_acted", "thoughts", "hopeless", "denied"})
"""What the crisis flow may have heard; the words themselves are never kept."""

TYPED_ONLY = frozenset({"ear_whoosh", "seizure"})
"""The signs that can be typed, but share a button with another one."""


@cache
def known_flags() -> frozenset[str]:
    """Give every warning sign there is."""
    of_questions = (
        sign
        for question in load_questions(Form.CHECKIN)
        for group in (*question.flags.values(), question.skipped)
        for sign in group
    )
    return frozenset(of_questions) | TYPED_ONLY


@cache
def known_slow_signs() -> frozenset[str]:
    """Give every slow sign of the weekly review."""
    return frozenset(sign for q in load_questions(Form.REVIEW) if q.id == "slow_signs" for sign in q.options)


def find_term(name: str, arguments: tuple[str | int, ...]) -> Term[Facts]:
    """Give the term of a name; raises `UnknownFactError`, and `ConditionError` for arguments that do not fit."""
    if arguments:
        return _function(name, arguments)
    if name in _NUMBERS:
        return Term(number=_NUMBERS[name])
    if name in _TRUTHS:
        return Term(truth=_TRUTHS[name])
    return _member(name)


def _member(name: str) -> Term[Facts]:
    root, _, leaf = name.partition(".")
    if root == "profile" and leaf in set(Condition):
        condition = Condition(leaf)
        return Term(truth=lambda subject: has_condition(subject, condition))
    if root == "med" and leaf in set(MedicineClass):
        medicine = MedicineClass(leaf)
        return Term(truth=lambda subject: _yes(medicine in subject.taken_today))
    if root == "flag" and leaf in known_flags():
        return Term(truth=lambda subject: _yes(leaf in subject.flags))
    if root == "slow" and leaf in known_slow_signs():
        return Term(truth=lambda subject: _yes(leaf in subject.slow))
    if root == "crisis" and leaf in CRISIS:
        return Term(truth=lambda subject: _yes(leaf in subject.crisis))
    raise UnknownFactError(f"no fact is called {name!r}")


def _function(name: str, arguments: tuple[str | int, ...]) -> Term[Facts]:
    numbers = [argument for argument in arguments if isinstance(argument, int)]
    if name in _COUNTS and len(numbers) == len(arguments) == _COUNTS[name][0]:
        count = _COUNTS[name][1]
        return Term(number=lambda subject: count(subject, *numbers))
    if name in _MEDICINE_COUNTS and len(arguments) == 1 and isinstance(arguments[0], str):
        classes = _classes(arguments[0])
        count_days = _MEDICINE_COUNTS[name]
        return Term(number=lambda subject: count_days(subject, classes))
    if name in _COUNTS or name in _MEDICINE_COUNTS:
        raise ConditionError(f"{name} does not take {arguments}")
    raise UnknownFactError(f"no fact is called {name!r}")


def _classes(name: str) -> frozenset[MedicineClass]:
    if name == "any":
        return frozenset(MedicineClass)
    if name == "simple":
        return SIMPLE
    if name in set(MedicineClass):
        return frozenset({MedicineClass(name)})
    raise UnknownFactError(f"no class of medicine is called {name!r}")


def _yes(value: bool) -> Truth:  # noqa: FBT001  # the one thing it turns
    return YES if value else NO


def _known(value: float | None) -> Number:
    return Truth.PROFILE_UNKNOWN if value is None else float(value)


def _any_flag(subject: Facts) -> Truth:
    if subject.flags or subject.old:
        return Truth.YES
    answered = subject.checkin is not None and subject.checkin.value("warning") is not None
    return Truth.NO if answered else Truth.NO_DATA


def _hd_worse(subject: Facts) -> Truth:
    today = subject.score("headache")
    if isinstance(today, Truth) or today == 0:
        return today if isinstance(today, Truth) else Truth.NO
    yesterday = subject.head[1]
    return Truth.SKIPPED if yesterday is None else _yes(today > yesterday)


def _headache_lasts(subject: Facts) -> Truth:
    asked = subject.checkin is not None and "headache_lasts" in subject.checkin.answers
    if asked or "headache_lasts" in subject.flags:
        return _yes("headache_lasts" in subject.flags)
    return Truth.NO_DATA if "headache_lasts" in subject.pending else Truth.SKIPPED


def _back_is_main(subject: Facts) -> Truth:
    back, head = mean(subject.back[:WEEK]), mean(subject.head[:WEEK])
    if isinstance(back, Truth):
        return Truth.NO
    return _yes(isinstance(head, Truth) or back > head)


def _above_usual(subject: Facts) -> Number:
    today, usual = subject.score("back_pain"), mean(subject.back[1 : WEEK + 1])
    if isinstance(today, Truth) or isinstance(usual, Truth):
        return Truth.NO_DATA
    return today - usual


def _days(scores: Scores, at_least: int) -> float:
    return float(sum(1 for score in scores if score is not None and score >= at_least))


def _headache_days_before(subject: Facts) -> Number:
    """Give the headache days of the month before; unknown where too few days were answered to compare with them."""
    before = subject.head[MONTH : 2 * MONTH]
    answered = sum(score is not None for score in before)
    return _days(before, 1) if answered >= ENOUGH_OF_MONTH else Truth.NO_DATA


def _run(scores: Scores, at_least: int) -> float:
    run = 0
    for score in scores:
        if score is None or score < at_least:
            break
        run += 1
    return float(run)


def _week(scores: Scores, weeks_ago: int) -> Sequence[int | None]:
    return scores[weeks_ago * WEEK : (weeks_ago + 1) * WEEK]


def _head_days_week(subject: Facts, weeks_ago: int) -> Number:
    week = _week(subject.head, weeks_ago)
    return mean(week) if isinstance(mean(week), Truth) else _days(week, 1)


def _back_and_life_run(subject: Facts, back: int, life: int) -> float:
    both = [
        None if pain is None or limit is None else int(pain >= back and limit >= life)
        for pain, limit in zip(subject.back, subject.life, strict=True)
    ]
    return _run(both, 1)


def _both_days(subject: Facts, back: int, head: int) -> float:
    pairs = zip(subject.back[:MONTH], subject.head[:MONTH], strict=True)
    return float(sum(1 for b, h in pairs if b is not None and h is not None and b >= back and h >= head))


def _limited_head_days(subject: Facts, life: int) -> float:
    pairs = zip(subject.head[:MONTH], subject.life[:MONTH], strict=True)
    return float(sum(1 for h, limit in pairs if h and limit is not None and limit >= life))


def _relief_failed(subject: Facts, head: int) -> float:
    taken_the_day_before = zip(subject.head[: MONTH - 1], subject.taken[1:MONTH], strict=True)
    return float(sum(1 for h, taken in taken_the_day_before if taken and h is not None and h >= head))


def _bad_sleep_weeks(subject: Facts, nights: int) -> float:
    weeks = 0
    for ago in range(len(subject.sleep) // WEEK):
        week = subject.sleep[ago * WEEK : (ago + 1) * WEEK]
        if week.count(Sleep.BADLY) < nights:
            break
        weeks += 1
    return float(weeks)


def _impact_run(subject: Facts, at_least: int) -> float:
    run = 0
    for score in subject.impacts:
        if score is None or score < at_least:
            break
        run += 1
    return float(run)


def _impact_before(subject: Facts) -> Number:
    before = [score for score in subject.impacts[1:3] if score is not None]
    return sum(before) / 2 if len(before) == 2 else Truth.NO_DATA  # noqa: PLR2004  # the last two weeks


def _impact(subject: Facts) -> Number:
    newest = subject.impacts[0] if subject.impacts else None
    return Truth.NO_DATA if newest is None else newest


def _mood_run(subject: Facts, at_least: int) -> float:
    return _run(subject.moods, at_least)


def _medicine_days(subject: Facts, classes: frozenset[MedicineClass], first: int, last: int) -> float:
    return float(sum(1 for taken in subject.taken[first:last] if taken & classes))


def _medicine_run(subject: Facts, classes: frozenset[MedicineClass]) -> float:
    return _run([int(bool(taken & classes)) for taken in subject.taken], 1)


def _leg_pain_days(subject: Facts) -> Number:
    start = subject.leg_pain_start
    return Truth.NO_DATA if start is None else float((subject.today - start).days)


_NUMBERS: Mapping[str, Callable[[Facts], Number]] = {
    "bp": lambda subject: subject.score("back_pain"),
    "hd": lambda subject: subject.score("headache"),
    "life": lambda subject: subject.score("interference"),
    "age": lambda subject: _known(subject.age),
    "onset_age": lambda subject: _known(subject.onset_age),
    "ep_days_bp": lambda subject: _known(subject.episode_days),
    "bp_mean7": lambda subject: mean(subject.back[:WEEK]),
    "bp_prev7": lambda subject: mean(_week(subject.back, 1)),
    "bp_first7": lambda subject: subject.first_back,
    "bp_above_usual": _above_usual,
    "leg_pain_days": _leg_pain_days,
    "leg_pain_first7": lambda subject: subject.first_leg_pain,
    "hd_days30": lambda subject: _days(subject.head[:MONTH], 1),
    "hd_days_prev30": _headache_days_before,
    "mig_days30": lambda subject: float(sum(subject.migraine_like[:MONTH])),
    "classes30": lambda subject: float(len(frozenset().union(*subject.taken[:MONTH]))),
    "impact3": _impact,
    "impact_before": _impact_before,
    "impact_first": lambda subject: subject.first_impact,
    "phq2": lambda subject: float(subject.moods[0]) if subject.moods else Truth.NO_DATA,
    "inflammatory_count": lambda subject: subject.inflammatory,
}

_TRUTHS: Mapping[str, Callable[[Facts], Truth]] = {
    "any_flag": _any_flag,
    "hd_worse": _hd_worse,
    "headache_lasts": _headache_lasts,
    "back_is_main": _back_is_main,
}

_COUNTS: Mapping[str, tuple[int, Callable[..., Number]]] = {
    "bp_week": (1, lambda subject, ago: mean(_week(subject.back, ago))),
    "hd_week": (1, lambda subject, ago: mean(_week(subject.head, ago))),
    "hd_days_week": (1, _head_days_week),
    "bp_run": (1, lambda subject, score: _run(subject.back, score)),
    "hd_run": (1, lambda subject, score: _run(subject.head, score)),
    "bp_life_run": (2, _back_and_life_run),
    "life_days7": (1, lambda subject, score: _days(subject.life[:WEEK], score)),
    "both_days30": (2, _both_days),
    "limited_hd_days30": (1, _limited_head_days),
    "relief_failed30": (1, _relief_failed),
    "bad_sleep_weeks": (1, _bad_sleep_weeks),
    "impact_run": (1, _impact_run),
    "phq2_run": (1, _mood_run),
}
"""Facts with numbers for arguments: how many they take, and how they are counted."""

_MEDICINE_COUNTS: Mapping[str, Callable[[Facts, frozenset[MedicineClass]], float]] = {
    "days30": lambda subject, classes: _medicine_days(subject, classes, 0, MONTH),
    "days7": lambda subject, classes: _medicine_days(subject, classes, 0, WEEK),
    "days_prev7": lambda subject, classes: _medicine_days(subject, classes, WEEK, 2 * WEEK),
    "med_run": _medicine_run,
}
"""Facts with a class of medicine for argument: one of its classes, `simple` or `any`."""
