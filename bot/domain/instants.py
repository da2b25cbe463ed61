"""A bare rule, slots on days in a zone, and the instants that it means, in order, lazily, without scanning.

Campaign's behaviour at a clock change is not documented, so every reading counts. A local time that does not
exist moves forward by the gap, and is marked `dst-gap`; a local time that happens twice gives both instants,
each marked `dst-overlap`. Equal instants are one, and it is only uncertain if each way to it is.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from bot.domain.days import Days
from bot.domain.times import DAY, Slots
from bot.domain.zones import HOUR, Span, span_at, spans

GAP = "dst-gap"
OVERLAP = "dst-overlap"

_FIRST_DAY = date(2, 1, 2)
_LAST_DAY = date(9997, 12, 30)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_NEAR = 48 * HOUR
"""More than the largest offset (16 h) and the largest clock change (24 h, Apia 2011) together."""


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


class Stretch(Protocol):
    """A half-open stretch of time, in milliseconds since 1970."""

    @property
    def low(self) -> int:
        """Where it begins."""
        ...

    @property
    def high(self) -> int:
        """Where it is over."""
        ...


Between = TypeVar("Between", bound=Stretch)


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

    @property
    def is_boundless(self) -> bool:
        """Whether it has neither a beginning nor an end."""
        return self.since is None and self.until is None

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

    def within(self, stretches: Iterable[Between]) -> Iterator[tuple[int, str | None, Between]]:
        """Walk the instants in each of *stretches*, in their order, each with its mark and its stretch.

        Most stretches of a look ahead lie within one ordinary day and hold no instant. If every day counts,
        the time of day alone tells so, as long as the clock does not change.
        """
        plain = self.is_boundless and self.days.is_every_day
        slots, calm, calm_end, offset = self.slots, 0, 0, 0
        for stretch in stretches:
            low, high = stretch.low, stretch.high
            if plain:
                if not (calm <= low and high <= calm_end):
                    span = span_at(self.zone, low)
                    calm, calm_end, offset = span.start + _NEAR, span.end - _NEAR, span.offset
                time = (low + offset) % DAY
                if calm <= low and high <= calm_end and time + high - low <= DAY:
                    first, last = bisect_left(slots, time), bisect_left(slots, time + high - low)
                    for slot in slots[first:last]:
                        yield low + slot - time, None, stretch
                    continue
            for at, uncertain in self.instants(low, high):
                yield at, uncertain, stretch

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
        for day in self.days.between(*self._days_of(span, start, end)):
            midnight = (day.toordinal() - _EPOCH_DAY) * DAY
            slots = self.slots
            if self.since is not None and midnight < self.since:
                slots = slots[bisect_left(slots, self.since - midnight) :]
            if not span.start <= midnight < span.end:
                span = span_at(self.zone, midnight)
            around: tuple[Span, ...] = (span,)
            if not (span.start + _NEAR <= midnight and midnight + DAY + _NEAR <= span.end):
                around = tuple(spans(self.zone, midnight - _NEAR, midnight + DAY + _NEAR))
            only = _only_span(midnight, around)
            if only is not None and not (pending and pending[-1].at >= midnight - only.offset):
                if pending:
                    yield 0, pending
                    pending = []
                yield midnight - only.offset, slots
                continue
            readings = [reading for slot in slots for reading in readings_of(midnight + slot, around)]
            settled, pending = _merged(pending, readings)
            if settled:
                yield 0, settled
        if pending:
            yield 0, pending

    def _days_of(self, span: Span, start: int, end: int) -> tuple[date, date]:
        """Tell the first and the last local day that may have an instant from *start* up to *end*.

        Args:
            span: the one that holds *start*.
            start: an instant.
            end: a later one.
        """
        if end - start > DAY:
            slack = 0 if span.start + _NEAR <= start and end + _NEAR <= span.end else _NEAR
            return _day((start + span.offset - slack) // DAY), _day((end - 1 + span.offset + slack) // DAY)
        # A time that was left out is read by the offset before the change, any other by the one that holds.
        offsets = [offset for one in spans(self.zone, start, end) for offset in (one.before, one.offset)]
        return _day((start + min(offsets)) // DAY), _day((end - 1 + max(offsets)) // DAY)


def _only_span(midnight: int, around: tuple[Span, ...]) -> Span | None:
    """Find the span in which each time of a local day has its only reading; `None` if a change interferes.

    Args:
        midnight: of the day, in local milliseconds since 1970.
        around: the spans of the zone near that day, in order.
    """
    if len(around) == 1:
        return around[0]
    touched = [
        span
        for span in around
        if span.start < midnight + DAY - span.offset and midnight - span.offset < span.end
    ]
    if len(touched) != 1:
        return None
    (only,) = touched
    return only if only.start <= midnight - only.offset and midnight + DAY - only.offset <= only.end else None


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
