"""One patient's week, put together: the diary's own verdicts, worded, and the picture. Heavy, so run beside the loop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.clinical.answers import Profile
from bot.diary import wording
from bot.diary.connection import Verdict, connection, latest_look
from bot.diary.ledger import Day
from bot.diary.series import series_of
from bot.reports.chart import Theme, weekly_chart
from bot.reports.dates import day_month
from bot.reports.insights import insights
from bot.reports.material import AdviceLine, Impact, Marks, Tip
from bot.reports.weekly import WeeklySummary, WeekMaterial, weekly_summary
from bot.words import load_words

HISTORY_DAYS = 365
"""Days that a weekly summary looks back: the longest history of the connection test."""


@dataclass(frozen=True, slots=True)
class Diary:
    """What a week is made from. `days` are the answered days of the last year; `today` is the last day shown."""

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
class Edition:
    """A week, ready to be sent."""

    summary: WeeklySummary
    chart: bytes


def edition(diary: Diary, theme: Theme = Theme.LIGHT) -> Edition:
    """Put a week together: texts and picture."""
    words = load_words(diary.language)
    summary = weekly_summary(_material(diary), words)
    marks = Marks.of(diary.advice, diary.visits)
    return Edition(summary, weekly_chart(diary.days, diary.today, theme, words, marks))


def connection_told(diary: Diary) -> str:
    """Give the answer to whether this person's two pains are connected, or what is missing for one."""
    words = load_words(diary.language)
    series = series_of(diary.days)
    look = latest_look(series, diary.today)
    if look is not None and look.told is not Verdict.NOT_ENOUGH_DATA:
        return wording.look_text(words, look)
    seen = connection(series.current())
    if seen.verdict is not Verdict.NOT_ENOUGH_DATA and look is not None:
        return words.text("insights.connection.verdict.next_look", on=day_month(words, look.next_on))
    told = wording.not_enough_text(words, seen)
    return f"{told}\n\n{words.text('insights.connection.not_enough.studies')}"


def _material(diary: Diary) -> WeekMaterial:
    return WeekMaterial(
        days=diary.days,
        today=diary.today,
        profile=diary.profile,
        emergency=diary.emergency,
        advice=diary.advice,
        found=insights(diary.days, diary.today, diary.profile.suspects),
        impact=diary.impact,
        tip=diary.tip,
        visits=diary.visits,
    )
