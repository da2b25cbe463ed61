"""What a request would do, or why it cannot be done: judged by a picture of the workflow, nothing else."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.domain.errors import Refused
from bot.domain.forecast import Plan as Forecasted
from bot.domain.forecast import forecast
from bot.domain.offer import consider, consider_minute, zone_of
from bot.domain.period import differences
from bot.domain.proposal import Proposal, TrackingChoice
from bot.domain.recurrence import next_run
from bot.domain.safety import Safety
from bot.domain.saying import moment
from bot.domain.schedule import Schedule
from bot.domain.sentence import joined, say
from bot.domain.three_way import MOST_DIFFERENCES, Found, find, saved_by, told
from bot.domain.tracking import caution
from bot.domain.wording import describe
from bot.service.pictures import Picture

RESUMED_DAYS = 7
"""How far ahead a run counts that meets a restart after a mere start."""


@dataclass(frozen=True)
class Plan:
    """What a proposal would do.

    Attributes:
        period: the schedule's text afterwards.
        run: the first run of the new schedule, UTC; `None` for a resume.
        summary: the one-line difference.
        caution: what the approver must know.
        tracking_gap: whether clicks are exposed by it (KA-22897).
        tracking_minute: of the hour, at which RT's tracking runs; `None` where that is of no concern.
        archiving_minute: of the hour, at which archiving would run after RT's restart; `None` as above.
    """

    period: str
    run: datetime | None
    summary: str
    caution: str
    tracking_gap: bool = False
    tracking_minute: int | None = None
    archiving_minute: int | None = None


def plan_shift(picture: Picture, offset: str, minute: str) -> Plan:
    """Plan a shift to so many minutes after the restart, or to a chosen minute of the hour."""
    name, execution = picture.workflow.status.name, picture.execution
    judge = (
        partial(consider_minute, minute=int(minute)) if minute else partial(consider, offsets=(int(offset),))
    )
    considered = judge(
        picture.workflow,
        picture.instance,
        execution,
        siblings=picture.siblings,
        starts=picture.starts,
        now=picture.now,
        takes=picture.lesson.usual_run,
    )
    if considered.refusal:
        cannot = say("{workflow} cannot be moved.", workflow=name)
        raise Refused(joined(" ", [cannot, considered.refusal]))
    offer = considered.offers[0]
    if not offer.safe and minute:
        raise Refused(
            say(
                "Minute :{minute} is not safe: {reason}. Ask for another minute.",
                minute=f"{int(minute):02d}",
                reason=offer.reason,
            )
        )
    if not offer.safe:
        raise Refused(
            say(
                "{offset} minutes is not safe: {reason}. Ask for another minute.",
                offset=f"{int(offset):+d}",
                reason=offer.reason,
            )
        )
    zone = zone_of(picture.workflow, picture.instance)
    schedule = Schedule.parse(offer.period_after)
    first = next_run(schedule, zone, picture.now)
    run = offer.run_after_restart.astimezone(execution.windows[0].zone) if offer.run_after_restart else None
    summary = say(
        "Move {workflow}: {before} → {after}, and start it.",
        workflow=name,
        before=considered.schedule,
        after=describe(schedule),
    )
    gap = caution(run, execution.tracking)
    cautions = joined(" ", filter(None, (gap, *offer.warnings)))
    return Plan(
        offer.period_after,
        first.at if first else None,
        summary,
        cautions,
        tracking_gap=bool(gap),
        tracking_minute=execution.tracking.minute if execution.tracking else None,
        archiving_minute=run.minute if run else None,
    )


def plan_resume(picture: Picture) -> Plan:
    """Plan a mere start, which avoids nothing: it says which run meets a restart again."""
    name = picture.workflow.status.name
    start = say("Start {workflow} once; its schedule stays.", workflow=name)
    return Plan(picture.workflow.definition.period or "", None, start, _meets_again(picture, name))


def _meets_again(picture: Picture, name: str) -> str:
    schedule, zone = picture.schedule
    if schedule is None or zone is None:
        return ""
    windows = (*picture.execution.windows, *picture.instance.windows)
    (ahead,) = forecast([Forecasted(name, schedule, zone, windows)], picture.now, RESUMED_DAYS)
    if ahead.first is None:
        return ""
    run = f"{ahead.first.run.at.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"
    return say("The run of {moment} meets a restart again.", moment=run)


def plan_undo(picture: Picture, done: Proposal) -> Plan:
    """Plan to put the previous text back, unless somebody has edited the schedule since."""
    name, present = picture.workflow.status.name, picture.workflow.definition.period or ""
    if (done.instance, done.workflow_id) != (picture.instance.name, picture.workflow.status.id):
        raise Refused(
            say(
                "{workflow} was replaced by another of the same name since, so its schedule is not put back: "
                "compare it in the console.",
                workflow=name,
            )
        )
    found = find(picture.workflow, done.backup)
    if present == done.period_before and not found.activities:
        raise Refused(
            say(
                "{workflow} reads as before already: there is nothing to put back. Look at it in the console "
                "if that surprises you.",
                workflow=name,
            )
        )
    if present != done.period_after or found.activities:
        raise Refused(joined("\n", _edited_since(picture, done, found)))
    zone = zone_of(picture.workflow, picture.instance)
    first = next_run(Schedule.parse(done.period_before), zone, picture.now)
    before, after = describe(Schedule.parse(present)), describe(Schedule.parse(done.period_before))
    summary = say(
        "Put {workflow} back: {before} → {after}, and start it.", workflow=name, before=before, after=after
    )
    windows = (*picture.windows, *picture.instance.windows)
    safety = Safety(zone, windows, picture.siblings, picture.now)
    collision = safety.collision(Schedule.parse(done.period_before))
    shared = safety.shared_minute(Schedule.parse(done.period_before))
    cautions: list[str] = []
    if collision:
        cautions.append(say("Once it is put back, {collision}.", collision=collision))
    if done.tracking_moved_by:
        cautions.append(say("RT's tracking was moved along with it: move that back as well (KA-22897)."))
    elif done.tracking is TrackingChoice.MOVES_TOO:
        cautions.append(
            say("If RT's tracking was moved along with it already, move that back as well (KA-22897).")
        )
    if shared:
        cautions.append(say("{objection} (KA-23471).", objection=shared))
    return Plan(done.period_before, first.at if first else None, summary, joined(" ", cautions))


def _edited_since(picture: Picture, done: Proposal, found: Found) -> list[str]:
    """Say why a change is not taken back: who edited what since, in three readings."""
    name, editor = picture.workflow.status.name, saved_by(found)
    if found.edited_at:
        head = say(
            "{workflow} cannot be put back: {editor} edited it since at {moment}. "
            "Ask them, and compare it in the console:",
            workflow=name,
            editor=editor,
            moment=moment(found.edited_at, picture.instance.zone),
        )
    else:
        head = say(
            "{workflow} cannot be put back: {editor} edited it since. "
            "Ask them, and compare it in the console:",
            workflow=name,
            editor=editor,
        )
    lines = told(done.period_before, done.period_after, found.period, done=True)
    return [head, *lines, *(joined("", [one, "."]) for one in found.activities[:MOST_DIFFERENCES])]


def told_dry(proposal: Proposal) -> str:
    """Say what *proposal* would do, to who tries it without asking for it."""
    parts = [
        say("Dry run: nothing was changed or asked for. mcsync read and judged everything."),
        proposal.summary,
        _changes(proposal.period_before, proposal.period_after),
        proposal.caution,
    ]
    return joined("\n", filter(None, parts))


def _changes(before: str, after: str) -> str:
    """Name the keys of `<period>` that differ, with both values."""
    changed = differences(before, after)
    if not changed:
        return say("It would change nothing.")
    keys = ", ".join(f"{key} {old} → {new}" for key, old, new in changed)
    return say("It would change {keys}.", keys=keys)
