"""One day while it is being answered: its questions in order, and the screen of each."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from bot.clinical import checkin as flow
from bot.clinical.answers import CheckIn
from bot.clinical.patient import Patient
from bot.clinical.questions import Kind, Question, before, first_open, position
from bot.diary.days import day_of
from bot.diary.ledger import DayState
from bot.reports.dates import weekday_day
from bot.words import Words
from handlers import questionnaire
from handlers.buttons import BadButtonError, Button, button
from handlers.questionnaire import Move
from handlers.render import Screen
from handlers.screens import words_of

PREFIX = "ci"
END = "-end"
"""Stands in a button's data where a question's id would: what can be done once the questions are over."""
_LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class Closing:
    """What the last screen of a day says beside its scores: an urgent advice that stands, or else a tip."""

    tip: str = ""
    urgent: str = ""


@dataclass(frozen=True)
class Answering:
    """A check-in, whose it is, and the signs that this patient called old and checked (L-4)."""

    checkin: CheckIn
    patient: Patient
    old: frozenset[str] = frozenset()

    @cached_property
    def plan(self) -> tuple[Question, ...]:
        """Give this day's questions, given the answers so far."""
        return flow.plan(self.checkin, self.patient.profile, self.old)

    @property
    def next(self) -> Question | None:
        """Give the first question without an answer."""
        return first_open(self.plan, self.checkin.settled)

    def question(self, name: str) -> Question:
        """Give a question of this day; raises `BadButtonError` for one that is not asked on it."""
        for question in self.plan:
            if question.id == name:
                return question
        raise BadButtonError(f"{name!r} is not asked on this day")

    def before(self, name: str) -> Question | None:
        """Give the question before one, for Back."""
        return before(self.plan, name)

    def after(self, question: Question) -> Question | None:
        """Give the next open question in order, so that a changed answer leads on to what it opens."""
        questions = [each for each in self.plan if each.kind is not Kind.NOTE]
        ids = [each.id for each in questions]
        later = questions[ids.index(question.id) + 1 :] if question.id in ids else []
        return next((each for each in later if each.id not in self.checkin.settled), None) or self.next

    def with_checkin(self, checkin: CheckIn) -> "Answering":
        """Give the same with another state of its check-in."""
        return replace(self, checkin=checkin)

    def screen(self, question: Question | None, closing: Closing | None = None) -> Screen:
        """Give the screen of a question, and for `None` the last one, with what closes the day."""
        if question is None:
            return self._end(closing or Closing())
        words = words_of(self.patient)
        first = self.plan[0].id == question.id
        shown = questionnaire.screen(
            self._offered(question),
            words,
            (PREFIX, self._packed_date),
            value=self.checkin.value(question.id),
            place=position(self.plan, question.id),
            back=not first,
        )
        day = weekday_day(words, self.checkin.local_date)
        hello = words.text(f"checkin_end.{'hello_recalled' if self.checkin.recalled else 'hello'}", day=day)
        return Screen(f"{hello}\n\n{shown.text}" if first else shown.text, shown.rows)

    def choice(self) -> Screen:
        """Give the list of answered questions, to change one."""
        words = words_of(self.patient)
        rows = []
        for question, value in self.answered():
            label = f"{words.text(f'checkin_end.name.{question.id}')}: {value}"[:_LONGEST_LABEL]
            rows.append((button(label, PREFIX, self._packed_date, question.id, Move.OPEN),))
        return Screen(words.text("checkin_end.which"), (*rows, (self._way("done", "show"),)))

    def stopped(self) -> Screen:
        """Give the screen of a check-in that stopped for an emergency."""
        words = words_of(self.patient)
        rows = ((self._way("go_on", "go_on"),), (self._way("mistake", "change"),))
        return Screen(words.text("checkin_end.stopped"), rows)

    def note(self) -> Screen:
        """Give the question for a note, or for what is to stand below the one there is."""
        words = words_of(self.patient)
        asked, leave = (
            ("note_more_question", "note_keep") if self._noted else ("note_question", "note_cancel")
        )
        return Screen(words.text(f"checkin_end.{asked}"), ((self._way(leave, "show"),),))

    def answered(self) -> Iterator[tuple[Question, str]]:
        """Give each question that was answered or skipped, and the answer in the patient's words."""
        words = words_of(self.patient)
        for question in self.plan:
            if question.id in self.checkin.answers:
                value = questionnaire.label(question, self.checkin.value(question.id), words)
                yield question, value or words.text("diary.day.skipped")

    def _offered(self, question: Question) -> Question:
        """Give a question without the quiet day among its options, once a tap on that would overwrite a score."""
        if question.id != "warning" or not any(name in self.checkin.answers for name in flow.SCORES):
            return question
        return replace(question, options=tuple(each for each in question.options if each != flow.QUIET))

    @property
    def _noted(self) -> bool:
        return bool(self.checkin.value("note"))

    @property
    def _packed_date(self) -> str:
        return button("", self.checkin.local_date).data

    def _way(self, label: str, choice: str) -> Button:
        words = words_of(self.patient)
        return button(words.text(f"checkin_end.{label}"), PREFIX, self._packed_date, END, choice)

    def _end(self, closing: Closing) -> Screen:
        words = words_of(self.patient)
        day = weekday_day(words, self.checkin.local_date)
        text = words.text("checkin_end.logged", day=day, line=_scores(self.checkin, words))
        urgent = words.text("checkin_end.urgent", advice=closing.urgent) if closing.urgent else ""
        parts = [text, urgent] if urgent else [text, closing.tip, words.text("checkin_end.thanks")]
        note = "note_more" if self._noted else "note"
        rows = ((self._way(note, "note"), self._way("change", "change")),)
        return Screen("\n\n".join(part for part in parts if part), rows)


def _scores(checkin: CheckIn, words: Words) -> str:
    day, no_sign = day_of(checkin), checkin.value("warning") == "none"
    if no_sign and day.state is DayState.PAIN_FREE and not day.flags:
        return words.text("checkin_end.quiet")
    if day.back_pain is not None and day.headache is not None:
        return words.text("checkin_end.scores", back=day.back_pain, head=day.headache)
    if day.back_pain is not None:
        return words.text("checkin_end.back_only", back=day.back_pain)
    return words.text("checkin_end.head_only", head=day.headache) if day.headache is not None else ""
