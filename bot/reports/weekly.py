"""The weekly summary: what the patient reads first, what stands behind "More", and the words of the picture.

It says what was logged and nothing else. Whether a week was worse, and whether two pains go together, is decided
in `bot.diary` and comes in already worded; a week with fewer than four answered days claims nothing (L-7).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.clinical.answers import MedicineClass, Profile, Sleep, Tracks
from bot.diary.ledger import Day, DayState, window
from bot.diary.medicines import LINES, MedicineDays, MedicineLine, medicine_days
from bot.reports.chart import weekly_caption
from bot.reports.dates import span, weekday, weekday_short
from bot.reports.figures import FEWEST_FOR_A_MEAN, WEEK, Figures, figures
from bot.reports.insights import (
    Insights,
    connection_long,
    connection_short,
    factor_lines,
    real_changes,
    week_numbers,
)
from bot.reports.material import AdviceLine, Impact, Marks, Tip, WeeklySummary
from bot.words import Words

FRONT_LIMIT = 1000
"""Characters that are read at first (issue: the weekly summary)."""
CAPTION_LIMIT = 1024
"""Telegram's limit for the words under a picture."""
ADVICE_LIMIT = 300
"""A longer advice is cut in front and stands whole behind "More"."""


@dataclass(frozen=True, slots=True)
class WeekMaterial:
    """Everything a weekly summary is made from. `emergency` is the number of the patient's country."""

    days: Sequence[Day]
    today: date
    profile: Profile
    emergency: str | None = None
    advice: Sequence[AdviceLine] = ()
    impact: Impact | None = None
    found: Insights = field(default_factory=Insights)
    tip: Tip | None = None
    tell_clinician: Sequence[str] = ()
    visits: Sequence[date] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the summary; the one with the lowest `rank` moves behind "More" last."""

    text: str
    rank: int
    opens: bool = False
    """Whether an empty line stands before it."""


def weekly_summary(material: WeekMaterial, words: Words) -> WeeklySummary:
    """Put a week into words: `front` of at most 1,000 characters, ending with the safety line."""
    week = figures(window(material.days, material.today, WEEK))
    marks = Marks.of(material.advice, material.visits)
    lines = list(_lines(material, week, words))
    head = words.text("weekly.front.title", span=span(words, week.first, week.last))
    foot = _foot(material, week, words)
    front, behind = _fit(lines, FRONT_LIMIT - len(head) - len(foot) - 3)
    caption = weekly_caption(material.days, material.today, words, marks)
    return WeeklySummary(
        front=f"{head}\n{_joined(front)}\n\n{foot}",
        more=_more(material, week, behind, words),
        caption=_shortened(caption, CAPTION_LIMIT),
    )


def _fit(lines: Sequence[_Line], room: int) -> tuple[list[_Line], list[_Line]]:
    """Keep the order, and move the least important lines behind until the rest fits into `room` characters."""
    kept = list(lines)
    while kept and len(_joined(kept)) > room:
        kept.remove(max(kept, key=lambda line: line.rank))
    return kept, [line for line in lines if line not in kept]


def _joined(lines: Sequence[_Line]) -> str:
    return "\n".join(f"\n{line.text}" if line.opens else line.text for line in lines)


def _foot(material: WeekMaterial, week: Figures, words: Words) -> str:
    number = material.emergency or words.text("weekly.front.unknown_emergency")
    logged = "safety" if week.answered.days else "safety_empty"
    safety = words.text(f"weekly.front.{logged}", emergency=number)
    if not week.enough:
        return safety
    return words.text("weekly.front.answered", answered=week.answered.days) + "\n" + safety


def _lines(material: WeekMaterial, week: Figures, words: Words) -> Iterator[_Line]:
    """Give the lines in the order of the specification's section 8.4."""
    yield from _advice_lines(material, week, words)
    if not week.enough:
        yield _Line(_thin(week, words), 0, opens=True)
        return
    month = figures(window(material.days, material.today))
    if material.profile.tracks is not Tracks.HEAD:
        yield _Line(_back_line(week, words), 2, opens=True)
    yield from (_Line(change, 3) for change in real_changes(material.found, words))
    if material.profile.tracks is not Tracks.BACK and week.headaches.answered:
        yield _Line(_head_line(week, month, words), 2)
    yield from _medicine_lines(material, week, words)
    if material.impact:
        yield from _impact_lines(material.impact, words)
    if week.sleep:
        yield _Line(words.text("weekly.sleep.line", nights=nights_text(week.sleep, words)), 8)
    if material.profile.tracks is Tracks.BOTH and week.both.answered:
        yield _Line(words.text("weekly.both.line", both=week.both.days, days=week.both.answered), 7)
        yield _Line(connection_short(material.found, words), 9)
    yield from (_Line(line, 9) for line in factor_lines(material.found, words))
    if material.tip:
        yield _Line(words.text("weekly.tip.line", text=material.tip.text), 6, opens=True)
    yield from (_Line(words.text("weekly.clinician.line", text=text), 5) for text in material.tell_clinician)


def _thin(week: Figures, words: Words) -> str:
    if week.answered.days == 0:
        return words.text("weekly.front.empty")
    form = "thin_one" if week.answered.days == 1 else "thin"
    return "\n\n".join(
        (
            words.text(f"weekly.front.{form}", answered=week.answered.days),
            words.text("weekly.front.thin_thanks"),
        )
    )


def _of_week(advice: Sequence[AdviceLine], week: Figures) -> list[AdviceLine]:
    """Give the week's advice, the highest first, the newest first among equals."""
    given = [line for line in advice if week.first <= line.local_date <= week.last]
    return sorted(given, key=lambda line: (line.level, line.local_date), reverse=True)


def _advice_lines(material: WeekMaterial, week: Figures, words: Words) -> Iterator[_Line]:
    given = _of_week(material.advice, week)
    if not given:
        return
    highest = given[0]
    day = weekday(words, highest.local_date)
    yield _Line(
        words.text("weekly.advice.line", weekday=day, text=_shortened(highest.text, ADVICE_LIMIT)),
        1,
        opens=True,
    )
    if highest.why:
        yield _Line(words.text("weekly.advice.why", why=_shortened(highest.why, ADVICE_LIMIT)), 4)


def _back_line(week: Figures, words: Words) -> str:
    back = week.back
    if back.mean is None or back.answered < FEWEST_FOR_A_MEAN:
        return words.text("weekly.back.few", days=back.answered)
    form = "line" if back.lowest != back.highest else "flat" if back.highest else "none"
    return words.text(
        f"weekly.back.{form}",
        mean=_one_decimal(back.mean),
        lowest=back.lowest,
        highest=back.highest,
        days=back.answered,
    )


def _head_line(week: Figures, month: Figures, words: Words) -> str:
    form = "like" if week.migraine_like.days else "like_before" if month.migraine_like.days else "line"
    return words.text(
        f"weekly.head.{form}",
        headaches=week.headaches.days,
        days=week.headaches.answered,
        migraine=week.migraine_like.days,
        headaches_month=month.headaches.days,
        days_month=month.headaches.answered,
        migraine_month=month.migraine_like.days,
    )


def _medicine_lines(material: WeekMaterial, week: Figures, words: Words) -> Iterator[_Line]:
    month = medicine_days(material.days, material.today)
    if not month.answered:
        return
    form = "week" if week.medicine.days else "none" if week.medicine.answered else "unknown"
    said = words.text(f"weekly.medicine.{form}", taken=week.medicine.days, days=week.medicine.answered)
    counted = medicine_counts(month, words)
    if counted:
        said = f"{said} {words.text('weekly.medicine.month', classes=counted)}"
    yield _Line(said, 3, opens=True)


def medicine_counts(month: MedicineDays, words: Words) -> str:
    """Give the days in 30 of each kind that was taken, against its line; empty where none was."""
    told = [
        words.text(
            "weekly.medicine.of_line",
            name=words.text(f"weekly.medicine_line.{line.value}"),
            days=month.by_line[line],
            line=LINES[line],
        )
        for line in MedicineLine
        if month.by_line[line] and (line is not MedicineLine.MIXED or month.kinds > 1)
    ]
    return words.text("weekly.medicine.join").join(told)


def medicine_name(words: Words, medicine: MedicineClass) -> str:
    """Name a class of medicine as the check-in does."""
    return words.text(f"weekly.medicine_name.{medicine.value}")


def _impact_lines(impact: Impact, words: Words) -> Iterator[_Line]:
    if impact.previous is None:
        yield _Line(words.text("weekly.impact.line", score=_one_decimal(impact.score)), 6)
    else:
        text = words.text(
            "weekly.impact.with_previous",
            score=_one_decimal(impact.score),
            previous=_one_decimal(impact.previous),
        )
        yield _Line(text, 6)
    if impact.change:
        yield _Line(impact.change, 6)


def nights_text(sleep: Mapping[Sleep, int], words: Words) -> str:
    """Count the nights, the good ones first."""
    told = [words.text(f"weekly.sleep.{kind}", count=sleep[kind]) for kind in Sleep if sleep.get(kind)]
    return words.text("weekly.sleep.join").join(told)


def _more(material: WeekMaterial, week: Figures, behind: Sequence[_Line], words: Words) -> str:
    """Give what did not fit in front, then each day, then how it is counted."""
    parts = [words.text("weekly.more.title", span=span(words, week.first, week.last))]
    parts.extend(line.text for line in behind)
    others = _of_week(material.advice, week)[1:]
    if others:
        told = [
            words.text("weekly.advice.other", weekday=weekday(words, line.local_date), text=line.text)
            for line in others[:5]
        ]
        parts.append("\n".join([words.text("weekly.advice.others"), *told]))
    days = window(material.days, material.today, WEEK)
    parts.append(
        "\n".join(
            [words.text("weekly.more.days"), *(_day_line(day, material.profile, words) for day in days)]
        )
    )
    if week.enough:
        parts.extend(_compared(material, words))
    if medicine_days(material.days, material.today).any:
        parts.append(words.text("weekly.medicine.what_line_means"))
    parts.append(words.text("weekly.more.how"))
    return "\n\n".join(parts)


def _compared(material: WeekMaterial, words: Words) -> Iterator[str]:
    """Give what is known from more than this week: the weeks before, and whether the pains go together."""
    yield from week_numbers(material.found, words)
    together = connection_long(material.found, words)
    if together and material.profile.tracks is Tracks.BOTH:
        yield words.text("weekly.links.connection", text=together)
    if material.found.factors:
        yield words.text("insights.factors.meaning")


def _day_line(day: Day, profile: Profile, words: Words) -> str:
    name = f"{weekday_short(words, day.date)} {day.date.day}"
    if day.state in {DayState.UNANSWERED, DayState.SKIPPED}:
        return words.text(f"weekly.more.{day.state.value}", day=name)
    parts = list(_day_parts(day, profile, words)) or [words.text("weekly.more.nothing")]
    return words.text("weekly.more.day", day=name, parts=words.text("weekly.more.join").join(parts))


def _day_parts(day: Day, profile: Profile, words: Words) -> Iterator[str]:
    if profile.tracks is not Tracks.HEAD and day.back_pain is not None:
        yield words.text("weekly.more.back", score=day.back_pain)
    if profile.tracks is not Tracks.BACK and day.headache is not None:
        yield words.text("weekly.more.head", score=day.headache)
    if day.migraine_like:
        yield words.text("weekly.more.migraine")
    if day.medicines:
        names = " + ".join(medicine_name(words, medicine) for medicine in sorted(day.medicines))
        yield words.text("weekly.more.medicine", names=names)
    if day.sleep:
        yield words.text(f"weekly.more.slept_{day.sleep.value}")
    if day.recalled:
        yield words.text("weekly.more.recalled")


def _one_decimal(value: float) -> str:
    return f"{value:.1f}"


def _shortened(text: str, limit: int) -> str:
    """Cut at a word so that `text` has at most `limit` characters."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(maxsplit=1)[0] + "…"
