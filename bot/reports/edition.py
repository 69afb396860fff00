"""One patient's reports, put together from their days. Heavy work: the bot runs these functions beside its loop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.clinical.answers import Profile
from bot.diary.connection import DAYS_BETWEEN_LOOKS, Verdict, connection
from bot.diary.ledger import Day
from bot.diary.series import series_of
from bot.diary.wording import look_text, not_enough_text
from bot.reports.chart import Theme, month_caption, month_strip, trend_caption, trend_chart, weekly_chart
from bot.reports.dates import day_month
from bot.reports.insights import insights
from bot.reports.material import AdviceLine, Impact, Marks, Tip
from bot.reports.read_aloud import read_aloud
from bot.reports.visit_brief import VisitMaterial, visit_brief
from bot.reports.weekly import WeeklySummary, WeekMaterial, weekly_summary
from bot.words import load_words

HISTORY_DAYS = 365
"""Days that a report looks back at least: the longest history of the connection test."""


@dataclass(frozen=True, slots=True)
class Diary:
    """What reports are made from. `days` are the answered days of the last year, `today` is the last day shown."""

    days: Sequence[Day]
    today: date
    profile: Profile
    language: str
    emergency: str
    advice: Sequence[AdviceLine] = ()
    impact: Impact | None = None
    tip: Tip | None = None
    visits: Sequence[date] = ()


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
    """A week, ready to be sent."""

    summary: WeeklySummary
    chart: bytes


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


def edition(diary: Diary, theme: Theme = Theme.LIGHT) -> Edition:
    """Make a week's texts and its picture."""
    words = load_words(diary.language)
    material = WeekMaterial(
        days=diary.days,
        today=diary.today,
        profile=diary.profile,
        emergency=diary.emergency,
        advice=diary.advice,
        impact=diary.impact,
        found=insights(diary.days, diary.today, diary.profile.suspects),
        tip=diary.tip,
        visits=diary.visits,
    )
    marks = Marks.of(diary.advice, diary.visits)
    return Edition(
        weekly_summary(material, words), weekly_chart(diary.days, diary.today, theme, words, marks)
    )


def brief(diary: Diary, visit: Visit) -> Brief:
    """Make the page for the doctor and the text to read aloud."""
    words = load_words(diary.language)
    material = VisitMaterial(
        days=diary.days,
        today=diary.today,
        profile=diary.profile,
        name=visit.name,
        visit_date=visit.visit_date,
        with_whom=visit.with_whom,
        advice=diary.advice,
        found=insights(diary.days, diary.today, diary.profile.suspects),
        impact=diary.impact,
        last_visit=visit.last_visit,
        changed=visit.changed,
        questions=visit.questions,
        with_days=visit.with_days,
    )
    return Brief(visit_brief(material, words), read_aloud(material, words))


def trend(diary: Diary, theme: Theme = Theme.LIGHT) -> tuple[Picture, Picture]:
    """Make the last 90 days with rolling means, and the month as a strip."""
    words = load_words(diary.language)
    return (
        Picture(
            trend_chart(diary.days, diary.today, theme, words, diary.visits),
            trend_caption(diary.days, diary.today, words, diary.visits),
        ),
        Picture(
            month_strip(diary.days, diary.today, theme, words), month_caption(diary.days, diary.today, words)
        ),
    )


def connection_answer(diary: Diary) -> str:
    """Answer the title of it all, from this person's own days, or say how many more are needed."""
    words = load_words(diary.language)
    found = insights(diary.days, diary.today, diary.profile.suspects)
    if found.look is not None and found.look.told is not Verdict.NOT_ENOUGH_DATA:
        return look_text(words, found.look)
    today = connection(series_of(diary.days).current())
    if found.look is not None and today.verdict is not Verdict.NOT_ENOUGH_DATA:
        told = words.text("insights.connection.verdict.next_look", on=day_month(words, found.look.next_on))
    else:
        told = not_enough_text(words, today)
    return f"{told}\n\n{words.text('insights.connection.not_enough.studies')}"
