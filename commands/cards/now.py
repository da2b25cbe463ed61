"""The answer to the command alone: what is wrong now, and what waits for whoever asks."""

from datetime import datetime

from bot.domain.message import Card
from bot.domain.proposal import Proposal, Stage
from bot.domain.sentence import say
from bot.domain.verdict_words import CAUSES
from bot.service.answers import AnswerView
from bot.service.overview import InstanceView, WorkflowView
from commands.cards import markup, overview, proposal
from commands.language import tell, tell_count, told

MOST_CHARACTERS = 3000
"""Of one list: what is left out is counted, and `status` shows all of it."""

STALE_SECONDS = overview.STALE_SECONDS


def render(view: AnswerView) -> Card:
    """Render *view*: first what waits for the reader, then what is wrong."""
    wrong = _wrong(view)
    waiting = [_mine(one, view.channel) for one in view.mine] + [_asked(one) for one in view.asked]
    waiting += [_tracking(one, view) for one in view.tracking]
    blocks = [markup.header(_title(view, wrong))]
    if waiting:
        blocks.append(markup.section(markup.fitted([tell("*Waiting*"), *waiting], MOST_CHARACTERS)))
    if wrong:
        blocks.append(markup.section(markup.fitted([tell("*Wrong now*"), *wrong], MOST_CHARACTERS)))
        if any(one.incident for of in view.overview.instances for one in of.workflows):
            offer = tell("The cards in {channel} offer what can be done.", channel=f"<#{view.channel}>")
            blocks.append(markup.context(offer))
    if not waiting:
        blocks.append(markup.section(tell("Nothing waits for you.")))
    hint = tell_count(
        "{count} workflow is watched · `{command} status` shows it · `{command} help` shows what you may do",
        "{count} workflows are watched · `{command} status` shows them · "
        "`{command} help` shows what you may do",
        sum(len(one.workflows) for one in view.overview.instances),
        command=view.typed,
    )
    blocks.append(markup.context(hint))
    return Card(markup.spoken(blocks), blocks)


def _title(view: AnswerView, wrong: list[str]) -> str:
    if wrong:
        return tell("🔴 Something needs care")
    waits = view.mine or (view.tracking and view.rights.ask.given)
    return tell("🟡 Something waits for you") if waits else tell("🟢 All is well")


def _wrong(view: AnswerView) -> list[str]:
    lines = []
    for of in view.overview.instances:
        badge = markup.escape(told(str(of.instance.badge)))
        if of.bar is not None:
            lines.append(
                tell("⛔ {server}: mcsync does not log on, since the log-on was refused", server=badge)
            )
        elif _is_stale(of, view.now):
            sign = "⚠️ " if of.seen_at is None else ""  # the words for an old look bring their own
            lines.append(f"{sign}{badge}: {overview.seen_words(of, view.now)}")
        lines += [f"{_line(one, badge)}{_stage(one.proposal)}" for one in of.workflows if _is_wrong(one)]
    return lines


def _is_stale(of: InstanceView, now: datetime) -> bool:
    return of.seen_at is None or (now - of.seen_at).total_seconds() >= STALE_SECONDS


def _is_wrong(view: WorkflowView) -> bool:
    unclear = view.proposal is not None and view.proposal.stage is Stage.UNCLEAR
    return unclear or view.incident is not None or _stands_still(view)


def _stands_still(view: WorkflowView) -> bool:
    return view.sighted is not None and view.sighted.status.failed_pause


def _line(view: WorkflowView, server: str) -> str:
    name = f"*{markup.escape(view.execution.workflow)}*"
    standing = _stands_still(view)
    if view.incident is None and not standing:
        return tell("🔴 A change of {workflow} on {server}", workflow=name, server=server)
    cause = CAUSES[view.incident.cause] if view.incident else say("not diagnosed yet")
    if view.sighted is None:
        return tell(
            "🟡 {workflow} has not been seen yet ({cause}) on {server}",
            workflow=name,
            cause=cause,
            server=server,
        )
    if standing:
        said = tell(
            "{workflow} stands still ({cause}) on {server}", workflow=name, cause=cause, server=server
        )
    else:
        said = tell("{workflow} runs again ({cause}) on {server}", workflow=name, cause=cause, server=server)
    return f"{overview.sign(view)} {said}"


def _stage(request: Proposal | None) -> str:
    return f" · {markup.escape(proposal.heading(request))}" if request is not None else ""


def _mine(request: Proposal, channel: str) -> str:
    said = tell(
        "You can decide: {summary} Asked for by {person}; its card in {channel} has the buttons.",
        summary=_summary(request),
        person=f"<@{request.requested_by}>",
        channel=f"<#{channel}>",
    )
    return f"• {said}"


def _tracking(request: Proposal, view: AnswerView) -> str:
    badge = next(
        one.instance.badge for one in view.overview.instances if one.instance.name == request.instance
    )
    said = tell(
        "RT's tracking is still to be moved for {workflow} on {server}: whoever has moved it confirms that "
        "on the card in {channel}.",
        workflow=f"*{markup.escape(request.workflow)}*",
        server=markup.escape(told(str(badge))),
        channel=f"<#{view.channel}>",
    )
    return f"• {said}"


def _asked(request: Proposal) -> str:
    assert request.stage is Stage.WAITING
    said = tell_count(
        "You asked: {summary} One approval is missing.",
        "You asked: {summary} {count} approvals are missing.",
        request.quorum - len(request.votes),
        summary=_summary(request),
    )
    return f"• {said}"


def _summary(request: Proposal) -> str:
    return markup.escape(markup.cut(told(request.summary), 300))
