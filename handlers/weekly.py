"""The weekly summary: one picture, one text to read at first, the rest behind More; then the weekly questions."""

from datetime import date, timedelta

from bot.clinical.contacts import contacts_for
from bot.clinical.patient import Patient, PatientState
from bot.clinical.review import impact
from bot.diary.days import day_of
from bot.reports.edition import SHOWN_DAYS, Diary, Edition, edition, history_start
from bot.reports.material import Impact
from bot.reports.tips import tip_for
from bot.runtime.parsing import Update
from bot.runtime.turn import Due, MessageKind, Turn
from handlers import advising, prompts, review
from handlers.buttons import BadButtonError, button, unpack, unpack_date
from handlers.render import Attachment, Screen, messages, picture
from handlers.screens import local_date, say, words_of
from storage import appointments, checkins, looks, reviews

PREFIX = "week"


async def prompt(turn: Turn, patient: Patient, due: Due) -> None:
    """Send the summary of the seven days before today, and plan the next in the same turn."""
    turn.save(prompts.following(turn, patient, due))
    if due.missed or patient.state is not PatientState.ACTIVE:
        return
    await _send(turn, patient, due.local_date - timedelta(days=1), MessageKind.SUMMARY)
    await review.offer(turn, patient, MessageKind.SUMMARY)


async def open_now(turn: Turn, patient: Patient, update: Update) -> None:  # noqa: ARG001 -- handlers share one form
    """Send the summary of the last seven days, today included."""
    await _send(turn, patient, local_date(turn, patient), MessageKind.REPLY)
    await review.offer(turn, patient)


async def press(turn: Turn, patient: Patient, update: Update) -> None:
    """Take a tap under a summary."""
    action, packed = unpack(update.callback_query.data if update.callback_query else None, 2)
    last = min(unpack_date(packed), local_date(turn, patient))
    if action == "more":
        made = await _edition(turn, patient, await diary_since_look(turn, patient, last))
        say(turn, Screen(made.summary.more))
    elif action == "why":
        await advising.explain_week(turn, patient, last)
    else:
        raise BadButtonError("no such part of a week")


async def diary_until(turn: Turn, patient: Patient, last: date) -> Diary:
    """Load what a report up to `last` is made from: a year of days at most, so that ten years are no slower."""
    begins = await _begins(turn, patient, last)
    return await _diary(turn, patient, (begins, last), begins)


async def diary_since_look(turn: Turn, patient: Patient, last: date) -> Diary:
    """Load what a week up to `last` is made from: the days since the latest look, and the look itself."""
    begins = await _begins(turn, patient, last)
    looked = await looks.latest(turn.database, patient.patient_id, last)
    if looked is None:
        return await _diary(turn, patient, (begins, last), begins)
    first = min(looked[0], last - timedelta(days=SHOWN_DAYS - 1))
    return await _diary(turn, patient, (max(begins, first), last), begins, looked[1])


async def _begins(turn: Turn, patient: Patient, last: date) -> date:
    begun = await checkins.first_date(turn.database, patient.patient_id)
    return history_start(begun or last, last)


async def _diary(
    turn: Turn, patient: Patient, loaded: tuple[date, date], begins: date, look: str | None = None
) -> Diary:
    first, last = loaded
    days = tuple(map(day_of, await checkins.between(turn.database, patient.patient_id, first, last)))
    language = patient.preferences.language
    return Diary(
        days=days,
        today=last,
        profile=patient.profile,
        language=language,
        emergency=contacts_for(patient.profile.country, language).emergency,
        advice=await advising.lines_since(turn, patient, last - timedelta(days=6)),
        impact=await _impact(turn, patient, last),
        tip=tip_for(days, last, words_of(patient)),
        visits=await appointments.dates_since(turn.database, patient.patient_id, begins),
        begins=begins,
        look=look,
    )


async def _edition(turn: Turn, patient: Patient, diary: Diary) -> Edition:
    """Make a week, and keep the look that was taken for it, from the day after: its own may change where one travels."""
    made = await turn.in_background(edition, diary)
    if made.look is not None and made.look[0] < local_date(turn, patient):
        turn.save(looks.saved(patient.patient_id, *made.look))
    return made


async def _send(turn: Turn, patient: Patient, last: date, kind: MessageKind) -> None:
    diary = await diary_since_look(turn, patient, last)
    made = await _edition(turn, patient, diary)
    turn.say(picture(turn.chat_id, Attachment(made.chart, "week.png", Screen(made.summary.caption)), kind))
    for message in messages(turn.chat_id, _front(made, diary, patient), kind):
        turn.say(message)


def _front(made: Edition, diary: Diary, patient: Patient) -> Screen:
    words, last = words_of(patient), diary.today
    more = button(words.text("week.more"), PREFIX, "more", last)
    why = button(words.text("week.why"), PREFIX, "why", last)
    rows = (
        (more, why) if diary.advice else (more,),
        (
            button(words.text("week.brief"), "visit", "brief", last),
            button(words.text("week.fix"), "diary", "page", last),
        ),
    )
    return Screen(made.summary.front, rows)


async def _impact(turn: Turn, patient: Patient, last: date) -> Impact | None:
    known = await reviews.since(turn.database, patient.patient_id, last - timedelta(days=20))
    scores = [(each.week_start, score) for each in known if (score := impact(each)) is not None]
    recent = [score for start, score in scores if start > last - timedelta(days=13)]
    if not recent:
        return None
    return Impact(recent[-1], scores[-2][1] if len(scores) > 1 else None)
