"""The week as a map: at which hours of which weekdays runs failed, and at which they will meet a restart."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

HOURS = 24
WEEKDAYS = 7


@dataclass(frozen=True)
class HeatMap:
    """What happened, and what lies ahead, by weekday (Monday is 0) and hour of the day.

    Attributes:
        zone: whose clock counts.
        failures: how many runs failed; what is not in it is none.
        collisions: how many runs will meet a restart.
    """

    zone: ZoneInfo
    failures: Mapping[tuple[int, int], int]
    collisions: Mapping[tuple[int, int], int]

    @property
    def empty(self) -> bool:
        """Whether there is nothing on it."""
        return not self.failures and not self.collisions

    @property
    def hours(self) -> tuple[int, ...]:
        """The hours in which there is something, in order."""
        return tuple(sorted({hour for _, hour in (*self.failures, *self.collisions)}))

    def failed_on(self, weekday: int) -> int:
        """Count the failures of a weekday."""
        return sum(count for (day, _), count in self.failures.items() if day == weekday)

    def meeting_on(self, weekday: int) -> int:
        """Count the collisions of a weekday."""
        return sum(count for (day, _), count in self.collisions.items() if day == weekday)


def heat_map(zone: ZoneInfo, failures: Iterable[datetime], collisions: Iterable[datetime]) -> HeatMap:
    """Draw the map.

    Args:
        zone: whose clock counts.
        failures: when runs failed, aware; a week of them at most, so that no two weeks mix.
        collisions: when runs will meet a restart, aware; a week of them at most.
    """
    return HeatMap(zone, _counted(zone, failures), _counted(zone, collisions))


def _counted(zone: ZoneInfo, moments: Iterable[datetime]) -> dict[tuple[int, int], int]:
    local = (moment.astimezone(zone) for moment in moments)
    return dict(Counter((moment.weekday(), moment.hour) for moment in local))
