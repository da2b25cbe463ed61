"""What to do next while an approved proposal is carried out.

One pure decision, taken anew each time from what Campaign shows now and from the steps on record, so that
a crash, a lost answer or somebody else's hand at any point needs no case of its own. Stop comes before the
write because a waiting scheduler may save its own copy over ours; what we stopped is always started again.
"""

from datetime import datetime

from bot.domain.coming_to_rest import (
    MAY_STOP,
    ONLY_LOOKED,
    TOO_OLD,
    at_rest,
    campaign_said,
    come_to_rest,
    editor,
    looked_again,
    marketing_first,
    patiently,
    possibly_run,
    start,
    taken_since,
    unclear_once,
    void,
)
from bot.domain.damage import after_foreign_hand, repair
from bot.domain.decision import (
    BEFORE_NEXT_RUN,
    CRASH_PATIENCE,
    IDLE_PATIENCE,
    LOST_MAY_COME,
    LOST_PATIENCE,
    MOST_TRIES,
    PATIENCE,
    PREDICTION_TOLERANCE,
    STOP_MAY_COME,
    Decision,
    End,
    Scene,
    Take,
    Wait,
)
from bot.domain.proposal import Ask, Ending, Proposal, Stage, Step
from bot.domain.recurrence import next_run
from bot.domain.saying import either, foreign
from bot.domain.schedule import Schedule
from bot.domain.sentence import joined, say
from bot.domain.three_way import find
from bot.domain.workflow import Status

__all__ = ["Decision", "End", "Scene", "Take", "Wait", "decide"]


def decide(proposal: Proposal, scene: Scene) -> Decision:
    """Decide the next step of carrying out *proposal*."""
    if scene.workflow.status.id != proposal.workflow_id:
        return End(_replaced(proposal))
    if proposal.ending is not None:
        return come_to_rest(proposal, scene, proposal.ending)
    return _resume(proposal, scene) if proposal.ask is Ask.RESUME else _shift(proposal, scene)


def _replaced(proposal: Proposal) -> Ending:
    if not any(record.sent for record in proposal.steps):
        sentence = say("The workflow was replaced by another of the same name; nothing was changed.")
        return Ending(Stage.VOID, sentence)
    sentence = say(
        "The workflow was replaced by another of the same name halfway, so mcsync touches it no more. "
        "Check in the console that it runs."
    )
    return Ending(Stage.FAILED, sentence)


def _shift(proposal: Proposal, scene: Scene) -> Decision:
    definition = scene.workflow.definition
    written = possibly_run(proposal, Step.WRITE)
    strange = proposal.backup.changed_besides_period(definition) if proposal.backup else ()
    if written and (repaired := repair(proposal, scene, strange)) is not None:
        return repaired
    if strange and written:
        names = foreign(", ".join(strange))
        more = say("More than the schedule differs now: {names}.", names=names)
        return after_foreign_hand(proposal, scene, more)
    if strange:
        names = foreign(", ".join(strange))
        return void(
            proposal, scene, say("{editor} changed {names} meanwhile", editor=editor(scene), names=names)
        )
    if definition.period == proposal.period_after:
        if not written:
            return void(proposal, scene, say("The schedule already reads as asked for"))
        return _set_going(proposal, scene)
    if definition.period == proposal.period_before:
        return _after_lost_write(proposal, scene) if written else _make_ready(proposal, scene)
    if written:
        return after_foreign_hand(
            proposal, scene, say("The schedule reads neither as before nor as asked for.")
        )
    return void(
        proposal, scene, say("{editor} changed the schedule after this was asked for", editor=editor(scene))
    )


def _make_ready(proposal: Proposal, scene: Scene) -> Decision:
    """Stop the workflow in a quiet moment, then write."""
    status = scene.workflow.status
    if (too_old := _too_old(proposal, scene)) is not None:
        return come_to_rest(proposal, scene, Ending(Stage.VOID, too_old, find(scene.workflow, None)))
    if status.stopped:
        if not possibly_run(proposal, Step.STOP):
            return void(proposal, scene, say("Somebody stopped the workflow after this was asked for"))
        return _write(proposal, scene)
    if proposal.taken(Step.WRITE):
        return void(
            proposal, scene, say("Somebody started the workflow before the schedule could be written")
        )
    if (verdict := _judge_stop(proposal, scene)) is not None:
        return verdict
    if not at_rest(status):
        return _settle(proposal, scene)
    if (quiet := _quiet_first(status, proposal, scene)) is not None:
        return quiet
    return marketing_first(scene) or Take(Step.STOP)


def _judge_stop(proposal: Proposal, scene: Scene) -> Decision | None:
    """Judge a Stop that has not shown its effect; `None` lets it be tried, or tried again."""
    stops = proposal.taken(Step.STOP)
    if not stops:
        return None
    last, tries = stops[-1], len(taken_since(stops, proposal.begun_at))
    if not last.sent:
        if tries < MOST_TRIES:
            return None
        sentence = say("Campaign could not be asked to stop the workflow. {why}", why=last.outcome)
        return come_to_rest(proposal, scene, Ending(Stage.FAILED, sentence))
    if not at_rest(scene.workflow.status):
        return patiently(last.begun_at, proposal, scene, say("the workflow to stop"))
    since = scene.now - last.begun_at
    if last.ended_at is None and tries < MOST_TRIES and since >= CRASH_PATIENCE:
        return None  # a crash left no outcome, and the workflow shows none: it was never asked
    if last.lost and not tries and since >= LOST_MAY_COME:
        return None  # somebody pressed Check again, and what was lost would have come by now
    if since < PATIENCE:
        return Wait(5, say("the workflow to stop"))
    sentence = say("The workflow did not stop, so nothing was changed.")
    if last.outcome and not last.lost:
        return End(Ending(Stage.FAILED, joined(" ", [sentence, campaign_said(last)])))
    if looked_again(proposal) and since >= STOP_MAY_COME:
        return End(Ending(Stage.FAILED, sentence))
    why = [campaign_said(last)] if last.outcome else []
    return End(Ending(Stage.UNCLEAR, joined(" ", [sentence, *why, MAY_STOP])))


def _settle(proposal: Proposal, scene: Scene) -> Decision:
    """Wait for a workflow that somebody else is starting, stopping or holding."""
    state = scene.workflow.status.state_name
    if proposal.begun_at is None or scene.now - proposal.begun_at < PATIENCE:
        return Wait(5, say("the workflow to settle (it is {state})", state=state))
    sentence = say("The workflow did not settle: it is {state}. Nothing was changed.", state=state)
    return End(Ending(Stage.FAILED, sentence))


def _quiet_first(status: Status, proposal: Proposal, scene: Scene) -> Decision | None:
    """Wait while a run is on or near; `None` when the moment is quiet."""
    soon = status.started and status.next_run is not None and status.next_run - scene.now <= BEFORE_NEXT_RUN
    if not (status.busy or soon):
        return None
    if proposal.begun_at is not None and scene.now - proposal.begun_at > IDLE_PATIENCE:
        sentence = say("The workflow was never idle long enough to be stopped; nothing was changed.")
        return come_to_rest(proposal, scene, Ending(Stage.FAILED, sentence))
    if status.busy:
        return Wait(15, say("the present run to end"))
    return Wait(20, say("the next run, which is less than 3 minutes away, to pass"))


def _write(proposal: Proposal, scene: Scene) -> Decision:
    """Write once; only a request that surely was not sent is tried again."""
    writes = taken_since(proposal.taken(Step.WRITE), proposal.begun_at)
    if len(writes) < MOST_TRIES:
        return marketing_first(scene) or Take(Step.WRITE)
    sentence = say("Campaign could not be asked to change the schedule. {why}", why=writes[-1].outcome)
    return come_to_rest(proposal, scene, Ending(Stage.FAILED, sentence))


def _after_lost_write(proposal: Proposal, scene: Scene) -> Decision:
    """The write was sent, but Campaign still shows the text from before."""
    last = possibly_run(proposal, Step.WRITE)[-1]
    if scene.now - (last.ended_at or last.begun_at) < LOST_PATIENCE:
        return Wait(10, say("the outcome of the write to show"))
    if last.lost and scene.now - last.begun_at < LOST_MAY_COME:
        unanswered = say(
            "The schedule still reads as before, but Campaign never answered the write, which may yet take "
            "effect: mcsync looks again in ten minutes."
        )
        why = [last.outcome] if last.outcome else []
        return come_to_rest(proposal, scene, Ending(Stage.UNCLEAR, joined(" ", [unanswered, *why])))
    said = campaign_said(last) if last.outcome else say("The write had no effect.")
    unchanged = say("The schedule was not changed; it still reads as before.")
    return come_to_rest(proposal, scene, Ending(Stage.FAILED, joined(" ", [unchanged, said])))


def _too_old(proposal: Proposal, scene: Scene) -> str | None:
    """Say why nothing may be begun any more by the approval that was given; `None` when it may."""
    if scene.now >= proposal.good_until:
        return TOO_OLD
    return ONLY_LOOKED if proposal.lapsed else None


def _set_going(proposal: Proposal, scene: Scene) -> Decision:
    """The write is in place: start the workflow and compare its next run with ours."""
    status = scene.workflow.status
    if status.stopped:
        return start(proposal, scene, proposal.taken(Step.START))
    # Somebody else may have started it after our write; then the next run tells whether it was loaded.
    begun = (proposal.taken(Step.START) or possibly_run(proposal, Step.WRITE))[-1].begun_at
    if status.started:
        return _judge_next_run(proposal, scene, begun)
    if status.failed_pause:
        sentence = say(
            "The schedule is changed, but the workflow failed again after its start and stands still."
        )
        return End(Ending(Stage.FAILED, sentence))
    return patiently(begun, proposal, scene, say("the workflow to start"))


def _judge_next_run(proposal: Proposal, scene: Scene, begun: datetime) -> Decision:
    schedule = Schedule.parse(proposal.period_after)
    # A run that fell due while we waited may still be announced.
    since = max(begun, scene.now - PATIENCE)
    expected = [run.at for at in (since, scene.now) if (run := next_run(schedule, scene.zone, at))]
    seen = scene.workflow.status.next_run
    if seen is not None and any(abs(seen - at) <= PREDICTION_TOLERANCE for at in expected):
        return End(Ending(Stage.VERIFIED, ""))
    if scene.now - begun < PATIENCE:
        return Wait(5, say("the server to plan the next run"))
    shown = f"{seen:%Y-%m-%d %H:%M:%S} UTC" if seen else say("none")
    ours = [f"{at:%Y-%m-%d %H:%M:%S} UTC" for at in dict.fromkeys(expected)]
    sentence = say(
        "The schedule is written and the workflow runs, but its next run is {shown} and not {expected}.",
        shown=shown,
        expected=either(ours) if ours else say("none"),
    )
    return End(Ending(unclear_once(proposal), sentence))


def _resume(proposal: Proposal, scene: Scene) -> Decision:
    status, starts = scene.workflow.status, possibly_run(proposal, Step.START)
    if not starts:
        if scene.workflow.definition.period != proposal.period_before:
            moved = say(
                "{editor} changed the schedule after this was asked for; nothing was done.",
                editor=editor(scene),
            )
            return End(Ending(Stage.VOID, moved, find(scene.workflow, None)))
        if not status.failed_pause:
            sentence = say("The workflow no longer stands paused after an error; nothing was done.")
            return End(Ending(Stage.VOID, sentence, find(scene.workflow, None)))
        if (too_old := _too_old(proposal, scene)) is not None:
            return End(Ending(Stage.VOID, too_old, find(scene.workflow, None)))
        return start(proposal, scene, proposal.taken(Step.START))
    last = starts[-1]
    if status.started and not status.failed:
        return End(Ending(Stage.VERIFIED, ""))
    if status.failed_pause and scene.now - last.begun_at >= PATIENCE:
        sentence = say("It still stands paused after an error: the start had no effect, or it failed again.")
        why = campaign_said(last) if last.outcome else say("Look at its journal.")
        return End(Ending(Stage.FAILED, joined(" ", [sentence, why])))
    return patiently(last.begun_at, proposal, scene, say("the workflow to go on"))
