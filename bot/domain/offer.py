"""Which shifts may be offered for a workflow as it was read, or why none may.

Joins the schedule, the restart windows and what the server says of itself; each of them is checked before a
button is offered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.collision import LEAST_STARTS, agrees, agrees_with_starts
from bot.domain.errors import UnreadableSchedule, sentence_of
from bot.domain.instance import Execution, Instance
from bot.domain.schedule import Schedule
from bot.domain.sentence import say
from bot.domain.shift import MINUTE, ShiftOption, Sibling, propose_minute, propose_shifts
from bot.domain.wording import describe
from bot.domain.workflow import Workflow
from bot.domain.zones import resolve_zone


@dataclass(frozen=True)
class Offer:
    """A shift that a button may ask for, or the reason why it may not.

    Attributes:
        offset_minutes: minutes after the restart.
        safe: whether a button is offered.
        reason: why not, `""` when safe.
        period_after: the text the schedule would get, `""` when not safe.
        run_after_restart: the first run after the restart, UTC.
        margin_seconds: from the end of the danger to that run.
        warnings: what the approver should know, one sentence each.
    """

    offset_minutes: int
    safe: bool
    reason: str
    period_after: str = ""
    run_after_restart: datetime | None = None
    margin_seconds: int | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Considered:
    """What can be done about a workflow's schedule.

    Attributes:
        schedule: in words, `""` when it could not be read.
        offers: one per offset, safe or not.
        refusal: why no shift can be offered at all, `""` otherwise.
    """

    schedule: str
    offers: tuple[Offer, ...]
    refusal: str


def zone_of(workflow: Workflow, instance: Instance) -> ZoneInfo:
    """Find the zone of the workflow's schedule: activity, then workflow, then server.

    Raises:
        UnreadableSchedule: the zone is the operator's, or unknown.
    """
    return resolve_zone(
        workflow.definition.timezone,
        workflow.timezone,
        server_zone=instance.zone,
        database_zone=instance.database_zone,
    )


def consider(
    workflow: Workflow,
    instance: Instance,
    execution: Execution,
    *,
    siblings: Sequence[Sibling],
    starts: Sequence[datetime],
    now: datetime,
    takes: timedelta | None = None,
    offsets: tuple[int, ...] = (5, 10),
) -> Considered:
    """Consider moving *workflow*.

    Args:
        workflow: as read from Campaign.
        instance: the marketing server.
        execution: the execution instance it archives from.
        siblings: the other archiving workflows of the instance.
        starts: when runs were seen to start, UTC; used while the server plans no next run.
        now: rule time, UTC.
        takes: how long its runs take, if known, for the warning about siblings.
        offsets: minutes after the restart.
    """
    read = _read(workflow, instance, starts, now)
    if isinstance(read, Considered):
        return read
    schedule, zone = read
    windows = (*execution.windows, *instance.windows)
    options = propose_shifts(schedule, zone, windows, siblings, now, offsets=offsets, duration=takes)
    words = describe(schedule)
    if options.refused:
        return Considered(words, (), options.refused)
    nearest = (options.nearest_safe,) if options.nearest_safe else ()
    return Considered(words, tuple(_offer(option) for option in (*options.options, *nearest)), "")


def consider_minute(
    workflow: Workflow,
    instance: Instance,
    execution: Execution,
    *,
    siblings: Sequence[Sibling],
    starts: Sequence[datetime],
    now: datetime,
    takes: timedelta | None = None,
    minute: int,
) -> Considered:
    """Consider moving *workflow* to a freely chosen minute of the hour; the other arguments as above.

    The one offer counts its minutes from the restart that has to be cleared.

    Raises:
        ValueError: *minute* is not from 0 to 59.
    """
    read = _read(workflow, instance, starts, now)
    if isinstance(read, Considered):
        return read
    schedule, zone = read
    windows = (*execution.windows, *instance.windows)
    option = propose_minute(schedule, zone, windows, siblings, now, minute=minute, duration=takes)
    return Considered(describe(schedule), (_offer(option),), "")


def _read(
    workflow: Workflow, instance: Instance, starts: Sequence[datetime], now: datetime
) -> tuple[Schedule, ZoneInfo] | Considered:
    """Understand a workflow's schedule, or say why nothing can be offered."""
    if workflow.definition.period is None:
        return Considered("", (), say("It does not have exactly one scheduler. Change it in the console."))
    words = ""
    try:
        schedule = Schedule.parse(workflow.definition.period)
        words = describe(schedule)
        zone = zone_of(workflow, instance)
    except UnreadableSchedule as error:
        refusal = say("{reason} Change it in the console.", reason=sentence_of(error))
        return Considered(words, (), refusal)
    strange = _disagreement(workflow, schedule, zone, starts, now)
    return Considered(words, (), strange) if strange else (schedule, zone)


def _disagreement(
    workflow: Workflow, schedule: Schedule, zone: ZoneInfo, starts: Sequence[datetime], now: datetime
) -> str:
    """Say how the server's own plan differs from ours; `""` when they agree.

    Whether `m_tmStartTime` anchors the phase is not documented, so nothing is proposed before both agree.
    """
    seen = workflow.status.next_run
    if workflow.status.started and seen is not None:
        if agrees(schedule, zone, now, seen):
            return ""
        return say(
            "The server plans the next run at {moment} UTC, which its schedule does not "
            "say, so the schedule is not understood. Change it in the console.",
            moment=f"{seen:%Y-%m-%d %H:%M:%S}",
        )
    if agrees_with_starts(schedule, zone, starts):
        return ""
    if len(starts) < LEAST_STARTS:
        return say(
            "The journal shows too few starts to check the schedule against. "
            "Start the workflow first, or change it in the console."
        )
    return say(
        "The starts in the journal do not fit the schedule, so it is not understood. "
        "Change it in the console."
    )


def _offer(option: ShiftOption) -> Offer:
    return Offer(
        offset_minutes=_after_restart(option),
        safe=option.safe,
        reason=option.reason or "",
        period_after=option.schedule.text if option.safe and option.schedule else "",
        run_after_restart=option.run_after_restart,
        margin_seconds=int(option.margin.total_seconds()) if option.margin is not None else None,
        warnings=option.warnings,
    )


def _after_restart(option: ShiftOption) -> int:
    """Count the minutes from the restart to the run; 0 where a chosen minute leads to none."""
    if option.offset_minutes is not None:
        return option.offset_minutes
    if option.run_after_restart is None or option.restart is None:
        return 0
    return (option.run_after_restart - option.restart.at) // MINUTE
