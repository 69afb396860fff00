"""How long the bot takes to its first poll, and how much memory it holds then and later: `python -m bench.start`.

The bot is started as an operator does, `python -m bot run` on an empty data folder, against the sandbox. Targets
(docs/performance.md, "Start and memory"): 1.5 s and 110 MB at the first poll, 150 MB with the FAQ's questions learned.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bot.sandbox.server import Server, serve
from bot.sandbox.telegram import Telegram

LATEST_POLL_SECONDS, MOST_AT_POLL_MB, MOST_MB = 1.5, 110.0, 150.0
LEARNED_AFTER_SECONDS = 6.0
GIVEN_UP_AFTER_SECONDS = 30.0


def memory(process: subprocess.Popen[bytes], field: str) -> float:
    """Give a process's resident memory (`VmRSS`) or the most it held so far (`VmHWM`), in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    kilobytes = next(line.split()[1] for line in status if line.startswith(field))
    return int(kilobytes) * 1024 / 1e6


async def started(server: Server, telegram: Telegram) -> tuple[float, float, float]:
    """Start a bot once; give the seconds to its first poll, and the MB then and at most until all is learned."""
    telegram.requests.clear()
    with tempfile.TemporaryDirectory(prefix="backtrack-start-") as folder:
        settings = {
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_URL": server.address,
            "DATA_DIR": folder,
            "PYTHONPATH": str(Path(__file__).parents[1]),
        }
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: ASYNC220 - the program is our own, and is not waited for
            [sys.executable, "-m", "bot", "run"],
            cwd=folder,
            env=os.environ | settings,
            stderr=subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(GIVEN_UP_AFTER_SECONDS):
                while not any(request.method.lower() == "getupdates" for request in telegram.requests):  # noqa: ASYNC110
                    await asyncio.sleep(0.001)
            seconds, at_poll = time.perf_counter() - began, memory(process, "VmRSS")
            await asyncio.sleep(LEARNED_AFTER_SECONDS)
            return seconds, at_poll, memory(process, "VmHWM")
        finally:
            process.terminate()
            process.wait()


async def measured(rounds: int) -> list[tuple[float, float, float]]:
    """Start a bot so many times, one after the other."""
    telegram = Telegram()
    server = await serve(telegram)
    try:
        return [await started(server, telegram) for _ in range(rounds)]
    finally:
        await server.close()


def main() -> int:
    """Print the medians; the exit status is 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    seconds, at_poll, at_most = map(
        median, zip(*asyncio.run(measured(parser.parse_args().rounds)), strict=True)
    )
    print(
        f"first poll after {seconds:.2f} s, {at_poll:.0f} MB then, {at_most:.0f} MB at most once all is learned"
    )
    return int(seconds > LATEST_POLL_SECONDS or at_poll > MOST_AT_POLL_MB or at_most > MOST_MB)


if __name__ == "__main__":
    sys.exit(main())
