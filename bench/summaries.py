"""Weekly summaries a second, chart included, and how long a tap waits meanwhile: `python -m bench.summaries`.

The whole bot runs against the fake Bot API; all summaries are due at once, and patients tap their check-ins beside.
Sending is allowed 1,000 a second, so that the figure is what this machine can make, not what Telegram lets through.
"""

import argparse
import sys
import time

from bench.delivery import Bench, p99

TAPS_A_SECOND = 10.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000, help="summaries that are due at once")
    count = parser.parse_args().count
    bench = Bench("weeks", str(count))
    try:
        bench.wait(lambda state: state["other"].get("sendphoto", 0) > 0)
        began = time.perf_counter()
        taps = bench.load(int(count / 50 * TAPS_A_SECOND), TAPS_A_SECOND)[2]
        bench.wait(lambda state: state["other"].get("sendphoto", 0) >= count)
        arrivals = bench.control("photos")["photos"]
        made, seconds = len(arrivals) - 1, arrivals[-1] - arrivals[0]
        during = taps
        print(
            f"{made / seconds:.1f} summaries/s over {seconds:.0f} s; a tap meanwhile: "
            f"p50 {sorted(during)[len(during) // 2] * 1000:.0f} ms, p99 {p99(during) * 1000:.0f} ms; "
            f"{bench.cpu():.1f} s of CPU in the bot's own process, {bench.resident():.0f} MB; {time.perf_counter() - began:.0f} s"
        )
    finally:
        bench.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
