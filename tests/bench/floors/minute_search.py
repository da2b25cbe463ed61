"""The least that forecasts: look at every minute, ask whether a run begins in it and RT is away in it.

It knows hourly and daily schedules in a zone, as the forecasts beside it need, and nothing else.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.bench.orders import Order, answer_orders

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Timetable:
    """When something begins: at *minute* of *hour*, or of every hour.

    Attributes:
        zone: of the clock on the wall.
        minute: of the hour.
        hour: of the day, `None` for every hour.
    """

    zone: ZoneInfo
    minute: int
    hour: int | None = None

    def begins(self, at: datetime) -> bool:
        """Tell whether it begins in the minute *at*, UTC."""
        local = at.astimezone(self.zone)
        return local.minute == self.minute and self.hour in (None, local.hour)


@dataclass(frozen=True)
class Away:
    """When RT is away, every day.

    Attributes:
        zone: of the clock on the wall.
        first: the first minute of the day in which a run is in danger.
        last: the last one.
    """

    zone: ZoneInfo
    first: int
    last: int

    def covers(self, at: datetime) -> bool:
        """Tell whether RT is away in the minute *at*, UTC."""
        local = at.astimezone(self.zone)
        return self.first <= 60 * local.hour + local.minute <= self.last


def search(runs: Timetable, windows: tuple[Away, ...], start: datetime, days: int) -> list[datetime]:
    """List the minutes in which a run begins while RT is away."""
    end = start + timedelta(days=days)
    found, at = [], start.astimezone(UTC)
    while at < end:
        if runs.begins(at) and any(window.covers(at) for window in windows):
            found.append(at)
        at += MINUTE
    return found


def main() -> None:
    """Search once for each line of input: `{"plans": [[zone, hour or null, minute], …], "days": …}`."""

    def deed(order: Order) -> dict[str, object]:
        start = datetime.fromisoformat(order["start"])
        windows = tuple(Away(ZoneInfo(zone), first, last) for zone, first, last in order["windows"])
        began = time.process_time()
        found = [
            search(Timetable(ZoneInfo(zone), minute, hour), windows, start, order["days"])
            for zone, hour, minute in order["plans"]
        ]
        return {"ms": 1000 * (time.process_time() - began), "found": sum(map(len, found))}

    answer_orders(deed)


if __name__ == "__main__":
    main()
