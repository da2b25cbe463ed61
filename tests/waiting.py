"""Waiting in machine time for a state, never for a duration: a busy machine comes to the same state later."""

import time
from collections.abc import Callable

SOON = 30.0
"""Generous: a state that never comes is told late, and one that comes late is no mistake."""


def until(
    holds: Callable[[], bool],
    what: Callable[[], str] = lambda: "it never came",
    *,
    seconds: float = SOON,
    tick: float = 0.005,
) -> None:
    """Look again every *tick* until *holds*; after so many *seconds* the test has failed, and says *what*."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain: {what()}"
        time.sleep(tick)  # nothing tells us when; so that whoever is waited for gets the processor
