"""Carry out an approved proposal: look and decide, record the intent, take one step, look again.

What to do next is decided by `bot.domain.change.decide`, anew each time (`bot/service/change_sight.py`), so a
crash at any point needs no case of its own. No transaction is open while Campaign is asked.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.audit import Deed, Event
from bot.domain.change import End, Take, Wait
from bot.domain.due_work import Claim
from bot.domain.errors import (
    Answered,
    CampaignError,
    Fenced,
    NotFound,
    NotSent,
    UnreadableDefinition,
    sentence_of,
)
from bot.domain.left_standing import (
    LOOKED_AFTER,
    left_standing,
    looked_at_again,
    may_stand_still,
    try_again_in,
    write_settles_at,
)
from bot.domain.proposal import Proposal, Stage, Step, StepRecord
from bot.domain.workflow import Workflow
from bot.service.beginnings import NEVER, begin_change, refuse_step, void_what_waits
from bot.service.change_sight import campaign_of, look, scene_of
from bot.service.endings import end_change
from bot.service.office import Office, ask_for_card
from bot.service.work import Later

log = structlog.get_logger(__name__)

FRESH = timedelta(seconds=2)
"""A right that was read so shortly before an effect is not read again for it."""


class Changes:
    """Carries out approved proposals.

    Args:
        office: what the use cases share.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    def apply(self, claim: Claim) -> Later | None:
        """Take the steps that can be taken now; come back for the rest."""
        proposal, rights_read_at = self._begin(claim.work.payload["proposal"])
        if isinstance(proposal, Later):
            return proposal
        since = claim.work.payload.get("blind_since")
        blind_since = datetime.fromisoformat(since) if since else None
        while proposal is not None and proposal.stage is Stage.APPLYING:
            now = self._office.clock.now()
            seen = look(self._office, proposal, now, blind_since)
            proposal, blind_since = seen.proposal, seen.blind_since
            match seen.decision:
                case Wait() as wait:
                    self._note(proposal, wait, now)
                    payload = {"proposal": proposal.id}
                    if blind_since is not None:
                        payload["blind_since"] = blind_since.isoformat()
                    return Later(now + timedelta(seconds=wait.seconds), payload)
                case Take() as take if seen.workflow is not None:
                    fresh = now - rights_read_at < FRESH
                    refused = None if fresh else refuse_step(self._office, proposal, take, now)
                    proposal = refused or self._take(proposal, take, seen.workflow, now)
                case End() as end:
                    proposal = end_change(self._office, proposal, end.ending, seen.workflow, now)
        return None

    def _begin(self, proposal_id: str) -> tuple[Proposal | Later | None, datetime]:
        """Move an approved proposal on to applying; tell when the rights were read.

        A proposal that is applying already goes on, and one that was left standing is looked after.
        """
        office, now = self._office, self._office.clock.now()
        with office.store.read() as tx:
            proposal = tx.proposal(proposal_id)
        if proposal is not None and proposal.stage in LOOKED_AFTER:
            return self._look_after(proposal, now), NEVER
        if proposal is None or proposal.stage is not Stage.APPROVED:
            return proposal, NEVER
        return begin_change(office, proposal, now)

    def _look_after(self, unclear: Proposal, now: datetime) -> Proposal | Later | None:
        """Find out how it ended, without anybody's press: it is only looked at and started, never written.

        Returns:
            The proposal, under way again; when to look next; `None` when nothing is left to look after.
        """
        office = self._office
        try:
            workflow = campaign_of(office, unclear).workflow(unclear.workflow)
            scene = scene_of(office, unclear, workflow, now)
        except NotFound:
            return None  # there is nothing left to look after, and its card says what to do
        settles_at, is_left = write_settles_at(unclear), left_standing(unclear, scene)
        if is_left:
            why = "the workflow stands still"
        elif settles_at is not None and now >= settles_at:
            why = "the write that was never answered has had its time"
        elif may_stand_still(unclear, workflow, now):
            return Later(now + try_again_in(unclear))
        else:
            return Later(settles_at) if settles_at is not None else None
        with office.store.write() as tx:
            other = tx.undecided(unclear.instance, unclear.workflow)
            if is_left and other is not None and other.stage is Stage.WAITING:
                void_what_waits(tx, office, other, now)
            elif other is not None and other.id != unclear.id:
                return Later(now + try_again_in(unclear))  # whoever is at work on it goes first
            if not tx.save_proposal(unclear, looked_at_again(unclear, now, lapsed=True)):
                return Later(now)  # somebody has moved it meanwhile
            about = (unclear.instance, unclear.id)
            details = {"why": why}
            tx.record(Deed(now, Event.PROPOSAL_CHECKED, "mcsync", "timer", *about, details))
            ask_for_card(tx, office, unclear.incident_id or unclear.id, now)
            return tx.proposal(unclear.id)

    def _note(self, proposal: Proposal, wait: Wait, now: datetime) -> None:
        if (proposal.doing, proposal.ending) == (wait.because, wait.ending):
            return
        with self._office.store.write() as tx:
            tx.save_proposal(proposal, replace(proposal, doing=wait.because, ending=wait.ending))
            ask_for_card(tx, self._office, proposal.incident_id or proposal.id, now)

    def _take(self, proposal: Proposal, decision: Take, workflow: Workflow, now: datetime) -> Proposal | None:
        """Record the intent, take the step, record the outcome."""
        office, step = self._office, decision.step
        record = StepRecord(step, now)
        begun = replace(
            proposal,
            steps=(*proposal.steps, record),
            ending=decision.ending,
            doing="",
            # What was read when it was asked for has just been compared with this.
            backup=proposal.backup if proposal.backup and proposal.steps else workflow.definition,
        )
        with office.store.write() as tx:
            if not tx.save_proposal(proposal, begun):
                return tx.proposal(proposal.id)
            if step is Step.WRITE:
                details = {"before": proposal.period_before, "after": proposal.period_after}
                details["definition_before"] = workflow.definition.digest
                tx.record(
                    Deed(
                        now, Event.CHANGE_WRITTEN, "mcsync", "timer", proposal.instance, proposal.id, details
                    )
                )
            if step is Step.RESTORE:
                tx.record(
                    Deed(now, Event.CHANGE_RESTORED, "mcsync", "timer", proposal.instance, proposal.id, {})
                )
            ask_for_card(tx, office, proposal.incident_id or proposal.id, now)
            current = tx.proposal(proposal.id)
        assert current is not None
        done = replace(self._do(record, workflow, proposal), ended_at=office.clock.now())
        with office.store.write() as tx:
            tx.save_proposal(current, replace(current, steps=(*current.steps[:-1], done)))
            ask_for_card(tx, office, proposal.incident_id or proposal.id, now)
            return tx.proposal(proposal.id)

    def _do(self, record: StepRecord, workflow: Workflow, proposal: Proposal) -> StepRecord:
        """Ask Campaign for the step of *record*; return it with what came of it."""
        campaign, step = self._office.campaigns[proposal.instance], record.step
        try:
            match step:
                case Step.STOP:
                    campaign.stop(workflow)
                case Step.WRITE:
                    campaign.write_schedule(workflow, proposal.period_after)
                case Step.RESTORE:
                    assert proposal.backup is not None
                    campaign.restore(workflow, proposal.backup.xml)
                case Step.START:
                    campaign.start(workflow)
        except (NotSent, Fenced, UnreadableDefinition) as error:
            log.warning("change.step_not_sent", proposal=proposal.id, step=step.value, reason=str(error))
            return replace(record, outcome=sentence_of(error), sent=False)
        except CampaignError as error:
            log.warning("change.step_failed", proposal=proposal.id, step=step.value, reason=str(error))
            return replace(record, outcome=sentence_of(error), answered=isinstance(error, Answered))
        log.info("change.step", proposal=proposal.id, step=step.value)
        return record
