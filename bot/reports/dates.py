"""How a date reads in the patient's language."""

from datetime import date

from bot.words import Words


def day_month(words: Words, local_date: date) -> str:
    """Give a date as `22 November`."""
    return words.text(
        "dates.form.day", day=local_date.day, month=words.text(f"dates.month.{local_date.month}")
    )


def day_month_short(words: Words, local_date: date) -> str:
    """Give a date as `22 Nov`."""
    return words.text(
        "dates.form.day", day=local_date.day, month=words.text(f"dates.month_short.{local_date.month}")
    )


def day_month_year(words: Words, local_date: date) -> str:
    """Give a date as `22 November 2026`."""
    return words.text(
        "dates.form.day_year",
        day=local_date.day,
        month=words.text(f"dates.month.{local_date.month}"),
        year=local_date.year,
    )


def weekday(words: Words, local_date: date) -> str:
    """Give the day's name, such as `Sunday`."""
    return words.text(f"dates.weekday.{local_date.weekday()}")


def weekday_short(words: Words, local_date: date) -> str:
    """Give the day's name in three letters or so."""
    return words.text(f"dates.weekday_short.{local_date.weekday()}")


def weekday_day(words: Words, local_date: date) -> str:
    """Give a date as `Mon 16 Nov`."""
    return f"{weekday_short(words, local_date)} {day_month_short(words, local_date)}"


def span(words: Words, first: date, last: date, *, short: bool = False) -> str:
    """Give two dates as `16 to 22 November`, the months named once where they are the same."""
    table = "dates.month_short" if short else "dates.month"
    if (first.year, first.month) == (last.year, last.month):
        month = words.text(f"{table}.{last.month}")
        return words.text("dates.form.within_month", first=first.day, last=last.day, month=month)
    return words.text(
        "dates.form.across_months",
        first=first.day,
        first_month=words.text(f"{table}.{first.month}"),
        last=last.day,
        last_month=words.text(f"{table}.{last.month}"),
    )
