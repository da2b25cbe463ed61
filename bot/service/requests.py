"""Somebody asks for a change: Campaign is read afresh, the rules are asked, a proposal waits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.domain.audit import Deed, Event
from bot.domain.due_work import Claim, Work
from bot.domain.errors import McsyncError, NotAllowed, NotFound, Refused
from bot.domain.incident import IncidentState, identify
from bot.domain.instance import Instance, Mode
from bot.domain.offer import consider, consider_minute, zone_of
from bot.domain.period import differences
from bot.domain.policy import check_may_ask
from bot.domain.proposal import Ask, Proposal, Step, TrackingChoice
from bot.domain.recurrence import next_run
from bot.domain.schedule import Schedule
from bot.domain.tracking import caution
from bot.domain.wording import describe
from bot.domain.workflow import fence
from bot.service.gatherings import look_at_siblings
from bot.service.office import Kind, Office, ask_for_card, ask_for_whisper, campaign_lane
from bot.service.pictures import Picture, take_picture
from bot.service.work import Later

log = structlog.get_logger(__name__)


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


class Requests:
    """Takes requests for a change.

    Args:
        office: what the use cases share.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    def submit(
        self,
        *,
        key: str,
        user: str,
        source: str,
        ask: Ask,
        incident_id: str = "",
        workflow: str = "",
        instance: str = "",
        offset: int | None = None,
        minute: int | None = None,
        purpose: str = "",
        channel: str = "",
        undoes: str = "",
        dry_run: bool = False,
    ) -> bool:
        """Remember a press or a command as due work; `False` when it was delivered before.

        Args:
            key: tells this press from any other, so that a repeated delivery counts once.
            user: the Slack id of who asks.
            source: `button`, `command` or `box`.
            ask: what is asked for.
            incident_id: the incident whose button was pressed, `""` for a command.
            workflow: the workflow a command names.
            instance: its server, `""` for the first that watches it.
            offset: minutes after the restart, for a shift.
            minute: of the hour, for a shift to a freely chosen one.
            purpose: why, in the words of who asks.
            channel: where a command was typed, `""` for a button.
            undoes: the proposal whose change is to be taken back.
            dry_run: whether only to tell what would be done.

        Raises:
            NotFound: there is no such incident or workflow.
        """
        now = self._office.clock.now()
        with self._office.store.write() as tx:
            incident = tx.incident(incident_id) if incident_id else None
            if incident_id and incident is None:
                raise NotFound(
                    f"This incident is no longer known here. Ask with `{self._office.command} shift` instead."
                )
            name = incident.workflow if incident else workflow
            named = instance or ("" if incident else self._office.instance_of(name).name)
            instance = incident.instance if incident else named
            if not tx.accept_delivery(f"press:{key}", now, ""):
                return False
            payload = {
                "key": key,
                "user": user,
                "source": source,
                "ask": ask.value,
                "instance": instance,
                "workflow": name,
                "incident": incident_id,
                "offset": "" if offset is None else str(offset),
                "minute": "" if minute is None else str(minute),
                "purpose": purpose,
                "channel": channel,
                "undoes": undoes,
                "dry_run": "yes" if dry_run else "",
            }
            tx.enqueue(Work(f"ask:{key}", Kind.ASK, campaign_lane(instance), now, payload))
        return True

    def ask(self, claim: Claim) -> Later | None:
        """Make a proposal of a request, or tell who asked why not."""
        payload = claim.work.payload
        try:
            self._propose(claim)
        except McsyncError as error:
            # Whoever asked is waiting for a word; a request that failed is theirs to repeat.
            self._tell(payload["user"], f"Not asked for: {error}")
        return None

    def _propose(self, claim: Claim) -> None:
        payload, office = claim.work.payload, self._office
        instance = office.instances.get(payload["instance"])
        if instance is None or instance.mode is not Mode.PROPOSE:
            raise NotAllowed(
                f"mcsync only watches {payload['instance']}; an administrator sets its mode to propose."
            )
        person = office.slack.person(payload["user"])
        elsewhere = office.channel if payload["channel"] not in {"", office.channel} else ""
        check_may_ask(person, office.roles, office.directory.members(office.roles.groups), channel=elsewhere)
        proposal = self._draft(instance, payload)
        if payload["dry_run"]:
            self._tell(payload["user"], _told_dry(proposal))
            return
        with office.store.write() as tx:
            incident = tx.incident(payload["incident"]) if payload["incident"] else None
            other = tx.undecided(instance.name, proposal.workflow)
            if other is not None:
                raise NotAllowed(
                    f"<@{other.requested_by}> asked for a change of {other.workflow} before: "
                    "that one is decided first."
                )
            if incident is not None and incident.state is IncidentState.CLOSED and not proposal.undoes:
                raise NotFound(
                    f"This incident is closed. Ask with `{office.command} shift` if its schedule should move."
                )
            tx.add_proposal(proposal)
            if incident is not None:
                # Taking a change back concerns people again until that is proved as well.
                reopened = replace(
                    incident, proposal_id=proposal.id, state=IncidentState.OPEN, closed_at=None, closing=""
                )
                tx.save_incident(incident, reopened)
            details = {"ask": proposal.ask.value, "summary": proposal.summary, "digest": proposal.digest}
            details["incident"] = proposal.incident_id
            if proposal.purpose:
                details["purpose"] = proposal.purpose
            tx.record(
                Deed(
                    proposal.requested_at,
                    Event.PROPOSAL_ASKED,
                    person.id,
                    payload["source"],
                    instance.name,
                    proposal.id,
                    details,
                    person.name,
                )
            )
            ask_for_card(tx, office, proposal.incident_id or proposal.id, proposal.requested_at)
            if proposal.ask is not Ask.RESUME:
                look_at_siblings(tx, instance, proposal.workflow, proposal.requested_at)
            expiry = {"proposal": proposal.id}
            half_time = proposal.requested_at + office.expiry / 2
            tx.enqueue(Work(f"expire:{proposal.id}", Kind.EXPIRE, "rules", half_time, expiry))
        log.info("proposal.asked", proposal=proposal.id, workflow=proposal.workflow, ask=proposal.ask.value)

    def _draft(self, instance: Instance, payload: Mapping[str, str]) -> Proposal:
        """Read Campaign and write down what would be done."""
        office, name, ask = self._office, payload["workflow"], Ask(payload["ask"])
        picture = take_picture(office, instance, name)
        workflow = picture.workflow
        fence(workflow, instance.workflows)
        plan = Plan(workflow.definition.period or "", None, f"Start {name} once; its schedule stays.", "")
        if ask is Ask.SHIFT:
            plan = _plan_shift(picture, payload["offset"], payload.get("minute", ""))
        elif ask is Ask.UNDO:
            plan = _plan_undo(picture, self._done(payload["undoes"]))
        elif not workflow.status.failed_pause:
            raise NotFound(f"{name} does not stand paused after an error, so there is nothing to resume.")
        return Proposal(
            id=identify(payload["incident"], name, ask.value, payload["offset"], payload["key"]),
            incident_id=payload["incident"],
            instance=instance.name,
            workflow=name,
            workflow_id=workflow.status.id,
            ask=ask,
            offset_minutes=int(payload["offset"]) if payload["offset"] else None,
            period_before=workflow.definition.period or "",
            period_after=plan.period,
            predicted_run=plan.run,
            summary=plan.summary,
            caution=plan.caution,
            requested_by=payload["user"],
            requested_at=picture.now,
            expires_at=picture.now + office.expiry,
            quorum=office.roles.quorum,
            undoes=payload["undoes"],
            purpose=payload.get("purpose", ""),
            minute=int(payload["minute"]) if payload.get("minute") else None,
        )

    def _done(self, proposal_id: str) -> Proposal:
        with self._office.store.read() as tx:
            found = tx.proposal(proposal_id)
        if found is None or not found.taken(Step.WRITE):
            raise NotFound("There is no change on record to take back.")
        return found

    def _tell(self, user: str, text: str) -> None:
        now = self._office.clock.now()
        with self._office.store.write() as tx:
            ask_for_whisper(tx, self._office, user, text, now)


def _plan_shift(picture: Picture, offset: str, minute: str) -> Plan:
    """Plan a shift to so many minutes after the restart, or to a chosen minute of the hour."""
    name, execution = picture.workflow.status.name, picture.execution
    about = (picture.workflow, picture.instance, execution)
    siblings, starts, now = picture.siblings, picture.starts, picture.now
    if minute:
        considered = consider_minute(*about, siblings=siblings, starts=starts, now=now, minute=int(minute))
    else:
        considered = consider(*about, siblings=siblings, starts=starts, now=now, offsets=(int(offset),))
    if considered.refusal:
        raise Refused(f"{name} cannot be moved: {considered.refusal}")
    offer = considered.offers[0]
    if not offer.safe:
        wanted = f"Minute :{int(minute):02d}" if minute else f"{int(offset):+d} minutes"
        raise Refused(f"{wanted} is not safe: {offer.reason}.")
    zone = zone_of(picture.workflow, picture.instance)
    schedule = Schedule.parse(offer.period_after)
    first = next_run(schedule, zone, picture.now)
    run = offer.run_after_restart.astimezone(execution.windows[0].zone) if offer.run_after_restart else None
    summary = (
        f"Move {name}: {considered.schedule} → {describe(schedule)}, and start it"
        f"{f'; next run {first.at.astimezone(zone):%H:%M} {zone.key}' if first else ''}."
    )
    told = " ".join(filter(None, (caution(run, execution.tracking), *offer.warnings)))
    return Plan(offer.period_after, first.at if first else None, summary, told)


def _plan_undo(picture: Picture, done: Proposal) -> Plan:
    """Plan to put the previous text back, unless somebody has edited the schedule since."""
    name, present = picture.workflow.status.name, picture.workflow.definition.period or ""
    if present != done.period_after:
        editor = picture.workflow.modified_by or "Somebody"
        raise Refused(
            f"{name} cannot be put back: {editor} edited it since ({picture.workflow.last_modified}). "
            f"Before our change: {_keys(done.period_after, done.period_before)}; "
            f"since: {_keys(done.period_after, present)}. Compare them in the console."
        )
    zone = zone_of(picture.workflow, picture.instance)
    first = next_run(Schedule.parse(done.period_before), zone, picture.now)
    before, after = describe(Schedule.parse(present)), describe(Schedule.parse(done.period_before))
    summary = (
        f"Put {name} back: {before} → {after}, and start it"
        f"{f'; next run {first.at.astimezone(zone):%H:%M} {zone.key}' if first else ''}."
    )
    moved = done.tracking is TrackingChoice.MOVES_TOO
    told = "RT's tracking was moved along with it: move that back as well (KA-22897)." if moved else ""
    return Plan(done.period_before, first.at if first else None, summary, told)


def _told_dry(proposal: Proposal) -> str:
    keys = _keys(proposal.period_before, proposal.period_after)
    told = f"Dry run, nothing was asked for. {proposal.summary} It would change {keys}. {proposal.caution}"
    return told.strip()


def _keys(before: str, after: str) -> str:
    """Name the keys of `<period>` that differ, with both values."""
    changed = differences(before, after)
    return ", ".join(f"{key} {old} → {new}" for key, old, new in changed) or "nothing"
