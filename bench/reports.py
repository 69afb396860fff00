"""What each report costs: CPU time, size and memory, warm, over the ten sample patients: `python -m bench.reports`.

Targets: a weekly summary with its chart under 60 ms of CPU, and 30 of them a second on two cores.
"""

import resource
import sys
import threading
import time
from collections.abc import Callable
from statistics import median

from bench.samples import SAMPLES, WORDS, Sample, pictures_of, summary_of, visit_of
from bot.reports.exports import days_csv
from bot.reports.read_aloud import read_aloud
from bot.reports.visit_brief import visit_brief

ROUNDS = 20
THREADS = 2


def cpu_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Give the median CPU time of one call after two to warm up, in milliseconds."""
    for _ in range(2):
        work()
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(1000 * (time.process_time() - start))
    return median(times)


def week_of(sample: Sample) -> bytes:
    """Make what is sent every week: insights, texts and picture."""
    summary_of(sample)
    return pictures_of(sample)["week-light.png"]()


def throughput(seconds: float = 4.0) -> float:
    """Give weekly summaries with charts a second, with one thread for each core of two."""
    done = [0] * THREADS
    stop = time.monotonic() + seconds

    def work(place: int) -> None:
        while time.monotonic() < stop:
            week_of(SAMPLES[done[place] % len(SAMPLES)])
            done[place] += 1

    threads = [threading.Thread(target=work, args=(place,)) for place in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / seconds


def main() -> int:
    """Print one row a patient, then the rate and the memory."""
    print(
        f"{'CPU ms, median':16} {'text':>7} {'chart':>7} {'both':>7} {'month':>7} {'trend':>7} {'page':>7} {'aloud':>7}"
    )
    for sample in SAMPLES:
        pictures, visit = pictures_of(sample), visit_of(sample)
        figures = (
            cpu_ms(lambda sample=sample: summary_of(sample)),
            cpu_ms(pictures["week-light.png"]),
            cpu_ms(lambda sample=sample: week_of(sample)),
            cpu_ms(pictures["month.png"]),
            cpu_ms(pictures["trend.png"]),
            cpu_ms(lambda visit=visit: visit_brief(visit, WORDS)),
            cpu_ms(lambda visit=visit: read_aloud(visit, WORDS)),
        )
        print(f"{sample.slug:16} " + " ".join(f"{figure:7.1f}" for figure in figures))
    print(f"{throughput():.0f} weekly summaries with charts a second on {THREADS} threads")
    print(f"days.csv of ten years: {cpu_ms(lambda: days_csv(SAMPLES[-1].days), 5):.0f} ms")
    print(f"largest resident memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
