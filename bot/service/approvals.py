"""Approve, deny, expire, extend, check again: the decisions about a proposal, each one compare-and-swap.

Rights are read at every press; the state moves together with its audit entry, or not at all.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.domain.audit import Deed, Event
from bot.domain.due_work import Claim, Work
from bot.domain.errors import McsyncError, NotAllowed, NotFound, Refused, sentence_of
from bot.domain.left_standing import looked_at_again
from bot.domain.policy import (
    Person,
    check_may_ask,
    check_may_decide,
    check_may_set_aside,
    deciders,
    only_watched,
)
from bot.domain.proposal import Proposal, Stage, TrackingChoice, Vote
from bot.domain.sentence import say, say_count
from bot.domain.too_late import already
from bot.service.last_checks import mode_forbids
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
from bot.service.ports import Writing
from bot.service.standing import give_card_back, overtake
from bot.service.work import Later

log = structlog.get_logger(__name__)

APPROVE, DENY, CHECK, EXTEND, WITHDRAW, CONFIRM = "approve", "deny", "check", "extend", "withdraw", "confirm"
SET_ASIDE = "set-aside"

STORED = timedelta(milliseconds=1)
"""Due work is stored by the millisecond."""

ASKED_OF_REQUESTERS = frozenset({CHECK, CONFIRM})
"""What every requester may do; the rest is for approvers, and withdrawing for whoever asked."""


class Approvals:
    """Takes decisions.

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
        verdict: str,
        proposal_id: str,
        digest: str = "",
        tracking: str = "",
        reason: str = "",
        spot: Spot = IN_THE_CHANNEL,
    ) -> bool:
        """Remember a press as due work; `False` when it was delivered before.

        Args:
            key: tells this press from any other, so that a repeated delivery counts once.
            user: the Slack id of who pressed.
            verdict: `approve`, `deny`, `check`, `extend`, `withdraw`, `confirm` or `set-aside`.
            proposal_id: what it is about.
            digest: what the person saw and approves; compared with what waits now.
            tracking: a `TrackingChoice`, for an approval.
            reason: of a denial, or of setting aside.
            spot: where it was pressed.
        """
        now = self._office.clock.now()
        with self._office.store.write() as tx:
            if not tx.accept_delivery(f"press:{key}", now, ""):
                return False
            payload = {
                "user": user,
                "verdict": verdict,
                "proposal": proposal_id,
                "digest": digest,
                "tracking": tracking,
                "reason": reason,
                "pressed_at": now.isoformat(),
                **spot.written(),
            }
            tx.enqueue(Work(f"decide:{key}", Kind.DECIDE, decision_lane(proposal_id), now, payload))
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
                ask_for_whisper(
                    tx, self._office, payload["user"], sentence_of(error), now, spot=Spot.read(payload)
                )
        return None

    def expire(self, claim: Claim) -> Later | None:
        """Remind at half time, and end a proposal that nobody decided in time."""
        now = self._office.clock.now()
        with self._office.store.write() as tx:
            proposal = tx.proposal(claim.work.payload["proposal"])
            if proposal is None or proposal.stage is not Stage.WAITING:
                return None
            if now >= proposal.expires_at:
                if proposal.expires_at - claim.work.due_at >= STORED:
                    # This is the reminder, come late: what was pressed meanwhile is decided first.
                    return Later(proposal.expires_at)
                self._expire(tx, proposal, now)
                return None
            half = proposal.requested_at + (proposal.expires_at - proposal.requested_at) / 2
            if now < half:
                return Later(half)
            if not proposal.reminded:
                tx.save_proposal(proposal, replace(proposal, reminded=True))
                names = ", ".join(mention(entry) for entry in self._office.roles.approvers)
                text = say(
                    "{names}: this still waits for your decision. {summary}",
                    names=names,
                    summary=proposal.summary,
                )
                ask_for_reply(tx, self._office, proposal.incident_id or proposal.id, text, now)
            return Later(proposal.expires_at)

    # --- One press --------------------------------------------------------------------------------

    def _decide(self, payload: Mapping[str, str]) -> None:
        office, now, verdict = self._office, self._office.clock.now(), payload["verdict"]
        # A press counts as of when it was made, however long the program was out since.
        pressed_at = min(now, datetime.fromisoformat(payload.get("pressed_at") or now.isoformat()))
        with office.store.read() as tx:
            seen = tx.proposal(payload["proposal"])
        if seen is None:
            raise NotFound(say("This proposal is no longer known here. Ask for a new one."))
        person = self._person_with_rights(payload["user"], verdict, seen)
        refusal: McsyncError | None = None
        with office.store.write() as tx:
            proposal = tx.proposal(seen.id)
            assert proposal is not None
            if verdict == CHECK:
                self._check_again(tx, proposal, person, now)
            elif verdict == SET_ASIDE:
                self._set_aside(tx, proposal, person, payload, now)
            elif verdict == CONFIRM:
                self._confirm_tracking(tx, proposal, person, now)
            elif proposal.stage is not Stage.WAITING:
                raise NotAllowed(already(proposal, self._zone(proposal)))
            elif pressed_at >= proposal.expires_at:
                self._expire(tx, proposal, now)
                refusal = Refused(say("This proposal expired before your press. Ask for a new one."))
            elif verdict == EXTEND:
                self._extend(tx, proposal, person, now)
            elif verdict == APPROVE:
                self._vote(tx, proposal, person, payload, pressed_at)
            else:
                self._deny(tx, proposal, person, payload, now)
        if refusal is not None:
            raise refusal

    def _person_with_rights(self, user: str, verdict: str, proposal: Proposal) -> Person:
        office = self._office
        person = office.slack.person(user)
        groups = office.directory.members(office.roles.groups)
        if verdict in ASKED_OF_REQUESTERS:
            check_may_ask(person, office.roles, groups)
        elif verdict == SET_ASIDE:
            check_may_set_aside(person, office.roles, groups)
        elif verdict == WITHDRAW:
            if person.id != proposal.requested_by:
                raise NotAllowed(
                    say("Only <@{user}>, who asked for it, can withdraw it.", user=proposal.requested_by)
                )
        else:
            check_may_decide(person, proposal.requested_by, office.roles, groups)
        return person

    def _vote(
        self, tx: Writing, proposal: Proposal, person: Person, payload: Mapping[str, str], now: datetime
    ) -> None:
        """Count an approval of *now*; the one that completes the quorum sets the change going."""
        if mode_forbids(self._office, proposal):
            raise NotAllowed(only_watched(proposal.instance, self._office.roles))
        if payload["digest"] != proposal.digest:
            raise Refused(say("What you saw is not what waits now. Look at the card again, then decide."))
        if any(vote.user == person.id for vote in proposal.votes):
            raise NotAllowed(
                say_count(
                    "Your approval counts already; {count} more needed: ask {people}.",
                    "Your approval counts already; {count} more needed: ask {people}.",
                    proposal.quorum - len(proposal.votes),
                    people=deciders(self._office.roles),
                )
            )
        vote = Vote(person.id, now, TrackingChoice(payload["tracking"]))
        voted = replace(proposal, votes=(*proposal.votes, vote), reason="")
        complete = len(voted.votes) >= proposal.quorum
        if complete:
            voted = replace(voted, stage=Stage.APPROVED, decided_by=person.id, decided_at=now)
        tx.save_proposal(proposal, voted)
        details = {
            "digest": proposal.digest,
            "summary": proposal.summary,
            "caution": proposal.caution,
            "tracking": vote.tracking.value,
            "votes": f"{len(voted.votes)} of {proposal.quorum}",
        }
        self._record(tx, Event.PROPOSAL_APPROVED, person, proposal, now, **details)
        if complete:
            self._ask_to_apply(tx, proposal, now)
        ask_for_card(tx, self._office, proposal.incident_id or proposal.id, now)
        log.info("proposal.approved", proposal=proposal.id, votes=len(voted.votes), quorum=proposal.quorum)

    def _deny(
        self, tx: Writing, proposal: Proposal, person: Person, payload: Mapping[str, str], now: datetime
    ) -> None:
        reason = payload["reason"].strip()
        if not reason:
            raise Refused(say("A denial wants a reason. Press Deny again and write one."))
        denied = replace(proposal, stage=Stage.DENIED, decided_by=person.id, decided_at=now, reason=reason)
        tx.save_proposal(proposal, denied)
        details = {"digest": proposal.digest, "reason": reason}
        self._record(tx, Event.PROPOSAL_DENIED, person, proposal, now, **details)
        give_card_back(tx, self._office, proposal.id, now)
        ask_for_card(tx, self._office, proposal.incident_id or proposal.id, now)
        log.info("proposal.denied", proposal=proposal.id)

    def _extend(self, tx: Writing, proposal: Proposal, person: Person, now: datetime) -> None:
        """Give the decision more time; whoever voted saw the old end, so the votes are asked for again."""
        later = replace(proposal, expires_at=now + self._office.expiry, votes=())
        tx.save_proposal(proposal, later)
        details = {"until": later.expires_at.isoformat()}
        self._record(tx, Event.PROPOSAL_EXTENDED, person, proposal, now, **details)
        ask_for_card(tx, self._office, proposal.incident_id or proposal.id, now)

    def _check_again(self, tx: Writing, proposal: Proposal, person: Person, now: datetime) -> None:
        if proposal.stage is not Stage.UNCLEAR:
            raise NotAllowed(already(proposal, self._zone(proposal)))
        after = looked_at_again(proposal, now, lapsed=now >= proposal.good_until)
        tx.save_proposal(proposal, after)
        details = {"approval": "too old, so it is only looked at"} if after.lapsed else {}
        self._record(tx, Event.PROPOSAL_CHECKED, person, proposal, now, **details)
        self._ask_to_apply(tx, proposal, now)
        ask_for_card(tx, self._office, proposal.incident_id or proposal.id, now)

    def _set_aside(
        self, tx: Writing, proposal: Proposal, person: Person, payload: Mapping[str, str], now: datetime
    ) -> None:
        """End it without knowing how it ended, so that the workflow is free for another change."""
        if proposal.stage is not Stage.UNCLEAR:
            raise NotAllowed(already(proposal, self._zone(proposal)))
        reason = payload["reason"].strip()
        if not reason:
            raise Refused(say("Setting aside wants a reason. Press Set aside again and write one."))
        after = replace(
            proposal, stage=Stage.SET_ASIDE, set_aside_by=person.id, set_aside_at=now, reason=reason
        )
        tx.save_proposal(proposal, after)
        details = {"reason": reason, "was": proposal.reason}
        self._record(tx, Event.PROPOSAL_SET_ASIDE, person, proposal, now, **details)
        if after.in_effect:
            overtake(tx, self._office, after, now)
        look = {"instance": proposal.instance, "workflow": proposal.workflow, "source": "poll", "tries": "2"}
        key, lane = f"look:{proposal.instance}:{proposal.workflow}", campaign_lane(proposal.instance)
        tx.enqueue(Work(key, Kind.LOOK, lane, now, look))
        ask_for_card(tx, self._office, proposal.incident_id or proposal.id, now)
        log.info("proposal.set_aside", proposal=proposal.id)

    def _confirm_tracking(self, tx: Writing, proposal: Proposal, person: Person, now: datetime) -> None:
        if not proposal.tracking_open:
            raise NotAllowed(say("There is nothing open about RT's tracking here. Look at the card again."))
        tx.save_proposal(proposal, replace(proposal, tracking_moved_by=person.id))
        self._record(tx, Event.TRACKING_MOVED, person, proposal, now)
        ask_for_card(tx, self._office, proposal.incident_id or proposal.id, now)

    def _zone(self, proposal: Proposal) -> ZoneInfo:
        instance = self._office.instances.get(proposal.instance)
        return instance.zone if instance else ZoneInfo("UTC")

    def _record(
        self, tx: Writing, event: Event, person: Person, proposal: Proposal, now: datetime, **details: str
    ) -> None:
        about = (proposal.instance, proposal.id)
        tx.record(Deed(now, event, person.id, "button", *about, details, person.name))

    def _expire(self, tx: Writing, proposal: Proposal, now: datetime) -> None:
        tx.save_proposal(proposal, replace(proposal, stage=Stage.EXPIRED))
        tx.record(Deed(now, Event.PROPOSAL_EXPIRED, "mcsync", "timer", proposal.instance, proposal.id, {}))
        give_card_back(tx, self._office, proposal.id, now)
        ask_for_card(tx, self._office, proposal.incident_id or proposal.id, now)
        log.info("proposal.expired", proposal=proposal.id)

    def _ask_to_apply(self, tx: Writing, proposal: Proposal, now: datetime) -> None:
        payload = {"proposal": proposal.id}
        tx.enqueue(Work(f"apply:{proposal.id}", Kind.APPLY, campaign_lane(proposal.instance), now, payload))


def mention(entry: str) -> str:
    """Mention a person or a group in Slack's markup."""
    return f"<!subteam^{entry}>" if entry.startswith("S") else f"<@{entry}>"
