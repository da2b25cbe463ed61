"""How a change begins: rights, mode, time and slot are looked at once more, and applying starts or does not.

Nothing in here writes to Campaign; the steps are `bot/service/changes.py`, the end `bot/service/endings.py`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.audit import Deed, Event
from bot.domain.change import Take
from bot.domain.coming_to_rest import TOO_OLD
from bot.domain.due_work import Work
from bot.domain.left_standing import wants_rights
from bot.domain.proposal import Ending, Proposal, Stage
from bot.domain.sentence import say
from bot.service.last_checks import lapsed_votes, mode_forbids, slot_taken
from bot.service.office import Kind, Office, ask_for_card, decision_lane
from bot.service.ports import Writing
from bot.service.standing import give_card_back

NEVER = datetime.min.replace(tzinfo=UTC)
"""When the rights were read that were not read."""


def begin_change(office: Office, approved: Proposal, now: datetime) -> tuple[Proposal | None, datetime]:
    """Check once more whatever an approval depends on, and move on to applying.

    Returns:
        The proposal, `None` where it does not begin, and when the rights were read.
    """
    lapsed, names = lapsed_votes(office, approved)
    with office.store.write() as tx:
        proposal = tx.proposal(approved.id)
        if proposal is None or proposal.stage is not Stage.APPROVED:
            return proposal, NEVER
        if now >= proposal.good_until:
            _void(tx, office, proposal, TOO_OLD, now)
            return None, now
        if sentence := mode_forbids(office, proposal):
            _void(tx, office, proposal, sentence, now)
            return None, now
        if lapsed:
            _ask_again(tx, office, proposal, lapsed, now)
            return None, now
        if sentence := slot_taken(office, tx, proposal, now):
            _void(tx, office, proposal, sentence, now)
            return None, now
        if not tx.save_proposal(proposal, replace(proposal, stage=Stage.APPLYING, begun_at=now)):
            return tx.proposal(approved.id), NEVER
        by, name = proposal.decided_by, names.get(proposal.decided_by, "")
        about = (proposal.instance, proposal.id)
        tx.record(Deed(now, Event.CHANGE_BEGUN, by, "button", *about, {}, name))
        ask_for_card(tx, office, proposal.incident_id or proposal.id, now)
        return tx.proposal(approved.id), now


def refuse_step(office: Office, proposal: Proposal, decision: Take, now: datetime) -> Proposal | None:
    """Read the rights and the mode at the moment of a step; `None` when it may be taken.

    Before the first step the proposal waits for votes again; later it comes to rest unchanged.
    """
    if not wants_rights(decision, proposal):
        return None
    forbidden, lapsed = mode_forbids(office, proposal), lapsed_votes(office, proposal)[0]
    if not (forbidden or lapsed):
        return None
    with office.store.write() as tx:
        if forbidden or any(record.sent for record in proposal.steps):
            ending = Ending(Stage.VOID, forbidden or _no_longer(lapsed))
            tx.save_proposal(proposal, replace(proposal, ending=ending))
        else:
            _ask_again(tx, office, proposal, lapsed, now)
        return tx.proposal(proposal.id)


def void_what_waits(tx: Writing, office: Office, waiting: Proposal, now: datetime) -> None:
    """End a request that waits for its decision because the workflow has to be started again first."""
    sentence = say(
        "An earlier change left the workflow stopped, and mcsync starts it again first. "
        "Ask again once it runs."
    )
    _void(tx, office, waiting, sentence, now)


def _ask_again(
    tx: Writing, office: Office, proposal: Proposal, lapsed: Mapping[str, str], now: datetime
) -> None:
    """Drop the votes that are no longer valid, and let the proposal wait again."""
    kept = tuple(vote for vote in proposal.votes if vote.user not in lapsed)
    waiting = replace(
        proposal,
        stage=Stage.WAITING,
        votes=kept,
        decided_by="",
        decided_at=None,
        begun_at=None,
        doing="",
        reason=_no_longer(lapsed),
    )
    if not tx.save_proposal(proposal, waiting):
        return
    details = dict(lapsed)
    tx.record(Deed(now, Event.VOTE_DROPPED, "mcsync", "timer", proposal.instance, proposal.id, details))
    expiry = {"proposal": proposal.id}
    tx.enqueue(Work(f"expire:{proposal.id}", Kind.EXPIRE, decision_lane(proposal.id), now, expiry))
    ask_for_card(tx, office, proposal.incident_id or proposal.id, now)


def _void(tx: Writing, office: Office, proposal: Proposal, sentence: str, now: datetime) -> None:
    """End an approval of something that is no longer so, before anything was touched."""
    if not tx.save_proposal(proposal, replace(proposal, stage=Stage.VOID, reason=sentence)):
        return
    about = (proposal.instance, proposal.id)
    details = {"sentence": sentence}
    tx.record(Deed(now, Event.PROPOSAL_VOIDED, "mcsync", "timer", *about, details))
    give_card_back(tx, office, proposal.id, now)
    ask_for_card(tx, office, proposal.incident_id or proposal.id, now)


def _no_longer(lapsed: Mapping[str, str]) -> str:
    names = ", ".join(f"<@{user}>" for user in lapsed)
    why = next(iter(lapsed.values()))
    return say(
        "The approval of {names} no longer counts, so mcsync did not change the schedule: {why}",
        names=names,
        why=why,
    )
