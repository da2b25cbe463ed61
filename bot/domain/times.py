"""At which times of a day a schedule runs, and how a time of day is counted in milliseconds.

Times of day have no zone and no date. The days are `bot/domain/days.py`.
"""

from dataclasses import dataclass
from datetime import time, timedelta

DAY = 86_400_000
"""Milliseconds of a day without a clock change. Slots and instants are counted in milliseconds."""

MIDNIGHT = time()

Slots = range | tuple[int, ...]
"""Times of day in milliseconds after midnight, in order, each once."""


@dataclass(frozen=True)
class FixedTime:
    """Once on each day, at `m_tmFixedTime`."""

    at: time


@dataclass(frozen=True)
class TimeList:
    """At each time of the list `m_vtmTime`, in the list's own order."""

    times: tuple[time, ...]


@dataclass(frozen=True)
class Interval:
    """Every so often on each day.

    Attributes:
        every: `m_tmSpanTime`, a minute or more.
        first: `m_tmStartTime`, from which each day counts anew.
        last: `m_tmStopTime`, itself included; `None` is the end of the day.
    """

    every: timedelta
    first: time
    last: time | None


Times = FixedTime | TimeList | Interval


def slots_of(times: Times) -> Slots:
    """List the times of day in milliseconds after midnight, in order, each once."""
    match times:
        case FixedTime(at):
            return (milliseconds_of_day(at),)
        case TimeList(listed):
            return tuple(sorted({milliseconds_of_day(at) for at in listed}))
        case Interval(every, first, last):
            end = DAY if last is None else milliseconds_of_day(last) + 1
            return range(milliseconds_of_day(first), end, every // timedelta(milliseconds=1))


def milliseconds_of_day(moment: time) -> int:
    """Count the milliseconds from midnight to a time of day."""
    return ((moment.hour * 60 + moment.minute) * 60 + moment.second) * 1000 + moment.microsecond // 1000


def time_of_day(milliseconds: int) -> time:
    """Turn milliseconds after midnight, less than a day, into a time of day."""
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    return time(minutes // 60, minutes % 60, seconds, milliseconds * 1000)
