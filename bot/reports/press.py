"""One patient's reports, put together from their days: the work behind `bot.reports.edition`."""

from datetime import date

from bot.diary.connection import Look, connection
from bot.diary.kept_look import KeptLook, kept
from bot.diary.series import Series, joined, series_of
from bot.diary.wording import not_enough_text
from bot.reports.chart import Theme, month_caption, month_strip, trend_caption, trend_chart, weekly_chart
from bot.reports.edition import Brief, Diary, Edition, Picture, Visit
from bot.reports.insights import connection_long, insights
from bot.reports.material import Marks
from bot.reports.read_aloud import read_aloud
from bot.reports.visit_brief import VisitMaterial, visit_brief
from bot.reports.weekly import WeekMaterial, weekly_summary
from bot.words import load_words


def edition(diary: Diary, theme: Theme = Theme.LIGHT) -> Edition:
    """Make a week's texts and its picture."""
    words = load_words(diary.language)
    known = None if diary.look is None else KeptLook.model_validate_json(diary.look)
    series = _numbers(diary, known)
    found = insights(series, diary.today, diary.profile.suspects, known.look if known else None)
    material = WeekMaterial(
        days=diary.days,
        today=diary.today,
        profile=diary.profile,
        emergency=diary.emergency,
        advice=diary.advice,
        impact=diary.impact,
        found=found,
        tip=diary.tip,
        visits=diary.visits,
    )
    marks = Marks.of(diary.advice, diary.visits)
    chart = weekly_chart(diary.days, diary.today, theme, words, marks)
    return Edition(weekly_summary(material, words), chart, _look_to_keep(found.look, known, series))


def _numbers(diary: Diary, known: KeptLook | None) -> Series:
    """Give the days in numbers: those that the kept look stood on, and those since."""
    if known is None:
        return series_of(diary.days)
    whole = joined(known.days, series_of([day for day in diary.days if day.date >= known.on]))
    return whole.part(max(0, (diary.begins - whole.first).days), len(whole))


def _look_to_keep(look: Look | None, known: KeptLook | None, series: Series) -> tuple[date, str] | None:
    if look is None or (known is not None and known.on == look.on):
        return None
    return look.on, kept(look, series).model_dump_json()


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
        found=insights(series_of(diary.days), diary.today, diary.profile.suspects),
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
    series = series_of(diary.days)
    found = insights(series, diary.today, diary.profile.suspects)
    told = connection_long(found, words)
    if told is not None and found.so_far is None:
        return told
    if told is None:
        told = not_enough_text(words, found.so_far or connection(series.current()))
    return f"{told}\n\n{words.text('insights.connection.not_enough.studies')}"
