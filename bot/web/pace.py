"""How many deliveries an instance may bring: enough for any real burst, too few to fill a disk."""

from collections.abc import Callable
from threading import Lock

BURST = 10_000
"""Deliveries at once; two thousand failures at the same minute are the worst that was measured."""

PER_SECOND = 50.0
"""Deliveries a second for ever: a script that runs away."""


class Paces:
    """One allowance per name, refilled as time goes by. Safe in any thread.

    Only whoever knows a name's secret is counted, so that nobody else can use its allowance up.

    Args:
        seconds: tells the time, in seconds of a steady counter.
        burst: how much an allowance holds.
        per_second: how fast it is refilled.
    """

    def __init__(
        self, seconds: Callable[[], float], *, burst: float = BURST, per_second: float = PER_SECOND
    ) -> None:
        self._seconds = seconds
        self._burst = burst
        self._per_second = per_second
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = Lock()

    def take(self, name: str) -> bool:
        """Take one from the allowance of *name*; `False` when it is used up."""
        now = self._seconds()
        with self._lock:
            left, at = self._left.get(name, (self._burst, now))
            left = min(self._burst, left + (now - at) * self._per_second)
            self._left[name] = (left - 1 if left >= 1 else left, now)
            return left >= 1
