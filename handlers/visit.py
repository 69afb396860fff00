"""`/visit` and `/ask_doctor`: the date, the page for the doctor, the questions, and what came of it."""

from datetime import date, time, timedelta
from textwrap import shorten

from bot.clinical.appointment import Appointment, DoctorQuestion, VisitOutcome
from bot.clinical.patient import Patient, PatientState
from bot.conversations.dates import dates_typed
from bot.conversations.visit import (
    COMPARED_AFTER,
    LONGEST_NAME,
    LONGEST_QUESTION,
    date_problem,
    last_visit,
    next_visit,
)
from bot.diary.ledger import window
from bot.reports.dates import day_month, weekday_day
from bot.reports.edition import Visit, brief
from bot.reports.figures import Figures, figures
from bot.runtime.parsing import Update
from bot.runtime.turn import Due, MessageKind, Turn
from bot.words import Words
from handlers import prompts, weekly
from handlers.buttons import BadButtonError, Button, button, packed_id, unpack, unpack_date, unpack_id
from handlers.render import Attachment, Screen, document
from handlers.screens import local_date, say, show, typed_text, words_of
from storage import appointments, patients
from storage.due import cancel_due
from storage.engine import Statement
from storage.identity import new_id

PREFIX = "visit"
_EVENING = time(18)
_MORNING = time(10)
_SHORT = 24
"""Characters of a question that a button shows."""
_MOST_REMOVABLE = 6


async def open_page(turn: Turn, patient: Patient, update: Update) -> None:
    """Show the next visit, the questions kept for it, and the page."""
    words = words_of(patient)
    today = local_date(turn, patient)
    visit = next_visit(await appointments.of_patient(turn.database, patient.patient_id), today)
    questions = await appointments.questions(turn.database, patient.patient_id)
    if visit is None:
        text = words.text("visit_chat.none")
        ways = [button(words.text("visit_chat.set"), PREFIX, "set", "0")]
    else:
        text = words.text(
            "visit_chat.one", day=weekday_day(words, visit.visit_date), whom=_whom(visit, words)
        )
        packed = packed_id(visit.appointment_id)
        ways = [
            button(words.text("visit_chat.change"), PREFIX, "set", packed),
            button(words.text("visit_chat.remove"), PREFIX, "remove", packed),
        ]
    lines = [words.text("visit_chat.question_line", text=each.text) for each in questions]
    listed = (
        [words.text("visit_chat.questions"), *lines] if lines else [words.text("visit_chat.no_questions")]
    )
    rows = (
        tuple(ways),
        (button(words.text("visit_chat.page"), PREFIX, "brief", today),),
        (button(words.text("visit_chat.page_days"), PREFIX, "days", today),),
        *(
            (
                button(
                    words.text(
                        "visit_chat.remove_question", text=shorten(each.text, _SHORT, placeholder="…")
                    ),
                    PREFIX,
                    "forget",
                    packed_id(each.question_id),
                ),
            )
            for each in questions[-_MOST_REMOVABLE:]
        ),
    )
    show(turn, update, Screen("\n".join([text, "", *listed]), rows))


async def press(turn: Turn, patient: Patient, update: Update) -> None:
    """Take a tap on the visit's buttons."""
    action, argument = unpack(update.callback_query.data if update.callback_query else None, 2)
    words = words_of(patient)
    if action in ("brief", "days"):
        await send_brief(turn, patient, unpack_date(argument), with_days=action == "days")
    elif action == "set":
        _expect(turn, patient, f"visit:date:{packed_id(unpack_id(argument))}")
        show(turn, update, Screen(words.text("visit_chat.ask_date"), _way_out(words)))
    elif action == "on":
        await _date_chosen(turn, patient, update, unpack_date(argument))
    elif action == "remove":
        turn.save(appointments.removed(patient.patient_id, unpack_id(argument)), *_cancelled(patient))
        show(turn, update, Screen(words.text("visit_chat.removed")))
    elif action == "forget":
        turn.save(appointments.question_removed(patient.patient_id, unpack_id(argument)))
        show(turn, update, Screen(words.text("visit_chat.question_removed"), _way_out(words)))
    elif action == "skip":
        _expect(turn, patient, None)
        await open_page(turn, patient, update)
        await _page_if_today(turn, patient)
    elif action in set(VisitOutcome):
        await _outcome(turn, patient, update, VisitOutcome(action), unpack_id(argument))
    else:
        raise BadButtonError("no such way on")


async def ask_doctor(turn: Turn, patient: Patient, update: Update) -> None:
    """Keep a question typed after the command, or ask for one."""
    question = "".join(typed_text(update).split(maxsplit=1)[1:])
    if question:
        _keep_question(turn, patient, question)
        return
    _expect(turn, patient, "visit:question:0")
    say(turn, Screen(words_of(patient).text("visit_chat.ask_question"), _way_out(words_of(patient))))


async def typed(turn: Turn, patient: Patient, update: Update) -> None:
    """Take what was typed for a visit: its date, with whom, a question, or what changed."""
    _, what, packed = (patient.expects or "").split(":")
    text = " ".join(typed_text(update).split())
    if what == "date":
        await _date_typed(turn, patient, update, text, unpack_id(packed))
    elif what == "question":
        _keep_question(turn, patient, text)
    else:
        await _told(turn, patient, text, what, unpack_id(packed))


async def send_brief(
    turn: Turn,
    patient: Patient,
    last: date,
    *,
    with_days: bool = False,
    kind: MessageKind = MessageKind.REPLY,
    told: Appointment | None = None,
) -> None:
    """Send the page as a PDF, and the same as a text to read aloud. `told` is a visit that this turn only saves."""
    words = words_of(patient)
    visits = await appointments.of_patient(turn.database, patient.patient_id)
    coming, past = told or next_visit(visits, last), last_visit(visits, last)
    questions = await appointments.questions(turn.database, patient.patient_id)
    material = Visit(
        name=patient.name,
        visit_date=coming.visit_date if coming else None,
        with_whom=coming.with_whom if coming else None,
        last_visit=past.visit_date if past else None,
        changed=past.changed if past else None,
        questions=tuple(each.text for each in questions),
        with_days=with_days,
    )
    made = await turn.in_background(brief, await weekly.diary_until(turn, patient, last), material)
    page = Attachment(made.page, "visit-brief.pdf", Screen(words.text("visit_chat.caption")))
    turn.say(document(turn.chat_id, page, kind))
    say(turn, Screen(f"{words.text('visit_chat.aloud_title')}\n\n{made.aloud}"), kind)


async def evening_before(turn: Turn, patient: Patient, due: Due) -> None:
    """Send the page on the evening before the visit."""
    if due.missed or patient.state is not PatientState.ACTIVE:
        return
    visits = await appointments.of_patient(turn.database, patient.patient_id)
    visit = next((each for each in visits if each.visit_date == due.local_date + timedelta(days=1)), None)
    if visit is None:
        return
    words = words_of(patient)
    say(turn, Screen(words.text("visit_chat.eve", whom=_whom(visit, words))), MessageKind.PROMPT)
    await send_brief(turn, patient, due.local_date, kind=MessageKind.SUMMARY)


async def day_after(turn: Turn, patient: Patient, due: Due) -> None:
    """Ask whether the visit took place."""
    if due.missed or patient.state is not PatientState.ACTIVE:
        return
    visits = await appointments.of_patient(turn.database, patient.patient_id)
    visit = next((each for each in visits if each.visit_date == due.local_date - timedelta(days=1)), None)
    if visit is None or visit.outcome is not None:
        return
    words = words_of(patient)
    packed = packed_id(visit.appointment_id)
    ways = tuple(button(words.text(f"visit_chat.{each}"), PREFIX, each, packed) for each in VisitOutcome)
    say(turn, Screen(words.text("visit_chat.after"), tuple((way,) for way in ways)), MessageKind.PROMPT)


async def four_weeks_after(turn: Turn, patient: Patient, due: Due) -> None:
    """Hold the four weeks after the visit against the four before, and say what that does not show."""
    if due.missed or patient.state is not PatientState.ACTIVE:
        return
    visits = await appointments.of_patient(turn.database, patient.patient_id)
    day = due.local_date - COMPARED_AFTER
    if not any(each.visit_date == day and each.outcome is VisitOutcome.HAPPENED for each in visits):
        return
    words = words_of(patient)
    diary = await weekly.diary_until(turn, patient, due.local_date)
    length = COMPARED_AFTER.days
    before = figures(window(diary.days, day - timedelta(days=1), length))
    after = figures(window(diary.days, due.local_date, length))
    lines = [
        words.text("visit_chat.compared_title", day=day_month(words, day)),
        words.text("visit_chat.before", figures=_figures(before, words)),
        words.text("visit_chat.after_figures", figures=_figures(after, words)),
        words.text("visit_chat.honest"),
    ]
    say(turn, Screen("\n".join(lines)), MessageKind.SUMMARY)


def planned(patient: Patient, visit: Appointment, today: date) -> tuple[Statement, ...]:
    """Plan what is sent around a visit: its page the evening before, and a question on the day after."""
    eve, after = visit.visit_date - timedelta(days=1), visit.visit_date + timedelta(days=1)
    asked = (prompts.on_day(patient, prompts.Planned.VISIT_AFTER, after, _MORNING),)
    if eve < today:
        return asked
    return (prompts.on_day(patient, prompts.Planned.VISIT_EVE, eve, _EVENING), *asked)


async def _date_typed(turn: Turn, patient: Patient, update: Update, text: str, appointment_id: int) -> None:
    words, today = words_of(patient), local_date(turn, patient)
    read = dates_typed(text, today, future=True)
    possible = [day for day in read if date_problem(day, today) is None]
    if len(possible) > 1:
        ways = tuple(button(weekday_day(words, day), PREFIX, "on", day) for day in possible)
        say(turn, Screen(words.text("visit_chat.which_day"), (ways, *_way_out(words))))
    elif possible:
        await _date_taken(turn, patient, update, possible[0], appointment_id)
    else:
        problem = date_problem(read[0] if read else None, today)
        say(turn, Screen(words.text(f"visit_chat.{problem}"), _way_out(words)))


async def _date_chosen(turn: Turn, patient: Patient, update: Update, day: date) -> None:
    """Take one of the days that a typed date could be, while the date is still asked for."""
    waits = (patient.expects or "").split(":")
    if waits[:2] != ["visit", "date"]:
        raise BadButtonError("no date is asked for")
    problem = date_problem(day, local_date(turn, patient))
    if problem is not None:
        words = words_of(patient)
        show(turn, update, Screen(words.text(f"visit_chat.{problem}"), _way_out(words)))
        return
    await _date_taken(turn, patient, update, day, unpack_id(waits[2]))


async def _date_taken(turn: Turn, patient: Patient, update: Update, day: date, appointment_id: int) -> None:
    words, today = words_of(patient), local_date(turn, patient)
    known = await appointments.of_patient(turn.database, patient.patient_id)
    visit = next((each for each in known if each.appointment_id == appointment_id), None)
    visit = visit or Appointment(appointment_id=new_id(), visit_date=day)
    visit = visit.model_copy(update={"visit_date": day, "outcome": None})
    turn.save(
        appointments.saved(patient.patient_id, visit), *_cancelled(patient), *planned(patient, visit, today)
    )
    _expect(turn, patient, f"visit:whom:{packed_id(visit.appointment_id)}")
    skip = button(words.text("visit_chat.skip"), PREFIX, "skip", "0")
    show(turn, update, Screen(words.text("visit_chat.ask_whom", day=weekday_day(words, day)), ((skip,),)))


async def _told(turn: Turn, patient: Patient, text: str, what: str, appointment_id: int) -> None:
    words = words_of(patient)
    known = await appointments.of_patient(turn.database, patient.patient_id)
    visit = next((each for each in known if each.appointment_id == appointment_id), None)
    _expect(turn, patient, None)
    if visit is None:
        return
    if what == "whom":
        if len(text) > LONGEST_NAME:
            _expect(turn, patient, patient.expects)
            say(turn, Screen(words.text("visit_chat.whom_too_long")))
            return
        visit = visit.model_copy(update={"with_whom": text or None})
        day = weekday_day(words, visit.visit_date)
        today = local_date(turn, patient)
        key = "saved_today" if visit.visit_date == today else "saved"
        say(turn, Screen(words.text(f"visit_chat.{key}", day=day, whom=_whom(visit, words))))
        if visit.visit_date == today:
            await send_brief(turn, patient, today, told=visit)
    else:
        visit = visit.model_copy(update={"changed": text[:LONGEST_QUESTION] or None})
        say(turn, Screen(words.text("visit_chat.changed_kept")))
    turn.save(appointments.saved(patient.patient_id, visit))


async def _outcome(
    turn: Turn, patient: Patient, update: Update, outcome: VisitOutcome, appointment_id: int
) -> None:
    words = words_of(patient)
    known = await appointments.of_patient(turn.database, patient.patient_id)
    visit = next((each for each in known if each.appointment_id == appointment_id), None)
    if visit is None:
        raise BadButtonError("no such visit")
    turn.save(appointments.saved(patient.patient_id, visit.model_copy(update={"outcome": outcome})))
    packed = packed_id(appointment_id)
    if outcome is VisitOutcome.HAPPENED:
        compared = visit.visit_date + COMPARED_AFTER
        turn.save(prompts.on_day(patient, prompts.Planned.VISIT_COMPARED, compared, _MORNING))
        _expect(turn, patient, f"visit:changed:{packed}")
        skip = button(words.text("visit_chat.skip"), PREFIX, "skip", "0")
        show(turn, update, Screen(words.text("visit_chat.ask_changed"), ((skip,),)))
    elif outcome is VisitOutcome.MOVED:
        _expect(turn, patient, "visit:date:0")
        show(turn, update, Screen(words.text("visit_chat.moved_reply"), _way_out(words)))
    else:
        show(turn, update, Screen(words.text("visit_chat.cancelled_reply")))


async def _page_if_today(turn: Turn, patient: Patient) -> None:
    """Send the page at once where a visit was set for today: no evening before is left."""
    today = local_date(turn, patient)
    visit = next_visit(await appointments.of_patient(turn.database, patient.patient_id), today)
    if (patient.expects or "").startswith("visit:whom:") and visit is not None and visit.visit_date == today:
        await send_brief(turn, patient, today)


def _way_out(words: Words) -> tuple[tuple[Button, ...], ...]:
    return ((button(words.text("visit_chat.back"), PREFIX, "skip", "0"),),)


def _keep_question(turn: Turn, patient: Patient, text: str) -> None:
    words = words_of(patient)
    kept = " ".join(text.split())
    _expect(turn, patient, None)
    question = DoctorQuestion(question_id=new_id(), asked_at=turn.now, text=kept[:LONGEST_QUESTION])
    turn.save(appointments.asked(patient.patient_id, question))
    key = "question_kept" if len(kept) <= LONGEST_QUESTION else "question_too_long"
    say(turn, Screen(words.text(f"visit_chat.{key}", limit=LONGEST_QUESTION)))


def _expect(turn: Turn, patient: Patient, what: str | None) -> None:
    turn.save(patients.saved(patient.model_copy(update={"expects": what})))


def _cancelled(patient: Patient) -> tuple[Statement, ...]:
    return tuple(
        cancel_due(patient.patient_id, kind)
        for kind in (prompts.Planned.VISIT_EVE, prompts.Planned.VISIT_AFTER)
    )


def _whom(visit: Appointment, words: Words) -> str:
    return words.text("visit_chat.with_whom", name=visit.with_whom) if visit.with_whom else ""


def _figures(counts: Figures, words: Words) -> str:
    if not counts.enough or counts.back.mean is None:
        return words.text("visit_chat.few", days=counts.answered.days)
    heads = counts.headaches
    return words.text(
        "visit_chat.figures", back=f"{counts.back.mean:.1f}", headaches=heads.days, days=heads.answered
    )
