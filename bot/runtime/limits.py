"""How often something may be said: paces that say how long to wait. Times are seconds of a steady clock."""


class Pace:
    """At most `rate` a second, with up to `burst` at once after a rest (generic cell rate algorithm)."""

    __slots__ = ("_allowance", "_interval", "_next")

    def __init__(self, rate: float, burst: float = 1) -> None:
        self._interval = 1 / rate
        self._allowance = (burst - 1) / rate
        self._next = float("-inf")

    def delay(self, now: float) -> float:
        """Give the seconds until the next may go, 0 where it may go now."""
        return max(0.0, self._next - self._allowance - now)

    def take(self, now: float) -> None:
        """Count one that goes now."""
        self._next = max(self._next, now) + self._interval

    def hold(self, until: float) -> None:
        """Let nothing go before a moment."""
        self._next = max(self._next, until + self._allowance)

    def rested_in(self, now: float) -> float:
        """Give the seconds until the full burst is there again."""
        return max(0.0, self._next - now)
