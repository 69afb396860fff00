"""The pictures of a diary, and what each of them says in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from bot.clinical.answers import Level
from bot.diary.ledger import Day, DayState, window
from bot.reports.dates import day_month_short, span, weekday_short
from bot.reports.figures import WEEK, figures
from bot.reports.material import Marks
from bot.reports.typesetting import picture
from bot.words import Words

WEEKS_BEHIND = 4


class Theme(StrEnum):
    """The two grounds a picture is drawn on."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class _Row:
    """One kind of mark, and what it is on each of the seven days."""

    kind: str
    marks: tuple[str | None, ...]


def weekly_chart(days: Sequence[Day], today: date, theme: Theme, words: Words, marks: Marks) -> bytes:
    """Draw the seven days up to `today` in front and four weeks behind, as a PNG of 1080 x 1350 pixels."""
    week = window(days, today, WEEK)
    counts = figures(week)
    values = {
        "theme": theme.value,
        "title": span(words, counts.first, counts.last),
        "subtitle": words.text("chart.weekly.subtitle", answered=counts.answered.days),
        **_weekly_words(words),
        "days": [
            {
                **_scores(day),
                "weekday": weekday_short(words, day.date),
                "number": str(day.date.day),
                "today": day.date == today,
            }
            for day in week
        ],
        "rows": [
            {"label": words.text(f"chart.row.{row.kind}"), "marks": row.marks} for row in _rows(week, marks)
        ],
        "weeks": [
            {"label": day_month_short(words, behind[0].date), "days": [_scores(day) for day in behind]}
            for behind in _weeks_behind(days, today)
        ],
    }
    return picture("weekly_chart.typ", values)


def _weekly_words(words: Words) -> dict[str, str]:
    names = ("back", "head", "highest", "lowest", "behind", "skipped", "unanswered")
    return {name: words.text(f"chart.weekly.{name}") for name in names}


def _scores(day: Day) -> dict[str, Any]:
    """Give what is drawn of a day; one answered as pain-free shows a 0 where no score was given."""
    none = 0 if day.state is DayState.PAIN_FREE else None
    return {
        "state": day.state.value,
        "back": none if day.back_pain is None else day.back_pain,
        "head": none if day.headache is None else day.headache,
    }


def _weeks_behind(days: Sequence[Day], today: date) -> list[tuple[Day, ...]]:
    """Give the weeks before the one in front, oldest first."""
    ends = (today - timedelta(days=WEEK * back) for back in range(WEEKS_BEHIND, 0, -1))
    return [window(days, end, WEEK) for end in ends]


def _rows(week: Sequence[Day], marks: Marks) -> list[_Row]:
    """Give a row for each kind of mark that the week has."""
    rows = [
        _Row("medicine", tuple("medicine" if day.medicines else None for day in week)),
        _Row("attack", tuple("attack" if _is_attack(day, marks) else None for day in week)),
        _Row("advice", tuple(_advice_mark(marks.advice.get(day.date)) for day in week)),
        _Row("visit", tuple("visit" if day.date in marks.visits else None for day in week)),
    ]
    return [row for row in rows if any(row.marks)]


def _is_attack(day: Day, marks: Marks) -> bool:
    return bool(day.migraine_like) or day.date in marks.attacks


def _advice_mark(level: Level | None) -> str | None:
    """Mark what asked for more than care at home; what could not wait gets the filled flag."""
    if level is None or level is Level.SELF_CARE:
        return None
    return "urgent" if level >= Level.SAME_DAY else "advice"


def weekly_caption(days: Sequence[Day], today: date, words: Words, marks: Marks) -> str:
    """Say in words what the weekly chart shows."""
    week = window(days, today, WEEK)
    counts = figures(week)
    lines = [
        words.text(
            "chart.caption.weekly", span=span(words, counts.first, counts.last), answered=counts.answered.days
        ),
        *(_day_line(day, words, marks) for day in week),
        words.text(
            "chart.caption.behind",
            weeks=words.text("chart.caption.join").join(
                _week_words(behind, words) for behind in _weeks_behind(days, today)
            ),
        ),
    ]
    return "\n".join(lines)


def _day_line(day: Day, words: Words, marks: Marks) -> str:
    marked = {
        "medicine": bool(day.medicines),
        "attack": _is_attack(day, marks),
        "advice": _advice_mark(marks.advice.get(day.date)) is not None,
        "visit": day.date in marks.visits,
        "recalled": day.recalled,
    }
    said = _score_words(day, words) + [
        words.text(f"chart.caption.{name}") for name, is_so in marked.items() if is_so
    ]
    joined = words.text("chart.caption.join").join(said or [words.text("chart.caption.logged")])
    return words.text("chart.caption.day", weekday=weekday_short(words, day.date), parts=joined)


def _score_words(day: Day, words: Words) -> list[str]:
    if day.state in {DayState.UNANSWERED, DayState.SKIPPED}:
        return [words.text(f"chart.caption.{day.state.value}")]
    shown = _scores(day)
    return [
        words.text(f"chart.caption.{name}", score=shown[name])
        for name in ("back", "head")
        if shown[name] is not None
    ]


def _week_words(week: Sequence[Day], words: Words) -> str:
    counts = figures(week)
    if counts.back.mean is None or not counts.enough:
        return words.text("chart.caption.behind_few", answered=counts.answered.days)
    return words.text(
        "chart.caption.behind_week", mean=f"{counts.back.mean:.1f}", answered=counts.answered.days
    )
