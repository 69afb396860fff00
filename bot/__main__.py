"""The command line: `python -m bot VERB`. A verb's module is loaded only when it is called."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from bot import garbage

VERBS: dict[str, str] = {
    "run": "run the bot on Telegram (needs TELEGRAM_BOT_TOKEN)",
    "demo": "run the bot on a Telegram of its own, with an example patient, in your browser",
    "screen": "read messages for warning signs",
    "ask": "answer questions from the FAQ",
    "unanswered": "list the questions that the FAQ could not answer, by frequency",
    "insights": "say what a diary shows: are the pains connected, is it worse, what goes with it",
    "explain": "replay one advice: the rule, the facts it stood on, the source",
    "import": "read a diary from an export or from another diary's CSV",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and give its exit status."""
    garbage.look_rarely()
    given = sys.argv[1:] if arguments is None else list(arguments)
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Backtrack, a diary for back pain and headache."
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, line in VERBS.items():
        subparser = verbs.add_parser(verb, help=line, description=line.capitalize() + ".")
        if given[:1] == [verb]:
            import_module(f"bot.commands.{verb}_" if verb == "import" else f"bot.commands.{verb}").configure(
                subparser
            )
    parsed = parser.parse_args(given)
    status: int = parsed.run(parsed)
    return status


if __name__ == "__main__":
    sys.exit(main())
