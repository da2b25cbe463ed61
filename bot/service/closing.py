"""How an incident closes: on record and on its card, inside the transaction of whoever saw its end."""

from dataclasses import replace
from datetime import datetime

from bot.domain.audit import Deed, Event
from bot.domain.incident import Incident, IncidentState
from bot.service.office import Office, ask_for_card
from bot.service.ports import Writing


def close_incident(tx: Writing, office: Office, incident: Incident, because: str, now: datetime) -> bool:
    """Close *incident*, and say why on its card; `False` when it moved meanwhile."""
    closed = replace(incident, state=IncidentState.CLOSED, closed_at=now, closing=because)
    if not tx.save_incident(incident, closed):
        return False
    details = {"because": because}
    tx.record(Deed(now, Event.INCIDENT_CLOSED, "mcsync", "timer", incident.instance, incident.id, details))
    ask_for_card(tx, office, incident.id, now)
    return True
