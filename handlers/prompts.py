"""What is planned for a patient: a prompt each day, a summary each week, by their own clock."""

import logging
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from pydantic import ValidationError

from bot.clinical.patient import Patient, PatientState
from bot.runtime.schedule import next_occurrence, occurrence_on
from bot.runtime.turn import Due, Turn
from storage import patients
from storage.due import cancel_due, due_row, due_row_if_none, last_closed_date, next_due, unplanned
from storage.engine import Database, Reader, Statement

logger = logging.getLogger(__name__)


class Planned(StrEnum):
    """Everything that is sent without being asked for."""

    CHECKIN = "checkin"
    WEEKLY = "weekly"
    CHECKIN_LEFT = "checkin_left"
    CRISIS_FOLLOW_UP = "crisis_follow_up"
    VISIT_EVE = "visit_eve"
    VISIT_AFTER = "visit_after"
    VISIT_COMPARED = "visit_compared"


ASKED = (Planned.CHECKIN, Planned.WEEKLY)
"""What an active patient always has to come."""

_AT_ONCE = 50
"""Patients that are looked at before others' turns go on: each costs the event loop about 0.3 ms."""

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
    for kind in ASKED:
        planned.append(cancel_due(patient.patient_id, kind))
        if patient.state is PatientState.ACTIVE:
            planned.append(next_one(patient, kind, await _free_from(turn.database, patient, kind, turn.now)))
    return tuple(planned)


async def plan_missing(database: Database, now: datetime) -> None:
    """Plan the next prompt and summary of whoever is asked and has none to come, however it was lost."""
    for kind in ASKED:
        after = 0
        while found := await unplanned(database, kind, after, _AT_ONCE):
            planned = [await _again(database, patient_id, kind, now) for patient_id in found]
            written = await database.commit([one for one in planned if one is not None])
            logger.warning("no %s was to come for those who are asked; planned again: %d", kind, sum(written))
            after = found[-1]


async def _again(database: Database, patient_id: int, kind: Planned, now: datetime) -> Statement | None:
    """Plan one that is missing; a patient whose document cannot be read costs nobody else theirs."""
    try:
        patient = await patients.by_id(database, patient_id)
    except ValidationError as error:
        # Its text would hold what the patient said.
        faults = error.error_count()
        logger.critical("patient %d cannot be read (%d faults): no %s planned", patient_id, faults, kind)
        return None
    if patient is None:
        return None
    free_from = await _free_from(database, patient, kind, now)
    return due_row_if_none(patient_id, kind, *_occurrence(patient, kind, free_from))


def first_ones(patient: Patient, now: datetime) -> tuple[Statement, ...]:
    """Plan the first prompt and summary of someone for whom nothing was ever planned."""
    return tuple(next_one(patient, kind, now) for kind in ASKED)


def following(turn: Turn, patient: Patient, due: Due) -> Statement:
    """Plan the one after `due`: after a long outage that of today, if it is not too late for it."""
    kind = Planned(due.kind)
    return next_one(patient, kind, max(due.due_at, turn.now - CATCH_UP[kind]))


def next_one(patient: Patient, kind: Planned, after: datetime) -> Statement:
    """Plan the first prompt or summary later than `after`, at the patient's own time of day."""
    return due_row(patient.patient_id, patient.chat_id, kind, *_occurrence(patient, kind, after))


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


def _occurrence(patient: Patient, kind: Planned, after: datetime) -> tuple[date, datetime]:
    preferences = patient.preferences
    weekday = preferences.summary_weekday if kind is Planned.WEEKLY else None
    moment = next_occurrence(preferences.checkin_time, preferences.zone_info, after, weekday)
    return moment.astimezone(preferences.zone_info).date(), moment


async def _free_from(database: Reader, patient: Patient, kind: Planned, now: datetime) -> datetime:
    """Give the moment from which one kind may be planned: after the last date on which it was done or missed."""
    closed = await last_closed_date(database, patient.patient_id, kind)
    return max(occurrence_on(closed, time.max, patient.preferences.zone_info), now) if closed else now
