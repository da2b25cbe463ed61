"""Names what is committed, and asks the database for it no more often than answers need.

To ask takes a few microseconds; among many threads that answer at once it takes as long as all the rest,
since each must wait for its turn to ask and then for its turn to go on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

UNHEARD_SECONDS = 0.01
"""So long a commit of another process may go unnoticed. Nobody sees the difference to a network's delay."""


@dataclass(frozen=True)
class _Heard:
    """What the database said.

    Attributes:
        name: of what was committed.
        at: when it was asked, by a steady counter.
        commits: stands for what this process had committed before it was asked.
    """

    name: str
    at: float
    commits: object


class Revisions:
    """The name of what is committed; any thread may ask.

    Args:
        ask: asks the database.
        unheard_seconds: how long a commit of another process may go unnoticed.
        seconds: a steady counter.
    """

    def __init__(
        self,
        ask: Callable[[], str],
        unheard_seconds: float = UNHEARD_SECONDS,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._ask = ask
        self._unheard_seconds = unheard_seconds
        self._seconds = seconds
        self._commits = object()
        self._heard: _Heard | None = None

    def committed(self) -> None:
        """Note that this process has committed something, or may have: the name is another from now on."""
        # A number would have to be counted under a lock, lest two threads make one of two.
        self._commits = object()

    def latest(self) -> str:
        """Name what is committed: by this process now, by another one at the latest so long ago."""
        heard, now = self._heard, self._seconds()
        commits = self._commits
        if heard is not None and heard.commits is commits and now - heard.at < self._unheard_seconds:
            return heard.name
        # What is committed while the database answers may be in this name or not, so it counts as later.
        name = self._ask()
        self._heard = _Heard(name, now, commits)
        return name
