"""Runs against restarts: which pairs collide, how far a run is from the nearest restart, and whether the server agrees.

Pure and lazy: restarts are few, so each asks the schedule for the runs near it, and never the other way round.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.recurrence import Run, next_run, occurrences
from bot.domain.restart import Restart, RestartWindow, restarts
from bot.domain.schedule import Schedule

TOLERANCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Collision:
    """A run that starts while an instance is away, or so shortly before that it may be cut.

    Attributes:
        run: the run.
        restart: the restart that it meets.
    """

    run: Run
    restart: Restart

    @property
    def gap(self) -> timedelta:
        """The time from the restart to the run; negative when the run comes first."""
        return self.run.at - self.restart.at

    @property
    def uncertain(self) -> str | None:
        """`dst-gap` or `dst-overlap` when a clock change makes the run or the restart uncertain."""
        return self.run.uncertain or self.restart.uncertain


def collisions(
    schedule: Schedule, zone: ZoneInfo, windows: Iterable[RestartWindow], start: datetime, end: datetime
) -> tuple[Collision, ...]:
    """List every pair of a run in the half-open stretch and a restart that it meets, ordered by run.

    A run at `r` meets a restart at `t` when `t - before <= r < t + takes + margin`. The restart itself may lie
    outside of the stretch. Every reading of an uncertain run or restart counts.
    """
    found = meetings(schedule, zone, windows, start, end)
    return tuple(sorted(found, key=lambda collision: (collision.run.at, collision.restart.at)))


def meetings(
    schedule: Schedule, zone: ZoneInfo, windows: Iterable[RestartWindow], start: datetime, end: datetime
) -> Iterator[Collision]:
    """Walk the same pairs lazily, ordered by restart: the fast way to know whether there is any."""
    for restart in restarts_near(windows, start, end):
        low, high = max(start, restart.starts), min(end, restart.ends)
        for run in occurrences(schedule, low, high, zone):
            yield Collision(run, restart)


def restarts_near(windows: Iterable[RestartWindow], start: datetime, end: datetime) -> Iterator[Restart]:
    """Walk the restarts of all windows that a run from *start* to *end* could meet, in order of their beginning."""
    near = (restarts(w, start - w.takes - w.margin, end + w.before) for w in windows)
    return heapq.merge(*near, key=lambda restart: restart.starts)
