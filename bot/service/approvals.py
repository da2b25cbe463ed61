"""Approve, deny, expire, check again: the decisions about a proposal, each one compare-and-swap.

Rights are read at every press; the state moves together with its audit entry, or not at all.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from bot.domain.audit import Deed, Event
from bot.domain.errors import McsyncError, NotAllowed, NotFound, Refused
from bot.domain.policy import check_may_ask, check_may_decide
from bot.domain.proposal import UNDECIDED, Proposal, Stage
from bot.service.office import Kind, Office, ask_for_card, ask_for_whisper, campaign_lane
from bot.service.ports import Claim, Work, Writing
from bot.service.work import Later

log = structlog.get_logger(__name__)

APPROVE, DENY, CHECK = "approve", "deny", "check"


class Approvals:
    """Takes decisions.

    Args:
        office: what the use cases share.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    def submit(self, *, key: str, user: str, verdict: str, proposal_id: str, digest: str = "") -> bool:
        """Remember a press as due work; `False` when it was delivered before.

        Args:
            key: tells this press from any other, so that a repeated delivery counts once.
            user: the Slack id of who pressed.
            verdict: `approve`, `deny` or `check`.
            proposal_id: what it is about.
            digest: what the person saw and approves; compared with what waits now.
        """
        now = self._office.clock.now()
        with self._office.store.write() as tx:
            if not tx.accept_delivery(f"press:{key}", now, ""):
                return False
            payload = {"user": user, "verdict": verdict, "proposal": proposal_id, "digest": digest}
            tx.enqueue(Work(f"decide:{key}", Kind.DECIDE, f"decide:{proposal_id}", now, payload))
        return True

    def decide(self, claim: Claim) -> Later | None:
        """Let one press count, or tell who pressed why it does not."""
        payload = claim.work.payload
        try:
            self._decide(payload)
        except McsyncError as error:
            # A press that does not count is told to whoever pressed; repeating it later would surprise them.
            now = self._office.clock.now()
            with self._office.store.write() as tx:
                ask_for_whisper(tx, self._office, payload["user"], str(error), now)
        return None

    def expire(self, claim: Claim) -> Later | None:
        """End a proposal that nobody decided in time."""
        now = self._office.clock.now()
        with self._office.store.write() as tx:
            proposal = tx.proposal(claim.work.payload["proposal"])
            if proposal is None or proposal.stage is not Stage.WAITING:
                return None
            if now < proposal.expires_at:
                return Later(proposal.expires_at)
            self._expire(tx, proposal, now)
        return None

    def _decide(self, payload: Mapping[str, str]) -> None:
        office, now, verdict = self._office, self._office.clock.now(), payload["verdict"]
        with office.store.read() as tx:
            seen = tx.proposal(payload["proposal"])
        if seen is None:
            raise NotFound("This proposal is no longer known here. Ask for a new one.")
        person = office.slack.person(payload["user"])
        groups = office.directory.members(office.roles.groups)
        if verdict == CHECK:
            check_may_ask(person, office.roles, groups)
        else:
            check_may_decide(person, seen.requested_by, office.roles, groups)
        with office.store.write() as tx:
            proposal = tx.proposal(seen.id)
            assert proposal is not None
            if verdict == CHECK:
                self._check_again(tx, proposal, person.id, now)
                return
            if proposal.stage is Stage.WAITING and now >= proposal.expires_at:
                self._expire(tx, proposal, now)
                refusal: McsyncError | None = Refused(
                    "This proposal expired before your press. Ask for a new one."
                )
            else:
                refusal = self._settle(tx, proposal, payload, now)
        if refusal is not None:
            raise refusal

    def _settle(
        self, tx: Writing, proposal: Proposal, payload: Mapping[str, str], now: datetime
    ) -> McsyncError | None:
        """Move a waiting proposal, inside the caller's transaction; return why it does not move."""
        if proposal.stage is not Stage.WAITING:
            return NotAllowed(already(proposal))
        if payload["digest"] != proposal.digest:
            return Refused("What you saw is not what waits now. Look at the card again, then decide.")
        approved = payload["verdict"] == APPROVE
        after = replace(
            proposal,
            stage=Stage.APPROVED if approved else Stage.DENIED,
            decided_by=payload["user"],
            decided_at=now,
        )
        tx.save_proposal(proposal, after)
        event = Event.PROPOSAL_APPROVED if approved else Event.PROPOSAL_DENIED
        details = {"digest": proposal.digest, "summary": proposal.summary, "caution": proposal.caution}
        tx.record(Deed(now, event, payload["user"], "button", proposal.instance, proposal.id, details))
        if approved:
            self._ask_to_apply(tx, proposal, now)
        ask_for_card(tx, self._office, proposal.incident_id or proposal.id, now)
        log.info("proposal.decided", proposal=proposal.id, verdict=payload["verdict"])
        return None

    def _check_again(self, tx: Writing, proposal: Proposal, user: str, now: datetime) -> None:
        if proposal.stage is not Stage.UNCLEAR:
            raise NotAllowed(already(proposal))
        # What was taken stays on record; only the verdict is formed anew from what Campaign shows now.
        after = replace(proposal, stage=Stage.APPLYING, ending=None, reason="", doing="", begun_at=now)
        tx.save_proposal(proposal, after)
        tx.record(Deed(now, Event.PROPOSAL_CHECKED, user, "button", proposal.instance, proposal.id, {}))
        self._ask_to_apply(tx, proposal, now)
        ask_for_card(tx, self._office, proposal.incident_id or proposal.id, now)

    def _expire(self, tx: Writing, proposal: Proposal, now: datetime) -> None:
        tx.save_proposal(proposal, replace(proposal, stage=Stage.EXPIRED))
        tx.record(Deed(now, Event.PROPOSAL_EXPIRED, "mcsync", "timer", proposal.instance, proposal.id, {}))
        ask_for_card(tx, self._office, proposal.incident_id or proposal.id, now)
        log.info("proposal.expired", proposal=proposal.id)

    def _ask_to_apply(self, tx: Writing, proposal: Proposal, now: datetime) -> None:
        payload = {"proposal": proposal.id}
        tx.enqueue(Work(f"apply:{proposal.id}", Kind.APPLY, campaign_lane(proposal.instance), now, payload))


def already(proposal: Proposal) -> str:
    """Say who was first, for a press that comes too late."""
    by = f" by <@{proposal.decided_by}>" if proposal.decided_by else ""
    at = f" at {proposal.decided_at:%H:%M} UTC" if proposal.decided_at else ""
    if proposal.stage is Stage.DENIED:
        return f"This was already denied{by}{at}."
    if proposal.stage in UNDECIDED | {Stage.VERIFIED, Stage.PROVED}:
        return f"This was already approved{by}{at}; nothing more is to be done here."
    return f"This proposal is at an end ({proposal.stage.value}). Ask for a new one."
