"""A look as it is kept until the next, with the days it stood on: they need not be read and judged again before.

Nothing is known from it that those days would not say. Who changes one of them drops it; who changes what a look sees, or
what is kept of it, deletes all of them in a migration (`DELETE FROM looks`): they are made again.
"""

import math
from collections.abc import Mapping
from datetime import date
from typing import TypeAlias

import numpy as np

from bot.clinical.answers import Document
from bot.diary.connection import Connection, Look, Table, Verdict, look_on
from bot.diary.series import Numbers, Series

_Scores: TypeAlias = tuple[float | None, ...]


class KeptLook(Document):
    """What a patient was told on a day, and the days before it one after the other, from `first` on.

    The figures for a clinician are not in it.
    """

    on: date
    told: Verdict
    verdict: Verdict
    n_days: int
    headache_days: int
    back_pain_varies: bool
    headache_varies: bool
    table: Table | None
    shift_date: date | None
    spell: tuple[date, date] | None
    first: date
    back_pain: _Scores
    headache: _Scores
    recalled: tuple[int, ...]
    """Which of the days were filled in afterwards, counted from 0."""
    factors: Mapping[str, _Scores]

    @property
    def look(self) -> Look:
        """Give the look again."""
        seen = Connection(
            verdict=self.verdict,
            n_days=self.n_days,
            headache_days=self.headache_days,
            back_pain_varies=self.back_pain_varies,
            headache_varies=self.headache_varies,
            table=self.table,
            shift_date=self.shift_date,
            spell=self.spell,
        )
        return look_on(self.on, seen, self.told)

    @property
    def days(self) -> Series:
        """Give the days again."""
        recalled = np.zeros(len(self.back_pain), dtype=np.bool_)
        recalled[list(self.recalled)] = True
        return Series(
            first=self.first,
            back_pain=_row(self.back_pain),
            headache=_row(self.headache),
            recalled=recalled,
            factors={name: _row(scores) for name, scores in self.factors.items()},
        )


def kept(look: Look, diary: Series) -> KeptLook:
    """Give what is kept of a look at `diary`."""
    stood_on = diary.part(0, (look.on - diary.first).days)
    seen = look.seen
    return KeptLook(
        on=look.on,
        told=look.told,
        verdict=seen.verdict,
        n_days=seen.n_days,
        headache_days=seen.headache_days,
        back_pain_varies=seen.back_pain_varies,
        headache_varies=seen.headache_varies,
        table=seen.table,
        shift_date=seen.shift_date,
        spell=seen.spell,
        first=stood_on.first,
        back_pain=_scores(stood_on.back_pain),
        headache=_scores(stood_on.headache),
        recalled=tuple(np.flatnonzero(stood_on.recalled).tolist()),
        factors={name: _scores(row) for name, row in stood_on.factors.items()},
    )


def _row(scores: _Scores) -> Numbers:
    return np.array(scores, dtype=np.float64)


def _scores(row: Numbers) -> _Scores:
    return tuple(None if math.isnan(score) else score for score in row.tolist())
