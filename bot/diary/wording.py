"""Verdicts in a patient's words: counts of days, and what they do not mean. Never a percent, a p or a correlation."""

from collections.abc import Sequence
from datetime import date

from bot.diary.connection import Connection, Look, Table, Verdict
from bot.diary.factors import FactorSign, FactorVerdict
from bot.diary.surprise import FEWEST_DAYS, FEWEST_UNUSUAL_DAYS
from bot.diary.week import TrendVerdict, Week
from bot.words import Words

FEWEST_FOR_TENTHS = 10
"""Days that both groups need before "out of 10" is said; below that the raw counts are (section 7)."""


def connection_text(
    words: Words, seen: Connection, told: Verdict | None = None, next_look: date | None = None
) -> str:
    """Say what one look shows. `told` is the verdict where the policy of looks holds back what was seen."""
    verdict = told or seen.verdict
    if verdict is Verdict.NOT_ENOUGH_DATA or seen.table is None:
        return not_enough_text(words, seen)
    bad, other = _counts(words, seen, verdict)
    key = verdict.value
    if verdict is Verdict.CANNOT_TELL_YET and seen.table.gap <= 0.0:
        key = "cannot_tell_yet_even"
    parts = [words.text(f"insights.connection.verdict.{key}", bad=bad, other=other)]
    if verdict.is_sign and not _counts_agree(seen):
        parts.append(words.text("insights.connection.verdict.unlike_counts"))
    if seen.shift_date is not None:
        parts.append(words.text("insights.connection.verdict.shift", on=_day_month(words, seen.shift_date)))
    if seen.spell is not None:
        first, last = (_day_month(words, on) for on in seen.spell)
        parts.append(words.text("insights.connection.verdict.spell", first=first, last=last))
    if next_look is not None and verdict is Verdict.CANNOT_TELL_YET:
        parts.append(words.text("insights.connection.verdict.next_look", on=_day_month(words, next_look)))
    return " ".join(parts)


def look_text(words: Words, look: Look) -> str:
    """Say what is told from one look until the next; the words change only when the verdict does."""
    return connection_text(words, look.seen, look.told, look.next_on)


def not_enough_text(words: Words, seen: Connection) -> str:
    """Say what is missing before there can be an answer, and how many days are still to go."""
    days, unusual = _days(words, seen.n_days), FEWEST_UNUSUAL_DAYS
    if seen.n_days < FEWEST_DAYS:
        return words.text(
            "insights.connection.not_enough.days",
            days=days,
            needed=FEWEST_DAYS,
            to_go=seen.days_to_go,
            unusual=unusual,
        )
    if seen.headache_varies:
        missing = "weekdays" if seen.back_pain_varies else "back_pain"
    else:
        missing = "headaches" if seen.headache_days < FEWEST_UNUSUAL_DAYS else "headache_free"
    return words.text(
        f"insights.connection.not_enough.{missing}",
        days=seen.n_days,
        headaches=seen.headache_days,
        unusual=unusual,
    )


def connection_for_clinician(words: Words, seen: Connection, told: Verdict | None = None) -> str:
    """Give a look's counts and figures, with the likely range of the gap in points of a hundred.

    `told` is the verdict where the policy of looks holds back what was seen.
    """
    if seen.p_sharper is None or seen.r is None or seen.table is None or seen.interval is None:
        kind = "not_enough" if seen.n_days < FEWEST_DAYS else "no_change"
        return words.text(f"insights.clinician.{kind}", days=_days(words, seen.n_days))
    verdict = told or seen.verdict
    low, high = seen.interval
    said = [
        words.text(
            "insights.clinician.connection",
            verdict=words.text(f"insights.clinician.verdict.{verdict}"),
            p=f"{seen.p_sharper:.3f}" if seen.p_sharper >= 0.001 else "< 0.001",  # noqa: PLR2004 - three decimals
            r=f"{round(seen.r, 2) + 0.0:.2f}",
            n=seen.n_days,
            cut=_score(seen.table.cut),
            bad_hits=seen.table.bad_with_headache,
            bad=seen.table.bad,
            other_hits=seen.table.other_with_headache,
            other=seen.table.other,
            gap=round(100 * seen.table.gap),
            low=round(100 * low),
            high=round(100 * high),
        )
    ]
    notes = {
        "held_back": seen.verdict.is_sign and not verdict.is_sign,
        "guarded": seen.shift_date is not None or seen.spell is not None,
        "together": verdict.is_sign,
        "small": verdict is Verdict.NO_SIGN,
    }
    said.extend(words.text(f"insights.clinician.{note}") for note, applies in notes.items() if applies)
    return " ".join(said)


def factors_text(words: Words, signs: Sequence[FactorSign]) -> str:
    """List what goes with better or worse days, the surest first."""
    if not signs:
        return words.text("insights.factors.none")
    return "\n".join([*(factor_line(words, sign) for sign in signs), words.text("insights.factors.meaning")])


def factor_line(words: Words, sign: FactorSign) -> str:
    """Say of one factor which pain it goes with, on the same or on the next day."""
    name_key = f"insights.factors.name.{sign.name}"
    key = ("worse" if sign.worse_when_high else "better") + ("_yes" if sign.yes_no else "_level")
    line = words.text(
        f"insights.factors.{'next_day' if sign.lag else 'same_day'}.{key}",
        name=words.text(name_key) if name_key in words else sign.name.replace("_", " "),
        pain=words.text(f"insights.pain.{sign.outcome}"),
    )
    strength = "strong" if sign.verdict is FactorVerdict.STRONG_SIGN else "some"
    return words.text(f"insights.factors.{strength}", sign=line)


def week_text(words: Words, week: Week, pain: str) -> str:
    """Say how one week of `pain` (`back_pain` or `headache`) compares with the four before it."""
    kind = week.verdict.value
    if week.mean is None:
        kind = "unknown"
    elif week.usual is None:
        kind = "first"
    elif week.verdict is TrendVerdict.NOT_ENOUGH_DATA:
        kind = "numbers"
    parts = [
        words.text(
            f"insights.trend.{pain}.{kind}",
            mean="" if week.mean is None else f"{week.mean:.1f}",
            usual="" if week.usual is None else f"{week.usual:.1f}",
        )
    ]
    if week.verdict is TrendVerdict.WORSE and week.felt:
        parts.append(words.text("insights.trend.felt"))
    if week.worsening:
        parts.append(words.text(f"insights.trend.worsening.{pain}"))
    return " ".join(parts)


def _counts(words: Words, seen: Connection, verdict: Verdict) -> tuple[str, str]:
    table = seen.table
    if table is None:
        return "", ""
    cut = _score(table.cut)
    if seen.headache_free_days < FEWEST_UNUSUAL_DAYS:
        return (
            words.text("insights.counts.bad_mean", cut=cut, mean=f"{table.bad_mean:.1f}"),
            words.text("insights.counts.other_mean", mean=f"{table.other_mean:.1f}"),
        )
    tenths = round(10 * table.bad_with_headache / max(1, table.bad))
    other_tenths = round(10 * table.other_with_headache / max(1, table.other))
    few = min(table.bad, table.other) < FEWEST_FOR_TENTHS
    if few or verdict is Verdict.CANNOT_TELL_YET or (verdict.is_sign and tenths == other_tenths):
        return (
            words.text("insights.counts.bad_days", cut=cut, hits=table.bad_with_headache, days=table.bad),
            words.text("insights.counts.other_days", hits=table.other_with_headache, days=table.other),
        )
    same = "other_tenths_same" if tenths == other_tenths else "other_tenths"
    return (
        words.text("insights.counts.bad_tenths", cut=cut, rate=_rate(words, tenths, table.bad_with_headache)),
        words.text(f"insights.counts.{same}", rate=_rate(words, other_tenths, table.other_with_headache)),
    )


def _counts_agree(seen: Connection) -> bool:
    """Tell whether the counts shown lean the way of the verdict."""
    table: Table | None = seen.table
    if table is None:
        return False
    if seen.headache_free_days < FEWEST_UNUSUAL_DAYS:
        return table.bad_mean > table.other_mean
    return table.gap > 0.0


def _rate(words: Words, tenths: int, hits: int) -> str:
    if tenths == 0:
        return words.text("insights.rate.seldom" if hits else "insights.rate.never")
    return words.text("insights.rate.once" if tenths == 1 else "insights.rate.times", times=tenths)


def _days(words: Words, count: int) -> str:
    return words.text("insights.days.one" if count == 1 else "insights.days.many", count=count)


def _day_month(words: Words, on: date) -> str:
    return words.text("dates.form.day", day=on.day, month=words.text(f"dates.month.{on.month}"))


def _score(value: float) -> str:
    return f"{value:g}"
