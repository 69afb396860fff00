from datetime import date, timedelta

import pytest

from bot.clinical.answers import MedicineClass
from bot.diary.ledger import Day
from bot.diary.medicines import LINES, MedicineLine, medicine_days

END = date(2026, 3, 31)


def taken(*classes, ago):
    return [Day(END - timedelta(days=days), medicines=frozenset(classes)) for days in ago]


@pytest.mark.parametrize(
    ("line", "kind", "limit"),
    [
        (MedicineLine.SIMPLE, MedicineClass.PARACETAMOL, 15),
        (MedicineLine.SIMPLE, MedicineClass.NSAID, 15),
        (MedicineLine.TRIPTAN, MedicineClass.TRIPTAN, 10),
        (MedicineLine.OPIOID_OR_COMBINATION, MedicineClass.OPIOID_OR_COMBINATION, 10),
    ],
)
def test_each_line_is_reached_on_its_day(line, kind, limit):
    assert LINES[line] == limit
    assert not medicine_days(taken(kind, ago=range(limit - 1)), END).reached(line)
    assert medicine_days(taken(kind, ago=range(limit)), END).reached(line)


def test_two_simple_kinds_on_one_day_are_one_day():
    days = taken(MedicineClass.PARACETAMOL, MedicineClass.NSAID, ago=range(8))
    counted = medicine_days(days, END)
    assert counted.by_line[MedicineLine.SIMPLE] == counted.any == 8
    assert counted.by_class[MedicineClass.NSAID] == 8


def test_mixed_counts_days_with_any_and_needs_two_kinds():
    simple = taken(MedicineClass.NSAID, ago=range(0, 24, 2))
    assert not medicine_days(simple, END).reached(MedicineLine.MIXED)
    both = [*simple[:6], *taken(MedicineClass.TRIPTAN, ago=range(1, 9, 2))]
    assert medicine_days(both, END).by_line[MedicineLine.MIXED] == 10
    assert medicine_days(both, END).reached(MedicineLine.MIXED)
    assert not medicine_days(both[1:], END).reached(MedicineLine.MIXED)


def test_the_window_is_thirty_days_with_the_last():
    assert medicine_days(taken(MedicineClass.TRIPTAN, ago=[0, 29, 30, -1]), END).any == 2


def test_unanswered_days_are_no_days_without():
    days = [*taken(ago=[0, 1]), Day(END - timedelta(days=2)), *taken(MedicineClass.NSAID, ago=[3])]
    counted = medicine_days(days, END)
    assert (counted.answered, counted.any) == (3, 1)


def test_runs_of_days():
    counted = medicine_days(taken(MedicineClass.NSAID, ago=[0, 1, 2, 5, 6, 7, 8, 20]), END)
    assert (counted.longest_run, counted.run) == (4, 3)
    assert medicine_days(taken(MedicineClass.NSAID, ago=[1, 2]), END).run == 0
    assert medicine_days([], END).longest_run == 0
