"""After urgent advice: "Have you been seen?", what got in the way if not, and again until the answer is yes (L-8)."""

from datetime import timedelta

from bot.clinical.advice import (
    GivenAdvice,
    advice_text,
    answer_seen,
    as_fired,
    close_loops,
    seen_question_due,
)
from bot.clinical.answers import Level
from bot.clinical.contacts import fill
from bot.clinical.patient import Patient
from bot.clinical.questions import Form, load_questions
from bot.reports.dates import weekday_day
from bot.runtime.parsing import Update
from bot.runtime.turn import MessageKind, Turn
from handlers.buttons import BadButtonError, Button, button, unpack
from handlers.render import Screen
from handlers.screens import contacts_of, local_date, say, show, words_of
from storage import advice

PREFIX = "seen"
_ASKED_FOR = timedelta(days=60)
"""How far back an open question is still asked; our own choice."""


async def ask_if_open(turn: Turn, patient: Patient, kind: MessageKind = MessageKind.REPLY) -> bool:
    """Open a check-in with the question, and tell whether it was asked."""
    today = local_date(turn, patient)
    given = await advice.since(turn.database, patient.patient_id, turn.now - _ASKED_FOR)
    open_one = seen_question_due(given, today)
    if open_one is None:
        return False
    words = words_of(patient)
    ways = tuple(
        button(words.text(f"advice.seen.{each}"), PREFIX, each, open_one.advice_id) for each in ("yes", "no")
    )
    say(turn, Screen(_asked("advice.seen.question", open_one, patient), (ways,)), kind)
    return True


async def press(turn: Turn, patient: Patient, update: Update) -> None:
    """Take the answer, then go on with today's check-in."""
    choice, advice_id = unpack(update.callback_query.data if update.callback_query else None, 2)
    given = await advice.since(turn.database, patient.patient_id, turn.now - _ASKED_FOR)
    one = next((each for each in given if each.advice_id == advice_id), None)
    words, contacts = words_of(patient), contacts_of(patient)
    if one is None:
        raise BadButtonError("no such advice")
    if choice == "yes":
        closed = answer_seen(one, "yes")
        turn.save(*(advice.saved(patient.patient_id, each) for each in (closed, *close_loops(given, closed))))
        show(turn, update, Screen(words.text("advice.seen.yes_reply"), _go_on(turn, patient)))
    elif choice == "no":
        turn.save(advice.saved(patient.patient_id, answer_seen(one, "no")))
        rows = tuple(
            (button(words.text(f"advice.barrier.{each}"), PREFIX, each, advice_id),) for each in _barriers()
        )
        asked = _asked("advice.barrier.question", one, patient)
        show(turn, update, Screen(asked, (*rows, *_go_on(turn, patient))))
    elif choice in _barriers():
        turn.save(advice.saved(patient.patient_id, answer_seen(one, "no", choice)))
        replies = "barrier_now" if one.level is Level.EMERGENCY else "barrier"
        lines = [fill(words.text(f"advice.{replies}.{choice}_reply"), contacts)]
        if told := _told(one, patient):
            lines.append(f"{words.text('advice.seen.no_reply')} {told}")
        show(turn, update, Screen("\n\n".join(lines), _go_on(turn, patient)))
    else:
        raise BadButtonError("no such answer")


def _go_on(turn: Turn, patient: Patient) -> tuple[tuple[Button, ...], ...]:
    words = words_of(patient)
    return ((button(words.text("checkin_end.go_on"), "ci", local_date(turn, patient), "-end", "go_on"),),)


def _asked(key: str, one: GivenAdvice, patient: Patient) -> str:
    """Give a question under what was told, which a rule that is no longer in the table has no words for."""
    words, told = words_of(patient), _told(one, patient)
    question = f"**{words.text(key)}**"
    if told is None:
        return question
    lead = words.text("advising.seen_lead", day=weekday_day(words, one.local_date), text=told)
    return f"{lead}\n\n{question}"


def _told(one: GivenAdvice, patient: Patient) -> str | None:
    fired = as_fired(one)
    return advice_text(fired, contacts_of(patient), words_of(patient)) if fired is not None else None


def _barriers() -> tuple[str, ...]:
    return next(question.options for question in load_questions(Form.ADVICE) if question.id == "barrier")
