import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clinical.answers import MedicineClass
from bot.diary.days import day_of
from bot.reports.imports import BrokenFileError, is_export, medicine_classes, read_export, read_outside_diary
from bot.reports.preview import new_check_ins, preview, problems_text
from bot.words import load_words
from tests.reports.diaries import NOW, TODAY

WORDS = load_words()


def read(text):
    return read_outside_diary(text.encode(), NOW, TODAY)


def days(text):
    return [day_of(checkin) for checkin in read(text).check_ins]


def problems(text):
    with pytest.raises(BrokenFileError) as broken:
        read(text)
    return [(problem.line, problem.key) for problem in broken.value.problems]


def test_a_plain_table_becomes_days():
    first, second = days("date,headache,back pain,medicine\n2026-11-02,0,4,ibuprofen\n2026-11-01,7,,none\n")
    assert (first.date, first.headache, first.back_pain, first.medicines) == (
        date(2026, 11, 1),
        7,
        None,
        frozenset(),
    )
    assert (second.headache, second.back_pain) == (0, 4)
    assert second.medicines == frozenset({MedicineClass.NSAID})
    assert not first.recalled


@pytest.mark.parametrize(
    "head",
    ["Date,Headache,Back pain", "DAY;Head pain;Lower back", "datum\tKopfschmerzen\tRückenschmerz",
     "\ufeffEntry date,Migraine severity,back_pain", "Log Date,headache (0-10),Back Pain (0-10)"],
)  # fmt: skip
def test_names_of_columns_may_differ(head):
    delimiter = next(mark for mark in ",;\t" if mark in head)
    (day,) = days(head + "\n" + delimiter.join(["2026-11-02", "3", "5"]))
    assert (day.headache, day.back_pain) == (3, 5)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["2026-11-02", "2026/11/03 21:14"], [date(2026, 11, 2), date(2026, 11, 3)]),
        (["02.11.2026", "13.11.2026"], [date(2026, 11, 2), date(2026, 11, 13)]),
        (["11/02/26", "11/13/26"], [date(2026, 11, 2), date(2026, 11, 13)]),
    ],
)
def test_dates_are_read_as_the_file_writes_them(dates, expected):
    assert [day.date for day in days("date,headache\n" + "".join(f"{on},1\n" for on in dates))] == expected


def test_dates_that_can_be_read_two_ways_are_not_guessed():
    assert problems("date,headache\n02/11/2026,1\n03/11/2026,1\n") == [(2, "date_unclear")]


@pytest.mark.parametrize(
    ("cell", "score"), [("5", 5), ("5.0", 5), ("4,5", 5), ("7/10", 7), ("", None), ("n/a", None)]
)
def test_scores_are_read_kindly(cell, score):
    (day,) = days(f'date,headache,back\n2026-11-02,"{cell}",1\n')
    assert day.headache == score


def test_rounded_scores_and_unknown_medicines_are_told():
    found = read("date,headache,medicine\n2026-11-02,4.5,weirdol\n2026-11-03,4,weirdol + sumatriptan 50 mg\n")
    assert found.rounded == 1
    assert found.unknown_medicines == ("weirdol",)
    first, second = (day_of(checkin) for checkin in found.check_ins)
    assert (first.medicines, first.note) == (None, "weirdol")
    assert second.medicines == frozenset({MedicineClass.TRIPTAN})
    told = preview(found, WORDS)
    assert "weirdol" in told
    assert "Scores rounded to whole numbers: 1." in told


@pytest.mark.parametrize(
    ("cell", "classes"),
    [
        ("Tylenol", {MedicineClass.PARACETAMOL}),
        ("ibuprofen 400mg and co-codamol", {MedicineClass.NSAID, MedicineClass.OPIOID_OR_COMBINATION}),
        ("nsaid + triptan", {MedicineClass.NSAID, MedicineClass.TRIPTAN}),
        ("opioid_or_combination", {MedicineClass.OPIOID_OR_COMBINATION}),
        ("None", set()),
        ("", None),
    ],
)
def test_medicines_are_known_by_class(cell, classes):
    found, unknown = medicine_classes(cell)
    assert found == (None if classes is None else frozenset(classes))
    assert unknown == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(0, "empty")]),
        ("mood,score\n1,2\n", [(1, "no_date")]),
        ("date,mood\n2026-11-02,2\n", [(1, "no_pain")]),
        ("date,head,headache\n2026-11-02,2,3\n", [(1, "twice")]),
        (
            "date,head\n2026-11-02,11\n2026-11-03,x\n2026-11-04,-1\n",
            [(2, "score"), (3, "score"), (4, "score")],
        ),
        ("date,head\nyesterday,1\n2026-02-30,1\n", [(2, "date"), (3, "date")]),
        ("date,head\n2026-11-02,1\n\n2026-11-02,2\n", [(4, "date_twice")]),
        ("date,head\n2026-11-23,1\n", [(2, "date_future")]),
        ("date,head\n2026-11-02,1,5,6\n", [(2, "cells")]),
        ('date,head\n2026-11-02,"1\n', [(2, "quotes")]),
    ],
)
def test_broken_lines_are_named_and_nothing_is_imported(text, expected):
    assert problems(text) == expected


def test_a_broken_file_is_explained_line_by_line():
    rows = "".join(f"2026-10-{day:02},99\n" for day in range(1, 15))
    with pytest.raises(BrokenFileError) as broken:
        read("date,back pain\n" + rows)
    told = problems_text(broken.value.problems, WORDS)
    assert "14 lines need a fix" in told
    assert "Line 2: back pain must be a number from 0 to 10" in told
    assert "And 4 more." in told


def test_days_that_are_there_already_stay_as_they_are():
    found = read("date,headache\n2026-11-02,1\n2026-11-03,2\n")
    known = frozenset({date(2026, 11, 2)})
    assert [checkin.local_date for checkin in new_check_ins(found.check_ins, known)] == [date(2026, 11, 3)]
    assert "Days you have here: 1." in preview(found, WORDS, known)


@pytest.mark.parametrize(
    ("content", "line", "key"),
    [
        (b"\xff\xfe", 1, "not_text"),
        (b'{"format": "backtrack-diary",\n "version": }', 2, "json"),
        (b'{"format": "else"}', 0, "other_json"),
        (b"[1]", 0, "other_json"),
        (b'{"format": "backtrack-diary", "version": 2}', 0, "version"),
        (b'{"format": "backtrack-diary", "version": 1}', 0, "field"),
        (b"[" * 100_000, 0, "json"),
    ],
)
def test_a_broken_export_is_refused_as_a_whole(content, line, key):
    with pytest.raises(BrokenFileError) as broken:
        read_export(content)
    assert (broken.value.problems[0].line, broken.value.problems[0].key) == (line, key)
    assert problems_text(broken.value.problems, WORDS)


def test_json_is_told_from_a_table():
    assert is_export(b'\xef\xbb\xbf {"format": 1}')
    assert not is_export(b"date,headache")


@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("date,head;\n\"0123456789/-.'\t=x "), max_size=120))
def test_any_table_is_read_or_refused(text):
    assert told(f"date,head\n{text}")


def told(text):
    """Give what the patient reads: the preview, or what is wrong."""
    try:
        return preview(read(text), WORDS)
    except BrokenFileError as broken:
        return problems_text(broken.problems, WORDS)


def test_the_command_shows_a_preview_and_refuses_a_broken_file(tmp_path):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("date,headache\n2020-11-02,1\n", encoding="utf-8")
    bad.write_text("date,headache\n2020-11-02,12\n", encoding="utf-8")
    shown, refused = (
        subprocess.run(
            [sys.executable, "-m", "bot", "import", str(file)], capture_output=True, text=True, check=False
        )
        for file in (good, bad)
    )
    assert (shown.returncode, refused.returncode) == (0, 1)
    assert "I found 1 day: 2 November 2020." in shown.stdout
    assert "Line 2: headache must be a number from 0 to 10" in refused.stderr
