"""The answer to `status`: instances, their workflows, what is wrong."""

from datetime import datetime

from bot.domain.workflow import Status
from bot.service.overview import InstanceView, Overview, WorkflowView
from bot.service.ports import Card
from commands.cards import markup
from commands.cards.markup import Block

MOST_WORKFLOWS = 40

STALE_SECONDS = 180
"""Two missed polls: from then on the answer warns that it is old."""


def render(overview: Overview) -> Card:
    """Render *overview*; it is as true as the last observation, and says how old that is."""
    blocks: list[Block] = []
    lines: list[str] = []
    shown = 0
    for view in overview.instances:
        title = f"{view.instance.name}: {_seen(view, overview.now)}"
        blocks.append(markup.section(f"*{markup.escape(view.instance.name)}* · {_seen(view, overview.now)}"))
        lines.append(title)
        if view.bar is not None:
            lines.append(view.bar.sentence)
            blocks += _bar(view)
        for workflow in view.workflows:
            if shown == MOST_WORKFLOWS:
                break
            shown += 1
            line = _line(workflow, view)
            lines.append(line)
            blocks.append(markup.section(line))
    left = sum(len(view.workflows) for view in overview.instances) - shown
    if left > 0:
        blocks.append(markup.context(f"…and {left} more: name an instance or a workflow."))
    words = " ".join(view.instance.name for view in overview.instances)
    blocks.append(markup.actions("mcsync_status", [markup.button("Refresh", "mcsync_refresh", words)]))
    return Card("\n".join(lines), blocks[-50:])


def _seen(view: InstanceView, now: datetime) -> str:
    if view.seen_at is None:
        return "not read yet"
    seconds = max(0, int((now - view.seen_at).total_seconds()))
    if seconds < STALE_SECONDS:
        return f"as of {seconds} s ago"
    return f"⚠️ as of {seconds // 60} min ago"


def _bar(view: InstanceView) -> list[Block]:
    assert view.bar is not None
    name, sentence = markup.escape(view.instance.name), markup.escape(view.bar.sentence)
    text = f"⛔ mcsync does not log on to {name}: {sentence}"
    button = markup.button(
        "Try once",
        "mcsync_try_once",
        view.instance.name,
        label="Try the log-on once more, as an administrator",
    )
    return [markup.section(text), markup.actions(f"mcsync_bar_{view.instance.name}", [button])]


def _line(view: WorkflowView, of: InstanceView) -> str:
    zone = of.instance.zone
    name = f"*{markup.escape(view.execution.workflow)}*"
    if view.sighted is None:
        return f"⚪ {name} has not been seen yet"
    status = view.sighted.status
    parts = [f"{_sign(view)} {name} {_state(status)}"]
    if view.schedule:
        parts.append(f"runs {markup.escape(view.schedule)}")
    if status.next_run is not None:
        parts.append(f"next run {markup.moment(status.next_run, zone)}")
    if view.incident is not None:
        parts.append(f"open: {view.incident.cause.value.replace('-', ' ')}, {view.incident.failures}×")
    if view.proposal is not None:
        parts.append(f"{view.proposal.stage.value}: {markup.escape(view.proposal.summary)}")
    return " · ".join(parts)


def _sign(view: WorkflowView) -> str:
    assert view.sighted is not None
    if view.sighted.status.failed_pause or view.sighted.status.failed:
        return "🔴"
    if view.incident is not None:
        return "🟡"
    return "🟢" if view.sighted.status.started else "⚪"


def _state(status: Status) -> str:
    if status.failed_pause:
        return "stands still after an error"
    if status.busy:
        return "is running"
    if status.started:
        return "waits for its next run"
    return f"is {status.state_name}"
