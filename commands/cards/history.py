"""The answer to `history`: what failed, what was done, and how long workflows stood still."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from bot.domain.incident import Incident, IncidentState
from bot.domain.message import Card
from bot.domain.proposal import Proposal, Stage
from bot.domain.saying import duration
from bot.service.history import Episode, HistoryView
from commands.cards import markup, proposal
from commands.cards.cause import named
from commands.language import tell, tell_count, told

MOST_CHARACTERS = 9000
MOST_EPISODES = 25


def render(view: HistoryView) -> Card:
    """Render what happened, the latest first."""
    blocks = [markup.header(_title(view)), markup.section(_summary(view))]
    written = 0
    for shown, episode in enumerate(view.episodes):
        text = markup.fitted(list(_lines(episode, view)), 1500)
        written += len(text)
        if shown >= MOST_EPISODES or written > MOST_CHARACTERS:
            left = tell_count(
                "…and {count} more: name a workflow, or fewer days.",
                "…and {count} more: name a workflow, or fewer days.",
                len(view.episodes) - shown,
            )
            blocks.append(markup.context(left))
            break
        blocks.append(markup.section(text))
    return Card(markup.spoken(blocks), blocks)


def _title(view: HistoryView) -> str:
    if not view.workflow:
        return tell_count("The last day", "The last {count} days", view.days)
    name = markup.short(view.workflow, 60)
    return tell_count(
        "The last day of {workflow}", "The last {count} days of {workflow}", view.days, workflow=name
    )


def _summary(view: HistoryView) -> str:
    incidents = sum(episode.incident is not None for episode in view.episodes)
    if not view.episodes:
        return tell_count(
            "mcsync has seen no failure and changed nothing in the last day, or since it began to watch.",
            "mcsync has seen no failure and changed nothing in the last {count} days, or since it began to "
            "watch.",
            view.days,
        )
    counted = tell_count("{count} incident.", "{count} incidents.", incidents)
    stood = tell(
        "Workflows stood still for *{time}* in all.", time=duration(view.stood_still.total_seconds())
    )
    return f"{counted} {stood}"


def _lines(episode: Episode, view: HistoryView) -> Iterator[str]:
    zone = view.zone
    if episode.incident is not None:
        yield _incident(episode, episode.incident, zone, named_workflow=not view.workflow)
        yield f"• {_standstill(episode)}"
    for request in episode.proposals:
        yield f"• {_change(request, zone)}"
    if episode.incident is not None and episode.incident.state is IncidentState.CLOSED:
        reason = markup.escape(markup.cut(told(episode.incident.closing), 300))
        closed = tell("Closed: {reason}", reason=reason)
        yield f"• {closed}"


def _incident(episode: Episode, incident: Incident, zone: ZoneInfo, *, named_workflow: bool) -> str:
    sign = "🟢" if incident.state is IncidentState.CLOSED else "🔴"
    where = (
        f" {markup.escape(proposal.place(incident.workflow, incident.instance))}" if named_workflow else ""
    )
    what = f"{sign} {markup.moment(episode.at, zone)}{where}: *{named(incident.diagnosis)}*"
    if incident.failures == 0:
        return tell("{incident}, lies ahead", incident=what)
    return tell_count(
        "{incident}, failed once", "{incident}, failed {count} times", incident.failures, incident=what
    )


def _standstill(episode: Episode) -> str:
    seconds = episode.stood_still.total_seconds()
    if episode.is_standing:
        return tell("The workflow stands still, for {time} so far.", time=duration(seconds))
    if not seconds:
        return tell("The workflow did not stand still.")
    return tell("The workflow stood still for {time}.", time=duration(seconds))


def _change(request: Proposal, zone: ZoneInfo) -> str:
    summary = markup.escape(markup.cut(told(request.summary), 300))
    return f"{summary} {_asked(request, zone)}: {_outcome(request)}"


def _asked(request: Proposal, zone: ZoneInfo) -> str:
    who, when = f"<@{request.requested_by}>", markup.moment(request.requested_at, zone)
    if not request.votes:
        return tell("{person} asked {when}", person=who, when=when)
    approvers = ", ".join(f"<@{vote.user}>" for vote in request.votes)
    return tell("{person} asked {when}, approved by {approvers}", person=who, when=when, approvers=approvers)


def _outcome(request: Proposal) -> str:
    who = f"<@{request.decided_by}>"
    if request.stage is not Stage.DENIED:
        return markup.escape(told(proposal.heading(request)))
    if request.withdrawn:
        return tell("withdrawn by {person}", person=who)
    return tell("denied by {person}", person=who)
