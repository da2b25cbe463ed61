"""The answer to `status`: instances, their workflows, what is wrong."""

from datetime import datetime

from bot.domain.message import Card
from bot.domain.workflow import State, Status
from bot.service.overview import InstanceView, Overview, WorkflowView
from commands.cards import markup, proposal
from commands.cards.markup import Block

MOST_WORKFLOWS = 40
MOST_INSTANCES = 20
MOST_CHARACTERS = 10_000
"""Slack takes about 13 000 in one message."""

MOST_BARS = 2
"""Buttons *Try once* beside *Refresh*; where more servers refuse the log-on, one has to be named."""

LONGEST_VALUE = 2000

STALE_SECONDS = 180
"""Two missed polls: from then on the answer warns that it is old."""


def render(overview: Overview) -> Card:
    """Render *overview*; it is as true as the last observation, and says how old that is."""
    blocks: list[Block] = []
    shown = left = written = 0
    barred = sum(view.bar is not None for view in overview.instances)
    for number, view in enumerate(overview.instances):
        if number >= MOST_INSTANCES or written > MOST_CHARACTERS:
            left += len(view.workflows)
            continue
        lines = [f"*{markup.escape(str(view.instance.badge))}*: {seen_words(view, overview.now)}"]
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
        blocks += [markup.section(page) for page in _pages(lines)]
        if view.bar is not None and barred <= MOST_BARS:
            blocks.append(_try_once(view))
    if left:
        blocks.append(markup.context(f"…and {left} more: name an instance or a workflow."))
    label = "Read again what was last observed"
    refresh = markup.button("Refresh", "mcsync_refresh", _words(overview), label=label)
    blocks.append(markup.actions("mcsync_status", [refresh]))
    return Card(markup.spoken(blocks), blocks)


def _pages(lines: list[str]) -> list[str]:
    """Put lines together into as few sections as they need."""
    pages = [""]
    for line in lines:
        joined = f"{pages[-1]}\n{line}" if pages[-1] else line
        if len(joined) <= markup.SECTION_TEXT:
            pages[-1] = joined
        else:
            pages.append(line)
    return pages


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
        return "not read yet"
    seconds = max(0, int((now - view.seen_at).total_seconds()))
    if seconds < STALE_SECONDS:
        return f"as of {seconds} s ago"
    return f"⚠️ as of {seconds // 60} min ago"


def _bar(view: InstanceView, *, named: bool) -> str:
    """Say that no log-on is tried, and why; where there is no room for buttons, how to get one."""
    assert view.bar is not None
    name = markup.escape(view.instance.name)
    how = f" Ask for {name} alone to try once." if named else ""
    return f"⛔ mcsync does not log on: {markup.escape(markup.cut(view.bar.sentence, 300))}{how}"


def _try_once(view: InstanceView) -> Block:
    name = view.instance.name
    button = markup.button(
        "Try once", "mcsync_try_once", name, label=f"Try the log-on to {name} once more, as an administrator"
    )
    return markup.actions(f"mcsync_bar_{name}", [button])


def _line(view: WorkflowView, of: InstanceView) -> str:
    zone = of.instance.zone
    name = f"*{markup.escape(view.execution.workflow)}*"
    if view.sighted is None:
        return f"⚪ {name} has not been seen yet"
    status = view.sighted.status
    parts = [f"{sign(view)} {name} {state_words(status)}"]
    if view.schedule:
        parts.append(f"runs {markup.escape(view.schedule)}")
    if status.next_run is not None:
        parts.append(f"next run {markup.moment(status.next_run, zone)}")
    if view.incident is not None:
        parts.append(f"open: {view.incident.cause.value.replace('-', ' ')}, {_count(view.incident.failures)}")
    if view.proposal is not None:
        asked = markup.cut(view.proposal.summary, 150)
        parts.append(markup.escape(f"{proposal.heading(view.proposal)}: {asked}"))
    return " · ".join(parts)


def _count(failures: int) -> str:
    if not failures:
        return "lies ahead"
    return "failed once" if failures == 1 else f"failed {failures} times"


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
        return "stands still after an error"
    if status.busy:
        return "is running"
    if status.started:
        return "waits for its next run"
    if status.state not in set(State):
        return f"is in state {status.state}, which mcsync does not know"
    return "is being edited" if status.state == State.EDIT else f"is {status.state_name}"
