"""Keep incidents of one cause together, and their slots apart.

A storm is one message in the channel: the summary. The cards of its workflows stand in its thread, where
they wake nobody; a card that was in the channel before there was a summary stays where it is.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.due_work import Work
from bot.domain.errors import UnreadableSchedule
from bot.domain.gathering import MARK, Member, gather
from bot.domain.incident import Incident
from bot.domain.instance import Instance
from bot.domain.proposal import UNDECIDED, Ask, Stage
from bot.domain.safety import Sibling
from bot.domain.schedule import Schedule
from bot.domain.sentence import say
from bot.domain.sighted import Sighted
from bot.domain.zones import resolve_zone
from bot.service.office import Kind, Office, ask_for_card, campaign_lane
from bot.service.ports import Reading, Writing

HOLD = timedelta(seconds=15)
"""How long the first card waits while other workflows stand still too, and nobody has looked at them yet."""

MOST_INCIDENTS = 1000


def join(tx: Writing, office: Office, incident: Incident, now: datetime) -> Incident:
    """Put *incident*, as it was just saved, into the summary it belongs to, if there is one; return it."""
    if incident.gathering:
        return incident
    others = [one for one in tx.incidents(limit=MOST_INCIDENTS) if one.instance == incident.instance]
    key, newcomers = gather(incident, others)
    if not key:
        return incident
    for one in (incident, *newcomers):
        current = tx.incident(one.id)
        if current is not None and tx.save_incident(current, replace(current, gathering=key)):
            ask_for_card(tx, office, one.id, now)
    ask_for_card(tx, office, key, now)
    return tx.incident(incident.id) or incident


def card_due(tx: Reading, incident: Incident, now: datetime) -> datetime:
    """Tell when the card of *incident* is due: a little later while it may yet become part of a storm."""
    if incident.gathering:
        return now
    for seen in tx.sighted(incident.instance):
        name = seen.status.name
        if name == incident.workflow or not seen.status.failed_pause:
            continue
        if not tx.open_incidents(incident.instance, name):
            return now + HOLD
    return now


def members_of(tx: Reading, key: str) -> tuple[Member, ...]:
    """List the workflows of a summary by name; nothing when *key* is no summary's."""
    if not key.startswith(MARK):
        return ()
    found = [one for one in tx.incidents(open_only=False, limit=MOST_INCIDENTS) if one.gathering == key]
    return tuple(Member(one, tx.proposal(one.proposal_id)) for one in sorted(found, key=lambda i: i.workflow))


# --- Slots ----------------------------------------------------------------------------------------


def slots_asked_for(tx: Reading, instance: Instance, name: str) -> tuple[Sibling, ...]:
    """List the schedules that the siblings of a workflow get if what waits for them is approved.

    Two archiving workflows must not start in one minute (KA-23471), whoever is approved first.
    """
    found = []
    for other in _siblings(tx, instance, name):
        proposal = tx.undecided(instance.name, other.status.name)
        if proposal is not None and proposal.ask is not Ask.RESUME:
            as_asked = say("{workflow}, as asked for,", workflow=other.status.name)
            found.append(_sibling(tx, instance, other, proposal.period_after, as_asked))
    return tuple(one for one in found if one is not None)


def slots_offered(tx: Reading, instance: Instance, name: str) -> tuple[Sibling, ...]:
    """List the schedules that the open incidents of the siblings offer first, so that ours differ."""
    found = []
    for other in _siblings(tx, instance, name):
        for incident in tx.open_incidents(instance.name, other.status.name):
            proposal = tx.proposal(incident.proposal_id)
            first = next((offer for offer in incident.offers if offer.safe), None)
            settled = proposal is not None and proposal.stage in UNDECIDED | {Stage.VERIFIED, Stage.PROVED}
            if first is not None and not settled:
                as_offered = say("{workflow}, as offered on its own card,", workflow=other.status.name)
                found.append(_sibling(tx, instance, other, first.period_after, as_offered))
    return tuple(one for one in found if one is not None)


def look_at_siblings(tx: Writing, instance: Instance, name: str, now: datetime) -> None:
    """Ask for a look at the workflows whose open incidents offer shifts: a slot was taken or left."""
    for other in sorted(instance.workflows - {name}):
        if any(incident.offers for incident in tx.open_incidents(instance.name, other)):
            payload = {"instance": instance.name, "workflow": other, "source": "poll", "tries": "2"}
            lane = campaign_lane(instance.name)
            tx.enqueue(Work(f"look:{instance.name}:{other}", Kind.LOOK, lane, now, payload))


def _siblings(tx: Reading, instance: Instance, name: str) -> list[Sighted]:
    return [
        seen
        for seen in tx.sighted(instance.name)
        if seen.status.name != name and seen.status.name in instance.workflows
    ]


def usual_run(tx: Reading, instance: Instance, name: str) -> timedelta | None:
    """Tell how long the runs of a workflow take; `None` when none was seen to its end."""
    lesson = tx.lesson(instance.name, name)
    return lesson.usual_run if lesson else None


def _sibling(tx: Reading, instance: Instance, seen: Sighted, period: str, name: str) -> Sibling | None:
    """Make a sibling of a schedule's text; `None` when it, or its zone, is not understood.

    Its *name* says where the schedule comes from.
    """
    if period == seen.period:
        return None
    try:
        zone = resolve_zone(
            seen.timezone, "", server_zone=instance.zone, database_zone=instance.database_zone
        )
        return Sibling(name, Schedule.parse(period), zone, usual_run(tx, instance, seen.status.name))
    except UnreadableSchedule:
        return None
