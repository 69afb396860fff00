"""The daily check-in: which questions this day has, which comes next, and the warning signs they bring out.

A pure flow over the day's document: where a patient is follows from what is answered, so coming back goes on
where it stopped, and an answer that is changed later changes what is asked after it.
"""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from functools import cache

from bot.clinical.answers import AnswerValue, CheckIn, Condition, MedicineClass, Profile
from bot.clinical.questions import (
    Asking,
    Form,
    Kind,
    Question,
    UnknownChoiceError,
    Walk,
    accept,
    before,
    first_open,
    load_questions,
    position,
    toggle,
    walk,
)

__all__ = [
    "Kind",
    "Question",
    "UnknownChoiceError",
    "accept",
    "as_left",
    "can_be_old",
    "leads_to_crisis",
    "medicines",
    "names_warning",
    "next_question",
    "old_signs",
    "pending",
    "plan",
    "previous_question",
    "progress",
    "record",
    "signs",
    "toggle",
]

QUIET = "quiet"
NO_SIGN = frozenset({None, "none", QUIET})
"""The answers to the first question that name no warning sign."""

SCORES = ("back_pain", "headache", "interference")
"""The scores that the button for a quiet day sets to none."""

SIGN_SCREENS = ("signs_back", "signs_head", "signs_other")
"""The lists of signs that the first question leads to."""

_LEADS_TO: Mapping[AnswerValue, tuple[str, ...]] = {
    "back": ("signs_back",),
    "head": ("signs_head",),
    "other": ("signs_other",),
    "not_sure": SIGN_SCREENS,
}

_ABOUT_SIGNS = frozenset(
    {
        *SIGN_SCREENS,
        "infection_risk",
        "very_unwell",
        "head_injury_when",
        "neck_signs",
        "spine_needle",
        "aura_kind",
        "aura_length",
        "limb_weak",
        "vomit_cause",
        "still_same",
    }
)
"""Those lists, and what is asked about the signs on them."""
SELF_HARM = "self_harm"

OLD_ANSWER = "checked_before"
"""The answer that holds the signs a patient called old, unchanged and already checked, by name."""

MAY_BE_OLD = frozenset({"bladder", "bowel", "sexual", "both_legs", "leg_pain", "foot_weak"})
"""The signs that may be called old (L-4). Legs that get weak fast are not unchanged, and saddle numbness never."""

OLD_FOR = timedelta(days=14)
"""How long a sign stays old (L-4)."""


def plan(
    checkin: CheckIn,
    profile: Profile,
    old: AbstractSet[str] = frozenset(),
    groups: AbstractSet[str] = frozenset(),
) -> tuple[Question, ...]:
    """Give this day's questions in order, given the answers so far.

    `old` are the signs called old on the days before (`old_signs`), and `groups` those switched on by the person.
    """
    return _walk(checkin, profile, old, groups).plan


def next_question(checkin: CheckIn, profile: Profile, old: AbstractSet[str] = frozenset()) -> Question | None:
    """Give the first question without an answer; `None` when all are answered. A note is never waited for."""
    return first_open(plan(checkin, profile, old), checkin.settled)


def previous_question(
    checkin: CheckIn, profile: Profile, current: str, old: AbstractSet[str] = frozenset()
) -> Question | None:
    """Give the question before `current`; `None` at the first."""
    return before(plan(checkin, profile, old), current)


def progress(
    checkin: CheckIn, profile: Profile, current: str, old: AbstractSet[str] = frozenset()
) -> tuple[int, int]:
    """Give where `current` stands, such as (3, 6): branch screens stand with the question they belong to."""
    return position(plan(checkin, profile, old), current)


def pending(checkin: CheckIn, profile: Profile, old: AbstractSet[str] = frozenset()) -> frozenset[str]:
    """Give the questions still to come, whose answers a rule waits for instead of guessing."""
    return frozenset(q.id for q in plan(checkin, profile, old) if q.id not in checkin.settled)


def record(
    checkin: CheckIn,
    profile: Profile,
    question: Question,
    value: AnswerValue,
    given_at: datetime,
    *,
    complete: bool = True,
) -> CheckIn:
    """Give the check-in with an answer more; it is not `complete` while a list is being ticked.

    A warning sign that is named anew opens its list again, with what was ticked, and what is asked about it: since
    the morning one more may have come, or the same one got worse. What other lists have stands on; only "none"
    takes it back. The button for a quiet day stands for the answers it names: no warning sign, no pain, no pain
    medicine.
    """
    if question.id == "warning" and value in {"none", QUIET}:
        checkin = _taken_back(checkin)
    if question.id != "warning" or value != QUIET:
        unfinished = set(checkin.unfinished) - {question.id}
        if not complete:
            unfinished.add(question.id)
        if question.id == "warning" and value not in NO_SIGN:
            again = _ABOUT_SIGNS.difference(SIGN_SCREENS).union(_LEADS_TO.get(value, ()))
            unfinished.update(again.intersection(checkin.answers))
        recorded = checkin.answered(question.id, value, given_at)
        return recorded.model_copy(update={"unfinished": tuple(sorted(unfinished))})
    quiet: Mapping[str, AnswerValue] = {
        "warning": "none",
        "back_pain": 0,
        "headache": 0,
        "interference": 0,
        "medicine": "none",
    }
    asked = {q.id for q in load_questions(Form.CHECKIN) if q.asked(Asking(answers={}, profile=profile))}
    for name, answer in quiet.items():
        if name in asked:
            checkin = checkin.answered(name, answer, given_at)
    return checkin


def leads_to_crisis(question: Question, choice: str) -> bool:
    """Tell whether a choice opens the crisis flow at once. It is never stored as an answer."""
    return question.id == "signs_other" and choice == SELF_HARM


def signs(checkin: CheckIn, profile: Profile | None = None) -> frozenset[str]:
    """Give the warning signs of a day: those of the screens that its answers led to.

    A screen that was led to and skipped leaves `worried` behind: there was a sign, and it was not named.
    """
    if checkin.answers.keys().isdisjoint(_sign_questions_and_screens()):
        return frozenset()
    flags = frozenset[str]()
    if _names_a_sign(checkin):
        flags = _walk(checkin, profile or Profile(), frozenset(), frozenset()).flags
    screens = SIGN_SCREENS
    left_open = any(screen in checkin.answers and checkin.value(screen) is None for screen in screens)
    if not flags and left_open and names_warning(checkin):
        return frozenset({"worried"})
    return flags


def names_warning(checkin: CheckIn) -> bool:
    """Tell whether the first question was answered with a sign, or with "not sure", which counts as one (L-2).

    Skipped later on the day, it leaves the signs that were named.
    """
    first = checkin.value("warning")
    if first is None:
        return any(checkin.value(screen) for screen in SIGN_SCREENS)
    return first not in NO_SIGN


def as_left(checkin: CheckIn, profile: Profile) -> CheckIn:
    """Give the check-in as it counts once it was left: a list of signs that nothing was ticked on was skipped.

    What is asked about a sign and was not answered is neither yes nor "not sure" (L-2), so the sign stands alone;
    but a risk of germs that the profile knows of is known, asked or not (L-5).
    """
    if not checkin.answers:
        return checkin
    still_open = pending(checkin, profile)
    at = max(answer.given_at for answer in checkin.answers.values())
    for name in still_open.intersection(SIGN_SCREENS):
        if not checkin.value(name):
            checkin = checkin.answered(name, None, at)
    if "infection_risk" in still_open and Condition.IMMUNE_WEAK in (profile.conditions or ()):
        checkin = checkin.answered("infection_risk", "yes", at)
    return checkin


def can_be_old(flags: Collection[str]) -> tuple[str, ...]:
    """Give those of `flags` that a patient may call old, unchanged and already checked (L-4)."""
    return tuple(sorted(MAY_BE_OLD.intersection(flags)))


def old_signs(days: Sequence[CheckIn], today: date) -> frozenset[str]:
    """Give the signs that stand as old today: called so in the last 14 days, and not worse since (L-4)."""
    old: set[str] = set()
    for day in sorted(days, key=lambda day: day.local_date):
        if not today - OLD_FOR < day.local_date <= today:
            continue
        if "still_same" in day.answers and day.value("still_same") != "same":
            old -= signs(day)
        named = day.value(OLD_ANSWER)
        if isinstance(named, tuple):
            old |= MAY_BE_OLD.intersection(named)
    return frozenset(old)


def medicines(checkin: CheckIn) -> frozenset[MedicineClass] | None:
    """Give the classes of pain medicine taken that day, empty for none; `None` where it was not said."""
    chosen = checkin.value("medicine")
    if chosen == "several":
        picks = checkin.value("medicine_picks")
        return frozenset(map(MedicineClass, picks)) if isinstance(picks, tuple) and picks else None
    if not isinstance(chosen, str):
        return None
    return frozenset() if chosen == "none" else frozenset({MedicineClass(chosen)})


def _taken_back(checkin: CheckIn) -> CheckIn:
    kept = {name: answer for name, answer in checkin.answers.items() if name not in SIGN_SCREENS}
    unfinished = tuple(name for name in checkin.unfinished if name not in SIGN_SCREENS)
    return checkin.model_copy(update={"answers": kept, "unfinished": unfinished})


def _names_a_sign(checkin: CheckIn) -> bool:
    """Tell whether any answer sets a sign, asked or not: on most days none does, and no walk is needed."""
    return any(
        True
        for question in _sign_questions()
        if question.id in checkin.answers
        for _ in question.signs(checkin.value(question.id))
    )


@cache
def _sign_questions() -> tuple[Question, ...]:
    return tuple(q for q in load_questions(Form.CHECKIN) if q.flags or q.skipped)


@cache
def _sign_questions_and_screens() -> frozenset[str]:
    """Give the ids of every question that can set a sign or leave one open: most days have none of them."""
    return frozenset(question.id for question in _sign_questions()).union(SIGN_SCREENS)


def _walk(checkin: CheckIn, profile: Profile, old: AbstractSet[str], groups: AbstractSet[str]) -> Walk:
    answers = {name: answer.value for name, answer in checkin.answers.items()}
    ticked: set[str] = set()
    for screen in ("signs_back", "signs_head"):
        chosen = answers.get(screen)
        ticked.update(chosen if isinstance(chosen, tuple) else ())
    moments = frozenset({"old_sign"}) if ticked & old else frozenset[str]()
    return walk(
        load_questions(Form.CHECKIN), Asking(answers, profile, moments), groups | set(profile.suspects)
    )
