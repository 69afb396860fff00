"""Backtrack: a Telegram diary for people whose back and head hurt. `bot/app.py` puts the parts together."""

import os

# Numpy's matrices here are small: threads only wait for each other, and a busy machine made them ten times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
