"""How much room there is between a restart and the runs around it.

The search that proves a proposal is `bot/domain/safety.py`; in here one restart is looked at, for people.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.collision import restarts_near
from bot.domain.recurrence import bounds, rhythm
from bot.domain.restart import Restart, RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.zones import moment_of

DAY = timedelta(days=1)
"""How far around a restart its runs are looked for, and how far ahead the restarts."""

CLOSE = timedelta(hours=1)
"""How far from its danger a run still counts as near a restart."""


@dataclass(frozen=True, slots=True)
class Headroom:
    """One restart and the runs around it.

    Attributes:
        restart: the restart.
        runs: the last run before its danger, those that meet it, and the first one after it, UTC; one that
            is further away than an hour is left out where another is nearer.
        met: how many runs meet it.
        margin: from its danger to the nearest run outside, zero when a run meets it; `None` when no run is
            within a day of it.
    """

    restart: Restart
    runs: tuple[datetime, ...]
    met: int
    margin: timedelta | None


def headroom(schedule: Schedule, zone: ZoneInfo, restart: Restart) -> Headroom:
    """Measure the room between a restart and the runs of a schedule.

    Args:
        schedule: its rules in local time.
        zone: the zone that these run in.
        restart: the restart.
    """
    start, end = restart.starts - DAY, restart.ends + DAY
    runs = [moment_of(at) for at, _ in rhythm(schedule, zone, end).instants(*bounds(start, end))]
    before = [at for at in runs if at < restart.starts][-1:]
    during = [at for at in runs if restart.starts <= at < restart.ends]
    after = [at for at in runs if at >= restart.ends][:1]
    gaps = [restart.starts - at for at in before] + [at - restart.ends for at in after]
    margin = timedelta(0) if during else min(gaps, default=None)
    outside = sorted((*before, *after), key=lambda at: _gap(restart, at))
    close = [at for at in outside if _gap(restart, at) <= CLOSE]
    shown = close or ([] if during else outside[:1])
    return Headroom(restart, tuple(sorted((*shown, *during))), len(during), margin)


def tightest(
    schedule: Schedule, zone: ZoneInfo, windows: Iterable[RestartWindow], now: datetime
) -> Headroom | None:
    """Find the restart of the coming day that leaves a schedule the least room; the first of several.

    Args:
        schedule: its rules in local time.
        zone: the zone that these run in.
        windows: every restart window that its runs must clear.
        now: aware; the day begins here.
    """
    near = [restart for restart in restarts_near(windows, now, now + DAY) if now < restart.ends]
    found = [headroom(schedule, zone, restart) for restart in near if restart.at < now + DAY]
    return min(
        found, key=lambda one: (DAY * 2 if one.margin is None else one.margin, one.restart.at), default=None
    )


def _gap(restart: Restart, at: datetime) -> timedelta:
    return max(restart.starts - at, at - restart.ends)
