"""Collisions ahead, for many schedules at once, and what is new since the last look.

Clock changes are in it: a daily run at 08:00 in Paris meets a restart at 06:00 UTC in summer only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.collision import Collision, Danger, dangers, meetings, restarts_near
from bot.domain.recurrence import bounds, rhythm
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule


@dataclass(frozen=True)
class Plan:
    """A workflow to look ahead for.

    Attributes:
        name: the internal name.
        schedule: its rules in local time.
        zone: the zone that these run in.
        windows: every restart window that its runs must clear.
    """

    name: str
    schedule: Schedule
    zone: ZoneInfo
    windows: tuple[RestartWindow, ...]


@dataclass(frozen=True)
class Forecast:
    """What lies ahead of one workflow from `start` up to but not including `end`, both UTC.

    Attributes:
        name: the internal name.
        start: where the look begins.
        end: where it is over.
        runs: how many runs there are.
        restarts: how many restarts there are, of all windows.
        collisions: every pair that collides, ordered by run.
    """

    name: str
    start: datetime
    end: datetime
    runs: int
    restarts: int
    collisions: tuple[Collision, ...]

    @property
    def first(self) -> Collision | None:
        """The earliest collision, whose run's day is the date at which the trouble begins."""
        return self.collisions[0] if self.collisions else None


def forecast(plans: Iterable[Plan], start: datetime, days: int) -> tuple[Forecast, ...]:
    """Look ahead for each plan, in the plans' order.

    Workflows that share their windows share the work on restarts, so a thousand of them take about a second.

    Args:
        plans: the workflows.
        start: aware; where the look begins.
        days: how many times 24 hours it lasts.
    """
    end = start + timedelta(days=days)
    known: dict[tuple[RestartWindow, ...], tuple[tuple[Danger, ...], int]] = {}
    found = []
    for plan in plans:
        if plan.windows not in known:
            near = tuple(dangers(restarts_near(plan.windows, start, end), start, end))
            known[plan.windows] = near, sum(start <= danger.restart.at < end for danger in near)
        near, restarts = known[plan.windows]
        runs = rhythm(plan.schedule, plan.zone, end)
        met = sorted(meetings(runs, near), key=lambda collision: (collision.run.at, collision.restart.at))
        found.append(
            Forecast(
                plan.name,
                start,
                end,
                runs.count(*bounds(start, end)),
                restarts,
                tuple(met),
            )
        )
    return tuple(found)
