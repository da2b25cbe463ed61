"""From rules in local time to instants in UTC: the runs of a schedule, in order, lazily, without scanning.

Campaign's behaviour at a clock change is not documented, so every reading counts. A local time that does not
exist moves forward by the gap, and is marked `dst-gap`; a local time that happens twice gives both instants,
each marked `dst-overlap`. Equal instants are one run, and it is only uncertain if each way to it is.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.domain.days import Days
from bot.domain.schedule import Schedule
from bot.domain.times import DAY, Slots
from bot.domain.zones import EPOCH, HOUR, MILLISECOND, Span, instant, moment_of, span_at, spans

GAP = "dst-gap"
OVERLAP = "dst-overlap"

_FIRST_DAY = date(2, 1, 2)
_LAST_DAY = date(9997, 12, 30)
_END = datetime(9997, 12, 30, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_FIRST, _LAST = _FIRST_DAY.toordinal() - _EPOCH_DAY, _LAST_DAY.toordinal() - _EPOCH_DAY
_HORIZON = 20
_NEAR = 48 * HOUR
"""More than the largest offset (16 h) and the largest clock change (24 h, Apia 2011) together."""


@dataclass(frozen=True, slots=True)
class Run:
    """One scheduled start.

    Attributes:
        at: the instant, UTC.
        uncertain: `None`, `dst-gap` or `dst-overlap`.
    """

    at: datetime
    uncertain: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One instant at which a slot may be met.

    Attributes:
        at: milliseconds since 1970.
        uncertain: `None`, `dst-gap` or `dst-overlap`.
        again: whether it is the second time that the same local time happens.
    """

    at: int
    uncertain: str | None = None
    again: bool = False


@dataclass(frozen=True)
class Rhythm:
    """The bare rule behind a schedule or a restart: slots on days in a zone.

    Attributes:
        slots: times of day in milliseconds, in order.
        days: the days.
        zone: whose clock counts.
        since: earlier local times do not count, in local milliseconds since 1970; `None` without a beginning.
        until: later instants do not count, in milliseconds since 1970; `None` without an end.
    """

    slots: Slots
    days: Days
    zone: ZoneInfo
    since: int | None = None
    until: int | None = None

    def instants(self, start: int, end: int) -> Iterator[tuple[int, str | None]]:
        """Walk the instants from *start* up to but not including *end*, each with its mark."""
        if self.until is not None:
            end = min(end, self.until + 1)
        for base, block in self._blocks(start, end):
            if isinstance(block, list):
                for reading in block:
                    if start <= reading.at < end:
                        yield reading.at, reading.uncertain
            else:
                for slot in block[bisect_left(block, start - base) : bisect_left(block, end - base)]:
                    yield base + slot, None

    def count(self, start: int, end: int) -> int:
        """Count the instants from *start* up to but not including *end*."""
        if self.until is not None:
            end = min(end, self.until + 1)
        total = 0
        for base, block in self._blocks(start, end):
            if isinstance(block, list):
                total += sum(start <= reading.at < end for reading in block)
            else:
                total += max(0, bisect_left(block, end - base) - bisect_left(block, start - base))
        return total

    def nth(self, n: int, end: int) -> int | None:
        """Find the instant of the *n*-th slot from `since` on; `None` when it does not come before *end*.

        The second time of a repeated local time is not counted for itself: the longest reading counts.
        """
        missing = n
        last = None
        for base, block in self._blocks((self.since or 0) - _NEAR, end):
            if isinstance(block, list):
                for reading in block:
                    if not missing and not reading.again:
                        return last
                    missing -= not reading.again
                    last = reading.at
            elif not missing:
                return last
            elif len(block) > missing:
                return base + block[missing - 1]
            elif block:
                missing -= len(block)
                last = base + block[-1]
        return last if not missing else None

    def _blocks(self, start: int, end: int) -> Iterator[tuple[int, Slots | list[Reading]]]:
        """Walk the days around *start* to *end*, each as an instant and the slots after it, or as readings.

        The blocks are in order and do not overlap; they may begin before *start* and go on after *end*.
        """
        if end <= start:
            return
        pending: list[Reading] = []
        span = span_at(self.zone, start)
        # Far from a clock change the local days are known exactly; otherwise three more are looked at.
        slack = 0 if span.start + _NEAR <= start and end + _NEAR <= span.end else _NEAR
        low = (start + span.offset - slack) // DAY
        high = (end - 1 + span.offset + slack) // DAY
        if low == high and self.since is None and _FIRST <= low <= _LAST:
            yield from self._ordinary_day(low, span.offset)
            return
        for day in self.days.between(_day(low), _day(high)):
            midnight = (day.toordinal() - _EPOCH_DAY) * DAY
            slots = self.slots
            if self.since is not None and midnight < self.since:
                slots = slots[bisect_left(slots, self.since - midnight) :]
            if not span.start <= midnight < span.end:
                span = span_at(self.zone, midnight)
            if span.start + _NEAR <= midnight and midnight + DAY + _NEAR <= span.end:
                if pending:
                    yield 0, pending
                    pending = []
                yield midnight - span.offset, slots
                continue
            around = tuple(spans(self.zone, midnight - _NEAR, midnight + DAY + _NEAR))
            readings = [reading for slot in slots for reading in readings_of(midnight + slot, around)]
            settled, pending = _merged(pending, readings)
            if settled:
                yield 0, settled
        if pending:
            yield 0, pending

    def _ordinary_day(self, number: int, offset: int) -> Iterator[tuple[int, Slots]]:
        """Give the block of one day far from a clock change: what a forecast asks for each restart."""
        if self.days.is_every_day or any(self.days.between(_day(number), _day(number))):
            yield number * DAY - offset, self.slots


def readings_of(local: int, around: Iterable[Span]) -> list[Reading]:
    """List the instants at which a local time may be met.

    Args:
        local: local milliseconds since 1970, as if the local clock were UTC.
        around: the spans of the zone near that time, in order.
    """
    found = [span for span in around if span.start <= local - span.offset < span.end]
    if not found:
        gap = next(
            s for s in around if s.before < s.offset and s.start + s.before <= local < s.start + s.offset
        )
        return [Reading(local - gap.before, GAP)]
    if len(found) == 1:
        return [Reading(local - found[0].offset)]
    return [Reading(local - span.offset, OVERLAP, index > 0) for index, span in enumerate(found)]


def _merged(pending: list[Reading], readings: list[Reading]) -> tuple[list[Reading], list[Reading]]:
    """Put a day's readings after the ones before; give back what is settled and what may still interleave."""
    best: dict[int, Reading] = {}
    for reading in (*pending, *readings):
        known = best.get(reading.at)
        if known is None or (known.uncertain and not reading.uncertain):
            best[reading.at] = reading
    ordered = sorted(best.values(), key=lambda reading: reading.at)
    first = min((reading.at for reading in readings), default=ordered[0].at if ordered else 0)
    border = bisect_left(ordered, first, key=lambda reading: reading.at)
    return ordered[:border], ordered[border:]


def _day(number: int) -> date:
    return date.fromordinal(min(max(number + _EPOCH_DAY, _FIRST_DAY.toordinal()), _LAST_DAY.toordinal()))


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
