import io
import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.commands.insights import answer_lines, in_words
from bot.diary.intake import BrokenDiaryError, read_days, read_diary

VECTORS = Path(__file__).parent / "vectors.jsonl"
MONDAY = date(2026, 1, 5)


def run(*arguments, stdin=""):
    return subprocess.run(
        [sys.executable, "-m", "bot", "insights", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def answer(*lines):
    results, problems = io.StringIO(), io.StringIO()
    status = answer_lines([line.encode() for line in lines], results, problems)
    return status, [json.loads(line) for line in results.getvalue().splitlines()], problems.getvalue()


def line(values, **extra):
    days = [{"date": str(MONDAY + timedelta(days=place)), **value} for place, value in enumerate(values)]
    return json.dumps({"id": "x", "days": days, **extra})


def test_many_diaries_give_one_result_a_line():
    done = run("--jsonl", stdin=VECTORS.read_text())
    assert (done.returncode, done.stderr) == (0, "")
    expected = [json.loads(vector) for vector in VECTORS.read_text().splitlines()]
    found = [json.loads(result) for result in done.stdout.splitlines()]
    assert [result["id"] for result in found] == [vector["id"] for vector in expected]
    assert [result["connection"]["verdict"] for result in found] == [
        vector["expected"]["verdict"] for vector in expected
    ]
    assert all(set(result) == {"id", "connection", "trend", "factors"} for result in found)


def test_one_diary_is_told_in_words(tmp_path):
    days = json.loads(VECTORS.read_text().splitlines()[3])["days"]
    as_csv = tmp_path / "diary.csv"
    as_csv.write_text(
        "date,back_pain,headache\n"
        + "".join(f"{day['date']},{day['back_pain'] or ''},{day['headache']}\n" for day in days).replace(
            "None", ""
        )
    )
    as_lines = tmp_path / "diary.jsonl"
    as_lines.write_text("".join(json.dumps(day) + "\n" for day in days))
    told = run(as_csv)
    assert told.returncode == 0
    assert told.stdout.startswith("Strong sign of a link.")
    assert run(as_lines).stdout == told.stdout


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("date,back_pain,headache\n2026-01-05,4,0\n2026-01-06,44,0\n", "line 3: back_pain:"),
        ("date,back_pain\n2026-02-30,4\n", "line 2: date:"),
        ("back_pain,headache\n4,0\n", "line 1: the first line must name the columns"),
        ("date,back_pain\n2026-01-05,4,0,7\n", "line 2: more fields"),
        ("\n\ndate,back_pain\n2026-01-05,x\n", "line 4: back_pain:"),
        ('{"date": "2026-01-05"}\n{"date": \n', "line 2: not valid JSON"),
        ('{"date": "2026-01-05"}\n\n[1]\n', "line 3:"),
        ("", "the file is empty"),
        ("date,back_pain\n0001-01-01,4\n", "line 2: date:"),
    ],
)
def test_a_broken_file_is_named_with_its_line(tmp_path, content, problem):
    file = tmp_path / "broken"
    file.write_text(content)
    with pytest.raises(BrokenDiaryError) as refused:
        read_days(content)
    assert problem in str(refused.value)


def test_bytes_that_are_no_text_are_named_with_their_line(tmp_path):
    file = tmp_path / "latin"
    file.write_bytes(b'{"id": 1, "days": []}\n{"id": "Zo\xeb", "days": []}\n')
    done = run("--jsonl", file)
    assert (done.returncode, done.stderr) == (2, "line 2: not UTF-8 text\n")
    assert len(done.stdout.splitlines()) == 1
    done = run(file)
    assert (done.returncode, done.stderr) == (2, f"{file}: line 2: not UTF-8 text\n")


def test_scores_that_only_the_weekday_decides_are_not_called_unchanging():
    told = in_words(read_diary(line([{"back_pain": d % 7, "headache": d % 3} for d in range(40)])).series)
    assert "change with the day of the week" in told
    assert "same on nearly all" not in told


def test_a_broken_or_missing_file_ends_with_status_two(tmp_path):
    file = tmp_path / "broken.csv"
    file.write_text("date,back_pain\n2026-01-05,11\n")
    for done in (run(file), run(tmp_path / "none.csv"), run()):
        assert done.returncode == 2
        assert done.stdout == ""
        assert len(done.stderr.splitlines()) == 1
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ("{", "line 2: not valid JSON"),
        ("[]", "line 2: must be an object"),
        ('{"id": 1}', "line 2: days: Field required"),
        ('{"id": 1, "days": [{"back_pain": 3}]}', "line 2: day 1, date: Field required"),
        ('{"id": 1, "days": [{"date": "2026-01-05", "headache": -1}]}', "line 2: day 1, headache:"),
        ('{"id": 1, "days": [{"date": "2026-01-05", "headache": NaN}]}', "line 2: day 1, headache:"),
    ],
)
def test_a_broken_line_is_named_and_the_others_answered(broken, problem):
    status, found, problems = answer(line([{"back_pain": 3}]), broken, line([{"back_pain": 3}]))
    assert status == 2
    assert len(found) == 2
    assert problem in problems


def test_weeks_and_days_count_from_the_first_date():
    calm = [{"back_pain": 3 + place % 2, "headache": 0} for place in range(9 * 7)]
    _, (found,), _ = answer(line([{"back_pain": None}, *calm, *[{"back_pain": 9}] * 28]))
    assert found["trend"]["worse_weeks"][0] == 9
    assert found["trend"]["worsening"][0] % 7 == 6
    assert 63 < found["trend"]["worsening"][0] < 64 + 28


def test_numbers_and_yes_or_no_are_factors_and_words_are_not():
    read = read_diary(
        line(
            [{"back_pain": 3, "stress": 4, "alcohol": True, "note": "long day", "big": 1e300, "sleep": None}]
        )
    )
    assert {name: values.tolist() for name, values in read.series.factors.items()} == {
        "stress": [4.0],
        "alcohol": [1.0],
    }
    assert read_days("date,walk,mood\n2026-01-05,yes,fine\n2026-01-06,no,\n").factors["walk"].tolist() == [
        1.0,
        0.0,
    ]


def test_factors_are_told_of_only_where_there_are_some_and_days_enough():
    def told(days, extra):
        lines = [
            json.loads(
                line([{"back_pain": place % 7, "headache": place % 3, **extra} for place in range(days)])
            )
        ]
        return in_words(read_diary(json.dumps(lines[0])).series)

    nothing = "I found nothing else"
    assert nothing in told(40, {"stress": 4})
    assert nothing not in told(40, {})
    assert nothing not in told(20, {"stress": 4})


def test_suspects_come_with_the_diary():
    assert read_diary(line([{"back_pain": 3}], suspects=["stress"])).suspects == ("stress",)


@pytest.mark.parametrize(
    "values",
    [
        [],
        [{"back_pain": 5, "headache": 2}],
        [{"back_pain": 0, "headache": 0}] * 100,
        [{"back_pain": 10, "headache": 10}] * 100,
        [{"back_pain": None}] * 100,
        [{"back_pain": place % 11, "headache": place * 7 % 11, "sleep": place % 5} for place in range(3650)],
        [{"back_pain": 5, "headache": 1, "睡眠": 3, "": 4}] * 40,
    ],
    ids=["nothing", "one day", "all zeros", "all tens", "unanswered", "ten years", "any script"],
)
def test_every_diary_gets_an_answer(values):
    status, (found,), problems = answer(line(values))
    assert (status, problems) == (0, "")
    assert found["factors"] == []
    assert not found["connection"]["verdict"].endswith("_sign") or len(values) == 3650


def test_recalled_days_do_not_count_towards_the_connection():
    values = [{"back_pain": place % 11, "headache": place % 3, "recalled": place < 10} for place in range(60)]
    _, (found,), _ = answer(line(values))
    assert found["connection"]["n_days"] == 50
