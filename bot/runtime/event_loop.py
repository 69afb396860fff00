"""The event loop that the bot runs on: one in C where there is one."""

import asyncio
import sys


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Give a loop of uvloop, on which a tap costs less CPU, and the standard library's on Windows."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop  # noqa: PLC0415 - it does not exist for Windows

    return uvloop.new_event_loop()
