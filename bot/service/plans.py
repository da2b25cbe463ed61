"""What a request would do, or why it cannot be done: judged by a picture of the workflow, nothing else."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import Refused
from bot.domain.offer import consider, consider_minute, zone_of
from bot.domain.period import differences
from bot.domain.proposal import Ask, Proposal, TrackingChoice
from bot.domain.recurrence import next_run
from bot.domain.safety import Safety
from bot.domain.saying import foreign, moment
from bot.domain.schedule import Schedule
from bot.domain.three_way import MOST_DIFFERENCES, Found, find, saved_by, told
from bot.domain.tracking import caution
from bot.domain.wording import describe
from bot.service.pictures import Picture


@dataclass(frozen=True)
class Plan:
    """What a proposal would do.

    Attributes:
        period: the schedule's text afterwards.
        run: the first run of the new schedule, UTC; `None` for a resume.
        summary: the one-line difference.
        caution: what the approver must know.
    """

    period: str
    run: datetime | None
    summary: str
    caution: str


def plan_shift(picture: Picture, offset: str, minute: str) -> Plan:
    """Plan a shift to so many minutes after the restart, or to a chosen minute of the hour."""
    name, execution = picture.workflow.status.name, picture.execution
    about = (picture.workflow, picture.instance, execution)
    siblings, starts, now = picture.siblings, picture.starts, picture.now
    if minute:
        considered = consider_minute(*about, siblings=siblings, starts=starts, now=now, minute=int(minute))
    else:
        considered = consider(*about, siblings=siblings, starts=starts, now=now, offsets=(int(offset),))
    if considered.refusal:
        raise Refused(f"{name} cannot be moved. {considered.refusal} Look at it in the console.")
    offer = considered.offers[0]
    if not offer.safe:
        wanted = f"Minute :{int(minute):02d}" if minute else f"{int(offset):+d} minutes"
        raise Refused(f"{wanted} is not safe: {offer.reason}. Ask for another minute.")
    zone = zone_of(picture.workflow, picture.instance)
    schedule = Schedule.parse(offer.period_after)
    first = next_run(schedule, zone, picture.now)
    run = offer.run_after_restart.astimezone(execution.windows[0].zone) if offer.run_after_restart else None
    summary = (
        f"Move {name}: {considered.schedule} → {describe(schedule)}, and start it"
        f"{f'; next run {first.at.astimezone(zone):%H:%M} {zone.key}' if first else ''}."
    )
    cautions = " ".join(filter(None, (caution(run, execution.tracking), *offer.warnings)))
    return Plan(offer.period_after, first.at if first else None, summary, cautions)


def plan_undo(picture: Picture, done: Proposal) -> Plan:
    """Plan to put the previous text back, unless somebody has edited the schedule since."""
    name, present = picture.workflow.status.name, picture.workflow.definition.period or ""
    found = find(picture.workflow, done.backup)
    if present != done.period_after or found.activities:
        raise Refused("\n".join(_edited_since(picture, done, found)))
    zone = zone_of(picture.workflow, picture.instance)
    first = next_run(Schedule.parse(done.period_before), zone, picture.now)
    before, after = describe(Schedule.parse(present)), describe(Schedule.parse(done.period_before))
    summary = (
        f"Put {name} back: {before} → {after}, and start it"
        f"{f'; next run {first.at.astimezone(zone):%H:%M} {zone.key}' if first else ''}."
    )
    moved = done.tracking is TrackingChoice.MOVES_TOO
    shared = Safety(zone, (), picture.siblings, picture.now).shared_minute(Schedule.parse(done.period_before))
    minute = f"{shared} (KA-23471)." if shared else ""
    tracking = "RT's tracking was moved along with it: move that back as well (KA-22897)." if moved else ""
    return Plan(done.period_before, first.at if first else None, summary, f"{tracking} {minute}".strip())


def _edited_since(picture: Picture, done: Proposal, found: Found) -> list[str]:
    """Say why a change is not taken back: who edited what since, in three readings."""
    at = f" at {moment(found.edited_at, picture.instance.zone)}" if found.edited_at else ""
    name, editor = picture.workflow.status.name, saved_by(found)
    lines = [
        f"{name} cannot be put back: {editor} edited it since{at}. Ask them, and compare it in the console:"
    ]
    lines += told(done.period_before, done.period_after, found.period, done=True)
    return [*lines, *(f"{foreign(one)}." for one in found.activities[:MOST_DIFFERENCES])]


def told_dry(proposal: Proposal) -> str:
    """Say what *proposal* would do, to who tries it without asking for it."""
    keys = _keys(proposal.period_before, proposal.period_after)
    steps = "Start" if proposal.ask is Ask.RESUME else "Stop, Write and Start"
    said = (
        f"Dry run: everything was read and judged but for {steps}, and nothing was asked for. "
        f"{proposal.summary} It would change {keys}. {proposal.caution}"
    )
    return said.strip()


def _keys(before: str, after: str) -> str:
    """Name the keys of `<period>` that differ, with both values."""
    changed = differences(before, after)
    return ", ".join(f"{key} {old} → {new}" for key, old, new in changed) or "nothing"
