"""What happened to the watched workflows over days: failures, changes, and how long archiving stood still."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.audit import Event
from bot.domain.incident import Incident, IncidentState
from bot.domain.proposal import Ask, Proposal
from bot.service.office import Office
from bot.service.ports import Reading
from bot.service.record import backwards

MOST_INCIDENTS = 5000
"""So many of the latest are looked through while somebody waits."""


@dataclass(frozen=True)
class Episode:
    """One incident and what was done about it, or a change without any incident.

    Attributes:
        incident: `None` for a change that somebody asked for without a failure.
        proposals: what was asked for, oldest first.
        at: when it began, UTC.
        stood_still: how long archiving stood still in all.
        is_standing: whether it still does.
    """

    incident: Incident | None
    proposals: tuple[Proposal, ...]
    at: datetime
    stood_still: timedelta
    is_standing: bool


@dataclass(frozen=True)
class HistoryView:
    """What happened.

    Attributes:
        episodes: the latest one first.
        workflow: whose, `""` for all.
        days: over how many days.
        zone: of the times beside the viewer's.
    """

    episodes: tuple[Episode, ...]
    workflow: str
    days: int
    zone: ZoneInfo

    @property
    def stood_still(self) -> timedelta:
        """How long archiving stood still in all."""
        return sum((episode.stood_still for episode in self.episodes), timedelta())


def take_history(office: Office, instance: str | None, workflow: str | None, days: int) -> HistoryView:
    """Read what happened to one workflow or to all of them.

    Args:
        office: what the use cases share.
        instance: of the workflow; `None` for all.
        workflow: internal name; `None` for all.
        days: how far back.
    """
    now = office.clock.now()
    since = now - timedelta(days=days)

    def wanted(thing: Incident | Proposal) -> bool:
        if workflow is None:
            return thing.instance in office.instances
        return (thing.instance, thing.workflow) == (instance, workflow)

    with office.store.read() as tx:
        incidents = [
            one
            for one in tx.incidents(open_only=False, limit=MOST_INCIDENTS)
            if wanted(one) and (one.last_at >= since or one.state is IncidentState.OPEN)
        ]
        asked = [one for one in asked_since(tx, since) if wanted(one)]
    of: dict[str, list[Proposal]] = {}
    for proposal in asked:
        of.setdefault(proposal.incident_id, []).insert(0, proposal)
    known = {incident.id for incident in incidents}
    episodes = [_episode(incident, tuple(of.get(incident.id, ())), now) for incident in incidents]
    episodes += [
        Episode(None, (proposal,), proposal.requested_at, timedelta(), is_standing=False)
        for proposal in asked
        if proposal.incident_id not in known
    ]
    zone = office.instances[instance].zone if instance else next(iter(office.instances.values())).zone
    latest = sorted(episodes, key=lambda episode: episode.at, reverse=True)
    return HistoryView(tuple(latest), workflow or "", days, zone)


def last_change(office: Office, instance: str, workflow: str) -> Proposal | None:
    """Find our last change of a workflow's schedule that can be taken back; `None` if there is none."""
    with office.store.read() as tx:
        standing = [one for one in tx.standing(instance, workflow) if one.undoable]
        if standing:
            return max(standing, key=lambda one: one.requested_at)
        seen = next((one for one in tx.sighted(instance) if one.status.name == workflow), None)
        period = seen.period if seen is not None else ""
        # What failed, or was set aside, may have moved the schedule as well; and what a later change overtook
        # stands again once that one was taken back.
        found = (one for one in asked_since(tx, None) if (one.instance, one.workflow) == (instance, workflow))
        return next((one for one in found if one.undoable or _stands_again(one, period)), None)


def _stands_again(proposal: Proposal, period: str) -> bool:
    return proposal.ask is Ask.SHIFT and proposal.in_effect and proposal.period_after == period


def asked_since(tx: Reading, since: datetime | None) -> list[Proposal]:
    """List what was asked for from *since* on, the latest first, as far back as somebody can wait for."""
    found = []
    for entry in backwards(tx, tx.last_entry()):
        if since is not None and entry.deed.at < since:
            break
        if entry.deed.event is Event.PROPOSAL_ASKED:
            proposal = tx.proposal(entry.deed.subject)
            if proposal is not None:
                found.append(proposal)
    return found


def _episode(incident: Incident, proposals: tuple[Proposal, ...], now: datetime) -> Episode:
    until = incident.closed_at or now
    is_standing = incident.paused and incident.state is IncidentState.OPEN
    return Episode(incident, proposals, incident.last_at, incident.standstill(until), is_standing)
