"""Check-in answers a second, CPU for each, and waiting time, beside the peers on the same fake Bot API.

`make bench` runs every row that can be installed; `make bench-quick` runs shorter and fails on ratios against the
peers in the same run, never on absolute times.

A build must not fail by noise. So all bots are up at once and take turns, round by round; of each the best round
counts, as other work on the machine only makes rounds worse; the ratio that is held to closely is that of CPU time,
which a busy machine moves far less than throughput; and what is missed is measured once more before it fails.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parents[1]
PEERS_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE_SECONDS = 60.0
STEADY_RATE = 30.0
RESTING_CPU_SECONDS = 0.05

OURS = frozenset({"backtrack", "fanout", "weeks"})
"""Kinds that are the whole bot: their patients tap what they are shown."""
REST_AT_MOST_SECONDS = 20.0


@dataclass(frozen=True)
class Gate:
    """A ratio between one of ours and a peer that must be held: `cpu` for an update, or `rate` of updates.

    `full` is what is wanted. `quick` is far enough below what was ever measured that only a real loss reaches it.
    """

    ours: str
    peer: str
    figure: Literal["cpu", "rate"]
    full: float
    quick: float


GATES = (
    Gate("backtrack", "aiogram", "cpu", full=1.5, quick=1.0),
    Gate("backtrack", "aiogram", "rate", full=1.5, quick=0.8),
    Gate("runtime", "aiogram", "cpu", full=2.0, quick=1.4),
    Gate("runtime", "aiogram", "rate", full=2.0, quick=1.0),
    Gate("backtrack", "ptb", "rate", full=25.0, quick=8.0),
)
"""The peer ptb waits out each round trip, so a loaded machine makes it no slower, and ours much: hence the room."""


@dataclass(frozen=True)
class Row:
    """What was measured of one bot. Rates in updates a second, CPU and waits in milliseconds."""

    name: str
    rate: float
    cpu: float
    median: float | None = None
    p99: float | None = None
    start: float = 0.0
    resident: float = 0.0


class Bench:
    """A fake Bot API and one bot at a time on it."""

    def __init__(self, kind: str, *arguments: str) -> None:
        self.kind = kind
        self.folder = tempfile.TemporaryDirectory()
        self.server = subprocess.Popen(
            [sys.executable, "-m", "bench.delivery_server", *(["diaries"] if kind in OURS else [])],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.server.stdout is not None
        self.address = f"http://127.0.0.1:{self.server.stdout.readline().strip()}"
        python = str(PEERS_PYTHON) if kind in ("ptb", "aiogram") else sys.executable
        began = time.perf_counter()
        self.bot = subprocess.Popen(
            [python, "-m", "bench.delivery_bots", kind, self.address, self.folder.name, *arguments],
            cwd=ROOT,
            stderr=subprocess.DEVNULL,
        )
        self.wait(lambda state: state["polls"] > 0)
        self.start = time.perf_counter() - began

    def control(self, path: str) -> dict:
        with urllib.request.urlopen(f"{self.address}/control/{path}", timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            return json.load(answer)["result"]

    def wait(self, condition) -> dict:  # noqa: ANN001
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition(state := self.control("state")):
            if time.monotonic() > end or self.bot.poll() is not None:
                raise RuntimeError(f"{self.kind} did not get through: {state}")
            time.sleep(0.05)
        return state

    def rest(self) -> None:
        """Wait until the bot has loaded what it loads beside its first polls."""
        before, end = -1.0, time.monotonic() + REST_AT_MOST_SECONDS
        while self.cpu() - before > RESTING_CPU_SECONDS and time.monotonic() < end:
            before = self.cpu()
            time.sleep(1)

    def cpu(self) -> float:
        """Give the CPU seconds of the bot so far, its threads included."""
        fields = Path(f"/proc/{self.bot.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident(self) -> float:
        """Give the bot's resident memory in MB."""
        pages = int(Path(f"/proc/{self.bot.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def load(self, count: int, rate: float = 0.0) -> tuple[float, float, list[float]]:
        """Press `count` times, at once or at a rate; give updates a second, CPU ms each, and seconds of waiting."""
        before = self.cpu()
        self.control(f"load/{count}/{rate}")
        state = self.wait(lambda state: state["answered"] >= count)
        cpu = (self.cpu() - before) / count * 1000
        return count / state["elapsed"], cpu, self.control("times")["seconds"]

    def close(self) -> None:
        for process in (self.bot, self.server):
            process.kill()
            process.wait()
        self.folder.cleanup()


def p99(seconds: list[float]) -> float:
    """Give what 99 of 100 are not above."""
    return sorted(seconds)[int(len(seconds) * 0.99)]


class Contender:
    """One bot that is up, and its rounds so far."""

    def __init__(self, kind: str, count: int, rounds: int) -> None:
        self.bench = Bench(kind)
        self.count = count
        self.rounds = rounds
        self.results: list[tuple[float, float]] = []
        self.waits: list[float] = []

    def warm_up(self) -> None:
        """Let it load what it loads late, and take its first taps."""
        self.bench.rest()
        self.bench.load(min(self.count, 300) if self.rounds > 1 else 5)

    def go(self) -> None:
        """Run one round."""
        self.results.append(self.bench.load(self.count)[:2])

    def steady(self, count: int) -> None:
        """Measure the waits at a steady rate."""
        self.waits = sorted(self.bench.load(count, STEADY_RATE)[2])

    def row(self) -> Row:
        """Give its best rate and its least CPU, and the waits."""
        rate, cpu = max(rate for rate, _ in self.results), min(cpu for _, cpu in self.results)
        waits = (
            (1000 * self.waits[len(self.waits) // 2], 1000 * p99(self.waits)) if self.waits else (None, None)
        )
        return Row(self.bench.kind, rate, cpu, *waits, self.bench.start, self.bench.resident())


def take_turns(contenders: Iterable[Contender]) -> None:
    """Run a round of each in turn, as many times as each has rounds: a busy moment strikes all alike."""
    contenders = list(contenders)
    for number in range(max(each.rounds for each in contenders)):
        for each in contenders:
            if number < each.rounds:
                each.go()


def fan_out(rate: float, seconds: int) -> None:
    """Let 100,000 patients be due at once, and let others tap meanwhile."""
    bench = Bench("fanout", str(rate))
    try:
        bench.wait(lambda state: state["other"].get("sendmessage", 0) > rate)
        before, began, cpu = bench.control("state")["other"]["sendmessage"], time.perf_counter(), bench.cpu()
        taps = sorted(bench.load(4 * seconds, 4.0)[2])
        elapsed = time.perf_counter() - began
        sent = bench.control("state")["other"]["sendmessage"] - before
        print(
            f"fan-out at {rate:g}/s: {sent / elapsed:.1f} messages/s over {elapsed:.0f} s, "
            f"{(bench.cpu() - cpu) / elapsed:.0%} of a core, {bench.resident():.0f} MB; a tap meanwhile: "
            f"p50 {taps[len(taps) // 2] * 1000:.0f} ms, p99 {taps[int(len(taps) * 0.99)] * 1000:.0f} ms"
        )
    finally:
        bench.close()


def show(rows: list[Row]) -> None:
    print(f"{'':12}{'updates/s':>10}{'CPU ms':>8}{'p50 ms':>8}{'p99 ms':>8}{'start s':>9}{'MB':>6}")
    for row in rows:
        waits = "".join(
            f"{value:8.0f}" if value is not None else f"{'-':>8}" for value in (row.median, row.p99)
        )
        print(f"{row.name:12}{row.rate:10.0f}{row.cpu:8.2f}{waits}{row.start:9.2f}{row.resident:6.0f}")


def missed(rows: Mapping[str, Row], *, quick: bool) -> list[Gate]:
    """Print every ratio and give the gates that are not held."""
    found = []
    for gate in GATES:
        if gate.ours not in rows or gate.peer not in rows:
            continue
        ours, peer = getattr(rows[gate.ours], gate.figure), getattr(rows[gate.peer], gate.figure)
        ratio = peer / ours if gate.figure == "cpu" else ours / peer
        wanted = gate.quick if quick else gate.full
        verdict = "ok" if ratio >= wanted else "MISSED"
        if gate.figure == "cpu":
            said = f"{gate.peer} needs {ratio:.2f} times the CPU of {gate.ours} for an update"
        else:
            said = f"{gate.ours} does {ratio:.2f} times as many updates a second as {gate.peer}"
        print(f"{said} (at least {wanted:g}): {verdict}")
        if ratio < wanted:
            found.append(gate)
    return found


def compare(plan: Mapping[str, tuple[int, int]], steady: int, *, quick: bool) -> int:
    """Measure all that is planned in turns; give 1 where a gate is missed twice."""
    contenders: dict[str, Contender] = {}
    try:
        for kind, sizes in plan.items():
            contenders[kind] = Contender(kind, *sizes)
            contenders[kind].warm_up()
        take_turns(contenders.values())
        for kind in {"aiogram", "backtrack"} & set(contenders):
            contenders[kind].steady(steady)
        rows = {kind: each.row() for kind, each in contenders.items()}
        show(list(rows.values()))
        again = {kind for gate in missed(rows, quick=quick) for kind in (gate.ours, gate.peer)}
        if not again:
            return 0
        print("once more, as it may have been the machine:")
        take_turns(contenders[kind] for kind in plan if kind in again)
        rows = {kind: each.row() for kind, each in contenders.items()}
        show([rows[kind] for kind in plan if kind in again])
        return 1 if missed(rows, quick=quick) else 0
    finally:
        for each in contenders.values():
            each.bench.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter, and fail on ratios")
    parser.add_argument("--only", help="one kind alone")
    options = parser.parse_args()
    count, rounds, steady = (400, 4, 120) if options.quick else (2_000, 5, 900)
    plan = {
        "ptb": (30 if options.quick else 90, 1),
        "aiogram": (count, rounds),
        "runtime": (count, rounds),
        "backtrack": (count, rounds),
    }
    if not PEERS_PYTHON.exists():
        print("no peers: make .venv-bench/.installed")
        del plan["ptb"], plan["aiogram"]
    plan = {kind: sizes for kind, sizes in plan.items() if options.only in (None, kind)}
    result = compare(plan, steady, quick=options.quick) if plan else 0
    if not options.quick and options.only in (None, "fanout"):
        fan_out(29.0, 30)
        fan_out(1_000.0, 10)
    return result


if __name__ == "__main__":
    sys.exit(main())
