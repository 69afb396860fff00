"""One patient's week, put together: the diary's own verdicts, worded, and the picture. Heavy, so run beside the loop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.clinical.answers import Profile
from bot.diary import wording
from bot.diary.connection import Verdict, connection, latest_look
from bot.diary.factors import factor_signs
from bot.diary.ledger import Day
from bot.diary.medicines import LINES, medicine_days
from bot.diary.medicines import MedicineLine as Line
from bot.diary.series import Numbers, Series, series_of
from bot.diary.week import TrendVerdict, weeks
from bot.reports.chart import Theme, weekly_chart
from bot.reports.dates import day_month
from bot.reports.material import AdviceLine, Impact, Marks, MedicineLine, Tip
from bot.reports.weekly import WeeklySummary, WeekMaterial, weekly_summary
from bot.words import Words, load_words

HISTORY_DAYS = 365
"""Days that a weekly summary looks back: the longest history of the connection test."""

_LINE_OF = {
    "paracetamol": Line.SIMPLE,
    "nsaid": Line.SIMPLE,
    "triptan": Line.TRIPTAN,
    "opioid_or_combination": Line.OPIOID_OR_COMBINATION,
}


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
    summary = weekly_summary(_material(diary, words), words)
    marks = Marks.of(diary.advice, diary.visits)
    return Edition(summary, weekly_chart(diary.days, diary.today, theme, words, marks))


def connection_told(diary: Diary) -> str:
    """Answer the title of it all: are this person's back pain and headaches connected?"""
    words = load_words(diary.language)
    return _connection(series_of(diary.days), diary.today, words, full=True)


def _material(diary: Diary, words: Words) -> WeekMaterial:
    series = series_of(diary.days)
    return WeekMaterial(
        days=diary.days,
        today=diary.today,
        profile=diary.profile,
        emergency=diary.emergency,
        advice=diary.advice,
        changes=tuple(_changes(series, diary.today, words)),
        medicines=tuple(_medicines(diary)),
        impact=diary.impact,
        connection=_connection(series, diary.today, words, full=False),
        factors=tuple(
            wording.factor_line(words, sign) for sign in factor_signs(series, diary.profile.suspects)
        ),
        tip=diary.tip,
        visits=diary.visits,
    )


def _connection(series: Series, today: date, words: Words, *, full: bool) -> str:
    look = latest_look(series, today)
    if look is not None and look.told is not Verdict.NOT_ENOUGH_DATA:
        return wording.look_text(words, look)
    seen = connection(series.current())
    if seen.verdict is not Verdict.NOT_ENOUGH_DATA and look is not None:
        return words.text("insights.connection.verdict.next_look", on=day_month(words, look.next_on))
    told = wording.not_enough_text(words, seen)
    return f"{told}\n\n{words.text('insights.connection.not_enough.studies')}" if full else told


def _changes(series: Series, today: date, words: Words) -> list[str]:
    lines = []
    scores: dict[str, Numbers] = {"back_pain": series.back_pain, "headache": series.headache}
    for pain, numbers in scores.items():
        latest = weeks(series, numbers, today)[-1:]
        lines += [
            wording.week_text(words, week, pain)
            for week in latest
            if week.worsening or week.verdict in (TrendVerdict.BETTER, TrendVerdict.WORSE)
        ]
    return lines


def _medicines(diary: Diary) -> list[MedicineLine]:
    counted = medicine_days(diary.days, diary.today)
    return [
        MedicineLine(medicine, days, LINES[_LINE_OF[medicine]])
        for medicine, days in counted.by_class.items()
        if days
    ]
