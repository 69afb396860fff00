"""`ask`: one question from the command line, or many as JSON lines."""

import argparse
import json
import sys
from pathlib import Path

from bot.faq.entries import Entry, EntryFileError, load_entries
from bot.faq.library import load_matcher
from bot.faq.matcher import Match, Matcher


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument("text", nargs="?", help="the question")
    parser.add_argument(
        "--jsonl",
        action="store_true",
        help='read {"id", "text"} lines, write {"id", "answer", "score", "nearest"}; '
        "no answer where the bot would ask which of two is meant",
    )
    parser.add_argument(
        "--entries", type=Path, metavar="FOLDER", help="a clinic's own entries, laid over ours"
    )
    parser.add_argument("--language", default="en", help="the language of the entries (en)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer what was asked; 2 where an entry's file is broken or nothing was asked."""
    try:
        matcher = load_matcher(arguments.language, arguments.entries)
        if arguments.jsonl:
            return _answer_lines(matcher)
        if arguments.text is None:
            return _complain("ask what? Give a question, or --jsonl")
        entries = load_entries(arguments.language, arguments.entries)
        sys.stdout.write(_as_text(matcher.match(arguments.text), entries))
    except (EntryFileError, FileNotFoundError) as error:
        return _complain(str(error))
    return 0


def _answer_lines(matcher: Matcher) -> int:
    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        try:
            question = json.loads(line)
            found = matcher.match(str(question["text"]))
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            return _complain(f'line {number}: want {{"id", "text"}}: {error}')
        answer = {
            "id": question.get("id"),
            "answer": None if found.kind == "choose" else found.answer,
            "score": round(found.score, 4),
            "nearest": list(found.nearest),
        }
        sys.stdout.write(json.dumps(answer) + "\n")
    return 0


def _as_text(found: Match, entries: dict[str, Entry]) -> str:
    lines = [f"{found.kind}  score {found.score:.2f}  nearest {', '.join(found.nearest) or '-'}"]
    if found.refusal:
        lines.append(f"refusal {found.refusal}")
    if found.answer:
        entry = entries[found.answer]
        lines += ["", f"{entry.id}: {entry.title}", "", entry.answer]
        lines += [text for text in (entry.what_you_can_do, entry.when_to_get_help) if text]
        lines += ["", f"Sources: {', '.join(entry.sources)}"]
    return "\n".join(lines) + "\n"


def _complain(problem: str) -> int:
    sys.stderr.write(problem + "\n")
    return 2
