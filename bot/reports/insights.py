"""What the diary shows, asked once for every report: the latest look, what goes with the pains, this week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.diary.connection import Connection, Look, Verdict, connection, latest_look
from bot.diary.factors import FactorSign, factor_signs
from bot.diary.series import Series
from bot.diary.week import TrendVerdict, Week, latest_week
from bot.diary.wording import factor_line, look_text, not_enough_text, week_text
from bot.reports.dates import day_month
from bot.words import Words

WEEKS_LOOK_BACK = 2 * 364
"""Days that tell a patient's usual ups and downs: two years, so that ten years of diary are no slower."""


@dataclass(frozen=True, slots=True)
class Insights:
    """What may be claimed of a diary on one day. Nothing in it is known from fewer days than its rule asks for."""

    look: Look | None = None
    so_far: Connection | None = None
    """What the days up to now show, where the look found too few: its counts are weeks old."""
    factors: tuple[FactorSign, ...] = ()
    back_week: Week | None = None
    head_week: Week | None = None


def insights(diary: Series, today: date, suspects: Sequence[str] = (), known: Look | None = None) -> Insights:
    """Ask every question of `bot.diary` that a report needs; days after `today` are left out.

    `known` is a look that was taken already.
    """
    diary = diary.part(0, max(0, (today - diary.first).days + 1))
    if not len(diary):
        return Insights()
    recent = diary.part(max(0, len(diary) - WEEKS_LOOK_BACK), len(diary))
    look = latest_look(diary, today, known)
    told = look is not None and look.told is not Verdict.NOT_ENOUGH_DATA
    return Insights(
        look=look,
        so_far=None if told else connection(diary.current()),
        factors=factor_signs(diary, suspects),
        back_week=latest_week(recent, recent.back_pain, today),
        head_week=latest_week(recent, recent.headache, today),
    )


def real_changes(found: Insights, words: Words) -> list[str]:
    """Word the changes that the rules call real, and slow worsening; nothing where the week is as usual."""
    pairs = ((found.back_week, "back_pain"), (found.head_week, "headache"))
    return [
        week_text(words, week, pain)
        for week, pain in pairs
        if week is not None and (week.verdict in {TrendVerdict.BETTER, TrendVerdict.WORSE} or week.worsening)
    ]


def week_numbers(found: Insights, words: Words) -> list[str]:
    """Word every comparison with the weeks before, also where it shows no change."""
    pairs = ((found.back_week, "back_pain"), (found.head_week, "headache"))
    return [week_text(words, week, pain) for week, pain in pairs if week is not None]


def connection_short(found: Insights, words: Words) -> str:
    """Say in one sentence whether the two pains go together."""
    told = Verdict.NOT_ENOUGH_DATA if found.look is None else found.look.told
    if told is not Verdict.NOT_ENOUGH_DATA or found.so_far is None or found.so_far.days_to_go:
        return words.text(f"insights.connection.short.{told}")
    if found.look is not None and _is_to_come(found.so_far):
        return words.text("insights.connection.short.look_to_come", on=day_month(words, found.look.next_on))
    return words.text("insights.connection.short.not_comparable")


def connection_long(found: Insights, words: Words) -> str | None:
    """Say it with counts, and what it does not mean; `None` before the first look."""
    if found.look is None:
        return None
    if found.so_far is None:
        return look_text(words, found.look)
    if _is_to_come(found.so_far):
        on = day_month(words, found.look.next_on)
        return words.text("insights.connection.not_enough.look_to_come", on=on)
    return not_enough_text(words, found.so_far)


def _is_to_come(so_far: Connection) -> bool:
    """Tell whether the days are enough by now, and only the next look is waited for."""
    return so_far.verdict is not Verdict.NOT_ENOUGH_DATA


def factor_lines(found: Insights, words: Words) -> list[str]:
    """Word what goes with better or worse days, the surest first."""
    return [factor_line(words, sign) for sign in found.factors]
