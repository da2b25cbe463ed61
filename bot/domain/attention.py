"""What people do about an incident besides changing a schedule: take care of it, put it off, open it again.

Pure. Who may do it is `bot/domain/policy.py`; the timer is `bot/service/attention.py`.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.audit import Event
from bot.domain.errors import Refused
from bot.domain.incident import Incident, IncidentState
from bot.domain.proposal import Proposal, Stage
from bot.domain.saying import moment
from bot.domain.sentence import joined, say

LONGEST_SNOOZE = timedelta(days=7)


class Care(StrEnum):
    """What somebody does about an incident."""

    ACKNOWLEDGE = "acknowledge"
    SNOOZE = "snooze"
    REOPEN = "reopen"


EVENTS: dict[Care, Event] = {
    Care.ACKNOWLEDGE: Event.INCIDENT_ACKNOWLEDGED,
    Care.SNOOZE: Event.INCIDENT_SNOOZED,
    Care.REOPEN: Event.INCIDENT_REOPENED,
}
"""How each stands in the record."""


def attend(incident: Incident, care: Care, user: str, *, until: datetime | None, now: datetime) -> Incident:
    """Do it.

    Args:
        incident: as it stands.
        care: what is done.
        user: the Slack id of who does it.
        until: when people are reminded, for a snooze.
        now: rule time, UTC.

    Raises:
        Refused: it makes no sense as the incident stands; says why.
    """
    if care is Care.REOPEN:
        return reopened(incident, now)
    if incident.state is IncidentState.CLOSED:
        raise Refused(say("This incident is closed. Open it again first if it still needs care."))
    if care is Care.ACKNOWLEDGE:
        if incident.acknowledged_by:
            raise Refused(say("<@{who}> takes care of this already.", who=incident.acknowledged_by))
        return replace(incident, acknowledged_by=user, acknowledged_at=now)
    if until is None or until <= now:
        raise Refused(say("That time is over. Choose a later one, such as `30m` or `until 09:00`."))
    if until - now > LONGEST_SNOOZE:
        raise Refused(say("An incident can be put off for 7 days at most. Choose a shorter time."))
    return replace(incident, snoozed_by=user, snoozed_until=until)


def reopened(incident: Incident, now: datetime) -> Incident:
    """Open a closed incident again; whoever took care of it before has to say so anew.

    Raises:
        Refused: it is open.
    """
    if incident.state is IncidentState.OPEN:
        raise Refused(say("This incident is open. Look at its card."))
    return replace(
        incident,
        state=IncidentState.OPEN,
        closed_at=None,
        closing="",
        reopened_at=now,
        acknowledged_by="",
        acknowledged_at=None,
        snoozed_by="",
        snoozed_until=None,
    )


def woken(incident: Incident, now: datetime) -> Incident | None:
    """End a snooze whose time has come; `None` when there is nothing to remind anybody of."""
    due = incident.snoozed_until is not None and now >= incident.snoozed_until
    if incident.state is IncidentState.CLOSED or not due:
        return None
    return replace(incident, snoozed_by="", snoozed_until=None)


def awaited(proposal: Proposal | None, zone: ZoneInfo) -> str:
    """Say what a change that was carried out still waits for; `""` when none is being proved."""
    if proposal is None or proposal.stage is not Stage.VERIFIED:
        return ""
    if proposal.run_passed_at is not None:
        return say("Its change waits for the next restart.")
    if proposal.predicted_run is None:
        return say("Its change waits for the next run.")
    return say("Its change waits for the run of {moment}.", moment=moment(proposal.predicted_run, zone))


def reminder(incident: Incident, waits: str = "") -> str:
    """Say in one line that a snoozed incident is still open.

    Args:
        incident: as it was before it woke.
        waits: what its change waits for, as `awaited` says it.
    """
    who, name = f"<@{incident.snoozed_by}>", incident.workflow
    if incident.paused:
        return say(
            "{who}: put off until now and still open. {name} stands still until it is started.",
            who=who,
            name=name,
        )
    still = say("{who}: put off until now and still open. {name} is not paused.", who=who, name=name)
    return joined(" ", (still, waits)) if waits else still
