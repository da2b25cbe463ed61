"""The record in words: how a deed is told to people."""

from collections.abc import Mapping

from bot.domain.audit import Deed, Event

WORDS: Mapping[Event, str] = {
    Event.FAILURE_SEEN: "saw a failure",
    Event.INCIDENT_OPENED: "opened an incident",
    Event.INCIDENT_CLOSED: "closed the incident",
    Event.INCIDENT_REOPENED: "opened the incident again",
    Event.INCIDENT_ACKNOWLEDGED: "took care of the incident",
    Event.INCIDENT_SNOOZED: "put the incident off",
    Event.INCIDENT_WOKEN: "reminded people of the incident",
    Event.PROPOSAL_ASKED: "asked for a change",
    Event.PROPOSAL_APPROVED: "approved the change",
    Event.PROPOSAL_DENIED: "denied the change",
    Event.PROPOSAL_EXPIRED: "saw the request expire",
    Event.PROPOSAL_VOIDED: "found the approval void",
    Event.PROPOSAL_CHECKED: "asked for another check",
    Event.PROPOSAL_EXTENDED: "gave the decision more time",
    Event.PROPOSAL_SET_ASIDE: "set the change aside",
    Event.VOTE_DROPPED: "dropped an approval that no longer counts",
    Event.TRACKING_MOVED: "confirmed that RT's tracking was moved",
    Event.CHANGE_BEGUN: "set the change going",
    Event.CHANGE_WRITTEN: "wrote the schedule",
    Event.CHANGE_RESTORED: "wrote the backup back",
    Event.CHANGE_VERIFIED: "verified the change",
    Event.RUN_PASSED: "saw the next run pass",
    Event.CHANGE_PROVED: "proved the change",
    Event.CHANGE_FAILED: "saw the change fail",
    Event.CHANGE_UNCLEAR: "could not tell how the change ended",
    Event.LOGON_REFUSED: "was refused by Campaign",
    Event.LOGON_ALLOWED: "had a refused log-on tried once",
    Event.VERDICT_RATED: "rated a verdict",
}
"""What the actor did, after its name."""

_TELLING = ("reason", "sentence", "because", "summary", "cause", "answer")


def more_of(deed: Deed) -> str:
    """Tell the detail that says most, such as a reason; `""` when there is none. It is untrusted text."""
    if deed.event is Event.PROPOSAL_APPROVED:
        # What was approved stands one entry before; what the approver chose stands nowhere else.
        choice = deed.details.get("tracking", "")
        return f"tracking {choice.replace('-', ' ')}" if choice else ""
    return next((deed.details[key] for key in _TELLING if deed.details.get(key)), "")
