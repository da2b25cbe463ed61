"""The answer to `history`: what failed, what was done, and how long archiving stood still."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from bot.domain.incident import Incident, IncidentState
from bot.domain.message import Card
from bot.domain.proposal import Proposal, Stage
from bot.domain.saying import duration
from bot.service.history import Episode, HistoryView
from commands.cards import markup, proposal
from commands.cards.cause import named

MOST_CHARACTERS = 9000
MOST_EPISODES = 25


def render(view: HistoryView) -> Card:
    """Render what happened, the latest first."""
    of = f" of {markup.short(view.workflow, 60)}" if view.workflow else ""
    title = f"The last {view.days} days{of}" if view.days > 1 else f"The last day{of}"
    blocks = [markup.header(title), markup.section(_summary(view))]
    written = 0
    for shown, episode in enumerate(view.episodes):
        text = markup.fitted(list(_lines(episode, view)), 1500)
        written += len(text)
        if shown >= MOST_EPISODES or written > MOST_CHARACTERS:
            left = len(view.episodes) - shown
            blocks.append(markup.context(f"…and {left} more: name a workflow, or fewer days."))
            break
        blocks.append(markup.section(text))
    return Card(markup.spoken(blocks), blocks)


def _summary(view: HistoryView) -> str:
    incidents = sum(episode.incident is not None for episode in view.episodes)
    if not view.episodes:
        return "Nothing failed, and nothing was changed."
    counted = "1 incident" if incidents == 1 else f"{incidents} incidents"
    return f"{counted}. Archiving stood still for *{duration(view.stood_still.total_seconds())}* in all."


def _lines(episode: Episode, view: HistoryView) -> Iterator[str]:
    zone = view.zone
    if episode.incident is not None:
        yield _incident(episode, episode.incident, zone, named_workflow=not view.workflow)
        yield f"• {_standstill(episode)}"
    for request in episode.proposals:
        yield f"• {_change(request, zone)}"
    if episode.incident is not None and episode.incident.state is IncidentState.CLOSED:
        yield f"• Closed: {markup.escape(markup.cut(episode.incident.closing, 300))}"


def _incident(episode: Episode, incident: Incident, zone: ZoneInfo, *, named_workflow: bool) -> str:
    sign = "🟢" if incident.state is IncidentState.CLOSED else "🔴"
    where = (
        f" {markup.escape(proposal.place(incident.workflow, incident.instance))}" if named_workflow else ""
    )
    what = f"{sign} {markup.moment(episode.at, zone)}{where}: *{named(incident.diagnosis)}*"
    if incident.failures == 0:
        return f"{what}, lies ahead"
    return f"{what}, failed once" if incident.failures == 1 else f"{what}, failed {incident.failures} times"


def _standstill(episode: Episode) -> str:
    seconds = episode.stood_still.total_seconds()
    if episode.is_standing:
        return f"Archiving stands still, for {duration(seconds)} so far."
    return f"Archiving stood still for {duration(seconds)}." if seconds else "Archiving did not stand still."


def _change(request: Proposal, zone: ZoneInfo) -> str:
    asked = f"<@{request.requested_by}> asked {markup.moment(request.requested_at, zone)}"
    votes = ", ".join(f"<@{vote.user}>" for vote in request.votes)
    decided = f", approved by {votes}" if votes else ""
    summary = markup.escape(markup.cut(request.summary, 300))
    if request.stage is Stage.DENIED:
        verb = "withdrawn" if request.decided_by == request.requested_by else "denied"
        return f"{summary} {asked}{decided}: {verb} by <@{request.decided_by}>"
    return f"{summary} {asked}{decided}: {markup.escape(proposal.heading(request)).lower()}"
