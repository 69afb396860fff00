import subprocess
import sys

from bot.__main__ import VERBS


def test_help_lists_every_verb_with_one_line():
    shown = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert all(
        verb in shown and line.split("(")[0][:40] in " ".join(shown.split()) for verb, line in VERBS.items()
    )
