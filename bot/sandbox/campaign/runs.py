"""The runs of a workflow: how one begins, how it ends, and what it leaves in the journal."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.sandbox.campaign.workflow import IGNORE_ERRORS, Run, State, Workflow, schedule_of

if TYPE_CHECKING:
    from bot.sandbox.campaign.world import World

EMPTY_RETURN = "Empty return for method 'Logon' of service 'xtk:session'."
# The activity that logs on to the execution instance.
SYNCHRONISES = "soapImport"
# The technical workflow that throws old journal lines away.
CLEANUP = "cleanup"
ERROR, WARNING = 0, 1


def begin(world: "World", workflow: Workflow) -> None:
    """Begin a run at the world's time."""
    seconds = world.settings.run_seconds if workflow.run_seconds is None else workflow.run_seconds
    workflow.run = Run(started=world.time, ends=world.time + timedelta(seconds=seconds))
    workflow.process_id = world.random("process", workflow.id, world.time).randint(1_000, 60_000)
    workflow.process_date = world.time
    schedule = schedule_of(workflow.loaded)
    world.write_line(workflow, "" if schedule is None else schedule.get("name", ""), "Processing started.")


def outcome(world: "World", workflow: Workflow, run: Run) -> tuple[datetime, Callable[[], None]]:
    """Tell when a run will be over, and what to do then.

    A run of a workflow with an execution account fails a few seconds after the execution instance was away
    at any instant of it; the world is asked again each time, since somebody may restart it meanwhile.
    """
    if workflow.account:
        delay = timedelta(seconds=world.random("fails", workflow.id, run.started).randint(2, 9))
        if world.settings.run_error:
            return min(run.started + delay, run.ends), lambda: fail(world, workflow, world.settings.run_error)
        away = world.executions[workflow.account].first_away(run.started, run.ends)
        if away is not None:
            return min(away + delay, run.ends), lambda: fail(world, workflow, EMPTY_RETURN)
    return run.ends, lambda: succeed(world, workflow)


def succeed(world: "World", workflow: Workflow) -> None:
    """End a run well."""
    if workflow.account:
        archived = world.random("archived", workflow.id, world.time).randint(40, 900)
        world.write_line(workflow, SYNCHRONISES, f"{archived} event(s) archived from '{workflow.account}'.")
    world.write_line(workflow, "end", "Processing finished.")
    _done(workflow)
    workflow.error_activity, workflow.error_count = "", 0
    workflow.runs_done += 1
    if workflow.name == CLEANUP:
        world.purge_journal()


def fail(world: "World", workflow: Workflow, message: str) -> None:
    """End a run with an error: the workflow pauses, or carries on where it ignores errors.

    A paused workflow keeps the `nextProcessingDate` it had, which goes stale: nothing recomputes it before
    somebody presses Start. (Not documented; the column is written by the scheduler only.)
    """
    _done(workflow)
    workflow.error_activity = SYNCHRONISES
    workflow.error_count += 1
    workflow.runs_failed += 1
    limit = int(workflow.stored.get("errorLimit", "0"))
    ignored = workflow.on_error == IGNORE_ERRORS and not 0 < limit <= workflow.error_count
    if not ignored and workflow.state in (State.STARTED, State.PAUSING):
        # A workflow that is stopping comes to rest by itself.
        workflow.state, workflow.failed, workflow.transition = State.PAUSED, True, None
    if not world.settings.journal_missing:
        script = f"{workflow.name}/{SYNCHRONISES}"
        wrapper = f"SCR-160012 JavaScript: Error while evaluating script '{script}'."
        world.write_line(workflow, SYNCHRONISES, wrapper, ERROR)
        world.write_line(workflow, SYNCHRONISES, message, ERROR)


def interrupt(world: "World", workflow: Workflow) -> None:
    """Cut a run short because the workflow stops."""
    if workflow.run is not None:
        world.write_line(workflow, SYNCHRONISES, "Processing interrupted: the workflow was stopped.", WARNING)
        _done(workflow)


def _done(workflow: Workflow) -> None:
    workflow.run = None
    workflow.process_id = 0
