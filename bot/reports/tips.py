"""One tip a week that fits what was logged: a sentence, and the FAQ entry that says more."""

from collections.abc import Iterator, Sequence
from datetime import date

from bot.clinical.answers import Sleep
from bot.diary.ledger import Day, window
from bot.diary.medicines import medicine_days
from bot.reports.figures import WEEK, Figures, figures
from bot.reports.material import Tip
from bot.words import Words

_BAD_NIGHTS = 3
_MEDICINE_DAYS = 8
"""Two days a week are a common limit for pain medicine (CKS-MOH): in 30 days that is about 8."""
_HEADACHE_DAYS = 2
_HARD_DAYS = 2


def tip_for(days: Sequence[Day], today: date, words: Words) -> Tip | None:
    """Choose among the tips that fit, another one each week; `None` where too little was logged."""
    week = figures(window(days, today, WEEK))
    if not week.enough:
        return None
    fitting = list(_fitting(days, today, week))
    entry = fitting[today.isocalendar().week % len(fitting)]
    return Tip(words.text(f"tips.{entry}"), entry)


def _fitting(days: Sequence[Day], today: date, week: Figures) -> Iterator[str]:
    if week.sleep.get(Sleep.BADLY, 0) >= _BAD_NIGHTS:
        yield "sleep-and-pain"
    if medicine_days(days, today).any >= _MEDICINE_DAYS:
        yield "can-painkillers-cause-headaches"
    if week.headaches.days >= _HEADACHE_DAYS:
        yield from ("can-headaches-be-prevented", "stress-and-headache")
    if week.hard.days >= _HARD_DAYS:
        yield "what-can-i-do-for-back-pain"
    if week.back_days.days:
        yield from ("rest-or-stay-active", "ice-or-heat-for-back")
    yield "what-to-bring-to-appointment"
