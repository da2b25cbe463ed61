"""Somebody asks for a change: Campaign is read afresh, the rules are asked, a proposal waits."""

from collections.abc import Mapping
from dataclasses import replace

import structlog

from bot.domain.audit import Deed, Event
from bot.domain.due_work import Claim, Work
from bot.domain.errors import McsyncError, NotAllowed, NotFound, Refused, sentence_of
from bot.domain.incident import Incident, IncidentState, identify
from bot.domain.instance import Instance, Mode
from bot.domain.policy import Person, Roles, approvers_of, check_may_ask, deciders, only_watched
from bot.domain.proposal import Ask, Proposal, Stage, Step
from bot.domain.sentence import say
from bot.domain.workflow import fence
from bot.service.gatherings import look_at_siblings
from bot.service.office import (
    IN_THE_CHANNEL,
    Kind,
    Office,
    Spot,
    ask_for_card,
    ask_for_reply,
    ask_for_whisper,
    campaign_lane,
    decision_lane,
)
from bot.service.pictures import take_picture
from bot.service.plans import plan_resume, plan_shift, plan_undo, told_dry
from bot.service.ports import Writing
from bot.service.work import Later

log = structlog.get_logger(__name__)


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
        spot: Spot = IN_THE_CHANNEL,
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
            spot: where it was asked for.

        Raises:
            NotFound: there is no such incident or workflow.
        """
        now = self._office.clock.now()
        with self._office.store.write() as tx:
            incident = tx.incident(incident_id) if incident_id else None
            if incident_id and incident is None:
                raise NotFound(
                    say(
                        "This incident is no longer known here. Ask with {command} instead.",
                        command=f"`{self._office.command} shift`",
                    )
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
                **spot.written(),
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
            self._tell(payload, say("Not asked for: {why}", why=sentence_of(error)))
            if payload["undoes"] and isinstance(error, Refused):
                self._tell_all(payload, sentence_of(error))
        return None

    def _tell_all(self, payload: Mapping[str, str], text: str) -> None:
        """Say in the thread why a change is not taken back: who reads the card wonders as well."""
        now = self._office.clock.now()
        with self._office.store.write() as tx:
            ask_for_reply(tx, self._office, payload["incident"] or payload["undoes"], text, now)

    def _propose(self, claim: Claim) -> None:
        payload, office = claim.work.payload, self._office
        instance = office.instances.get(payload["instance"])
        if instance is None or instance.mode is not Mode.PROPOSE:
            raise NotAllowed(only_watched(payload["instance"], office.roles))
        person = office.slack.person(payload["user"])
        elsewhere = office.channel if payload["channel"] not in {"", office.channel} else ""
        check_may_ask(person, office.roles, office.directory.members(office.roles.groups), channel=elsewhere)
        proposal = self._draft(instance, payload)
        if payload["dry_run"]:
            self._tell(payload, told_dry(proposal))
            return
        with office.store.write() as tx:
            if tx.proposal(proposal.id) is not None:
                return  # done before, and the program ended before that was noted
            incident = tx.incident(payload["incident"]) if payload["incident"] else None
            other = tx.undecided(instance.name, proposal.workflow)
            if other is not None:
                raise NotAllowed(_after(other, office.roles))
            if incident is not None and incident.state is IncidentState.CLOSED and not proposal.undoes:
                raise NotFound(
                    say(
                        "This incident is closed. Ask with {command} if its schedule should move.",
                        command=f"`{office.command} shift`",
                    )
                )
            self._let_it_wait(tx, proposal, incident, person, payload["source"])
        log.info("proposal.asked", proposal=proposal.id, workflow=proposal.workflow, ask=proposal.ask.value)

    def _let_it_wait(
        self, tx: Writing, proposal: Proposal, incident: Incident | None, person: Person, source: str
    ) -> None:
        """Add the proposal, show it where people look, and ask for its reminder and its end."""
        office = self._office
        if incident is not None:
            proposal = _show_on(tx, incident, proposal)
        tx.add_proposal(proposal)
        details = {"ask": proposal.ask.value, "summary": proposal.summary, "digest": proposal.digest}
        details["incident"] = proposal.incident_id
        if proposal.purpose:
            details["purpose"] = proposal.purpose
        tx.record(
            Deed(
                proposal.requested_at,
                Event.PROPOSAL_ASKED,
                person.id,
                source,
                proposal.instance,
                proposal.id,
                details,
                person.name,
            )
        )
        card = proposal.incident_id or proposal.id
        ask_for_card(tx, office, card, proposal.requested_at)
        if people := approvers_of(office.roles, person.id):
            # A card that is updated wakes nobody in Slack; a reply does.
            text = say(
                "{people}: {person} asks for a change of {workflow}. Its card has the buttons.",
                people=people,
                person=f"<@{person.id}>",
                workflow=proposal.workflow,
            )
            ask_for_reply(tx, office, card, text, proposal.requested_at)
        if proposal.ask is not Ask.RESUME:
            look_at_siblings(
                tx, office.instances[proposal.instance], proposal.workflow, proposal.requested_at
            )
        expiry = {"proposal": proposal.id}
        half_time = proposal.requested_at + office.expiry / 2
        tx.enqueue(Work(f"expire:{proposal.id}", Kind.EXPIRE, decision_lane(proposal.id), half_time, expiry))

    def _draft(self, instance: Instance, payload: Mapping[str, str]) -> Proposal:
        """Read Campaign and write down what would be done."""
        office, name, ask = self._office, payload["workflow"], Ask(payload["ask"])
        picture = take_picture(office, instance, name)
        workflow = picture.workflow
        fence(workflow, instance.workflows)
        if ask is Ask.SHIFT:
            plan = plan_shift(picture, payload["offset"], payload.get("minute", ""))
        elif ask is Ask.UNDO:
            plan = plan_undo(picture, self._done(payload["undoes"]))
        elif workflow.status.failed_pause:
            plan = plan_resume(picture)
        else:
            raise NotFound(
                say(
                    "{workflow} does not stand paused after an error, so there is nothing to resume: "
                    "{command} shows what runs.",
                    workflow=name,
                    command=f"`{office.command} status`",
                )
            )
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
            tracking_minute=plan.tracking_minute,
            archiving_minute=plan.archiving_minute,
            requested_by=payload["user"],
            requested_at=picture.now,
            expires_at=picture.now + office.expiry,
            quorum=office.roles.quorum,
            undoes=payload["undoes"],
            backup=workflow.definition if ask is not Ask.RESUME else None,
            tracking_gap=plan.tracking_gap,
            purpose=payload.get("purpose", ""),
            minute=int(payload["minute"]) if payload.get("minute") else None,
        )

    def _done(self, proposal_id: str) -> Proposal:
        with self._office.store.read() as tx:
            found = tx.proposal(proposal_id)
        if found is None or not found.taken(Step.WRITE):
            raise NotFound(
                say(
                    "There is no change on record to take back: {command} shows what was done.",
                    command=f"`{self._office.command} history`",
                )
            )
        return found

    def _tell(self, payload: Mapping[str, str], text: str) -> None:
        now = self._office.clock.now()
        with self._office.store.write() as tx:
            ask_for_whisper(tx, self._office, payload["user"], text, now, spot=Spot.read(payload))


def _show_on(tx: Writing, incident: Incident, proposal: Proposal) -> Proposal:
    """Let the card of *incident* tell of *proposal*; a closed one opens again until that is proved as well.

    Where a later incident of the same cause is open, that one's card tells of it.
    """
    is_closed = incident.state is IncidentState.CLOSED
    shown = replace(
        incident,
        proposal_id=proposal.id,
        state=IncidentState.OPEN,
        closed_at=None,
        closing="",
        reopened_at=proposal.requested_at if is_closed else incident.reopened_at,
    )
    if tx.save_incident(incident, shown):
        return replace(proposal, replaces=incident.proposal_id, closing_before=incident.closing)
    later = next((i for i in tx.open_incidents(incident.instance, incident.workflow)), None)
    if later is None or not tx.save_incident(later, replace(later, proposal_id=proposal.id)):
        return proposal
    return replace(proposal, incident_id=later.id, replaces=later.proposal_id)


def _after(other: Proposal, roles: Roles) -> str:
    """Say what comes first, and who can bring it to its end."""
    if other.stage is Stage.UNCLEAR:
        return say(
            "An earlier change of {workflow} needs attention first: press Check again on its card, or "
            "ask {people} to set it aside.",
            workflow=other.workflow,
            people=deciders(roles),
        )
    return say(
        "{person} asked for a change of {workflow} before, which is decided first: ask {people}.",
        person=f"<@{other.requested_by}>",
        workflow=other.workflow,
        people=deciders(roles),
    )
