"""Zones: which one a schedule runs in, and when and how its clock changes.

`zoneinfo` answers "what is the offset at this instant"; here its answers become spans between clock changes,
so that a year of runs needs a handful of questions and not thousands.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.domain.errors import UnreadableSchedule
from bot.domain.sentence import say

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
HOUR = 3_600_000
FIRST_YEAR, LAST_YEAR = 2, 9998
"""Beyond these, local times would leave Python's calendar."""

INHERIT = frozenset({"", "_inherit_"})
SERVER = frozenset({"_server_"})
DATABASE = frozenset({"_database_", "_db_"})
OPERATOR = frozenset({"_operator_", "_user_", "_login_"})
"""Spellings of `@timezone` that are no zone names.

Only `_inherit_` was ever seen in an export. The console offers "server", "user" and "database time zone" in
words (Adobe, "Managing time zones"); their stored spellings are not public, so we accept the likely ones.
Whatever else is no IANA name is refused.
"""

_NOT_A_PLACE = ("posix/", "right/", "localtime", "posixrules", "Factory")


def resolve_zone(
    activity: str, workflow: str, *, server_zone: ZoneInfo, database_zone: ZoneInfo | None = None
) -> ZoneInfo:
    """Find the zone of a scheduler: its own, else the workflow's, else the application server's.

    Args:
        activity: `@timezone` of the scheduler activity.
        workflow: `@timezone` of the workflow.
        server_zone: the configured zone of the application server.
        database_zone: the configured zone of the database server, if there is one.

    Raises:
        UnreadableSchedule: with the key `timezone`, for the operator's zone (it belongs to whoever starts the
            workflow, so that our own Start could change it), the database's when it is not configured, and
            names that are no zone.
    """
    name = next((name for name in (activity, workflow) if name not in INHERIT), "")
    if name in INHERIT or name in SERVER:
        return server_zone
    if name in DATABASE:
        if database_zone is None:
            raise UnreadableSchedule("timezone", say("it is the database's zone, which is not configured"))
        return database_zone
    if name in OPERATOR:
        raise UnreadableSchedule(
            "timezone",
            say("it is the zone of the operator who starts the workflow, which our own start could change"),
        )
    return load_zone(name)


def load_zone(name: str) -> ZoneInfo:
    """Load a zone by its IANA name.

    Raises:
        UnreadableSchedule: with the key `timezone`, when there is no such zone. The `right/` files count
            leap seconds and `localtime` differs by machine, so these are no zones here.
    """
    if not name.startswith(_NOT_A_PLACE):
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):  # no such key, a path, or a folder of the zone database
            pass
    raise UnreadableSchedule("timezone", say("{name} is not a known IANA time zone", name=f"{name[:60]!r}"))


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in which a zone's offset stays the same. All in milliseconds; instants since 1970.

    Attributes:
        start: the instant at which it begins.
        end: the instant at which it is over.
        offset: local time minus UTC.
        before: the offset just before `start`.
        after: the offset from `end` on.
    """

    start: int
    end: int
    offset: int
    before: int
    after: int


def instant(moment: datetime) -> int:
    """Count the milliseconds from 1970 to an aware datetime, rounded down."""
    return (moment - EPOCH) // MILLISECOND


def moment_of(instant_: int) -> datetime:
    """Turn milliseconds since 1970 into a datetime in UTC."""
    return EPOCH + timedelta(milliseconds=instant_)


def spans(zone: ZoneInfo, start: int, end: int) -> Iterator[Span]:
    """Walk the spans that touch the instants from *start* to *end*, in order and lazily."""
    at = start
    while True:
        span = span_at(zone, at)
        yield span
        if span.end > end:
            return
        at = span.end


def span_at(zone: ZoneInfo, at: int) -> Span:
    """Find the span that holds an instant.

    A span's `start` and `end` are true clock changes, or more than a year away.
    """
    for span in _spans_around(zone, min(max(moment_of(at).year, FIRST_YEAR), LAST_YEAR)):
        if at < span.end:
            return span
    raise AssertionError(f"no span of {zone} holds {at}")  # pragma: no cover - the spans cover three years


@dataclass(frozen=True, slots=True)
class ClockChange:
    """A change of a zone's clock.

    Attributes:
        at: when it happens, UTC.
        zone: whose clock.
        by: how far the clock is put forward; negative when it is put back.
    """

    at: datetime
    zone: ZoneInfo
    by: timedelta


def next_clock_change(zones: Iterable[ZoneInfo], after: datetime) -> ClockChange | None:
    """Find the first change of any of these clocks after an instant; `None` when none comes for a year."""
    found = []
    for zone in zones:
        span = span_at(zone, instant(after))
        if span.offset != span.after:
            found.append(ClockChange(moment_of(span.end), zone, (span.after - span.offset) * MILLISECOND))
    return min(found, key=lambda change: change.at, default=None)


@lru_cache(maxsize=4096)
def _spans_around(zone: ZoneInfo, year: int) -> tuple[Span, ...]:
    """List the spans of the year and its two neighbours."""
    years = [y for y in (year - 1, year, year + 1) if FIRST_YEAR <= y <= LAST_YEAR]
    changes = [change for y in years for change in _changes_in(zone, y)]
    low = _new_year(years[0])
    offset = _offset(zone, low)
    found = []
    before = offset
    for at, after in changes:
        found.append(Span(low, at, offset, before, after))
        low, before, offset = at, offset, after
    found.append(Span(low, _new_year(years[-1] + 1), offset, before, offset))
    return tuple(found)


@lru_cache(maxsize=4096)
def _changes_in(zone: ZoneInfo, year: int) -> tuple[tuple[int, int], ...]:
    """List the clock changes of a year in UTC: the instant, and the offset from then on.

    No zone has ever changed twice within three days (the shortest span on record is Freetown's in 1939, just
    below four), so looking every three days misses none; between two looks that differ, halving finds the
    millisecond.
    """
    found = []
    look = 72 * HOUR
    low, end = _new_year(year), _new_year(year + 1)
    offset = _offset(zone, low)
    while low < end:
        high = min(low + look, end)
        after = _offset(zone, high)
        if after != offset:
            found.append((_change_between(zone, low, high), after))
        low, offset = high, after
    return tuple(found)


def _change_between(zone: ZoneInfo, low: int, high: int) -> int:
    before = _offset(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


def _new_year(year: int) -> int:
    return instant(datetime(year, 1, 1, tzinfo=UTC))


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = moment_of(at).astimezone(zone).utcoffset()
    assert offset is not None
    return offset // MILLISECOND
