"""What we stopped and could not start again: how it is looked after until it runs, without anybody's press.

Also which steps want a valid approval at their very moment. Nothing here is ever written to Campaign.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.coming_to_rest import possibly_run, stop_may_come
from bot.domain.decision import LOST_MAY_COME, MOST_TRIES, STOP_MAY_COME, Decision, Scene, Take
from bot.domain.proposal import Ask, Proposal, Stage, Step
from bot.domain.workflow import Workflow

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=1)


def wants_rights(decision: Decision, proposal: Proposal) -> bool:
    """Tell whether *decision* is a step that nobody may take without an approval that is valid right now.

    Starting again what we stopped, and writing back what we damaged, are owed whoever may still approve.
    """
    if not isinstance(decision, Take) or decision.ending is not None:
        return False
    wanted = {Step.START} if proposal.ask is Ask.RESUME else {Step.STOP, Step.WRITE}
    return decision.step in wanted


LOOKED_AFTER = frozenset({Stage.UNCLEAR, Stage.SET_ASIDE})
"""Stages in which a workflow that we stopped is started again without anybody's press."""


def may_stand_still(proposal: Proposal, workflow: Workflow | None, now: datetime) -> bool:
    """Tell whether a change that nobody knows the end of left *workflow* stopped, or may yet do so.

    Args:
        proposal: as it ended.
        workflow: as Campaign shows it, `None` when it could not be seen.
        now: rule time, UTC.
    """
    stops = possibly_run(proposal, Step.STOP)
    if proposal.stage not in LOOKED_AFTER or not stops:
        return False
    if workflow is None or not (workflow.status.started or workflow.status.failed_pause):
        return True
    return stop_may_come(proposal) and now - stops[-1].begun_at < STOP_MAY_COME


def write_settles_at(proposal: Proposal) -> datetime | None:
    """Tell when it can be said what became of a Write whose answer was lost; `None` when nothing is open."""
    writes = possibly_run(proposal, Step.WRITE)
    if proposal.stage is not Stage.UNCLEAR or not writes or not writes[-1].lost:
        return None
    settles_at = writes[-1].begun_at + LOST_MAY_COME
    looked_at = proposal.begun_at or proposal.requested_at
    return settles_at if looked_at < settles_at else None


def left_standing(proposal: Proposal, scene: Scene) -> bool:
    """Tell whether the workflow stands stopped by us, with a definition that is not our damage."""
    status, definition = scene.workflow.status, scene.workflow.definition
    if status.id != proposal.workflow_id or not status.stopped:
        return False
    strange = proposal.backup.changed_besides_period(definition) if proposal.backup else ()
    if not strange and definition.period in (proposal.period_before, proposal.period_after):
        return True
    # What somebody else edited is theirs, and sound; what we saved last, or nobody knows who, may be damage.
    theirs = scene.workflow.modified_by.casefold() != scene.operator.casefold()
    return bool(scene.operator) and theirs


def looked_at_again(proposal: Proposal, now: datetime, *, lapsed: bool) -> Proposal:
    """Form the verdict anew from what Campaign shows now; what was taken stays on record.

    Args:
        proposal: an unclear one.
        now: rule time, UTC.
        lapsed: whether it is only looked at, and nothing may be written any more.
    """
    return replace(
        proposal,
        stage=Stage.APPLYING,
        ending=None,
        found=None,
        reason=proposal.reason if proposal.set_aside_at is not None else "",
        doing="",
        begun_at=now,
        lapsed=lapsed,
    )


def try_again_in(proposal: Proposal) -> timedelta:
    """Compute the pause before the next look: 5 minutes, doubled with every three starts, an hour at most."""
    rounds = max(0, len(proposal.taken(Step.START)) // MOST_TRIES - 1)
    doubled: int = 2 ** min(rounds, 4)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)
