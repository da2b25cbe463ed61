"""The day of the world as a strip: which runs are planned, when servers are away, what failed. Reads only."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.sandbox.campaign.outages import Outages
from bot.sandbox.campaign.scheduler import UnreadablePeriod, next_fire
from bot.sandbox.campaign.workflow import Workflow, period_of
from bot.sandbox.campaign.world import ERROR, World

MOST_RUNS = 200


def day_around(world: World) -> tuple[datetime, datetime]:
    """Return the midnights, UTC, around the world's time in the marketing server's zone."""
    today = world.time.astimezone(world.zone).date()
    first, last = (
        datetime.combine(day, time(), tzinfo=world.zone).astimezone(UTC)
        for day in (today, today + timedelta(days=1))
    )
    return first, last


def planned_runs(world: World, workflow: Workflow) -> tuple[datetime, ...]:
    """Return when a workflow fires within the day, UTC: by what is loaded, or stored while it is stopped."""
    activities = workflow.activities if workflow.loaded is None else workflow.loaded
    return _fires(period_of(activities), world.zone_of(workflow), *day_around(world))


def failures(world: World, workflow: Workflow) -> tuple[datetime, ...]:
    """Return when the journal shows an error of a workflow within the day, UTC, each instant once."""
    begin, end = day_around(world)
    found = {
        line.at
        for line in world.journal
        if line.workflow_id == workflow.id and line.kind == ERROR and begin <= line.at < end
    }
    return tuple(sorted(found))


def absences(world: World, outages: Outages) -> Iterator[tuple[datetime, datetime]]:
    """Yield from when until when a server is away within the day, UTC."""
    begin, end = day_around(world)
    for start, until in sorted(outages.windows(begin, end)):
        if start < end and until > begin:
            yield start, until


@lru_cache(maxsize=64)
def _fires(period_text: str, zone: ZoneInfo, begin: datetime, end: datetime) -> tuple[datetime, ...]:
    found: list[datetime] = []
    after = begin - timedelta(minutes=1)
    while len(found) < MOST_RUNS:
        try:
            run = next_fire(period_text, zone, after, days=2)
        except UnreadablePeriod:
            break
        if run is None or run >= end:
            break
        found.append(run)
        after = run
    return tuple(found)
