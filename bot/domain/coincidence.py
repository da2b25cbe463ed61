"""How failures lie in time beside restarts: distances and habits.

Facts only; what they mean for the verdict is decided in `bot/domain/diagnosis.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.restart import Restart, RestartWindow, restarts

DAY = timedelta(days=1)
HABIT_NEEDS = 3
"""Failures on different days before a time of day is a habit: an hourly run has 24 to choose from."""

HABIT_BAND = 120
"""Seconds that the times of day of one habit may lie apart."""

SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Nearest:
    """The restart nearest to an instant.

    Attributes:
        window: its rule.
        restart: the restart itself.
        seconds: from the restart to the instant; negative before it.
        inside: whether the instant lies inside the danger, `before` to `takes` plus `margin`.
        away: whether it lies where RT is surely away, from the restart on for as long as it takes.
    """

    window: RestartWindow
    restart: Restart
    seconds: float
    inside: bool
    away: bool


@dataclass(frozen=True)
class Habit:
    """Failures that keep to one time of day.

    Attributes:
        at: that time, rounded down to the minute.
        zone: the zone in which they keep to it.
        first: the earliest time of day.
        last: the latest time of day.
        days: on how many days.
    """

    at: time
    zone: ZoneInfo
    first: time
    last: time
    days: int


def nearest(windows: Iterable[RestartWindow], at: datetime) -> Nearest | None:
    """Find the restart nearest to *at* (UTC); one whose danger *at* is inside wins over a nearer one."""
    found = [
        Nearest(
            window,
            restart,
            (at - restart.at).total_seconds(),
            restart.starts <= at < restart.ends,
            restart.at <= at < restart.ends - window.margin,
        )
        for window in windows
        for restart in restarts(window, at - 2 * DAY, at + 2 * DAY)
    ]
    return min(found, key=lambda one: (not one.inside, not one.away, abs(one.seconds)), default=None)


def habit(instants: Sequence[datetime], zones: Iterable[ZoneInfo]) -> Habit | None:
    """Find the time of day to which all *instants* (UTC) keep, in the first of *zones* where they do.

    A habit may lie around midnight, such as from 23:59:58 to 00:00:03.
    """
    for zone in zones:
        local = [instant.astimezone(zone) for instant in instants]
        first, last = _band([moment.time() for moment in local])
        start = timedelta(seconds=_seconds(first))
        days = len({(moment.replace(tzinfo=None) - start).date() for moment in local})
        if days >= HABIT_NEEDS and (_seconds(last) - _seconds(first)) % SECONDS_A_DAY <= HABIT_BAND:
            return Habit(first.replace(second=0, microsecond=0), zone, first, last, days)
    return None


def _band(times: Sequence[time]) -> tuple[time, time]:
    """Find the shortest stretch of the day that holds all times: it begins after the longest pause."""
    ordered = sorted(times)
    pauses = [
        ((_seconds(after) - _seconds(before)) % SECONDS_A_DAY, index)
        for index, (before, after) in enumerate(zip([ordered[-1], *ordered], ordered, strict=False))
    ]
    begin = max(pauses)[1]
    return ordered[begin], ordered[begin - 1]


def _seconds(moment: time) -> float:
    return moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6
