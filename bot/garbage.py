"""How often Python looks for garbage."""

import gc

_NEW_OBJECTS = (20_000, 20, 50)
"""By the usual 700, a third of the time to read the content or a diary went into looking: both make thousands of
objects, and no cycle."""


def look_rarely() -> None:
    """Look for garbage only after many new objects."""
    gc.set_threshold(*_NEW_OBJECTS)
