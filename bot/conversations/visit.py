"""A visit to a clinician: what may be set, and what is planned around it."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from bot.clinical.appointment import Appointment, VisitOutcome

FARTHEST = timedelta(days=731)
"""No clinic books later; a date beyond is a slip of the finger."""
LONGEST_NAME = 60
LONGEST_QUESTION = 500
COMPARED_AFTER = timedelta(days=28)
"""The four weeks after a visit that are held against the four before."""


class DateProblem(StrEnum):
    """Why a date cannot be that of a visit."""

    NOT_A_DATE = "not_a_date"
    PAST = "past"
    TOO_FAR = "too_far"


def date_problem(day: date | None, today: date) -> DateProblem | None:
    """Say what is wrong with a visit's date, `None` where nothing is."""
    if day is None:
        return DateProblem.NOT_A_DATE
    if day < today:
        return DateProblem.PAST
    return DateProblem.TOO_FAR if day - today > FARTHEST else None


def next_visit(visits: Sequence[Appointment], today: date) -> Appointment | None:
    """Give the first visit that is still to come."""
    coming = [each for each in visits if each.visit_date >= today and each.outcome is None]
    return min(coming, key=lambda each: each.visit_date, default=None)


def last_visit(visits: Sequence[Appointment], today: date) -> Appointment | None:
    """Give the latest visit that took place."""
    past = [each for each in visits if each.visit_date <= today and each.outcome is VisitOutcome.HAPPENED]
    return max(past, key=lambda each: each.visit_date, default=None)
