"""The answer to `status`: instances, their workflows, what is wrong."""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.incident import Incident
from bot.domain.message import Card
from bot.domain.sentence import say
from bot.domain.verdict_words import CAUSES
from bot.domain.workflow import State, Status
from bot.service.overview import InstanceView, Overview, WorkflowView
from commands.cards import markup, proposal
from commands.cards.markup import Block
from commands.language import tell, tell_count, told

MOST_WORKFLOWS = 40
MOST_INSTANCES = 20
MOST_CHARACTERS = 10_000
"""Slack takes about 13 000 in one message."""

MOST_BARS = 2
"""Buttons *Try once* beside *Refresh*; where more servers refuse the log-on, one has to be named."""

LONGEST_VALUE = 2000

STALE_SECONDS = 180
"""Two missed polls: from then on the answer warns that it is old."""


_STATES: Mapping[int, str] = {
    State.EDIT: say("is being edited"),
    State.RUNNING: say("is running"),
    State.TESTING: say("is testing"),
    State.STARTING: say("is starting"),
    State.STARTED: say("waits for its next run"),
    State.PAUSING: say("is pausing"),
    State.PAUSED: say("is paused"),
    State.RESUMING: say("is resuming"),
    State.STOPPING: say("is stopping"),
    State.STOPPING_NOW: say("is stopping now"),
    State.RESTARTING: say("is restarting"),
    State.RESTARTING_NOW: say("is restarting now"),
    State.STOPPED: say("is stopped"),
}
"""How a workflow is, as the end of a sentence that begins with its name."""


def render(overview: Overview) -> Card:
    """Render *overview*; it is as true as the last observation, and says how old that is."""
    blocks: list[Block] = []
    shown = left = written = 0
    barred = sum(view.bar is not None for view in overview.instances)
    for number, view in enumerate(overview.instances):
        if number >= MOST_INSTANCES or written > MOST_CHARACTERS:
            left += len(view.workflows)
            continue
        lines = [f"*{markup.escape(told(str(view.instance.badge)))}*: {seen_words(view, overview.now)}"]
        if view.bar is not None:
            lines.append(_bar(view, named=barred > MOST_BARS))
        written += sum(map(len, lines))
        for workflow in view.workflows:
            line = _line(workflow, view)
            if shown < MOST_WORKFLOWS and written < MOST_CHARACTERS:
                shown, written = shown + 1, written + len(line)
                lines.append(line)
            else:
                left += 1
        blocks += [markup.section(page) for page in pages(lines)]
        if view.bar is not None and barred <= MOST_BARS:
            blocks.append(try_once(view.instance.name))
    if left:
        more = tell_count(
            "…and {count} more: name an instance or a workflow.",
            "…and {count} more: name an instance or a workflow.",
            left,
        )
        blocks.append(markup.context(more))
    label = tell("Read again what was last observed")
    refresh = markup.button(tell("Refresh"), "mcsync_refresh", _words(overview), label=label)
    blocks.append(markup.actions("mcsync_status", [refresh]))
    return Card(markup.spoken(blocks), blocks)


def pages(lines: list[str]) -> list[str]:
    """Put lines together into as few sections as they need."""
    filled: list[str] = []
    for line in lines:
        if filled and len(filled[-1]) + 1 + len(line) <= markup.SECTION_TEXT:
            filled[-1] += f"\n{line}"
        else:
            filled.append(line)
    return filled


def _words(overview: Overview) -> str:
    """Name what was asked for, so that it is asked for again; nothing means everything."""
    words: list[str] = []
    for view in overview.instances:
        whole = len(view.workflows) == len(view.instance.executions)
        words += (
            [view.instance.name]
            if whole
            else [f"{view.instance.name}/{workflow.execution.workflow}" for workflow in view.workflows]
        )
    joined = " ".join(words)
    return joined if len(joined) <= LONGEST_VALUE else ""


def seen_words(view: InstanceView, now: datetime) -> str:
    """Say how old the last look at a server is."""
    if view.seen_at is None:
        return tell("not read yet")
    seconds = max(0, int((now - view.seen_at).total_seconds()))
    if seconds < STALE_SECONDS:
        return tell_count("as of {count} s ago", "as of {count} s ago", seconds)
    return tell_count("⚠️ as of {count} min ago", "⚠️ as of {count} min ago", seconds // 60)


def _bar(view: InstanceView, *, named: bool) -> str:
    """Say that no log-on is tried, and why; where there is no room for buttons, how to get one."""
    assert view.bar is not None
    reason = markup.escape(markup.cut(told(view.bar.sentence), 300))
    bar = tell("⛔ mcsync does not log on: {reason}", reason=reason)
    ask = tell("Ask for {instance} alone to try once.", instance=markup.escape(view.instance.name))
    return f"{bar} {ask}" if named else bar


def try_once(instance: str) -> Block:
    """Build the button that has a refused log-on tried once more."""
    label = tell("Try the log-on to {instance} once more, as an administrator", instance=instance)
    button = markup.button(tell("Try once"), "mcsync_try_once", instance, label=label)
    return markup.actions(f"mcsync_bar_{instance}", [button])


def _line(view: WorkflowView, of: InstanceView) -> str:
    zone = of.instance.zone
    name = f"*{markup.escape(view.execution.workflow)}*"
    if view.sighted is None:
        return tell("⚪ {workflow} has not been seen yet", workflow=name)
    status = view.sighted.status
    parts = [f"{sign(view)} {name} {state_words(status)}"]
    if view.schedule:
        parts.append(tell("runs {schedule}", schedule=markup.escape(told(view.schedule))))
    if status.next_run is not None and status.started:  # else nothing runs, whatever Campaign plans
        parts.append(tell("next run {moment}", moment=markup.moment(status.next_run, zone)))
    if view.incident is not None:
        parts.append(_open(view.incident))
    if view.proposal is not None:
        asked = markup.cut(told(view.proposal.summary), 150)
        parts.append(markup.escape(f"{proposal.heading(view.proposal)}: {asked}"))
    return " · ".join(parts)


def _open(incident: Incident) -> str:
    cause = CAUSES[incident.cause]
    if not incident.failures:
        return tell("open: {cause}, lies ahead", cause=cause)
    return tell_count(
        "open: {cause}, failed once", "open: {cause}, failed {count} times", incident.failures, cause=cause
    )


def sign(view: WorkflowView) -> str:
    """Tell at a glance how a workflow is that was seen."""
    assert view.sighted is not None
    if view.sighted.status.failed_pause or view.sighted.status.failed:
        return "🔴"
    if view.incident is not None:
        return "🟡"
    return "🟢" if view.sighted.status.started else "⚪"


def state_words(status: Status) -> str:
    """Say how a workflow is, as the end of a sentence that begins with its name."""
    if status.failed_pause:
        return tell("stands still after an error")
    if status.busy:
        return tell("is running")
    if status.state not in _STATES:
        return tell("is in state {state}, which mcsync does not know", state=status.state)
    return told(_STATES[status.state])
