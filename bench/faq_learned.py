"""Learns our own entries and keeps what was learned, so that the bot need not learn them at each start.

    python bench/faq_learned.py

Writes `matching/learned.npz`. Run after any change of entries, lexicon, examples of other talk or features; a bot
whose file is out of date, or whose clinic adds entries, learns at start instead, in about two seconds of one core.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from bot.faq.library import load_matcher

FILE = Path(__file__).parent.parent / "bot" / "content" / "en" / "matching" / "learned.npz"


def main() -> None:
    """Learn and write."""
    learned = load_matcher().learned
    np.savez_compressed(FILE, digest=np.array(learned.digest), shares=learned.shares)


if __name__ == "__main__":
    main()
