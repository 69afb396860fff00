"""The pictures of a diary, and what each of them says in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from bot.clinical.answers import Level
from bot.diary.ledger import Day, DayState, answered, average, window
from bot.reports.dates import day_month_short, span, weekday_short
from bot.reports.edition import TREND_DAYS
from bot.reports.figures import FEWEST_FOR_A_MEAN, WEEK, figures
from bot.reports.material import Marks
from bot.reports.typesetting import picture
from bot.reports.week_picture import MarkRow, Score, Week, WeekBehind, WeekDay, week_picture
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
    return week_picture(
        Week(
            theme=theme.value,
            title=span(words, counts.first, counts.last),
            subtitle=words.text("chart.weekly.subtitle", answered=counts.answered.days),
            words=_weekly_words(words),
            days=[
                WeekDay(_score(day), weekday_short(words, day.date), str(day.date.day), day.date == today)
                for day in week
            ],
            rows=[MarkRow(words.text(f"chart.row.{row.kind}"), row.marks) for row in _rows(week, marks)],
            behind=[
                WeekBehind(day_month_short(words, behind[0].date), [_score(day) for day in behind])
                for behind in _weeks_behind(days, today)
            ],
        )
    )


def _weekly_words(words: Words) -> dict[str, str]:
    names = ("back", "head", "highest", "lowest", "behind", "skipped", "unanswered")
    return {name: words.text(f"chart.weekly.{name}") for name in names}


def _score(day: Day) -> Score:
    """Give what is drawn of a day; one answered as pain-free shows a 0 where no score was given."""
    none = 0 if day.state is DayState.PAIN_FREE else None
    return Score(
        state=day.state.value,
        back=none if day.back_pain is None else day.back_pain,
        head=none if day.headache is None else day.headache,
    )


def _weeks_behind(days: Sequence[Day], today: date) -> list[tuple[Day, ...]]:
    """Give the weeks before the one in front, oldest first; none where no day of them was logged."""
    ends = (today - timedelta(days=WEEK * back) for back in range(WEEKS_BEHIND, 0, -1))
    weeks = [window(days, end, WEEK) for end in ends]
    logged = any(day.state is not DayState.UNANSWERED for week in weeks for day in week)
    return weeks if logged else []


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


def month_strip(days: Sequence[Day], today: date, theme: Theme, words: Words) -> bytes:
    """Draw the 30 days up to `today` as strips of shades, as a PNG of 1080 x 720 pixels."""
    month = window(days, today)
    names = ("back", "head", "medicine", "open", "skipped", "none", "worst")
    ticks = [place for place, day in enumerate(month) if (len(month) - 1 - place) % WEEK == 0]
    values = {
        **_long_values(month, theme, "month", names, words),
        "taken": [bool(day.medicines) for day in month],
        "ticks": _ticks(month, ticks, words),
    }
    return picture("month_strip.typ", values)


def trend_chart(
    days: Sequence[Day], today: date, theme: Theme, words: Words, visits: Sequence[date] = ()
) -> bytes:
    """Draw the 90 days up to `today` with rolling means of 7 days, as a PNG of 1080 x 1350 pixels."""
    season = window(days, today, TREND_DAYS)
    starts = [place for place, day in enumerate(season) if day.date.day == 1 and place < TREND_DAYS - WEEK]
    values = {
        **_long_values(season, theme, "trend", ("back", "head", "rolling", "visit"), words),
        "back_means": rolling_means([day.back_pain for day in season]),
        "head_means": rolling_means([day.headache for day in season]),
        "ticks": _ticks(season, starts, words),
        "visits": [place for place, day in enumerate(season) if day.date in set(visits)],
    }
    return picture("trend_chart.typ", values)


def rolling_means(scores: Sequence[int | None]) -> list[float | None]:
    """Give the mean of each day and the six before it, `None` where fewer than four of them have a score (L-7)."""
    means: list[float | None] = []
    for place in range(len(scores)):
        week = average(scores[max(0, place - WEEK + 1) : place + 1])
        means.append(week.mean if week.answered >= FEWEST_FOR_A_MEAN else None)
    return means


def _long_values(
    stretch: Sequence[Day], theme: Theme, table: str, names: Sequence[str], words: Words
) -> dict[str, Any]:
    shown = [_score(day) for day in stretch]
    count = answered(stretch)
    return {
        "theme": theme.value,
        "title": span(words, stretch[0].date, stretch[-1].date, short=True),
        "subtitle": words.text(f"chart.{table}.subtitle", answered=count.days, days=count.answered),
        **{name: words.text(f"chart.{table}.{name}") for name in names},
        "states": [day.state for day in shown],
        "back_scores": [day.back for day in shown],
        "head_scores": [day.head for day in shown],
    }


def _ticks(stretch: Sequence[Day], places: Sequence[int], words: Words) -> list[dict[str, Any]]:
    return [{"at": place, "word": day_month_short(words, stretch[place].date)} for place in places]


def month_caption(days: Sequence[Day], today: date, words: Words) -> str:
    """Say in words what the month strip shows."""
    counts = figures(window(days, today))
    return words.text(
        "chart.caption.month",
        span=span(words, counts.first, counts.last),
        answered=counts.answered.days,
        days=counts.answered.answered,
        back=counts.back_days.days,
        head=counts.headaches.days,
        medicine=counts.medicine.days,
    )


def trend_caption(days: Sequence[Day], today: date, words: Words, visits: Sequence[date] = ()) -> str:
    """Say in words what the 90-day picture shows."""
    counts = figures(window(days, today, TREND_DAYS))
    said = [
        words.text(
            "chart.caption.trend",
            span=span(words, counts.first, counts.last),
            answered=counts.answered.days,
            days=counts.answered.answered,
        )
    ]
    if counts.enough and counts.back.mean is not None:
        mean, low, high = f"{counts.back.mean:.1f}", counts.back.lowest, counts.back.highest
        said.append(words.text("chart.caption.trend_back", mean=mean, lowest=low, highest=high))
    if counts.enough and counts.headaches.answered:
        days_with, of = counts.headaches.days, counts.headaches.answered
        said.append(words.text("chart.caption.trend_head", headaches=days_with, answered=of))
    if not counts.enough:
        said.append(words.text("chart.caption.few"))
    seen = [day_month_short(words, visit) for visit in visits if counts.first <= visit <= counts.last]
    if seen:
        said.append(
            words.text("chart.caption.trend_visits", visits=words.text("chart.caption.join").join(seen))
        )
    return " ".join([*said, words.text("chart.caption.trend_line")])


def weekly_caption(days: Sequence[Day], today: date, words: Words, marks: Marks) -> str:
    """Say in words what the weekly chart shows."""
    week = window(days, today, WEEK)
    counts = figures(week)
    lines = [
        words.text(
            "chart.caption.weekly", span=span(words, counts.first, counts.last), answered=counts.answered.days
        ),
        *(_day_line(day, words, marks) for day in week),
    ]
    behind = [_week_words(each, words) for each in _weeks_behind(days, today)]
    if behind:
        lines.append(words.text("chart.caption.behind", weeks=words.text("chart.caption.join").join(behind)))
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
    shown = _score(day)
    return [
        words.text(f"chart.caption.{name}", score=score)
        for name, score in (("back", shown.back), ("head", shown.head))
        if score is not None
    ]


def _week_words(week: Sequence[Day], words: Words) -> str:
    counts = figures(week)
    if counts.back.mean is None or not counts.enough:
        return words.text("chart.caption.behind_few", answered=counts.answered.days)
    return words.text(
        "chart.caption.behind_week", mean=f"{counts.back.mean:.1f}", answered=counts.answered.days
    )
