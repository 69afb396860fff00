"""What the handlers order of one patient's reports, and what they get. The bot runs these functions beside its loop.

Each loads what makes the report (numbers, drawing, type) when it is called: in the process that does the work, and
never in the one that answers patients.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.clinical.answers import Profile
from bot.diary.ledger import DAYS_BETWEEN_LOOKS, Day
from bot.reports.material import AdviceLine, Impact, Tip, WeeklySummary

HISTORY_DAYS = 365
"""Days that a report looks back at least: the longest history of the connection test."""
SHOWN_DAYS = 35
"""Days that a weekly summary shows or counts: the week and the four behind it."""
TREND_DAYS = 90
"""Days that `/trend` draws."""


@dataclass(frozen=True, slots=True)
class Diary:
    """What reports are made from. `today` is the last day shown.

    `days` are the answered days of the last year; where `look` is given (a kept look, as an edition gave it), those
    from its day on, and as many before as a summary shows.
    """

    days: Sequence[Day]
    today: date
    profile: Profile
    language: str
    emergency: str
    advice: Sequence[AdviceLine] = ()
    impact: Impact | None = None
    tip: Tip | None = None
    visits: Sequence[date] = ()
    begins: date = date.min
    """The first day that is calculated with."""
    look: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """What a visit brief adds to the diary."""

    name: str | None = None
    visit_date: date | None = None
    with_whom: str | None = None
    last_visit: date | None = None
    changed: str | None = None
    questions: tuple[str, ...] = ()
    with_days: bool = False


@dataclass(frozen=True, slots=True)
class Edition:
    """A week, ready to be sent. `look` is the day of a look that was taken for it, and the look as it is to be kept."""

    summary: WeeklySummary
    chart: bytes
    look: tuple[date, str] | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """A visit brief, ready to be sent: the page as a PDF and the same in a minute of speech."""

    page: bytes
    aloud: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and its words."""

    image: bytes
    caption: str


def history_start(begun: date, last: date) -> date:
    """Give the first day that a report up to `last` is made from, for a diary that began on `begun`.

    It is a whole number of looks after the beginning, so that in a long diary the looks stay on their days.
    """
    start = last - timedelta(days=HISTORY_DAYS - 1)
    return begun if begun >= start else start - timedelta(days=(start - begun).days % DAYS_BETWEEN_LOOKS)


def edition(diary: Diary) -> Edition:
    """Make a week's texts and its picture."""
    from bot.reports import press  # noqa: PLC0415 - see the module

    return press.edition(diary)


def brief(diary: Diary, visit: Visit) -> Brief:
    """Make the page for the doctor and the text to read aloud."""
    from bot.reports import press  # noqa: PLC0415 - see the module

    return press.brief(diary, visit)


def trend(diary: Diary) -> tuple[Picture, Picture]:
    """Make the last 90 days with rolling means, and the month as a strip."""
    from bot.reports import press  # noqa: PLC0415 - see the module

    return press.trend(diary)


def connection_answer(diary: Diary) -> str:
    """Answer the title of it all, from this person's own days, or say how many more are needed."""
    from bot.reports import press  # noqa: PLC0415 - see the module

    return press.connection_answer(diary)
