"""What to do next while an approved proposal is carried out.

One pure decision, taken anew each time from what Campaign shows now and from the steps on record, so that
a crash, a lost answer or somebody else's hand at any point needs no case of its own. Stop comes before the
write because a waiting scheduler may save its own copy over ours; what we stopped is always started again.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.decision import (
    BEFORE_NEXT_RUN,
    IDLE_PATIENCE,
    LOST_PATIENCE,
    MOST_TRIES,
    PATIENCE,
    PREDICTION_TOLERANCE,
    Decision,
    End,
    Scene,
    Take,
    Wait,
)
from bot.domain.proposal import Ask, Ending, Proposal, Stage, Step, StepRecord
from bot.domain.recurrence import next_run
from bot.domain.schedule import Schedule
from bot.domain.workflow import Status

__all__ = ["Decision", "End", "Scene", "Take", "Wait", "decide"]

_BY_HAND = "If it stands still, press Check again or start it in the console: nothing is archived until then."


def decide(proposal: Proposal, scene: Scene) -> Decision:
    """Decide the next step of carrying out *proposal*."""
    if scene.workflow.status.id != proposal.workflow_id:
        return End(_replaced(proposal))
    if proposal.ending is not None:
        return _come_to_rest(proposal, scene, proposal.ending)
    return _resume(proposal, scene) if proposal.ask is Ask.RESUME else _shift(proposal, scene)


def _replaced(proposal: Proposal) -> Ending:
    what = "The workflow was replaced by another of the same name"
    if not any(record.sent for record in proposal.steps):
        return Ending(Stage.VOID, f"{what}; nothing was changed.")
    return Ending(
        Stage.FAILED, f"{what} halfway, so mcsync touches it no more. Check in the console that it runs."
    )


# --- Shift and restart ----------------------------------------------------------------------------


def _shift(proposal: Proposal, scene: Scene) -> Decision:
    definition = scene.workflow.definition
    written = _sent(proposal, Step.WRITE)
    strange = proposal.backup.changed_besides_period(definition) if proposal.backup else ()
    if written and (repair := _repair(proposal, scene, strange)) is not None:
        return repair
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


def _repair(proposal: Proposal, scene: Scene, strange: tuple[str, ...]) -> Decision | None:
    """Write the backup back when our own write damaged the definition; `None` when nothing is to repair.

    Only while it stands stopped and nobody else has saved it since: what somebody else edited is theirs.
    """
    status, period = scene.workflow.status, scene.workflow.definition.period
    sent = _sent(proposal, Step.RESTORE)
    damaged = bool(strange) or period not in (proposal.period_before, proposal.period_after)
    if sent and not damaged and period == proposal.period_before:
        sentence = (
            "Alarm: after the write the definition differed by more than the schedule. mcsync wrote its "
            "backup back and it reads as before. Tell your administrator before anybody tries again."
        )
        return _come_to_rest(proposal, scene, Ending(Stage.FAILED, sentence))
    ours = bool(scene.operator) and scene.workflow.modified_by == scene.operator
    if not damaged or not ours or not status.stopped:
        return None
    if sent and scene.now - (sent[-1].ended_at or sent[-1].begun_at) < LOST_PATIENCE:
        return Wait(10, "the backup to be written back")
    if sent or len(_since(proposal.taken(Step.RESTORE), proposal.begun_at)) >= MOST_TRIES:
        sentence = (
            "Alarm: the definition is damaged and the backup could not be written back. It stays "
            "stopped: restore it in the console, then start it."
        )
        return End(Ending(Stage.UNCLEAR, sentence))
    return _marketing_first(scene) or Take(Step.RESTORE)


def _make_ready(proposal: Proposal, scene: Scene) -> Decision:
    """Stop the workflow in a quiet moment, then write."""
    status = scene.workflow.status
    if status.stopped:
        if not _sent(proposal, Step.STOP):
            return _void(proposal, scene, "Somebody stopped the workflow after this was asked for")
        return _write(proposal, scene)
    if proposal.taken(Step.WRITE):
        return _void(proposal, scene, "Somebody started the workflow before the schedule could be written")
    if (verdict := _judge_stop(proposal, scene)) is not None:
        return verdict
    if not _at_rest(status):
        return _settle(proposal, scene)
    if (quiet := _quiet_first(status, proposal, scene)) is not None:
        return quiet
    return _marketing_first(scene) or Take(Step.STOP)


def _judge_stop(proposal: Proposal, scene: Scene) -> Decision | None:
    """Judge a Stop that has not shown its effect; `None` lets it be tried, or tried again."""
    stops = proposal.taken(Step.STOP)
    if not stops:
        return None
    last, tries = stops[-1], len(_since(stops, proposal.begun_at))
    if not last.sent:
        if tries < MOST_TRIES:
            return None
        ending = Ending(Stage.FAILED, f"Campaign could not be asked to stop the workflow. {last.outcome}")
        return _come_to_rest(proposal, scene, ending)
    if not _at_rest(scene.workflow.status):
        return _patiently(last.begun_at, proposal, scene, "the workflow to stop")
    if last.ended_at is None and tries < MOST_TRIES and scene.now - last.begun_at >= LOST_PATIENCE:
        return None  # a crash left no outcome, and the workflow shows none: it was never asked
    if scene.now - last.begun_at < PATIENCE:
        return Wait(5, "the workflow to stop")
    said = f" Campaign said: {last.outcome}" if last.outcome else ""
    sentence = f"The workflow did not stop, so nothing was changed.{said}"
    if last.outcome or _looked_again(proposal):
        return End(Ending(Stage.FAILED, sentence))
    return End(Ending(Stage.UNCLEAR, f"{sentence} It may still stop. {_BY_HAND}"))


def _settle(proposal: Proposal, scene: Scene) -> Decision:
    """Wait for a workflow that somebody else is starting, stopping or holding."""
    if proposal.begun_at is None or scene.now - proposal.begun_at < PATIENCE:
        return Wait(5, f"the workflow to settle (it is {scene.workflow.status.state_name})")
    sentence = f"The workflow did not settle: it is {scene.workflow.status.state_name}. Nothing was changed."
    return End(Ending(Stage.FAILED, sentence))


def _quiet_first(status: Status, proposal: Proposal, scene: Scene) -> Decision | None:
    """Wait while a run is on or near; `None` when the moment is quiet."""
    soon = status.started and status.next_run is not None and status.next_run - scene.now <= BEFORE_NEXT_RUN
    if not (status.busy or soon):
        return None
    if proposal.begun_at is not None and scene.now - proposal.begun_at > IDLE_PATIENCE:
        sentence = "The workflow was never idle long enough to be stopped; nothing was changed."
        return _come_to_rest(proposal, scene, Ending(Stage.FAILED, sentence))
    if status.busy:
        return Wait(15, "the present run to end")
    return Wait(20, "the next run, which is less than 3 minutes away, to pass")


def _write(proposal: Proposal, scene: Scene) -> Decision:
    """Write once; only a request that surely was not sent is tried again."""
    writes = _since(proposal.taken(Step.WRITE), proposal.begun_at)
    if len(writes) < MOST_TRIES:
        return _marketing_first(scene) or Take(Step.WRITE)
    ending = Ending(Stage.FAILED, f"Campaign could not be asked to change the schedule. {writes[-1].outcome}")
    return _come_to_rest(proposal, scene, ending)


def _after_lost_write(proposal: Proposal, scene: Scene) -> Decision:
    """The write was sent, but Campaign still shows the text from before."""
    last = _sent(proposal, Step.WRITE)[-1]
    if scene.now - (last.ended_at or last.begun_at) < LOST_PATIENCE:
        return Wait(10, "the outcome of the write to show")
    why = f"Campaign said: {last.outcome}" if last.outcome else "The write had no effect."
    sentence = f"The schedule was not changed; it still reads as before. {why}"
    return _come_to_rest(proposal, scene, Ending(Stage.FAILED, sentence))


def _set_going(proposal: Proposal, scene: Scene) -> Decision:
    """The write is in place: start the workflow and compare its next run with ours."""
    status = scene.workflow.status
    if status.stopped:
        return _start(proposal, scene, proposal.taken(Step.START))
    # Somebody else may have started it after our write; then the next run tells whether it was loaded.
    begun = (proposal.taken(Step.START) or _sent(proposal, Step.WRITE))[-1].begun_at
    if status.started:
        return _judge_next_run(proposal, scene, begun)
    if status.failed_pause:
        sentence = "The schedule is changed, but the workflow failed again after its start and stands still."
        return End(Ending(Stage.FAILED, sentence))
    return _patiently(begun, proposal, scene, "the workflow to start")


def _judge_next_run(proposal: Proposal, scene: Scene, begun: datetime) -> Decision:
    schedule = Schedule.parse(proposal.period_after)
    # A run that fell due while we waited may still be announced.
    since = max(begun, scene.now - PATIENCE)
    expected = [run.at for at in (since, scene.now) if (run := next_run(schedule, scene.zone, at))]
    seen = scene.workflow.status.next_run
    if seen is not None and any(abs(seen - at) <= PREDICTION_TOLERANCE for at in expected):
        return End(Ending(Stage.VERIFIED, ""))
    if scene.now - begun < PATIENCE:
        return Wait(5, "the server to plan the next run")
    shown = f"{seen:%Y-%m-%d %H:%M:%S} UTC" if seen else "none"
    ours = " or ".join(f"{at:%Y-%m-%d %H:%M:%S} UTC" for at in dict.fromkeys(expected)) or "none"
    sentence = f"The schedule is written and the workflow runs, but its next run is {shown} and not {ours}."
    return End(Ending(_unclear_once(proposal), sentence))


def _after_foreign_hand(proposal: Proposal, scene: Scene, what: str) -> Decision:
    sentence = (
        f"{what}. Last saved by {_editor(scene)}. mcsync writes nothing more: compare it in the console."
    )
    return _come_to_rest(proposal, scene, Ending(_unclear_once(proposal), sentence))


# --- Resume only ----------------------------------------------------------------------------------


def _resume(proposal: Proposal, scene: Scene) -> Decision:
    status, starts = scene.workflow.status, _sent(proposal, Step.START)
    if not starts:
        if scene.workflow.definition.period != proposal.period_before:
            sentence = f"{_editor(scene)} changed the schedule after this was asked for; nothing was done."
            return End(Ending(Stage.VOID, sentence))
        if not status.failed_pause:
            sentence = "The workflow no longer stands paused after an error; nothing was done."
            return End(Ending(Stage.VOID, sentence))
        return _start(proposal, scene, proposal.taken(Step.START))
    last = starts[-1]
    if status.started and not status.failed:
        return End(Ending(Stage.VERIFIED, ""))
    if status.failed_pause and scene.now - last.begun_at >= PATIENCE:
        why = f"Campaign said: {last.outcome}" if last.outcome else "Look at its journal."
        sentence = (
            f"It still stands paused after an error: the start had no effect, or it failed again. {why}"
        )
        return End(Ending(Stage.FAILED, sentence))
    return _patiently(last.begun_at, proposal, scene, "the workflow to go on")


# --- Shared ---------------------------------------------------------------------------------------


def _come_to_rest(proposal: Proposal, scene: Scene, ending: Ending) -> Decision:
    """Start again what we stopped, then end."""
    stops = _sent(proposal, Step.STOP)
    if not stops:
        return End(ending)
    status, since_stop = scene.workflow.status, proposal.steps[proposal.steps.index(stops[-1]) + 1 :]
    if status.stopped:
        return _start(proposal, scene, [record for record in since_stop if record.step is Step.START], ending)
    if _at_rest(status):
        # A Write or a Start is only taken after the Stop has shown its effect.
        shown = any(record.step is not Step.STOP for record in since_stop)
        if shown or scene.now - stops[-1].begun_at >= PATIENCE:
            return End(ending)
        return Wait(5, "the Stop, which may still take effect", ending)
    waiting = _patiently(proposal.steps[-1].begun_at, proposal, scene, "the workflow to run again")
    if isinstance(waiting, End):
        return End(Ending(Stage.UNCLEAR, f"{ending.sentence} {waiting.ending.sentence}"))
    return Wait(waiting.seconds, waiting.because, ending)


def _start(
    proposal: Proposal, scene: Scene, starts: Sequence[StepRecord], ending: Ending | None = None
) -> Decision:
    """Start a workflow that stands still, outside of restart windows and not more often than makes sense."""
    starts = _since(starts, proposal.begun_at)
    if starts and starts[-1].sent and scene.now - starts[-1].begun_at < PATIENCE:
        return Wait(5, "the workflow to start", ending)
    if len(starts) >= MOST_TRIES:
        said = f"{ending.sentence} " if ending else ""
        why = f" Campaign said: {starts[-1].outcome}" if starts[-1].outcome else ""
        sentence = (
            f"{said}The workflow could not be started: start it in the console now, "
            f"or archiving stands still.{why}"
        )
        return End(Ending(Stage.UNCLEAR, sentence))
    if scene.rt_back_at is not None:
        return Wait(_seconds_until(scene.rt_back_at, scene.now), "RT's restart window to be over", ending)
    held = _marketing_first(scene)
    if held is not None:
        return Wait(held.seconds, held.because, ending)
    return Take(Step.START, ending)


def _void(proposal: Proposal, scene: Scene, what: str) -> Decision:
    ending = Ending(Stage.VOID, f"{what}, so mcsync did not change the schedule.")
    return _come_to_rest(proposal, scene, ending)


def _patiently(since: datetime, proposal: Proposal, scene: Scene, what: str) -> Wait | End:
    """Wait for an effect, anew after *Check again*; then say that it is unclear and what to do."""
    begun = max(since, proposal.begun_at or since)
    if scene.now - begun < PATIENCE:
        return Wait(5, what)
    state = scene.workflow.status.state_name
    sentence = f"mcsync waited in vain for {what}: the workflow is {state}. {_BY_HAND}"
    return End(Ending(Stage.UNCLEAR, sentence))


def _unclear_once(proposal: Proposal) -> Stage:
    """Let people look; once they have looked and nothing moved, it is over and no longer in anybody's way."""
    return Stage.FAILED if _looked_again(proposal) else Stage.UNCLEAR


def _looked_again(proposal: Proposal) -> bool:
    """Tell whether somebody pressed *Check again* after the last step."""
    return proposal.begun_at is not None and proposal.begun_at > proposal.steps[-1].begun_at


def _marketing_first(scene: Scene) -> Wait | None:
    if scene.marketing_back_at is None:
        return None
    seconds = _seconds_until(scene.marketing_back_at, scene.now)
    return Wait(seconds, "marketing's own restart window to be over")


def _seconds_until(moment: datetime, now: datetime) -> int:
    return max(1, int((moment - now).total_seconds()) + 1)


def _sent(proposal: Proposal, step: Step) -> tuple[StepRecord, ...]:
    """List the records of *step* that may have run."""
    return tuple(record for record in proposal.taken(step) if record.sent)


def _since(records: Sequence[StepRecord], moment: datetime | None) -> tuple[StepRecord, ...]:
    """Keep the records from *moment* on: *Check again* counts its tries anew."""
    return tuple(record for record in records if moment is None or record.begun_at >= moment)


def _at_rest(status: Status) -> bool:
    """Tell whether nothing is on its way: it waits, runs, or stands after an error or a stop."""
    return status.started or status.stopped or status.failed_pause


def _editor(scene: Scene) -> str:
    return scene.workflow.modified_by or "Somebody"
