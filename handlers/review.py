"""The weekly questions: how much pain got in the way, slow signs on one screen, mood every fourth week."""

from datetime import date

from bot.clinical.answers import WeeklyReview
from bot.clinical.patient import Patient
from bot.clinical.questions import Question
from bot.clinical.review import (
    SLOW_SIGNS,
    inflammatory_done,
    next_in_review,
    plan_review,
    previous_in_review,
    record_review,
    review_progress,
    week_asked_about,
    week_of,
    without_inflammatory,
)
from bot.runtime.parsing import Update
from bot.runtime.turn import MessageKind, Turn
from handlers import advising, questionnaire
from handlers.buttons import BadButtonError, button, unpack, unpack_date
from handlers.questionnaire import Move
from handlers.render import Screen
from handlers.screens import local_date, say, show, words_of
from storage import reviews

PREFIX = "rev"
_START = "-start"


async def offer(turn: Turn, patient: Patient, kind: MessageKind = MessageKind.REPLY) -> None:
    """Offer the questions that came with the last summary, unless all of them are answered."""
    week_start = _open_week(turn, patient)
    if week_start is None:
        return
    stored = await reviews.of_week(turn.database, patient.patient_id, week_start)
    review = stored or WeeklyReview(week_start=week_start)
    if next_in_review(await _plan(turn, patient, review), review) is None:
        return
    words = words_of(patient)
    start = button(words.text("review_chat.start"), PREFIX, week_start, _START, "go")
    later = button(words.text("review_chat.later"), PREFIX, week_start, _START, "later")
    say(turn, Screen(words.text("review_chat.offer"), ((start, later),)), kind)


async def press(turn: Turn, patient: Patient, update: Update) -> None:
    """Take a tap on a weekly question: keep the answer and show what comes next."""
    packed, name, choice = unpack(update.callback_query.data if update.callback_query else None, 3)
    week_start = unpack_date(packed)
    words = words_of(patient)
    if week_start != _open_week(turn, patient):
        turn.answer_callback(words.text("review_chat.over"))
        return
    stored = await reviews.of_week(turn.database, patient.patient_id, week_start)
    review = stored or WeeklyReview(week_start=week_start)
    plan = await _plan(turn, patient, review)
    if name == _START:
        if choice == "later":
            show(turn, update, Screen(words.text("review_chat.later_reply")))
        else:
            show(turn, update, _screen(review, patient, next_in_review(plan, review), plan))
        return
    question = _question(plan, name)
    if choice == Move.BACK:
        show(turn, update, _screen(review, patient, previous_in_review(plan, name) or question, plan))
        return
    given = review.answers.get(name)
    answered = questionnaire.read_tap(question, choice, given.value if given else None)
    review = record_review(review, question, answered.value, turn.now, complete=answered.complete)
    turn.save(reviews.saved(patient.patient_id, review))
    following = next_in_review(plan, review) if answered.complete else question
    if following is None:
        await advising.conclude_review(turn, patient, review)
    elif question.id == SLOW_SIGNS and answered.complete:
        await advising.slow_signs_named(turn, patient, review)
    show(turn, update, _screen(review, patient, following, plan))


def _open_week(turn: Turn, patient: Patient) -> date | None:
    weekday = patient.preferences.summary_weekday
    return week_asked_about(local_date(turn, patient), weekday, _first_day(patient))


def _first_day(patient: Patient) -> date:
    return patient.consent.given_at.astimezone(patient.preferences.zone_info).date()


async def _plan(turn: Turn, patient: Patient, review: WeeklyReview) -> tuple[Question, ...]:
    weeks_before = (review.week_start - week_of(_first_day(patient))).days // 7
    plan = plan_review(review, patient.profile, weeks_before + 1)
    since = patient.profile.back_pain_since
    earlier = await reviews.since(turn.database, patient.patient_id, since) if since else []
    done = inflammatory_done(
        [each for each in earlier if each.week_start != review.week_start], patient.profile
    )
    return without_inflammatory(plan) if done else plan


def _question(plan: tuple[Question, ...], name: str) -> Question:
    for question in plan:
        if question.id == name:
            return question
    raise BadButtonError(f"the review has no question {name!r}")


def _screen(
    review: WeeklyReview, patient: Patient, question: Question | None, plan: tuple[Question, ...]
) -> Screen:
    words = words_of(patient)
    if question is None:
        return Screen(words.text("review_chat.thanks"))
    given = review.answers.get(question.id)
    return questionnaire.screen(
        question,
        words,
        (PREFIX, button("", review.week_start).data),
        value=given.value if given else None,
        place=review_progress(plan, question.id),
        back=plan[0].id != question.id,
    )
