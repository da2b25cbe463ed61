"""The answer to the command alone: what is wrong now, and what waits for whoever asks."""

from datetime import datetime

from bot.domain.message import Card
from bot.domain.policy import approvers_of
from bot.domain.proposal import Proposal, Stage
from bot.domain.sentence import say
from bot.domain.tracking import minute_words
from bot.domain.verdict_words import CAUSES
from bot.domain.workflow import State
from bot.service.answers import AnswerView
from bot.service.outlook import Ahead
from bot.service.overview import InstanceView, WorkflowView
from commands.cards import markup, overview, proposal
from commands.language import tell, tell_count, told

MOST_CHARACTERS = 3000
"""Of one list: what is left out is counted, and `status` shows all of it."""

STALE_SECONDS = overview.STALE_SECONDS


def render(view: AnswerView) -> Card:
    """Render *view*: first what waits for the reader, then what is wrong, then what is under way or ahead."""
    told_of = {
        tell("*Waiting*"): _waiting(view),
        tell("*Wrong now*"): _wrong(view),
        tell("*Open*"): _open(view),
        tell("*Being proved*"): _proving(view),
    }
    waiting, wrong, opened, proving = told_of.values()
    blocks = [markup.header(_title(view, waiting=waiting, wrong=wrong, opened=opened, proving=proving))]
    for title, lines in told_of.items():
        if lines:
            blocks.append(markup.section(markup.fitted([title, *lines], MOST_CHARACTERS)))
    if any(one.incident for of in view.overview.instances for one in of.workflows):
        offer = tell("The cards in {channel} offer what can be done.", channel=f"<#{view.channel}>")
        blocks.append(markup.context(offer))
    if view.ahead is not None and not (wrong or opened):
        blocks.append(markup.section(_ahead(view.ahead, view.typed)))
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


def _title(
    view: AnswerView, *, waiting: list[str], wrong: list[str], opened: list[str], proving: list[str]
) -> str:
    """Say the most pressing of it all; all is well only when there is none of it."""
    if wrong:
        return tell("🔴 Something needs care")
    if view.mine or (view.tracking and view.rights.ask.given):
        return tell("🟡 Something waits for you")
    if waiting:
        return tell("🟡 Something waits for somebody else")
    if opened:
        return tell("🟡 An incident is open")
    if view.ahead is not None:
        return tell("🟡 A run will meet a restart")
    return tell("🔵 A change is being proved") if proving else tell("🟢 All is well")


def _waiting(view: AnswerView) -> list[str]:
    return [
        *(_mine(one, view.channel) for one in view.mine),
        *(_asked(one, view) for one in view.asked),
        *(_tracking(one, view) for one in view.tracking),
    ]


def _wrong(view: AnswerView) -> list[str]:
    """Say what stands still, what is unclear, and where mcsync does not see."""
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


def _open(view: AnswerView) -> list[str]:
    """Say which incidents are open although the workflow runs and no change of it is being proved."""
    proving = {(one.instance, one.workflow) for one in view.proving}
    return [
        f"{_line(one, markup.escape(told(str(of.instance.badge))))}{_stage(one.proposal)}"
        for of in view.overview.instances
        for one in of.workflows
        if one.incident is not None
        and not _is_wrong(one)
        and (of.instance.name, one.execution.workflow) not in proving
    ]


def _proving(view: AnswerView) -> list[str]:
    """Say which changes only wait for their proof; one whose workflow stands still is wrong instead."""
    places = {
        (of.instance.name, one.execution.workflow): (of, one)
        for of in view.overview.instances
        for one in of.workflows
    }
    lines = []
    for request in view.proving:
        of, one = places.get((request.instance, request.workflow), (None, None))
        if of is not None and one is not None and not _is_wrong(one):
            place = proposal.place_on(request.workflow, of.instance.badge)
            lines.append(f"🔵 *{markup.escape(place)}* · {markup.escape(proposal.heading(request))}")
    return lines


def _ahead(ahead: Ahead, typed: str) -> str:
    assert ahead.forecast.first is not None
    return tell(
        "Nothing is wrong now, but the run of {workflow} on {server} {moment} will meet a restart: "
        "`{command} forecast`.",
        workflow=f"*{markup.escape(ahead.plan.name)}*",
        server=markup.escape(told(str(ahead.instance.badge))),
        moment=markup.moment(ahead.forecast.first.run.at, ahead.plan.windows[0].zone),
        command=typed,
    )


def _is_stale(of: InstanceView, now: datetime) -> bool:
    return of.seen_at is None or (now - of.seen_at).total_seconds() >= STALE_SECONDS


def _is_wrong(view: WorkflowView) -> bool:
    unclear = view.proposal is not None and view.proposal.stage is Stage.UNCLEAR
    unseen = view.incident is not None and view.sighted is None
    return unclear or unseen or _stands_still(view)


def _stands_still(view: WorkflowView) -> bool:
    """Tell whether nothing runs: after an error, or with an incident open and stopped by whomever."""
    if view.sighted is None:
        return False
    status = view.sighted.status
    at_rest = status.stopped or status.state == State.PAUSED
    return status.failed_pause or (view.incident is not None and at_rest)


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
    if view.incident is not None and not view.incident.failures and not standing:
        said = tell("{workflow} will meet RT's daily restart on {server}", workflow=name, server=server)
    elif standing:
        said = tell(
            "{workflow} stands still ({cause}) on {server}", workflow=name, cause=cause, server=server
        )
    else:
        said = tell("{workflow} runs again ({cause}) on {server}", workflow=name, cause=cause, server=server)
    return f"{'🔴' if standing else overview.sign(view)} {said}"


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
        "RT's tracking is still to be moved to {minute} for {workflow} on {server}: whoever has moved it "
        "confirms that on the card in {channel}.",
        minute=minute_words(request.archiving_minute),
        workflow=f"*{markup.escape(request.workflow)}*",
        server=markup.escape(told(str(badge))),
        channel=f"<#{view.channel}>",
    )
    return f"• {said}"


def _asked(request: Proposal, view: AnswerView) -> str:
    assert request.stage is Stage.WAITING
    missing = tell_count(
        "You asked: {summary} One approval is missing",
        "You asked: {summary} {count} approvals are missing",
        request.quorum - len(request.votes),
        summary=_summary(request),
    )
    people = approvers_of(view.roles, request.requested_by)
    who = tell("{missing}; {people} can give it", missing=missing, people=markup.sentence(told(people)))
    return f"• {who if people else missing}."


def _summary(request: Proposal) -> str:
    return markup.escape(markup.cut(told(request.summary), 300))
