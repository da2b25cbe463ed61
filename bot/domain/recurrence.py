"""From a schedule's rules in local time to its runs: instants in UTC, in order, lazily, without scanning.

What a bare rule means around a clock change is `bot/domain/instants.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.domain.instants import Rhythm
from bot.domain.schedule import Schedule
from bot.domain.zones import EPOCH, MILLISECOND, instant, moment_of

_END = datetime(9997, 12, 30, tzinfo=UTC)
_HORIZON = 20


@dataclass(frozen=True, slots=True)
class Run:
    """One scheduled start.

    Attributes:
        at: the instant, UTC.
        uncertain: `None`, `dst-gap` or `dst-overlap`.
    """

    at: datetime
    uncertain: str | None


def rhythm(schedule: Schedule, zone: ZoneInfo, end: datetime) -> Rhythm:
    """Take the bare rule out of a schedule in its zone, good for instants before *end*."""
    if schedule.limit is None:
        return Rhythm(schedule.slots, schedule.days, zone)
    return _limited(schedule, zone, end.year // _HORIZON + 1)


@lru_cache(maxsize=4096)
def _limited(schedule: Schedule, zone: ZoneInfo, horizon: int) -> Rhythm:
    """Find the last run that a limit allows, if it comes within so many times twenty years."""
    assert schedule.limit is not None
    since = instant(schedule.limit.since.replace(tzinfo=UTC))
    counted = Rhythm(schedule.slots, schedule.days, zone, since)
    end = instant(min(datetime(min(horizon * _HORIZON, _END.year), 1, 1, tzinfo=UTC), _END))
    return Rhythm(schedule.slots, schedule.days, zone, since, counted.nth(schedule.limit.at_most, end))


def occurrences(schedule: Schedule, start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[Run]:
    """Walk the runs from *start* up to but not including *end*, in order and lazily.

    Args:
        schedule: the rules in local time.
        start: aware.
        end: aware.
        zone: the zone that the schedule runs in, see `resolve_zone`.
    """
    for at, uncertain in rhythm(schedule, zone, end).instants(*bounds(start, end)):
        yield Run(moment_of(at), uncertain)


def next_run(schedule: Schedule, zone: ZoneInfo, after: datetime) -> Run | None:
    """Find the first run at or after an instant, however far; `None` when there is none left."""
    years = (years for years in (2, 2 * _HORIZON) if after.year + years < _END.year)
    for end in (*(after.replace(year=after.year + more, day=1) for more in years), _END):
        run = next(occurrences(schedule, after, end, zone), None)
        if run:
            return run
    return None


def bounds(start: datetime, end: datetime) -> tuple[int, int]:
    """Turn a half-open stretch of aware datetimes into milliseconds since 1970, rounded up."""
    return _rounded_up(start), _rounded_up(end)


def _rounded_up(moment: datetime) -> int:
    return -((EPOCH - moment) // MILLISECOND)
