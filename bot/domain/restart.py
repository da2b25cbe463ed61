"""When an instance is away: its daily restart, as a rule in its own zone and as instants in UTC.

Adobe's servers restart each process once a day at `processRestartTime` of serverConf.xml, 06:00:00 by
default, in the host's local time. What observation teaches about it is `bot/domain/learning.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.domain.days import Days
from bot.domain.instants import Rhythm
from bot.domain.recurrence import bounds
from bot.domain.times import milliseconds_of_day
from bot.domain.zones import moment_of


@dataclass(frozen=True)
class RestartWindow:
    """A daily restart and the time around it in which no run may start.

    Attributes:
        at: the local time of the restart.
        zone: the zone of the instance that restarts.
        before: how long before the restart a run may still be busy and so be cut.
        takes: how long the instance is away.
        margin: how much is added for safety after that.
    """

    at: time
    zone: ZoneInfo
    before: timedelta = timedelta(minutes=1)
    takes: timedelta = timedelta(minutes=3)
    margin: timedelta = timedelta(minutes=1)

    def __post_init__(self) -> None:
        if self.at.tzinfo is not None:
            raise ValueError("a restart time is local and has no zone of its own")
        if min(self.before, self.takes, self.margin) < timedelta(0):
            raise ValueError("before, takes and margin of a restart are not negative")

    @property
    def length(self) -> timedelta:
        """The whole time in which no run may start."""
        return self.before + self.takes + self.margin


@dataclass(frozen=True, slots=True)
class Restart:
    """One restart. All instants are UTC.

    Attributes:
        at: when it happens.
        starts: the first instant at which a run meets it.
        ends: the first instant after that at which a run no longer meets it.
        uncertain: `None`, `dst-gap` or `dst-overlap`, as for a run.
    """

    at: datetime
    starts: datetime
    ends: datetime
    uncertain: str | None


def restarts(window: RestartWindow, start: datetime, end: datetime) -> Iterator[Restart]:
    """Walk the restarts from *start* up to but not including *end*, in order and lazily."""
    for at, uncertain in _rhythm(window.at, window.zone).instants(*bounds(start, end)):
        moment = moment_of(at)
        yield Restart(moment, moment - window.before, moment + window.takes + window.margin, uncertain)


@lru_cache(maxsize=1024)
def _rhythm(at: time, zone: ZoneInfo) -> Rhythm:
    return Rhythm((milliseconds_of_day(at),), Days(), zone)
