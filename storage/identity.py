"""Ids made by the application, so that a turn can name what it writes before anything is written."""

import secrets


def new_id() -> int:
    """Give a random positive id of 62 bits: it fits a signed column and says nothing of when or who."""
    return secrets.randbits(62) | 1
