"""Prove a change: the next run was due, has passed, and left no error behind."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.audit import Deed, Event
from bot.domain.journal import failures_in
from bot.domain.proposal import Proposal, Stage
from bot.domain.workflow import Status
from bot.service.incidents import Incidents
from bot.service.office import Kind, Office, ask_for_card, campaign_lane
from bot.service.ports import Claim, Work
from bot.service.work import Later

log = structlog.get_logger(__name__)

LOOK_AGAIN = timedelta(seconds=60)
"""How soon we look again at a run that is still busy, or has not begun."""

NEVER_BEGAN = timedelta(minutes=30)
"""How long after its time a run may be missing before the proof has failed."""


class Proofs:
    """Looks whether the run after a change passed.

    Args:
        office: what the use cases share.
        incidents: closes what is proved.
    """

    def __init__(self, office: Office, incidents: Incidents) -> None:
        self._office = office
        self._incidents = incidents

    def prove(self, claim: Claim) -> Later | None:
        """Look at the run after a change; a Campaign that cannot be asked is asked again later."""
        office, now = self._office, self._office.clock.now()
        with office.store.read() as tx:
            proposal = tx.proposal(claim.work.payload["proposal"])
        if proposal is None or proposal.stage is not Stage.VERIFIED:
            return None
        campaign = office.campaigns[proposal.instance]
        status = next((s for s in campaign.statuses() if s.name == proposal.workflow), None)
        planned = proposal.predicted_run or proposal.requested_at
        if status is None or not _passed(status, planned):
            if now - planned < NEVER_BEGAN and not (status and status.failed_pause):
                return Later(now + LOOK_AGAIN)
            self._fail(proposal, "The run after the change did not pass: look at the journal.", now)
            return None
        since = planned - timedelta(minutes=1)
        failures = failures_in(
            campaign.journal(status.id, since),
            instance=proposal.instance,
            workflow=proposal.workflow,
            workflow_id=status.id,
        )
        if failures:
            self._fail(proposal, f"The run after the change failed at {failures[0].at:%H:%M:%S} UTC.", now)
        else:
            self._prove(proposal, planned, now)
        return None

    def _prove(self, proposal: Proposal, planned: datetime, now: datetime) -> None:
        zone = self._office.instances[proposal.instance].execution(proposal.workflow).windows[0].zone
        sentence = f"The run of {planned.astimezone(zone):%H:%M} {zone.key} passed without an error."
        with self._office.store.write() as tx:
            current = tx.proposal(proposal.id)
            if current is None or current.stage is not Stage.VERIFIED:
                return
            tx.save_proposal(current, replace(current, stage=Stage.PROVED, reason=sentence))
            details = {"run": planned.isoformat()}
            tx.record(
                Deed(now, Event.CHANGE_PROVED, "mcsync", "timer", proposal.instance, proposal.id, details)
            )
            incident = tx.incident(proposal.incident_id) if proposal.incident_id else None
            if incident is not None:
                self._incidents.close(tx, incident, sentence, now=now)
            ask_for_card(tx, self._office, proposal.incident_id or proposal.id, now)
        log.info("change.proved", proposal=proposal.id)

    def _fail(self, proposal: Proposal, sentence: str, now: datetime) -> None:
        with self._office.store.write() as tx:
            current = tx.proposal(proposal.id)
            if current is None or current.stage is not Stage.VERIFIED:
                return
            tx.save_proposal(current, replace(current, stage=Stage.FAILED, reason=sentence))
            details = {"sentence": sentence}
            tx.record(
                Deed(now, Event.CHANGE_FAILED, "mcsync", "timer", proposal.instance, proposal.id, details)
            )
            payload = {
                "instance": proposal.instance,
                "workflow": proposal.workflow,
                "source": "poll",
                "tries": "1",
            }
            key, lane = f"look:{proposal.instance}:{proposal.workflow}", campaign_lane(proposal.instance)
            tx.enqueue(Work(key, Kind.LOOK, lane, now, payload))
            ask_for_card(tx, self._office, proposal.incident_id or proposal.id, now)
        log.warning("change.not_proved", proposal=proposal.id, reason=sentence)


def _passed(status: Status, planned: datetime) -> bool:
    """Tell whether the run of *planned* is over and the next one is planned."""
    later = status.next_run is not None and status.next_run > planned + timedelta(seconds=60)
    return status.started and not status.failed and not status.busy and later
