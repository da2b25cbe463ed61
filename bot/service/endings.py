"""How a change ends: on record, on the card, in the thread, and with whatever has to be looked at next."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.audit import Deed, Event
from bot.domain.due_work import Work
from bot.domain.left_standing import may_stand_still, try_again_in, write_settles_at
from bot.domain.proposal import Ending, Proposal, Stage, Step
from bot.domain.sentence import joined, say
from bot.domain.three_way import MOST_DIFFERENCES, Found, saved_by, told
from bot.domain.workflow import Workflow
from bot.service.office import Kind, Office, ask_for_card, ask_for_reply, campaign_lane
from bot.service.ports import Writing
from bot.service.standing import give_card_back, overtake

log = structlog.get_logger(__name__)

AFTER_A_RUN = timedelta(minutes=2)
"""How long after its planned start a run is first looked at for the proof."""

EVENTS = {
    Stage.VERIFIED: Event.CHANGE_VERIFIED,
    Stage.FAILED: Event.CHANGE_FAILED,
    Stage.VOID: Event.PROPOSAL_VOIDED,
    Stage.UNCLEAR: Event.CHANGE_UNCLEAR,
}
"""How each end stands in the record."""


def end_change(
    office: Office, proposal: Proposal, ending: Ending, workflow: Workflow | None, now: datetime
) -> Proposal | None:
    """Record how carrying out *proposal* ended, tell it, ask for what comes after; return it as it is now.

    Where somebody else has moved it meanwhile, nothing is recorded: this end is not how it ended.

    Args:
        office: what the use cases share.
        proposal: as it stands in the store.
        ending: how it ended.
        workflow: as Campaign showed it last, `None` where it could not be read.
        now: rule time, UTC.
    """
    run = proposal.predicted_run
    if ending.stage is Stage.VERIFIED and workflow is not None:
        run = workflow.status.next_run or run
    stage, reason = ending.stage, ending.sentence
    if proposal.set_aside_at is not None and stage is Stage.UNCLEAR:
        stage, reason = (
            Stage.SET_ASIDE,
            proposal.reason,
        )  # somebody has decided that; it was only looked after
    after = replace(
        proposal,
        stage=stage,
        reason=reason,
        found=ending.found,
        ending=None,
        doing="",
        predicted_run=run,
        in_effect=workflow is not None
        and bool(proposal.taken(Step.WRITE))
        and workflow.definition.period == proposal.period_after,
    )
    with office.store.write() as tx:
        if not tx.save_proposal(proposal, after):
            return tx.proposal(proposal.id)
        details = {"sentence": ending.sentence} if ending.sentence else {}
        if workflow is not None:
            details["definition_after"] = workflow.definition.digest
        event = EVENTS[ending.stage]
        tx.record(Deed(now, event, "mcsync", "timer", proposal.instance, proposal.id, details))
        _follow(tx, after, workflow, now)
        if after.in_effect:
            overtake(tx, office, after, now)
        if workflow is not None:
            _remember_schedule(tx, workflow, proposal.instance)
        card = proposal.incident_id or proposal.id
        if ending.found is not None and proposal.taken(Step.WRITE):
            ask_for_reply(tx, office, card, _three_readings(after, ending.found), now)
        give_card_back(tx, office, proposal.id, now)
        ask_for_card(tx, office, card, now)
    log.info("change.ended", proposal=proposal.id, stage=ending.stage.value)
    return after


def _follow(tx: Writing, proposal: Proposal, workflow: Workflow | None, now: datetime) -> None:
    """Ask for what comes after the end: the proof, a hand for what stands still, or fresh offers."""
    lane = campaign_lane(proposal.instance)
    settles_at = write_settles_at(proposal)
    if settles_at is not None or may_stand_still(proposal, workflow, now):
        due = now + try_again_in(proposal)
        tx.enqueue(Work(f"apply:{proposal.id}", Kind.APPLY, lane, due, {"proposal": proposal.id}))
    if proposal.stage is Stage.VERIFIED:
        due = (proposal.predicted_run or now) + AFTER_A_RUN
        tx.enqueue(Work(f"prove:{proposal.id}", Kind.PROVE, lane, due, {"proposal": proposal.id}))
    payload = {
        "instance": proposal.instance,
        "workflow": proposal.workflow,
        "source": "poll",
        "tries": "2",
    }
    tx.enqueue(Work(f"look:{proposal.instance}:{proposal.workflow}", Kind.LOOK, lane, now, payload))


def _remember_schedule(tx: Writing, workflow: Workflow, instance: str) -> None:
    """Let siblings know the slot at once that this workflow has now; the next look tells the rest."""
    seen = next((one for one in tx.sighted(instance) if one.status.name == workflow.status.name), None)
    if seen is not None and workflow.definition.period is not None:
        tx.save_sighted(replace(seen, period=workflow.definition.period))


def _three_readings(proposal: Proposal, found: Found) -> str:
    """Say what was approved, what was wanted and what stands there now, for whoever compares it."""
    lines = told(proposal.period_before, proposal.period_after, found.period)
    lines += tuple(joined("", [one, "."]) for one in found.activities[:MOST_DIFFERENCES])
    head = say("{workflow}, last saved by {editor}:", workflow=proposal.workflow, editor=saved_by(found))
    return joined("\n", [head, *lines])
