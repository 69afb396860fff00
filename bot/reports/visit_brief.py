"""The page for the doctor: one page that makes its point in a minute."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bot.clinical.answers import Level, Profile, Tracks
from bot.diary.ledger import Average, Day, DayState, ledger, window
from bot.diary.medicines import LINES, WINDOW, MedicineDays, MedicineLine, medicine_days
from bot.diary.wording import connection_for_clinician
from bot.reports.chart import trend_caption
from bot.reports.dates import day_month, day_month_short, day_month_year, span
from bot.reports.figures import FEWEST_FOR_A_MEAN, Figures, figures
from bot.reports.insights import Insights, connection_short, factor_lines
from bot.reports.material import AdviceLine, Impact
from bot.reports.typesetting import pages
from bot.reports.weekly import nights_text
from bot.words import Words

PERIOD_DAYS = 90
LONGEST_PERIOD = 366
BEFORE_AND_AFTER = 28
MOST_WARNINGS = 4
MOST_QUESTIONS = 5
LONGEST_QUESTION = 160
"""What does not fit the first page goes to the next in full."""
LETTER_COUNTRIES = frozenset("BZ CA CL CO CR GT MX NI PA PH PR SV US VE".split())
"""Where paper is US Letter (Unicode CLDR, measurement data, paperSize); A4 elsewhere."""


@dataclass(frozen=True, slots=True)
class VisitMaterial:
    """Everything a visit brief is made from. `name` is what the patient chose, `None` leaves it off."""

    days: Sequence[Day]
    today: date
    profile: Profile
    name: str | None = None
    visit_date: date | None = None
    with_whom: str | None = None
    first: date | None = None
    """Start of the period; 90 days, or since the diary began, where it is not given."""
    advice: Sequence[AdviceLine] = ()
    found: Insights = field(default_factory=Insights)
    impact: Impact | None = None
    last_visit: date | None = None
    changed: str | None = None
    """What the patient said changed at the last visit."""
    questions: Sequence[str] = ()
    with_days: bool = False


def visit_brief(material: VisitMaterial, words: Words) -> bytes:
    """Set the page as a tagged PDF: one page, and more where all days are wanted or questions are many."""
    stretch = period(material)
    counts = figures(stretch)
    month = medicine_days(material.days, material.today)
    questions = [on_one_line(question, LONGEST_QUESTION) for question in material.questions[:MOST_QUESTIONS]]
    overflow = tuple(questions) != tuple(material.questions)
    warnings = _warnings(material, stretch, words)
    values = {
        "paper": "us-letter" if (material.profile.country or "").upper() in LETTER_COUNTRIES else "a4",
        "language": words.language,
        **_title(material, counts, words),
        "heads": _heads(words),
        "point": list(_point(material, counts, month, words)),
        "course": _course(material, stretch, words),
        "medicine": _medicine_rows(material, month, words),
        "medicine_none": words.text("visit.point.medicine_none", days=month.answered),
        "function": _function(material, counts, words),
        "warnings": warnings,
        "together": _together(material, words),
        "changes": list(_changes(material, words)),
        "questions": questions,
        "questions_more": _more_questions(material, words),
        "all_questions": list(material.questions) if overflow else [],
        "complete": _complete(counts, words),
        "method": words.text("visit.method.text"),
        **_day_pages(material, stretch, words),
    }
    return pages("visit_brief.typ", values)


def period(material: VisitMaterial) -> tuple[Day, ...]:
    """Give the days of the period, at least one week and at most a year."""
    begun = min((day.date for day in material.days), default=material.today)
    wanted = material.first or max(begun, material.today - timedelta(days=PERIOD_DAYS - 1))
    latest = material.today - timedelta(days=6)
    earliest = material.today - timedelta(days=LONGEST_PERIOD - 1)
    return ledger(material.days, min(max(wanted, earliest), latest), material.today)


def _heads(words: Words) -> dict[str, str]:
    prefix = "visit.page."
    keys = [key for key in words.keys() if key.startswith(prefix)]  # noqa: SIM118 - Words is no mapping
    return {key.removeprefix(prefix): words.text(key) for key in keys}


def _title(material: VisitMaterial, counts: Figures, words: Words) -> dict[str, str]:
    named = words.text("visit.page.title", name=material.name) if material.name else None
    visit = material.visit_date or material.today
    form = "visit.page.for_visit_with" if material.with_whom else "visit.page.for_visit"
    return {
        "title": named or words.text("visit.page.title_no_name"),
        "for_visit": words.text(form, date=day_month_year(words, visit), whom=material.with_whom),
        "period": words.text(
            "visit.page.period",
            span=span(words, counts.first, counts.last),
            year=counts.last.year,
            answered=counts.answered.days,
            days=counts.answered.answered,
        ),
    }


def _point(material: VisitMaterial, counts: Figures, month: MedicineDays, words: Words) -> Iterator[str]:
    """Give the four or five lines that a clinician reads first; urgent advice stands above all figures."""
    if counts.answered.days == 0:
        yield words.text("visit.point.empty")
        return
    given = [line for line in advice_within(material, counts.first) if line.level > Level.SELF_CARE]
    highest = max(given, key=lambda line: (line.level, line.local_date), default=None)
    urgent = highest is not None and highest.level >= Level.SAME_DAY
    if urgent:
        yield _advice_point(highest, material.days, words)
    if not counts.enough:
        yield words.text("visit.point.few", days=counts.answered.days)
    if material.profile.tracks is not Tracks.HEAD:
        yield _back_point(counts.back, words)
    if material.profile.tracks is not Tracks.BACK and counts.headaches.answered:
        yield _head_point(material, counts, words)
    yield _medicine_point(month, words)
    if not urgent:
        yield _advice_point(highest, material.days, words)


def _back_point(back: Average, words: Words) -> str:
    if back.mean is None or back.answered < FEWEST_FOR_A_MEAN:
        return words.text("visit.point.back_few", days=back.answered)
    return words.text(
        "visit.point.back",
        mean=f"{back.mean:.1f}",
        lowest=back.lowest,
        highest=back.highest,
        days=back.answered,
    )


def _head_point(material: VisitMaterial, counts: Figures, words: Words) -> str:
    month = figures(window(material.days, material.today))
    said = words.text(
        "visit.point.head",
        headaches=counts.headaches.days,
        days=counts.headaches.answered,
        headaches_month=month.headaches.days,
        days_month=month.headaches.answered,
    )
    if not counts.migraine_like.days:
        return said
    like, like_month = counts.migraine_like.days, month.migraine_like.days
    return f"{said} {words.text('visit.point.migraine', migraine=like, migraine_month=like_month)}"


def _medicine_point(month: MedicineDays, words: Words) -> str:
    if not month.any:
        return words.text("visit.point.medicine_none", days=month.answered)
    said = words.text("visit.point.medicine", taken=month.any, days=month.answered)
    reached = lines_reached(month, words)
    verdict = (
        words.text("visit.point.medicine_over", names=reached)
        if reached
        else words.text("visit.point.medicine_under")
    )
    return f"{said} {verdict}"


def lines_reached(month: MedicineDays, words: Words) -> str:
    """Name the kinds of medicine that are at or over their line; empty where none is."""
    names = [words.text(f"weekly.medicine_line.{line}") for line in MedicineLine if month.reached(line)]
    return words.text("weekly.medicine.join").join(names)


def _advice_point(highest: AdviceLine | None, days: Sequence[Day], words: Words) -> str:
    if highest is None:
        return words.text("visit.point.no_advice")
    level = words.text(f"visit.level.{highest.level.label}")
    said = words.text("visit.point.highest", level=level, date=day_month(words, highest.local_date))
    signs = {flag for day in days if day.date == highest.local_date for flag in day.flags or ()}
    return f"{said} {_signs(signs, words)}" if signs else said


def advice_within(material: VisitMaterial, first: date) -> list[AdviceLine]:
    """Give the advice of the period that begins on `first`."""
    return [line for line in material.advice if first <= line.local_date <= material.today]


def _course(material: VisitMaterial, stretch: Sequence[Day], words: Words) -> dict[str, Any] | None:
    if not any(day.state is not DayState.UNANSWERED for day in stretch):
        return None
    shown = stretch[-PERIOD_DAYS:]
    visits = [material.last_visit] if material.last_visit else []
    return {
        "states": [day.state.value for day in shown],
        "back": [day.back_pain for day in shown],
        "head": [day.headache for day in shown],
        "ticks": [
            {"at": place, "word": day_month_short(words, day.date)}
            for place, day in enumerate(shown)
            if place % 14 == 0 and place < len(shown) - 6
        ],
        "visits": [place for place, day in enumerate(shown) if day.date in visits],
        "alt": trend_caption(material.days, material.today, words, visits),
    }


def _medicine_rows(material: VisitMaterial, month: MedicineDays, words: Words) -> list[dict[str, Any]]:
    """Give the days of each kind in the last 30 and in the 30 before, against its line."""
    earlier = medicine_days(material.days, material.today - timedelta(days=WINDOW))
    return [
        {
            "name": words.text(f"weekly.medicine_line.{line}"),
            "now": str(month.by_line[line]),
            "before": str(earlier.by_line[line]) if earlier.answered else "–",
            "line": str(LINES[line]),
            "reached": month.reached(line),
        }
        for line in MedicineLine
        if (month.by_line[line] or earlier.by_line[line])
        and (line is not MedicineLine.MIXED or max(month.kinds, earlier.kinds) > 1)
    ]


def _function(material: VisitMaterial, counts: Figures, words: Words) -> list[str]:
    lines = []
    if counts.hard.answered:
        lines.append(words.text("visit.function.hard", hard=counts.hard.days, days=counts.hard.answered))
    if material.impact:
        form = "impact" if material.impact.previous is None else "impact_previous"
        score, previous = f"{material.impact.score:.1f}", f"{material.impact.previous or 0:.1f}"
        lines.append(words.text(f"visit.function.{form}", score=score, previous=previous))
    if counts.sleep:
        lines.append(words.text("visit.function.sleep", nights=nights_text(counts.sleep, words)))
    if material.profile.tracks is Tracks.BOTH and counts.both.answered:
        lines.append(words.text("visit.function.both", both=counts.both.days, days=counts.both.answered))
    return lines or [words.text("visit.function.none")]


def _warnings(material: VisitMaterial, stretch: Sequence[Day], words: Words) -> list[str]:
    """Give the days with warning signs or with advice above self-care, the most urgent first."""
    advised: dict[date, AdviceLine] = {}
    for line in advice_within(material, stretch[0].date):
        known = advised.get(line.local_date)
        if line.level > Level.SELF_CARE and (known is None or line.level > known.level):
            advised[line.local_date] = line
    signs = {day.date: day.flags for day in stretch if day.flags}

    def urgency(on: date) -> tuple[int, date]:
        return (int(advised[on].level) if on in advised else 0, on)

    dates = sorted({*advised, *signs}, key=urgency, reverse=True)
    lines = [_warning(on, signs.get(on, frozenset()), advised.get(on), words) for on in dates]
    if len(lines) > MOST_WARNINGS:
        more = words.text("visit.page.warnings_more", count=len(lines) - MOST_WARNINGS)
        return [*lines[:MOST_WARNINGS], more]
    return lines


def _signs(flags: Collection[str], words: Words) -> str:
    said = [
        words.text(f"flags.{flag}") if f"flags.{flag}" in words else flag.replace("_", " ")
        for flag in sorted(flags)
    ]
    return words.text("visit.warning.signs", signs=words.text("weekly.more.join").join(said))


def _warning(on: date, flags: frozenset[str], advice: AdviceLine | None, words: Words) -> str:
    parts = [_signs(flags, words)] if flags else []
    if advice:
        level = words.text(f"visit.level.{advice.level.label}")
        parts.append(words.text("visit.warning.advice", level=level, text=on_one_line(advice.text, 200)))
    return words.text("visit.warning.line", date=day_month_short(words, on), parts=" ".join(parts))


def _together(material: VisitMaterial, words: Words) -> list[str]:
    """Give the verdict with its figures, for the clinician: the patient reads it in other words elsewhere."""
    if material.profile.tracks is not Tracks.BOTH:
        return [words.text("visit.together.one")]
    look = material.found.look
    if look is None:
        return [connection_short(material.found, words)]
    return [connection_for_clinician(words, look.seen, look.told), *factor_lines(material.found, words)[:3]]


def _changes(material: VisitMaterial, words: Words) -> Iterator[str]:
    """Give what the patient says changed, and the figures before and after; no word says better or worse."""
    visit = material.last_visit
    if visit is None or visit > material.today:
        return
    if material.changed:
        yield words.text("visit.changes.told", text=on_one_line(material.changed, 200))
    before = window(material.days, visit - timedelta(days=1), BEFORE_AND_AFTER)
    yield words.text(
        "visit.changes.before", date=day_month(words, visit), figures=_compared(figures(before), words)
    )
    length = min((material.today - visit).days, BEFORE_AND_AFTER)
    if length > 0:
        since = figures(window(material.days, visit + timedelta(days=length), length))
        form = "since" if length == BEFORE_AND_AFTER else "since_short"
        yield words.text(f"visit.changes.{form}", days=length, figures=_compared(since, words))


def _compared(counts: Figures, words: Words) -> str:
    enough = counts.back.mean is not None and counts.back.answered >= FEWEST_FOR_A_MEAN
    return words.text(
        "visit.changes.figures",
        back=words.text(
            "visit.changes.mean" if enough else "visit.changes.few",
            mean=f"{counts.back.mean or 0:.1f}",
            days=counts.back.answered,
        ),
        headaches=counts.headaches.days,
        days=counts.headaches.answered,
        taken=counts.medicine.days,
        taken_days=counts.medicine.answered,
    )


def _more_questions(material: VisitMaterial, words: Words) -> str | None:
    more = len(material.questions) - MOST_QUESTIONS
    return words.text("visit.page.questions_more", count=more) if more > 0 else None


def _complete(counts: Figures, words: Words) -> str:
    return words.text(
        "visit.complete.line",
        answered=counts.answered.days,
        days=counts.answered.answered,
        skipped=counts.skipped,
        unanswered=counts.answered.answered - counts.answered.days - counts.skipped,
        recalled=counts.recalled,
    )


def _day_pages(material: VisitMaterial, stretch: Sequence[Day], words: Words) -> dict[str, Any]:
    heads = [words.text(f"visit.day.{name}") for name in ("date", "back", "head", "notes")]
    rows = [_day_row(day, words) for day in reversed(stretch)] if material.with_days else []
    return {"days": rows, "day_heads": heads, "day_columns": 2 if len(rows) > WINDOW else 1}


def _day_row(day: Day, words: Words) -> list[str]:
    on = day_month_short(words, day.date)
    if day.state in {DayState.UNANSWERED, DayState.SKIPPED}:
        return [on, "", "", words.text(f"visit.day.{day.state.value}")]
    notes = [words.text("weekly.more.migraine")] if day.migraine_like else []
    notes.extend(words.text(f"weekly.medicine_name.{medicine}") for medicine in sorted(day.medicines or ()))
    if day.sleep:
        notes.append(words.text(f"weekly.more.slept_{day.sleep}"))
    if day.recalled:
        notes.append(words.text("weekly.more.recalled"))
    scores = ["" if score is None else str(score) for score in (day.back_pain, day.headache)]
    return [on, *scores, words.text("weekly.more.join").join(notes)]


def on_one_line(text: str, limit: int) -> str:
    """Give `text` on one line, cut at a word where it is longer than `limit` characters."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    return (cut.rsplit(maxsplit=1)[0] if " " in cut else cut) + "…"
