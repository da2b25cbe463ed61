"""When a server is away: every day at a local time, and whenever somebody restarts it by hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass
class Outages:
    """The restarts of one server.

    Attributes:
        zone: the server's zone, in which `at` is read.
        at: the daily restart (serverConf's `processRestartTime`), `None` for no daily one.
        takes: how long a daily restart lasts.
        since: no daily restart before this instant.
        by_hand: restarts that somebody asked for, start and end, UTC.
    """

    zone: ZoneInfo
    at: time | None = None
    takes: timedelta = timedelta(seconds=180)
    since: datetime = ALWAYS
    by_hand: list[tuple[datetime, datetime]] = field(default_factory=list)

    def away(self, instant: datetime) -> bool:
        """Tell whether the server is away at an instant."""
        return self.first_away(instant, instant) is not None

    def first_away(self, start: datetime, end: datetime) -> datetime | None:
        """Find the first instant at or after `start`, and before `end`, at which the server is away."""
        windows = self.windows(start, end)
        begins = [
            max(start, begin) for begin, until in windows if until > start and (begin < end or begin <= start)
        ]
        return min(begins, default=None)

    def back(self, instant: datetime) -> datetime:
        """Return the first instant from `instant` on at which the server is there."""
        while ends := [until for begin, until in self.windows(instant, instant) if begin <= instant < until]:
            instant = max(ends)
        return instant

    def next_edge(self, after: datetime) -> datetime:
        """Return when the server next leaves or comes back, `datetime.max` if never."""
        windows = self.windows(after, after + timedelta(days=3))
        edges = [edge for window in windows for edge in window if edge > after]
        return min(edges, default=datetime.max.replace(tzinfo=UTC))

    def restart(self, now: datetime, seconds: float) -> None:
        """Restart the server by hand."""
        self.by_hand.append((now, now + timedelta(seconds=seconds)))

    def windows(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield every restart that touches a span, and perhaps others near it, in no order."""
        yield from self.by_hand
        if self.at is None:
            return
        day = start.astimezone(self.zone).date() - timedelta(days=1)
        last = end.astimezone(self.zone).date() + timedelta(days=1)
        while day <= last:
            begin = datetime.combine(day, self.at, tzinfo=self.zone).astimezone(UTC)
            if begin >= self.since:
                yield begin, begin + self.takes
            day += timedelta(days=1)
