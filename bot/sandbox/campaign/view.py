"""The world as JSON, for the sandbox page and for tests. Reads only."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.sandbox.campaign.day import absences, day_around, failures, planned_runs
from bot.sandbox.campaign.outages import Outages
from bot.sandbox.campaign.scheduler import FIXED, parse_period
from bot.sandbox.campaign.workflow import Workflow, period_of
from bot.sandbox.campaign.world import NEVER, World

Json = dict[str, Any]
JOURNAL_LINES = 30


def iso(moment: datetime | None) -> str | None:
    """Write an instant as ISO 8601 in UTC, `None` for none or never."""
    return None if moment is None or moment == NEVER else moment.isoformat().replace("+00:00", "Z")


def look(world: World) -> Json:
    """Show the whole world: what the sandbox page and a test want to know at one glance."""
    return {
        "now": iso(world.time),
        "seed": world.seed,
        "zone": world.zone.key,
        "settings": asdict(world.settings),
        "workflows": [_workflow_json(world, workflow) for workflow in world.workflows.values()],
        "executions": {name: _outages_json(world, away) for name, away in world.executions.items()},
        "marketing": _outages_json(world, world.marketing),
        "journal": [
            {
                "id": line.id,
                "at": iso(line.at),
                "workflow": line.workflow_id,
                "activity": line.activity,
                "message": line.message,
                "error": line.kind == 0,
            }
            for line in world.journal[-JOURNAL_LINES:]
        ],
        "sessions": len(world.access.sessions),
        "logons": world.access.attempts,
        "writes": len(world.writes),
        "next": iso(world.next_event()),
        "day": _day_json(world),
    }


def _workflow_json(world: World, workflow: Workflow) -> Json:
    return {
        "id": workflow.id,
        "name": workflow.name,
        "label": workflow.stored.get("label", ""),
        "account": workflow.account,
        "state": int(workflow.state),
        "running": workflow.run is not None,
        "failed": workflow.failed,
        "error_activity": workflow.error_activity,
        "error_count": workflow.error_count,
        "process_id": workflow.process_id,
        "zone": world.zone_of(workflow).key,
        "next_run": iso(workflow.next_run),
        "last_start": iso(workflow.last_start),
        "last_modified": iso(workflow.last_modified),
        "modified_by": world.operators[workflow.modified_by].name,
        "runs_done": workflow.runs_done,
        "runs_failed": workflow.runs_failed,
        "stored_period": period_of(workflow.activities),
        "loaded_period": None if workflow.loaded is None else period_of(workflow.loaded),
        "stored_start": _start(period_of(workflow.activities)),
        "loaded_start": None if workflow.loaded is None else _start(period_of(workflow.loaded)),
    }


def _start(period_text: str) -> Json | None:
    """Tell which key of a `<period>` holds its start, what it says, and how often it then runs."""
    try:
        keys = parse_period(period_text)
    except ValueError:
        return None
    is_fixed = keys.get("m_iTimeMode") == FIXED
    key = "m_tmFixedTime" if is_fixed else "m_tmStartTime"
    return {"key": key, "at": keys.get(key, ""), "every": "" if is_fixed else keys.get("m_tmSpanTime", "")}


def _day_json(world: World) -> Json:
    """Show the day as a strip: what is planned, who is away, what failed."""
    begin, end = day_around(world)
    servers = {**world.executions, "marketing": world.marketing}
    archiving = [workflow for workflow in world.workflows.values() if workflow.account]
    return {
        "begin": iso(begin),
        "end": iso(end),
        "away": {
            name: [[iso(start), iso(until)] for start, until in absences(world, outages)]
            for name, outages in servers.items()
        },
        "runs": {
            workflow.name: [iso(run) for run in planned_runs(world, workflow)] for workflow in archiving
        },
        "failures": {workflow.name: [iso(at) for at in failures(world, workflow)] for workflow in archiving},
    }


def _outages_json(world: World, outages: Outages) -> Json:
    return {
        "away": outages.away(world.time),
        "zone": outages.zone.key,
        "restart": None if outages.at is None else outages.at.isoformat(),
        "takes": outages.takes.total_seconds(),
        "next_edge": iso(outages.next_edge(world.time)),
    }
