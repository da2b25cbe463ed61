"""Runs against restarts: which pairs collide, and whether the server agrees with us about the runs.

Restarts are few, so each asks the schedule for the runs near it, and never the other way round.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.instants import Rhythm
from bot.domain.recurrence import Run, bounds, next_run, occurrences, rhythm
from bot.domain.restart import Restart, RestartWindow, restarts
from bot.domain.schedule import Schedule
from bot.domain.zones import moment_of

TOLERANCE = timedelta(seconds=60)
"""How far a run by the schedule may be from what the server says of it."""

LEAST_STARTS = 2
"""One start in the journal shows a phase and no interval."""

_WIDEST_CHANGE = timedelta(hours=25)


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


@dataclass(frozen=True, slots=True)
class Danger:
    """When a run meets a restart.

    Attributes:
        low: the first instant at which it does, in milliseconds since 1970.
        high: the first instant after that at which it no longer does.
        restart: the restart.
    """

    low: int
    high: int
    restart: Restart


def collisions(
    schedule: Schedule, zone: ZoneInfo, windows: Iterable[RestartWindow], start: datetime, end: datetime
) -> tuple[Collision, ...]:
    """List every pair of a run in the half-open stretch and a restart that it meets, ordered by run.

    A run at `r` meets a restart at `t` when `t - before <= r < t + takes + margin`. The restart itself may
    lie outside of the stretch. Every reading of an uncertain run or restart counts.
    """
    found = meetings(rhythm(schedule, zone, end), dangers(restarts_near(windows, start, end), start, end))
    return tuple(sorted(found, key=lambda collision: (collision.run.at, collision.restart.at)))


def meetings(runs: Rhythm, near: Iterable[Danger]) -> Iterator[Collision]:
    """Walk the same pairs lazily, ordered by restart: the fast way to know whether there is any."""
    for at, uncertain, danger in runs.within(near):
        yield Collision(Run(moment_of(at), uncertain), danger.restart)


def dangers(near: Iterable[Restart], start: datetime, end: datetime) -> Iterator[Danger]:
    """Walk the stretches in which a run from *start* up to but not including *end* meets these restarts."""
    for restart in near:
        yield Danger(*bounds(max(start, restart.starts), min(end, restart.ends)), restart)


def restarts_near(windows: Iterable[RestartWindow], start: datetime, end: datetime) -> Iterator[Restart]:
    """Walk the restarts that a run from *start* to *end* could meet, ordered by their beginning."""
    near = (restarts(w, start - w.takes - w.margin, end + w.before) for w in windows)
    return heapq.merge(*near, key=lambda restart: restart.starts)


def agrees(
    schedule: Schedule,
    zone: ZoneInfo,
    after: datetime,
    server_next_run: datetime | None,
    tolerance: timedelta = TOLERANCE,
) -> bool:
    """Tell whether the next run that we compute is the one that the server announces.

    Whether `m_tmStartTime` anchors the phase is not documented, so nothing is proposed before this holds. A
    run that was due within *tolerance* before *after* may still be announced, as the server looks every 20 s.
    At a clock change each reading up to the first certain run may be the server's.

    Args:
        schedule: the rules in local time.
        zone: the schedule's zone.
        after: the instant at which the server was asked.
        server_next_run: `nextProcessingDate`, UTC; `None` when the server announces no run.
        tolerance: how far the two may differ.
    """
    first = next_run(schedule, zone, after)
    if server_next_run is None or first is None:
        return server_next_run is None and first is None
    for run in occurrences(schedule, after - tolerance, first.at + _WIDEST_CHANGE, zone):
        if abs(run.at - server_next_run) <= tolerance:
            return True
        if run.at >= after and not run.uncertain:
            return False
    return False


def agrees_with_starts(
    schedule: Schedule,
    zone: ZoneInfo,
    starts: Iterable[datetime],
    tolerance: timedelta = TOLERANCE,
) -> bool:
    """Tell whether the runs that we compute are the starts that the journal shows, for a paused workflow.

    Each start must lie within *tolerance* of a run of its own, and between the first and the last start no
    certain run may be missing: else the true interval might be a longer one.

    Args:
        schedule: the rules in local time.
        zone: the schedule's zone.
        starts: the newest starts seen in the journal, UTC, in any order.
        tolerance: how far a start may be from its run.
    """
    seen = sorted(starts)
    if len(seen) < LEAST_STARTS:
        return False
    waiting = list(seen)
    for run in occurrences(schedule, seen[0] - tolerance, seen[-1] + tolerance + timedelta.resolution, zone):
        if waiting and abs(waiting[0] - run.at) <= tolerance:
            waiting.pop(0)
        elif not run.uncertain and seen[0] + tolerance < run.at < seen[-1] - tolerance:
            return False
    return not waiting
