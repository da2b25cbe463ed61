"""How a change comes to rest: what we stopped is started again before anything ends, and waiting has an end.

What the steps in `bot/domain/change.py` and the repair in `bot/domain/damage.py` have in common.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.decision import (
    CRASH_PATIENCE,
    MOST_TRIES,
    PATIENCE,
    RT_PATIENCE,
    STOP_MAY_COME,
    Decision,
    End,
    Scene,
    Take,
    Wait,
)
from bot.domain.proposal import Ending, Proposal, Stage, Step, StepRecord
from bot.domain.saying import foreign
from bot.domain.sentence import joined, say
from bot.domain.three_way import find
from bot.domain.workflow import Status

TOO_OLD = say(
    "The approval is older than the expiry of what was approved, so mcsync only looked and "
    "changed nothing. Ask again: somebody approves it anew."
)

ONLY_LOOKED = say(
    "mcsync only looked again, and begins nothing a second time without anybody's word. Ask again: somebody "
    "approves it anew."
)

MAY_STOP = say(
    "The Stop that mcsync sent may still take effect; mcsync looks after the workflow for two hours and "
    "starts it again."
)

BY_HAND = say(
    "If it stands still, press Check again or start it in the console: nothing is archived until then."
)


def come_to_rest(proposal: Proposal, scene: Scene, ending: Ending) -> Decision:
    """Start again what we stopped, then end."""
    stops = possibly_run(proposal, Step.STOP)
    if not stops:
        return End(ending)
    status, since_stop = scene.workflow.status, proposal.steps[proposal.steps.index(stops[-1]) + 1 :]
    if status.stopped:
        return start(proposal, scene, [record for record in since_stop if record.step is Step.START], ending)
    if at_rest(status):
        if not stop_may_come(proposal) or scene.now - stops[-1].begun_at >= STOP_MAY_COME:
            return End(ending)
        if scene.now - stops[-1].begun_at >= PATIENCE:
            # It is looked after until then, and people know why it is not over.
            return End(Ending(Stage.UNCLEAR, joined(" ", [ending.sentence, MAY_STOP]), ending.found))
        return Wait(5, say("the Stop, which may still take effect"), ending)
    waiting = patiently(proposal.steps[-1].begun_at, proposal, scene, say("the workflow to run again"))
    if isinstance(waiting, End):
        sentence = joined(" ", [ending.sentence, waiting.ending.sentence])
        return End(Ending(Stage.UNCLEAR, sentence, ending.found))
    return Wait(waiting.seconds, waiting.because, ending)


def start(
    proposal: Proposal, scene: Scene, starts: Sequence[StepRecord], ending: Ending | None = None
) -> Decision:
    """Start a workflow that stands still, outside of restart windows and not more often than makes sense."""
    starts = taken_since(starts, proposal.begun_at)
    if starts and starts[-1].sent:
        patience = CRASH_PATIENCE if starts[-1].ended_at is None else PATIENCE
        if scene.now - starts[-1].begun_at < patience:
            return Wait(5, say("the workflow to start"), ending)
    if len(starts) >= MOST_TRIES:
        sentences = [
            *([ending.sentence] if ending else []),
            _not_started(proposal),
            *([campaign_said(starts[-1])] if starts[-1].outcome else []),
        ]
        return End(Ending(Stage.UNCLEAR, joined(" ", sentences), ending.found if ending else None))
    if scene.rt_back_at is not None:
        return Wait(
            _seconds_until(scene.rt_back_at, scene.now), say("RT's restart window to be over"), ending
        )
    if scene.rt_answers is False:
        return _wait_for_rt(proposal, scene, ending)
    held = marketing_first(scene)
    if held is not None:
        return Wait(held.seconds, held.because, ending)
    return Take(Step.START, ending)


def _wait_for_rt(proposal: Proposal, scene: Scene, ending: Ending | None) -> Decision:
    """Start nothing while RT does not answer: that run would fail as the one before did."""
    latest = max(filter(None, (proposal.begun_at, *(record.begun_at for record in proposal.steps))))
    if scene.now - latest < RT_PATIENCE:
        return Wait(15, say("RT to answer"), ending)
    found = ending.found if ending else None
    silent = say("RT does not answer, so the workflow was not started.")
    if not possibly_run(proposal, Step.STOP):
        again = say("Ask again once RT answers, or start the workflow in the console.")
        return End(Ending(Stage.FAILED, joined(" ", [silent, again]), found))
    so_far = [ending.sentence] if ending else []
    trying = say("mcsync goes on trying; once RT answers, you can start it in the console as well.")
    return End(Ending(Stage.UNCLEAR, joined(" ", [*so_far, silent, trying]), found))


def stop_may_come(proposal: Proposal) -> bool:
    """Tell whether a Stop was sent of which nothing that came after it shows that it took effect."""
    stops = possibly_run(proposal, Step.STOP)
    if not stops:
        return False
    after = proposal.steps[proposal.steps.index(stops[-1]) + 1 :]
    # A Write or a Start is only taken after the Stop has shown its effect.
    return not any(record.step is not Step.STOP for record in after)


def _not_started(proposal: Proposal) -> str:
    if possibly_run(proposal, Step.STOP):
        return say(
            "The workflow could not be started: start it in the console now, or archiving stands still; "
            "mcsync goes on trying."
        )
    # What somebody else stopped is theirs to start.
    return say("The workflow could not be started: start it in the console now, or archiving stands still.")


def campaign_said(record: StepRecord) -> str:
    """Say what came of a step, in Campaign's or the gateway's own words."""
    return say("Campaign said: {outcome}", outcome=record.outcome)


def void(proposal: Proposal, scene: Scene, what: str) -> Decision:
    """End what was approved of another state of affairs; *what* is the clause that says what moved."""
    sentence = say("{what}, so mcsync did not change the schedule.", what=what)
    return come_to_rest(proposal, scene, Ending(Stage.VOID, sentence, find(scene.workflow, proposal.backup)))


def patiently(since: datetime, proposal: Proposal, scene: Scene, what: str) -> Wait | End:
    """Wait for an effect, anew after *Check again*; then say that it is unclear and what to do."""
    begun = max(since, proposal.begun_at or since)
    if scene.now - begun < PATIENCE:
        return Wait(5, what)
    state = scene.workflow.status.state_name
    sentence = say("mcsync waited in vain for {what}: the workflow is {state}.", what=what, state=state)
    return End(Ending(Stage.UNCLEAR, joined(" ", [sentence, BY_HAND])))


def unclear_once(proposal: Proposal) -> Stage:
    """Let people look; once they have looked and nothing moved, it is over and no longer in anybody's way."""
    return Stage.FAILED if looked_again(proposal) else Stage.UNCLEAR


def looked_again(proposal: Proposal) -> bool:
    """Tell whether somebody pressed *Check again* after the last step."""
    return proposal.begun_at is not None and proposal.begun_at > proposal.steps[-1].begun_at


def marketing_first(scene: Scene) -> Wait | None:
    """Wait for the end of marketing's own restart window; `None` outside of one."""
    if scene.marketing_back_at is None:
        return None
    seconds = _seconds_until(scene.marketing_back_at, scene.now)
    return Wait(seconds, say("marketing's own restart window to be over"))


def _seconds_until(moment: datetime, now: datetime) -> int:
    return max(1, int((moment - now).total_seconds()) + 1)


def possibly_run(proposal: Proposal, step: Step) -> tuple[StepRecord, ...]:
    """List the records of *step* that may have run."""
    return tuple(record for record in proposal.taken(step) if record.sent)


def taken_since(records: Sequence[StepRecord], moment: datetime | None) -> tuple[StepRecord, ...]:
    """Keep the records from *moment* on: *Check again* counts its tries anew."""
    return tuple(record for record in records if moment is None or record.begun_at >= moment)


def at_rest(status: Status) -> bool:
    """Tell whether nothing is on its way: it waits, runs, or stands after an error or a stop."""
    return status.started or status.stopped or status.failed_pause


def editor(scene: Scene) -> str:
    """Name who saved the workflow last; Campaign's text, made safe for a sentence."""
    return foreign(scene.workflow.modified_by) or say("Somebody")
