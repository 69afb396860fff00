"""What the diary shows, asked once for every report: the latest look, what goes with the pains, this week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.diary.connection import Look, latest_look
from bot.diary.factors import FactorSign, factor_signs
from bot.diary.series import Series
from bot.diary.week import TrendVerdict, Week, latest_week
from bot.diary.wording import factor_line, look_text, week_text
from bot.words import Words

WEEKS_LOOK_BACK = 2 * 364
"""Days that tell a patient's usual ups and downs: two years, so that ten years of diary are no slower."""


@dataclass(frozen=True, slots=True)
class Insights:
    """What may be claimed of a diary on one day. Nothing in it is known from fewer days than its rule asks for."""

    look: Look | None = None
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
    return Insights(
        look=latest_look(diary, today, known),
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
    told = "not_enough_data" if found.look is None else found.look.told.value
    if found.look is not None and told == "not_enough_data" and not found.look.seen.days_to_go:
        told = "not_comparable"
    return words.text(f"insights.connection.short.{told}")


def connection_long(found: Insights, words: Words) -> str | None:
    """Say it with counts, and what it does not mean; `None` before the first look."""
    return None if found.look is None else look_text(words, found.look)


def factor_lines(found: Insights, words: Words) -> list[str]:
    """Word what goes with better or worse days, the surest first."""
    return [factor_line(words, sign) for sign in found.factors]
