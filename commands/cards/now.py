"""The answer to the command alone: what is wrong now, and what waits for whoever asks."""

from datetime import datetime

from bot.domain.message import Card
from bot.domain.proposal import Proposal, Stage
from bot.service.answers import AnswerView
from bot.service.overview import InstanceView, WorkflowView
from commands.cards import markup, overview, proposal

MOST_CHARACTERS = 3000
"""Of one list: what is left out is counted, and `status` shows all of it."""

STALE_SECONDS = overview.STALE_SECONDS


def render(view: AnswerView) -> Card:
    """Render *view*: first what waits for the reader, then what is wrong."""
    wrong = _wrong(view)
    waiting = [_mine(one, view.channel) for one in view.mine] + [_asked(one) for one in view.asked]
    title = "Something needs care" if wrong else "Something waits for you" if view.mine else "All is well"
    blocks = [markup.header(f"{'🔴' if wrong else '🟡' if view.mine else '🟢'} {title}")]
    if waiting:
        blocks.append(markup.section(markup.fitted(["*Waiting*", *waiting], MOST_CHARACTERS)))
    if wrong:
        blocks.append(markup.section(markup.fitted(["*Wrong now*", *wrong], MOST_CHARACTERS)))
    if not waiting:
        blocks.append(markup.section("Nothing waits for you."))
    watched = sum(len(one.workflows) for one in view.overview.instances)
    counted = "1 workflow is watched" if watched == 1 else f"{watched} workflows are watched"
    hint = f"{counted} · `{view.typed} status` shows them · `{view.typed} help` shows what you may do"
    blocks.append(markup.context(hint))
    return Card(markup.spoken(blocks), blocks)


def _wrong(view: AnswerView) -> list[str]:
    lines = []
    for of in view.overview.instances:
        badge = markup.escape(str(of.instance.badge))
        if of.bar is not None:
            lines.append(f"⛔ {badge}: mcsync does not log on, since the log-on was refused")
        elif _is_stale(of, view.now):
            sign = "⚠️ " if of.seen_at is None else ""  # the words for an old look bring their own
            lines.append(f"{sign}{badge}: {overview.seen_words(of, view.now)}")
        lines += [f"{_line(one)} on {badge}{_stage(one.proposal)}" for one in of.workflows if _is_wrong(one)]
    return lines


def _is_stale(of: InstanceView, now: datetime) -> bool:
    return of.seen_at is None or (now - of.seen_at).total_seconds() >= STALE_SECONDS


def _is_wrong(view: WorkflowView) -> bool:
    unclear = view.proposal is not None and view.proposal.stage is Stage.UNCLEAR
    return unclear or view.incident is not None or _stands_still(view)


def _stands_still(view: WorkflowView) -> bool:
    return view.sighted is not None and view.sighted.status.failed_pause


def _line(view: WorkflowView) -> str:
    name = f"*{markup.escape(view.execution.workflow)}*"
    standing = _stands_still(view)
    if view.incident is None and not standing:
        return f"🔴 A change of {name}"
    cause = view.incident.cause.value.replace("-", " ") if view.incident else "not diagnosed yet"
    state = "stands still" if standing else "runs again" if view.sighted else "has not been seen yet"
    return f"{overview.sign(view) if view.sighted else '🟡'} {name} {state} ({cause})"


def _stage(request: Proposal | None) -> str:
    return f": {markup.escape(proposal.heading(request)).lower()}" if request is not None else ""


def _mine(request: Proposal, channel: str) -> str:
    return (
        f"• You can decide: {markup.escape(markup.cut(request.summary, 300))} "
        f"Asked for by <@{request.requested_by}>; its card in <#{channel}> has the buttons."
    )


def _asked(request: Proposal) -> str:
    missing = request.quorum - len(request.votes)
    assert request.stage is Stage.WAITING
    return f"• You asked: {markup.escape(markup.cut(request.summary, 300))} {_missing(missing)}"


def _missing(missing: int) -> str:
    return "One approval is missing." if missing == 1 else f"{missing} approvals are missing."
