"""Scenes in which a change is carried out, each written as what differs from the usual one.

The usual one: mcSynch_mcExec1 runs hourly from 00:00 Paris time and shall run from 00:05; it is 07:20 there,
the workflow waits for its run of 08:00, and nobody restarts.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.change import Decision, Scene, decide
from bot.domain.proposal import Ask, Proposal, Stage, Step, StepRecord
from bot.domain.workflow import Activity, Definition, State, Status, Workflow
from tests.periods import every

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 24, 6, 20, tzinfo=UTC)
BEFORE = every("1h", "00:00")
AFTER = every("1h", "00:05")
ELSEWHERE = every("1h", "00:20")
NEXT_BEFORE = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
NEXT_AFTER = datetime(2026, 11, 24, 7, 5, tzinfo=UTC)
NAME, ID, OPERATOR = "mcSynch_mcExec1", "4900", "mcsync"


def definition(period: str = BEFORE, *, script: str = "soapImport()", schedulers: int = 1) -> Definition:
    """Write a definition with a script and so many schedulers."""
    names = [f"schedule{number or ''}" for number in range(schedulers)]
    timers = [
        Activity("schedule", name, f'<schedule name="{name}"><period>{period}</period></schedule>')
        for name in names
    ]
    work = Activity("js", "sync", f'<js name="sync"><script>{script}</script></js>')
    inner = "".join(activity.xml for activity in (*timers, work))
    only = schedulers == 1
    return Definition(
        (*timers, work),
        f"<activities>{inner}</activities>",
        period if only else None,
        names[0] if only else None,
        "",
    )


def workflow(
    state: int = State.STARTED,
    *,
    period: str = BEFORE,
    script: str = "soapImport()",
    failed: bool = False,
    busy: bool = False,
    next_run: datetime | None = NEXT_BEFORE,
    id: str = ID,  # noqa: A002 - the field's own name
    modified_by: str = OPERATOR,
) -> Workflow:
    """Read the workflow as it may stand."""
    status = Status(
        NAME,
        id,
        state,
        failed=failed,
        error_count=int(failed),
        process_id=77 if busy else 0,
        next_run=next_run,
    )
    return Workflow(
        status,
        "Archiving",
        "",
        0,
        None,
        "2026-11-24 05:00:00.000Z",
        modified_by,
        definition(period, script=script),
    )


def proposal(*steps: StepRecord, **changes: object) -> Proposal:
    """Write an approved shift that is being carried out, with *steps* on record."""
    begun_at = min([NOW - timedelta(minutes=1), *(one.begun_at - timedelta(seconds=1) for one in steps)])
    resume = changes.get("ask") is Ask.RESUME
    usual = Proposal(
        id="p1",
        incident_id="",
        instance="prod",
        workflow=NAME,
        workflow_id=ID,
        ask=Ask.SHIFT,
        offset_minutes=5,
        period_before=BEFORE,
        period_after=BEFORE if resume else AFTER,
        predicted_run=NEXT_AFTER,
        summary="Move it.",
        caution="",
        requested_by="U0SAM",
        requested_at=NOW - timedelta(minutes=10),
        expires_at=NOW + timedelta(minutes=50),
        stage=Stage.APPLYING,
        decided_by="U0ADA",
        decided_at=NOW - timedelta(minutes=2),
        steps=steps,
        begun_at=begun_at,
        backup=definition() if steps else None,
    )
    return replace(usual, **changes)  # type: ignore[arg-type] # names and types are the dataclass's own


def step(kind: Step, *, ago: float, outcome: str = "", crashed: bool = False) -> StepRecord:
    """Write the record of a step that was begun *ago* seconds ago."""
    begun = NOW - timedelta(seconds=ago)
    return StepRecord(kind, begun, None if crashed else begun + timedelta(seconds=1), outcome)


def stop(ago: float = 30, *, outcome: str = "", crashed: bool = False) -> StepRecord:
    """Write the record of a Stop."""
    return step(Step.STOP, ago=ago, outcome=outcome, crashed=crashed)


def write(ago: float = 20, *, outcome: str = "", crashed: bool = False) -> StepRecord:
    """Write the record of a Write."""
    return step(Step.WRITE, ago=ago, outcome=outcome, crashed=crashed)


def start(ago: float = 10, *, outcome: str = "", crashed: bool = False) -> StepRecord:
    """Write the record of a Start."""
    return step(Step.START, ago=ago, outcome=outcome, crashed=crashed)


def unsent(record: StepRecord) -> StepRecord:
    """Make of a record one whose request surely did not run."""
    return replace(record, sent=False, outcome="No connection could be made.")


def deciding(asked: Proposal, seen: Workflow, **scene: object) -> Decision:
    """Decide the next step."""
    usual = Scene(seen, PARIS, NOW)
    return decide(asked, replace(usual, **scene))  # type: ignore[arg-type] # as above
