"""What an import would bring, said before anything is written; and what is wrong with a file, line by line."""

from collections.abc import Iterator, Sequence
from datetime import date

from bot.clinical.answers import CheckIn
from bot.diary.days import day_of
from bot.diary.ledger import back_pain_days, headache_days
from bot.reports.dates import day_month_year
from bot.reports.imports import OutsideDiary, Problem
from bot.words import Words

SHOWN_PROBLEMS = 10
SHOWN_NAMES = 8


def preview(diary: OutsideDiary, words: Words, known: frozenset[date] = frozenset()) -> str:
    """Say what was found; `known` are the dates that the patient's diary has, which stay as they are."""
    return "\n".join(_preview_lines(diary, words, known))


def new_check_ins(check_ins: Sequence[CheckIn], known: frozenset[date]) -> tuple[CheckIn, ...]:
    """Give the days that would be added: an import never changes a day that is there."""
    return tuple(checkin for checkin in check_ins if checkin.local_date not in known)


def _preview_lines(diary: OutsideDiary, words: Words, known: frozenset[date]) -> Iterator[str]:
    check_ins = diary.check_ins
    if not check_ins:
        yield words.text("export.import.found_none")
        return
    first, last = (day_month_year(words, checkin.local_date) for checkin in (check_ins[0], check_ins[-1]))
    form = "found_one" if len(check_ins) == 1 else "found"
    yield words.text(f"export.import.{form}", days=len(check_ins), first=first, last=last)
    days = [day_of(checkin) for checkin in check_ins]
    yield words.text("export.import.back", days=back_pain_days(days).days)
    yield words.text("export.import.head", days=headache_days(days).days)
    yield words.text("export.import.medicine", days=sum(bool(day.medicines) for day in days))
    if diary.rounded:
        yield words.text("export.import.rounded", count=diary.rounded)
    if diary.unknown_medicines:
        names = ", ".join(diary.unknown_medicines[:SHOWN_NAMES])
        yield words.text("export.import.unknown_medicine", names=names)
    already = len(check_ins) - len(new_check_ins(check_ins, known))
    if already:
        yield words.text("export.import.already", days=already)
    yield words.text("export.import.nothing_yet")


def problems_text(problems: Sequence[Problem], words: Words) -> str:
    """Say what is wrong, line by line, the first ten."""
    form = "broken_one" if len(problems) == 1 else "broken"
    lines = [words.text(f"export.import.{form}", count=len(problems))]
    lines.extend(_problem_line(problem, words) for problem in problems[:SHOWN_PROBLEMS])
    if len(problems) > SHOWN_PROBLEMS:
        lines.append(words.text("export.import.more", count=len(problems) - SHOWN_PROBLEMS))
    return "\n".join(lines)


def _problem_line(problem: Problem, words: Words) -> str:
    said = words.text(f"export.problem.{problem.key}", **problem.values)
    return words.text("export.import.line", number=problem.line, problem=said) if problem.line else said
