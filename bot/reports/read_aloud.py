"""The page for the doctor as a minute of plain speech, for whoever would rather say it."""

from collections.abc import Iterator, Mapping

from bot.clinical.answers import Level, Tracks
from bot.diary.medicines import medicine_days
from bot.reports.dates import span
from bot.reports.figures import FEWEST_FOR_A_MEAN, Figures, figures
from bot.reports.visit_brief import VisitMaterial, advice_within, lines_reached, on_one_line, period
from bot.words import Words

READ_ALOUD_WORDS = 150
"""A minute of plain speech."""


def read_aloud(material: VisitMaterial, words: Words) -> str:
    """Say the page in a minute of plain speech, at most 150 words; the patient's own words are cut to fit."""
    counts = figures(period(material))
    told = list(_aloud(material, counts, words))
    close = words.text("visit.aloud.close")
    room = READ_ALOUD_WORDS - len(close.split())
    text: list[str] = []
    for sentence in told:
        left = room - sum(len(said.split()) for said in text)
        if len(sentence.split()) > left:
            break
        text.append(sentence)
    return " ".join([*text, close])


def _aloud(material: VisitMaterial, counts: Figures, words: Words) -> Iterator[str]:
    if counts.answered.days == 0:
        yield words.text("visit.aloud.open_none")
    elif not counts.enough:
        yield words.text("visit.aloud.open_few", days=counts.answered.days)
    else:
        yield words.text(
            "visit.aloud.open",
            span=span(words, counts.first, counts.last),
            answered=counts.answered.days,
            days=counts.answered.answered,
        )
        yield from _aloud_figures(material, counts, words)
    severe = [line for line in advice_within(material, counts.first) if line.level >= Level.SOON]
    if severe:
        highest = max(severe, key=lambda line: (line.level, line.local_date))
        yield words.text("visit.aloud.advice", text=on_one_line(highest.text, 120))
    if material.questions:
        form = "question" if len(material.questions) == 1 else "questions"
        text = on_one_line(material.questions[0], 120)
        yield words.text(f"visit.aloud.{form}", count=len(material.questions), text=text)


def _aloud_figures(material: VisitMaterial, counts: Figures, words: Words) -> Iterator[str]:
    back, tracks = counts.back, material.profile.tracks
    if tracks is not Tracks.HEAD and back.mean is not None and back.answered >= FEWEST_FOR_A_MEAN:
        values: Mapping[str, object] = {"lowest": back.lowest, "highest": back.highest}
        yield words.text("visit.aloud.back", mean=f"{back.mean:.1f}", **values)
    if tracks is not Tracks.BACK and counts.headaches.answered:
        yield words.text("visit.aloud.head", headaches=counts.headaches.days, days=counts.headaches.answered)
        if counts.migraine_like.days:
            yield words.text("visit.aloud.migraine", migraine=counts.migraine_like.days)
    month = medicine_days(material.days, material.today)
    if month.any:
        yield words.text("visit.aloud.medicine", taken=month.any, days=month.answered)
        reached = lines_reached(month, words)
        if reached:
            yield words.text("visit.aloud.medicine_over", names=reached)
    if counts.hard.days:
        yield words.text("visit.aloud.hard", hard=counts.hard.days, days=counts.hard.answered)
