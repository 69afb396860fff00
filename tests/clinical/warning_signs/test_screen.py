"""The command that screens messages, one or many."""

import json
import subprocess
import sys


def screen(*arguments, lines=""):
    command = [sys.executable, "-m", "bot", "screen", *arguments]
    return subprocess.run(command, input=lines, capture_output=True, text=True, check=False)


def test_one_message():
    done = screen("I can't feel my bum")
    assert done.returncode == 0
    assert "level: emergency" in done.stdout
    assert "saddle" in done.stdout


def test_lines_in_and_lines_out():
    done = screen("--jsonl", lines='{"id": 7, "text": "I can\'t pee"}\n\n{"id": "b", "text": "hello"}\n')
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [7, "b"]
    assert [answer["level"] for answer in answers] == ["emergency", "none"]
    assert answers[0]["flags"] == ["bladder"]
    assert answers[0]["why"]


def test_a_bad_line_is_named():
    for bad in ('{"id": 1}', "no json", '{"id": 1, "text": 5}', "[]"):
        done = screen("--jsonl", lines='{"id": 0, "text": "hi"}\n' + bad + "\n")
        assert done.returncode == 2
        assert "line 2" in done.stderr


def test_it_loads_nothing_heavy():
    code = "import sys, bot.commands.screen; print([m for m in ('pydantic', 'telegram', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
