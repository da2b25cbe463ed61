"""Which change stands: what a later one overtook, and what a card tells of once a request came to nothing.

Inside the transaction of whoever saw that happen; nothing here asks Campaign.
"""

from dataclasses import replace
from datetime import datetime

from bot.domain.audit import Deed, Event
from bot.domain.incident import IncidentState
from bot.domain.proposal import Ask, Proposal, Stage
from bot.domain.proposal_words import came_to_nothing
from bot.domain.sentence import say
from bot.service.office import Office, ask_for_card, ask_for_reply
from bot.service.ports import Writing


def overtake(tx: Writing, office: Office, later: Proposal, now: datetime) -> None:
    """End the care for every earlier change of a workflow whose schedule *later* has just moved again.

    What was promised of an earlier schedule can be neither proved nor broken any more.
    """
    if later.ask is Ask.RESUME or later.stage is Stage.UNCLEAR:
        return  # what nobody knows the end of may yet be written back
    taken_back = tx.proposal(later.undoes) if later.undoes else None
    earlier = {one.id: one for one in tx.standing(later.instance, later.workflow)}
    if taken_back is not None and taken_back.stands:
        earlier[taken_back.id] = taken_back
    for one in earlier.values():
        if one.id == later.id or one.ask is Ask.RESUME:
            continue
        undone = one.id == later.undoes
        reason = say("It was taken back.") if undone else say("The schedule was moved again.")
        if tx.save_proposal(one, replace(one, stage=Stage.OVERTAKEN, reason=reason)):
            about = (one.instance, one.id)
            tx.record(Deed(now, Event.CHANGE_OVERTAKEN, "mcsync", "timer", *about, {"by": later.id}))
            ask_for_card(tx, office, one.incident_id or one.id, now)


def give_card_back(tx: Writing, office: Office, proposal_id: str, now: datetime) -> None:
    """Let the card tell again of the change that still stands, once a later request has come to nothing.

    What became of the request is told in the thread. An incident that it had opened again closes as before.
    """
    ended = tx.proposal(proposal_id)
    if ended is None or not ended.came_to_nothing or not ended.replaces:
        return
    earlier, incident = tx.proposal(ended.replaces), tx.incident(ended.incident_id)
    if earlier is None or not earlier.stands or incident is None or incident.proposal_id != ended.id:
        return
    back = replace(incident, proposal_id=earlier.id)
    as_before = not incident.paused and incident.last_at <= ended.requested_at
    if ended.closing_before and as_before and incident.state is IncidentState.OPEN:
        back = replace(back, state=IncidentState.CLOSED, closed_at=now, closing=ended.closing_before)
    if tx.save_incident(incident, back):
        ask_for_reply(tx, office, incident.id, came_to_nothing(ended), now)
        ask_for_card(tx, office, incident.id, now)
