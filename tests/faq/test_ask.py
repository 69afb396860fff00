import io
import json
import sys

from bot.__main__ import main


def test_lines_in_lines_out(monkeypatch, capsys):
    lines = [{"id": "a", "text": "what is sciatica"}, {"id": 7, "text": "tell me a joke about cars"}]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(map(json.dumps, lines)) + "\n\n"))
    assert main(["ask", "--jsonl"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["id"], first["answer"], len(first["nearest"])) == ("a", "what-is-sciatica", 3)
    assert (second["id"], second["answer"]) == (7, None)
    assert 0 <= second["score"] < first["score"] <= 1


def test_a_line_that_is_no_question_is_named(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"id": 1, "text": "hi"}\n{"id": 2}\n'))
    assert main(["ask", "--jsonl"]) == 2
    assert "line 2" in capsys.readouterr().err


def test_one_question_prints_its_answer(capsys):
    assert main(["ask", "what is sciatica"]) == 0
    shown = capsys.readouterr().out
    assert "what-is-sciatica: What is sciatica?" in shown
    assert "Sources: GPR-SCI" in shown


def test_no_question_is_said(capsys):
    assert main(["ask"]) == 2
    assert "ask what?" in capsys.readouterr().err


def test_a_clinics_broken_file_is_said(tmp_path, capsys):
    (tmp_path / "parking.toml").write_text("title = 'x\n", encoding="utf-8")
    assert main(["ask", "--entries", str(tmp_path), "where do i park"]) == 2
    assert "parking.toml" in capsys.readouterr().err


def test_a_clinics_entry_is_found(tmp_path, capsys):
    (tmp_path / "parking.toml").write_text(
        "title = 'Where do I park?'\ngroup = 'bot'\nanswer = 'Behind the clinic.'\nsources = ['PROJECT']\n"
        "phrasings = ['where do i park', 'parking at the clinic', 'is there a car park', 'can i park', 'clinic parking']\n",
        encoding="utf-8",
    )
    assert main(["ask", "--entries", str(tmp_path), "where can I park at your clinic?"]) == 0
    assert "Behind the clinic." in capsys.readouterr().out
