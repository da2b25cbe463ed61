"""What to do next while an approved proposal is carried out.

One pure decision, taken anew each time from what Campaign shows now and from the steps on record, so that
a crash, a lost answer or somebody else's hand at any point needs no case of its own. Stop comes before the
write because a waiting scheduler may save its own copy over ours; what we stopped is always started again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.proposal import Ask, Ending, Proposal, Stage, Step, StepRecord
from bot.domain.recurrence import next_run
from bot.domain.schedule import Schedule
from bot.domain.workflow import Status, Workflow

PATIENCE = timedelta(minutes=2)
"""How long an asynchronous Stop or Start may take before we say that it is unclear."""

WRITE_PATIENCE = timedelta(seconds=30)
"""How long a write whose answer was lost may still arrive; longer than any call's deadline."""

IDLE_PATIENCE = timedelta(minutes=45)
"""How long we wait for a quiet moment to stop the workflow in."""

BEFORE_NEXT_RUN = timedelta(minutes=3)
"""Closer to the next run than this, the workflow is not stopped."""

PREDICTION_TOLERANCE = timedelta(seconds=60)
"""How far the server's next run may lie from ours."""

MOST_TRIES = 3
"""How often a step that surely did not run is tried."""


@dataclass(frozen=True)
class Take:
    """Record the intent of *step*, then take it.

    Attributes:
        step: which.
        ending: what will be the end once this is done, `None` while undecided.
    """

    step: Step
    ending: Ending | None = None


@dataclass(frozen=True)
class Wait:
    """Read again after *seconds* of rule time.

    Attributes:
        seconds: how long.
        because: what we wait for, for people.
        ending: as in `Take`.
    """

    seconds: int
    because: str
    ending: Ending | None = None


@dataclass(frozen=True)
class End:
    """Nothing is left to do.

    Attributes:
        ending: how it ended.
    """

    ending: Ending


Decision = Take | Wait | End


@dataclass(frozen=True)
class Scene:
    """What a decision is taken from, besides the proposal.

    Attributes:
        workflow: as Campaign shows it now.
        zone: of its schedule.
        now: rule time, UTC.
        rt_back_at: when RT's restart window is over, `None` outside of one.
        marketing_back_at: when marketing's own restart window is over, `None` outside of one.
    """

    workflow: Workflow
    zone: ZoneInfo
    now: datetime
    rt_back_at: datetime | None = None
    marketing_back_at: datetime | None = None


def decide(proposal: Proposal, scene: Scene) -> Decision:
    """Decide the next step of carrying out *proposal*."""
    if scene.workflow.status.id != proposal.workflow_id:
        return End(
            Ending(Stage.VOID, "The workflow was replaced by another of the same name; nothing was changed.")
        )
    if proposal.ending is not None:
        return _come_to_rest(proposal, scene, proposal.ending)
    return _resume(proposal, scene) if proposal.ask is Ask.RESUME else _shift(proposal, scene)


# --- Shift and restart ----------------------------------------------------------------------------


def _shift(proposal: Proposal, scene: Scene) -> Decision:
    definition = scene.workflow.definition
    written = proposal.taken(Step.WRITE)
    if proposal.backup is not None:
        strange = proposal.backup.changed_besides_period(definition)
        if strange and written:
            return _after_foreign_hand(
                proposal, scene, f"More than the schedule differs now: {', '.join(strange)}"
            )
        if strange:
            return _void(proposal, scene, f"{_editor(scene)} changed {', '.join(strange)} meanwhile")
    if definition.period == proposal.period_after:
        if not written:
            return _void(proposal, scene, "The schedule already reads as asked for")
        return _set_going(proposal, scene)
    if definition.period == proposal.period_before:
        return _after_lost_write(proposal, scene) if written else _make_ready(proposal, scene)
    if written:
        return _after_foreign_hand(proposal, scene, "The schedule reads neither as before nor as asked for")
    return _void(proposal, scene, f"{_editor(scene)} changed the schedule after this was asked for")


def _make_ready(proposal: Proposal, scene: Scene) -> Decision:
    """Stop the workflow in a quiet moment, then write."""
    status, stops = scene.workflow.status, proposal.taken(Step.STOP)
    if status.stopped:
        if not stops:
            return _void(proposal, scene, "Somebody stopped the workflow after this was asked for")
        return _marketing_first(scene) or Take(Step.WRITE)
    if stops and (verdict := _judge_stop(stops, scene)) is not None:
        return verdict
    if not (status.started or status.failed_pause):
        return _patiently(proposal.begun_at, scene, f"the workflow to settle (it is {status.state_name})")
    if (quiet := _quiet_first(status, proposal, scene)) is not None:
        return quiet
    return _marketing_first(scene) or Take(Step.STOP)


def _judge_stop(stops: tuple[StepRecord, ...], scene: Scene) -> Decision | None:
    """Judge a Stop that has not shown its effect; `None` lets it be tried again."""
    last = stops[-1]
    if not last.sent:
        if len(stops) < MOST_TRIES:
            return None
        return End(
            Ending(Stage.FAILED, f"Campaign could not be asked to stop the workflow. {last.outcome}".strip())
        )
    if last.outcome and last.ended_at is not None and not _in_transit(scene.workflow.status):
        if scene.now - last.begun_at < PATIENCE:
            return Wait(5, "the workflow to stop, although Campaign answered with an error")
        return End(
            Ending(
                Stage.FAILED,
                f"The workflow did not stop, so nothing was changed. Campaign said: {last.outcome}",
            )
        )
    return _patiently(last.begun_at, scene, "the workflow to stop")


def _quiet_first(status: Status, proposal: Proposal, scene: Scene) -> Decision | None:
    """Wait while a run is on or near; `None` when the moment is quiet."""
    soon = status.started and status.next_run is not None and status.next_run - scene.now <= BEFORE_NEXT_RUN
    if not (status.busy or soon):
        return None
    if proposal.begun_at is not None and scene.now - proposal.begun_at > IDLE_PATIENCE:
        return End(
            Ending(
                Stage.FAILED, "The workflow was never idle long enough to be stopped; nothing was changed."
            )
        )
    if status.busy:
        return Wait(15, "the present run to end")
    return Wait(20, "the next run, which is less than 3 minutes away, to pass")


def _after_lost_write(proposal: Proposal, scene: Scene) -> Decision:
    """The write is on record but Campaign still shows the text from before."""
    writes = proposal.taken(Step.WRITE)
    last = writes[-1]
    if not last.sent and len(writes) < MOST_TRIES and scene.workflow.status.stopped:
        return _marketing_first(scene) or Take(Step.WRITE)
    if last.sent and scene.now - last.begun_at < WRITE_PATIENCE:
        return Wait(10, "the outcome of the write to show")
    why = last.outcome or "The write was sent and had no effect."
    return _come_to_rest(
        proposal,
        scene,
        Ending(Stage.FAILED, f"The schedule was not changed; it still reads as before. {why}"),
    )


def _set_going(proposal: Proposal, scene: Scene) -> Decision:
    """The write is in place: start the workflow and compare its next run with ours."""
    status, starts = scene.workflow.status, proposal.taken(Step.START)
    if status.stopped:
        return _start(_since(starts, proposal.begun_at), scene, ending=None)
    # Somebody else may have started it after our write; then the next run tells whether it was loaded.
    begun = (starts or proposal.taken(Step.WRITE))[-1].begun_at
    if status.started:
        return _judge_next_run(proposal, scene, begun)
    if status.failed_pause:
        return End(
            Ending(Stage.FAILED, "The schedule is changed and the workflow was started, but it failed again.")
        )
    return _patiently(begun, scene, "the workflow to start")


def _judge_next_run(proposal: Proposal, scene: Scene, begun: datetime) -> Decision:
    schedule = Schedule.parse(proposal.period_after)
    expected = [
        run.at
        for run in (next_run(schedule, scene.zone, begun), next_run(schedule, scene.zone, scene.now))
        if run
    ]
    seen = scene.workflow.status.next_run
    if seen is not None and any(abs(seen - at) <= PREDICTION_TOLERANCE for at in expected):
        return End(Ending(Stage.VERIFIED, ""))
    if scene.now - begun < PATIENCE:
        return Wait(5, "the server to plan the next run")
    shown = f"{seen:%Y-%m-%d %H:%M:%S} UTC" if seen else "none"
    ours = " or ".join(f"{at:%Y-%m-%d %H:%M:%S} UTC" for at in dict.fromkeys(expected)) or "none"
    return End(
        Ending(
            Stage.UNCLEAR,
            f"The schedule is written and the workflow started, but its next run is {shown} and not {ours}.",
        )
    )


def _after_foreign_hand(proposal: Proposal, scene: Scene, what: str) -> Decision:
    sentence = (
        f"{what}. Last saved by {_editor(scene)}. mcsync writes nothing more: compare it in the console."
    )
    return _come_to_rest(proposal, scene, Ending(Stage.UNCLEAR, sentence))


# --- Resume only ----------------------------------------------------------------------------------


def _resume(proposal: Proposal, scene: Scene) -> Decision:
    status, starts = scene.workflow.status, proposal.taken(Step.START)
    if scene.workflow.definition.period != proposal.period_before:
        return End(Ending(Stage.VOID, f"{_editor(scene)} changed the schedule after this was asked for."))
    if not starts:
        if status.failed_pause:
            return _start(starts, scene, ending=None)
        return End(
            Ending(Stage.VOID, "The workflow no longer stands paused after an error; nothing was done.")
        )
    if status.started and not status.failed:
        return End(Ending(Stage.VERIFIED, ""))
    if status.failed_pause and (not starts[-1].sent or scene.now - starts[-1].begun_at >= PATIENCE):
        if not starts[-1].sent and len(starts) < MOST_TRIES:
            return _start(starts, scene, ending=None)
        why = starts[-1].outcome or "It was started and failed again: look at its journal."
        return End(Ending(Stage.FAILED, f"The workflow still stands paused after an error. {why}"))
    return _patiently(starts[-1].begun_at, scene, "the workflow to go on")


# --- Shared ---------------------------------------------------------------------------------------


def _come_to_rest(proposal: Proposal, scene: Scene, ending: Ending) -> Decision:
    """Start again what we stopped, then end."""
    status, stops = scene.workflow.status, proposal.taken(Step.STOP)
    if not stops or status.started or status.failed_pause:
        return End(ending)
    if status.stopped:
        starts = _since(_since(proposal.taken(Step.START), stops[-1].begun_at), proposal.begun_at)
        return _start(starts, scene, ending=ending)
    waited_from = max(record.begun_at for record in proposal.steps)
    waiting = _patiently(waited_from, scene, "the workflow to run again")
    if isinstance(waiting, End):
        return End(Ending(Stage.UNCLEAR, f"{ending.sentence} {waiting.ending.sentence}"))
    return Wait(waiting.seconds, waiting.because, ending)


def _start(starts: tuple[StepRecord, ...], scene: Scene, *, ending: Ending | None) -> Decision:
    """Start a workflow that stands still, outside of restart windows and not more often than makes sense."""
    if starts and starts[-1].sent and scene.now - starts[-1].begun_at < PATIENCE:
        return Wait(5, "the workflow to start", ending)
    if len(starts) >= MOST_TRIES:
        said = ending.sentence + " " if ending else ""
        why = f" Campaign said: {starts[-1].outcome}" if starts[-1].outcome else ""
        return End(
            Ending(
                Stage.UNCLEAR,
                f"{said}The workflow could not be started again: start it in the console now, "
                f"or archiving stands still.{why}",
            )
        )
    if scene.rt_back_at is not None:
        return Wait(_seconds_until(scene.rt_back_at, scene.now), "RT's restart window to be over", ending)
    held = _marketing_first(scene)
    if held is not None:
        return Wait(held.seconds, held.because, ending)
    return Take(Step.START, ending)


def _void(proposal: Proposal, scene: Scene, what: str) -> Decision:
    return _come_to_rest(
        proposal, scene, Ending(Stage.VOID, f"{what}, so mcsync did not change the schedule.")
    )


def _patiently(since: datetime | None, scene: Scene, what: str) -> Wait | End:
    if since is None or scene.now - since < PATIENCE:
        return Wait(5, what)
    state = scene.workflow.status.state_name
    return End(Ending(Stage.UNCLEAR, f"mcsync waited in vain for {what}: the workflow is {state}."))


def _marketing_first(scene: Scene) -> Wait | None:
    if scene.marketing_back_at is None:
        return None
    return Wait(
        _seconds_until(scene.marketing_back_at, scene.now), "marketing's own restart window to be over"
    )


def _seconds_until(moment: datetime, now: datetime) -> int:
    return max(1, int((moment - now).total_seconds()) + 1)


def _since(records: tuple[StepRecord, ...], moment: datetime | None) -> tuple[StepRecord, ...]:
    """Keep the records from *moment* on: *Check again* counts its tries anew."""
    return tuple(record for record in records if moment is None or record.begun_at >= moment)


def _in_transit(status: Status) -> bool:
    return not (status.started or status.stopped or status.failed_pause)


def _editor(scene: Scene) -> str:
    return scene.workflow.modified_by or "Somebody"
