"""One screen for one question, and a tap on it read back: the same for check-in, weekly review and profile."""

from dataclasses import dataclass
from enum import StrEnum

from bot.clinical.answers import AnswerValue
from bot.clinical.questions import Kind, Question, UnknownChoiceError, accept, toggle
from bot.words import Words
from handlers.buttons import BadButtonError, Button, button
from handlers.render import Screen

_NARROW = 14
"""Labels up to this many characters stand two in a row and still show whole on a phone."""
_SCORE_ROW = 6
"""Eleven scores in two rows: 0 to 5 and 6 to 10."""


class Move(StrEnum):
    """What can be tapped on every question beside its options."""

    BACK = "-back"
    SKIP = "-skip"
    DONE = "-done"
    OPEN = "-open"


@dataclass(frozen=True, slots=True)
class Answered:
    """What a tap means. `complete` is false while options of a multi question are still being ticked."""

    value: AnswerValue
    complete: bool = True


def screen(
    question: Question,
    words: Words,
    address: tuple[str, ...],
    *,
    value: AnswerValue = None,
    place: tuple[int, int] | None = None,
    back: bool = True,
) -> Screen:
    """Give the screen of one question. `address` goes before the question's id in its buttons."""
    lines = [words.text("form.progress", place=place[0], total=place[1])] if place else []
    lines.append(f"**{words.text(f'{question.key}.question')}**")
    if f"{question.key}.explain" in words:
        lines.append(words.text(f"{question.key}.explain"))
    rows = (
        *_options(question, words, address, value),
        tuple(_moves(question, words, address, value, back=back)),
    )
    return Screen("\n".join(lines), rows)


def read_tap(question: Question, choice: str, value: AnswerValue) -> Answered:
    """Give what a tap on an option, Skip or Done means, given what was ticked; raises `BadButtonError`."""
    try:
        if choice == Move.SKIP:
            return Answered(None)
        if choice == Move.DONE and question.kind is Kind.MULTI:
            return Answered(value if isinstance(value, tuple) else ())
        if question.kind is Kind.MULTI:
            return Answered(toggle(question, value, choice), complete=False)
        return Answered(accept(question, choice))
    except UnknownChoiceError as problem:
        raise BadButtonError(str(problem)) from problem


def label(question: Question, value: AnswerValue, words: Words) -> str | None:
    """Give an answer in the patient's words, `None` where it was skipped."""
    if value is None:
        return None
    if isinstance(value, tuple):
        return ", ".join(_label(question, option, words) for option in value) or words.text(
            "form.none_of_these"
        )
    return str(value) if question.kind.typed else _label(question, str(value), words)


def _options(
    question: Question, words: Words, address: tuple[str, ...], value: AnswerValue
) -> tuple[tuple[Button, ...], ...]:
    ticked = value if isinstance(value, tuple) else ()
    buttons = []
    for option in question.options:
        text = _label(question, option, words)
        shown = words.text("form.ticked", label=text) if option in ticked else text
        buttons.append(button(shown, *address, question.id, option))
    if all(each.label.isdigit() for each in buttons):
        width = _SCORE_ROW
    elif question.kind is not Kind.MULTI and all(len(each.label) <= _NARROW for each in buttons):
        width = 2
    else:
        width = 1
    return tuple(tuple(buttons[start : start + width]) for start in range(0, len(buttons), width))


def _moves(
    question: Question, words: Words, address: tuple[str, ...], value: AnswerValue, *, back: bool
) -> list[Button]:
    moves = [button(words.text("form.back"), *address, question.id, Move.BACK)] if back else []
    if question.kind is Kind.MULTI:
        done = "form.done" if value else "form.none_of_these"
        return [*moves, button(words.text(done), *address, question.id, Move.DONE)]
    return [*moves, button(words.text("form.skip"), *address, question.id, Move.SKIP)]


def _label(question: Question, option: str, words: Words) -> str:
    key = question.option_key(option)
    return words.text(key) if question.kind is not Kind.SCORE or key in words else option
