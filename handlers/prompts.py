"""What is planned for a patient: a prompt each day, a summary each week, by their own clock."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.clinical.patient import Patient, PatientState
from bot.runtime.schedule import next_occurrence, occurrence_on
from bot.runtime.turn import Due, Turn
from storage.due import cancel_due, due_row, last_closed_date, next_due
from storage.engine import Statement


class Planned(StrEnum):
    """Everything that is sent without being asked for."""

    CHECKIN = "checkin"
    WEEKLY = "weekly"
    CHECKIN_LEFT = "checkin_left"
    CRISIS_FOLLOW_UP = "crisis_follow_up"
    VISIT_EVE = "visit_eve"
    VISIT_AFTER = "visit_after"
    VISIT_COMPARED = "visit_compared"


CATCH_UP: dict[str, timedelta] = {
    Planned.CHECKIN: timedelta(hours=4),
    Planned.WEEKLY: timedelta(hours=36),
    Planned.CHECKIN_LEFT: timedelta(days=2),
    Planned.CRISIS_FOLLOW_UP: timedelta(hours=24),
    Planned.VISIT_EVE: timedelta(hours=12),
    Planned.VISIT_AFTER: timedelta(days=3),
    Planned.VISIT_COMPARED: timedelta(days=7),
}
"""How late each may still be sent; later it is recorded as missed. Our own choice: a question about today is
stale by night, a summary still reads well the next day."""


async def rescheduled(turn: Turn, patient: Patient) -> tuple[Statement, ...]:
    """Plan the next prompt and summary anew: after a change of time, zone, day or state."""
    planned: list[Statement] = []
    for kind in (Planned.CHECKIN, Planned.WEEKLY):
        planned.append(cancel_due(patient.patient_id, kind))
        if patient.state is PatientState.ACTIVE:
            closed = await last_closed_date(turn.database, patient.patient_id, kind)
            after = occurrence_on(closed, time.max, patient.preferences.zone_info) if closed else turn.now
            planned.append(next_one(patient, kind, max(after, turn.now)))
    return tuple(planned)


def following(turn: Turn, patient: Patient, due: Due) -> Statement:
    """Plan the one after `due`: after a long outage that of today, if it is not too late for it."""
    kind = Planned(due.kind)
    return next_one(patient, kind, max(due.due_at, turn.now - CATCH_UP[kind]))


def next_one(patient: Patient, kind: Planned, after: datetime) -> Statement:
    """Plan the first prompt or summary later than `after`, at the patient's own time of day."""
    preferences = patient.preferences
    weekday = preferences.summary_weekday if kind is Planned.WEEKLY else None
    moment = next_occurrence(preferences.checkin_time, preferences.zone_info, after, weekday)
    day = moment.astimezone(preferences.zone_info).date()
    return due_row(patient.patient_id, patient.chat_id, kind, day, moment)


def on_day(patient: Patient, kind: Planned, day: date, at: time) -> Statement:
    """Plan something for one local date, at a wall-clock time there."""
    moment = occurrence_on(day, at, patient.preferences.zone_info)
    return due_row(patient.patient_id, patient.chat_id, kind, day, moment)


async def silent_today(turn: Turn, patient: Patient) -> tuple[Statement, ...]:
    """Move what is planned for the rest of the patient's day: the check-in to its next day, a summary to tomorrow."""
    if patient.state is not PatientState.ACTIVE:
        return ()
    zone = patient.preferences.zone_info
    today = turn.now.astimezone(zone).date()
    moved = [
        cancel_due(patient.patient_id, Planned.CHECKIN),
        next_one(patient, Planned.CHECKIN, occurrence_on(today, time.max, zone)),
    ]
    summary = await next_due(turn.database, patient.patient_id, Planned.WEEKLY)
    if summary is not None and summary.local_date == today:
        tomorrow = today + timedelta(days=1)
        moved.append(cancel_due(patient.patient_id, Planned.WEEKLY))
        moved.append(on_day(patient, Planned.WEEKLY, tomorrow, patient.preferences.checkin_time))
    return tuple(moved)
