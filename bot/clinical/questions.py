"""The questions as data: what kind each is, its options, when it is asked, and which comes next.

The same questions carry the daily check-in, the weekly review and the profile, so that one conversation can
run all three. Words are in the content files, under `<form>.<question>`.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from bot.clinical.answers import AnswerValue, Condition, Profile, Tracks
from bot.clinical.conditions import NO, YES, Number, Term, Truth, UnknownFactError, parse
from bot.clinical.conditions import Condition as Expression

LONGEST_NOTE = 4096
"""The most characters of a note: what one Telegram message can hold."""

YEARS = (1900, 2100)
"""The birth years that a profile can hold; the intake also refuses one that is still to come."""

NONE = "none"
DONE = "done"
CORE = "core"


class UnknownChoiceError(ValueError):
    """A choice that the question does not offer: an old button, or one made up by hand."""


class QuestionError(ValueError):
    """A question in the content files that cannot be used as it stands."""


class Form(StrEnum):
    """Which list a question belongs to, and the content file that has its words."""

    CHECKIN = "checkin"
    REVIEW = "review"
    PROFILE = "profile"
    ADVICE = "advice"


class Kind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    SCORE = "score"
    MULTI = "multi"
    NOTE = "note"
    YEAR = "year"
    DATE = "date"

    @property
    def typed(self) -> bool:
        """Tell whether the answer is typed rather than tapped."""
        return self in {Kind.NOTE, Kind.YEAR, Kind.DATE}


@dataclass(slots=True)
class Asking:
    """What the `when` of a question may stand on. `flags` grows as the questions are walked in order."""

    answers: Mapping[str, AnswerValue]
    profile: Profile
    moments: AbstractSet[str] = frozenset()
    flags: set[str] = field(default_factory=set)

    @property
    def given(self) -> AbstractSet[str]:
        """Give the questions that have an answer and were not skipped."""
        return {name for name, value in self.answers.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `flags` are the signs each option sets, `skipped` those that stand when it is skipped."""

    id: str
    form: Form
    kind: Kind
    options: tuple[str, ...] = ()
    when: Expression[Asking] | None = None
    group: str = CORE
    counts: bool = False
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Give where its words are: `<key>.question`, `<key>.<option>` and, for some, `<key>.explain`."""
        return f"{self.form}.{self.id}"

    def option_key(self, option: str) -> str:
        """Give where the words of an option are. A score from 0 to 10 has none: it is its own label."""
        return f"{self.key}.{option}"

    def asked(self, asking: Asking) -> bool:
        """Tell whether it is asked of this person at this point."""
        return self.when is None or self.when.holds(asking) is YES

    def signs(self, value: AnswerValue) -> Iterator[str]:
        """Give the signs that an answer sets."""
        if value is None:
            yield from self.skipped
            return
        for option in value if isinstance(value, tuple) else (str(value),):
            yield from self.flags.get(option, ())


@dataclass(frozen=True, slots=True)
class Walk:
    """The questions that are asked, in order, and the signs that their answers set."""

    plan: tuple[Question, ...]
    flags: frozenset[str]


def walk(questions: Sequence[Question], asking: Asking, groups: AbstractSet[str] = frozenset()) -> Walk:
    """Go through `questions` in order, and keep those that are asked given the answers before them."""
    plan: list[Question] = []
    for question in questions:
        if (question.group != CORE and question.group not in groups) or not question.asked(asking):
            continue
        plan.append(question)
        if question.id in asking.answers:
            asking.flags.update(question.signs(asking.answers[question.id]))
    return Walk(plan=tuple(plan), flags=frozenset(asking.flags))


def first_open(plan: Sequence[Question], answered: AbstractSet[str]) -> Question | None:
    """Give the first question without an answer. A note is offered at the end, and never waited for."""
    return next((q for q in plan if q.id not in answered and q.kind is not Kind.NOTE), None)


def before(plan: Sequence[Question], current: str) -> Question | None:
    """Give the question before `current`, for Back; `None` at the first and for one that is not in the plan."""
    ids = [question.id for question in plan]
    if current not in ids or ids.index(current) == 0:
        return None
    return plan[ids.index(current) - 1]


def position(plan: Sequence[Question], current: str) -> tuple[int, int]:
    """Give the place of `current` among those that count, and how many count.

    A branch screen stands at the place of the question it belongs to, so that the count never goes back.
    """
    place = 0
    for question in plan:
        place += question.counts
        if question.id == current:
            break
    return max(place, 1), max(sum(question.counts for question in plan), 1)


def accept(question: Question, choice: str) -> AnswerValue:
    """Turn a tapped or typed choice into an answer; raises `UnknownChoiceError` for one that is not offered.

    A multi question takes its options with commas between; an empty text is "none of these".
    """
    if question.kind is Kind.NOTE:
        note = choice.strip()
        if not note or len(note) > LONGEST_NOTE:
            raise UnknownChoiceError(f"a note has 1 to {LONGEST_NOTE} characters, not {len(note)}")
        return note
    if question.kind is Kind.YEAR:
        return _year(choice)
    if question.kind is Kind.DATE:
        return _date(choice)
    if question.kind is Kind.MULTI:
        return _several(question, choice)
    if choice not in question.options:
        raise UnknownChoiceError(f"{question.id} has no option {choice!r}")
    return int(choice) if question.kind is Kind.SCORE else choice


def toggle(question: Question, value: AnswerValue, choice: str) -> tuple[str, ...]:
    """Tick or untick an option of a multi question; the answer keeps the order of the options."""
    if choice not in question.options or question.kind is not Kind.MULTI:
        raise UnknownChoiceError(f"{question.id} has no option {choice!r}")
    ticked = set(value) if isinstance(value, tuple) else set()
    ticked ^= {choice}
    return tuple(option for option in question.options if option in ticked)


def _several(question: Question, choice: str) -> tuple[str, ...]:
    picked = {part for part in choice.split(",") if part}
    unknown = picked.difference(question.options)
    if unknown:
        raise UnknownChoiceError(f"{question.id} has no option {', '.join(sorted(unknown))!r}")
    return tuple(option for option in question.options if option in picked)


def _year(choice: str) -> int:
    text = choice.strip()
    if not text.isascii() or not text.isdigit() or not YEARS[0] <= int(text) <= YEARS[1]:
        raise UnknownChoiceError(f"a birth year is a number from {YEARS[0]} to {YEARS[1]}")
    return int(text)


def _date(choice: str) -> str:
    try:
        return date.fromisoformat(choice.strip()).isoformat()
    except ValueError as error:
        raise UnknownChoiceError("a date is written as year-month-day, such as 2026-03-31") from error


@cache
def load_questions(form: Form) -> tuple[Question, ...]:
    """Read the questions of a form once; raises `QuestionError` for one that cannot be used as it stands."""
    text = (resources.files("bot") / "content" / "questions.toml").read_text(encoding="utf-8")
    return read_questions(form, tomllib.loads(text)[form.value])


def read_questions(form: Form, rows: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    """Turn the rows of a content file into questions; raises `QuestionError`."""
    names = [row["id"] for row in rows]
    if len(set(names)) != len(names):
        raise QuestionError(f"a question of {form} is there twice")
    options = {row["id"]: tuple(row.get("options", ())) for row in rows}
    scores = frozenset(row["id"] for row in rows if row["kind"] == Kind.SCORE)
    return tuple(_question(form, row, options, scores) for row in rows)


def _question(
    form: Form, row: Mapping[str, Any], options: Mapping[str, tuple[str, ...]], scores: AbstractSet[str]
) -> Question:
    kind, own = Kind(row["kind"]), options[row["id"]]
    unknown = set(row) - {"id", "kind", "options", "when", "group", "counts", "flags", "skipped", "signs"}
    if unknown or bool(own) == kind.typed or set(row.get("flags", {})) - set(own):
        raise QuestionError(f"the question {row['id']!r} of {form} is not well formed")
    if kind is Kind.SCORE and not all(option.isdigit() for option in own):
        raise QuestionError(f"the score {row['id']!r} has an option that is not a number")
    flags = {option: (option,) for option in own} if row.get("signs") else {}
    flags.update({option: tuple(signs) for option, signs in row.get("flags", {}).items()})
    when = row.get("when")
    return Question(
        id=row["id"],
        form=form,
        kind=kind,
        options=own,
        when=parse(when, lambda name, arguments: _term(name, arguments, options, scores)) if when else None,
        group=row.get("group", CORE),
        counts=row.get("counts", False),
        flags=flags,
        skipped=tuple(row.get("skipped", ())),
    )


_NAMED: Mapping[str, Callable[[Asking], AbstractSet[str]]] = {
    "flag": lambda asking: asking.flags,
    "moment": lambda asking: asking.moments,
    "given": lambda asking: asking.given,
}


def _term(
    name: str,
    arguments: tuple[str | int, ...],
    options: Mapping[str, tuple[str, ...]],
    scores: AbstractSet[str],
) -> Term[Asking]:
    root, _, leaf = name.partition(".")
    if arguments:
        raise UnknownFactError(f"a question cannot ask for {name!r} with arguments")
    if name in scores:
        return Term(number=lambda asking: _score(asking, name))
    if root in _NAMED and leaf and (root != "given" or leaf in options):
        return Term(truth=lambda asking: _yes(leaf in _NAMED[root](asking)))
    if root == "tracks" and leaf in set(Tracks):
        return Term(truth=lambda asking: _yes(asking.profile.tracks in {Tracks(leaf), Tracks.BOTH}))
    if root == "profile" and leaf in set(Condition):
        return Term(truth=lambda asking: _has(asking.profile, Condition(leaf)))
    if leaf in options.get(root, ()):
        return Term(truth=lambda asking: _yes(_picked(asking.answers.get(root), leaf)))
    raise UnknownFactError(f"a question cannot ask for {name!r}")


def _yes(value: bool) -> Truth:  # noqa: FBT001  # the one thing it turns
    return YES if value else NO


def _picked(value: AnswerValue, option: str) -> bool:
    return option in value if isinstance(value, tuple) else value == option


def _has(profile: Profile, condition: Condition) -> Truth:
    if profile.conditions is None:
        return Truth.PROFILE_UNKNOWN
    return _yes(condition in profile.conditions)


def _score(asking: Asking, question: str) -> Number:
    value = asking.answers.get(question)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else Truth.NO_DATA
