"""The record in words: how a deed is told to people."""

from collections.abc import Iterable, Mapping

from bot.domain.audit import Deed, Event
from bot.domain.incident import Incident
from bot.domain.proposal import Proposal, TrackingChoice
from bot.domain.proposal_words import WITHDRAWN
from bot.domain.sentence import say
from bot.domain.trust import Answer
from bot.domain.verdict_words import CAUSES

WORDS: Mapping[Event, str] = {
    Event.FAILURE_SEEN: say("saw a failure"),
    Event.INCIDENT_OPENED: say("opened an incident"),
    Event.INCIDENT_CLOSED: say("closed the incident"),
    Event.INCIDENT_REOPENED: say("opened the incident again"),
    Event.INCIDENT_ACKNOWLEDGED: say("took care of the incident"),
    Event.INCIDENT_SNOOZED: say("put the incident off"),
    Event.INCIDENT_WOKEN: say("reminded people of the incident"),
    Event.PROPOSAL_ASKED: say("asked for a change"),
    Event.PROPOSAL_APPROVED: say("approved the change"),
    Event.PROPOSAL_DENIED: say("denied the change"),
    Event.PROPOSAL_EXPIRED: say("saw the request expire"),
    Event.PROPOSAL_VOIDED: say("found the approval void"),
    Event.PROPOSAL_CHECKED: say("asked for another check"),
    Event.PROPOSAL_EXTENDED: say("gave the decision more time"),
    Event.PROPOSAL_SET_ASIDE: say("set the change aside"),
    Event.VOTE_DROPPED: say("dropped an approval that no longer counts"),
    Event.TRACKING_MOVED: say("confirmed that RT's tracking was moved"),
    Event.CHANGE_BEGUN: say("set the change going"),
    Event.CHANGE_WRITTEN: say("wrote the schedule"),
    Event.CHANGE_RESTORED: say("wrote the backup back"),
    Event.CHANGE_VERIFIED: say("verified the change"),
    Event.RUN_PASSED: say("saw the next run pass"),
    Event.CHANGE_PROVED: say("proved the change"),
    Event.CHANGE_FAILED: say("saw the change fail"),
    Event.CHANGE_UNCLEAR: say("could not tell how the change ended"),
    Event.CHANGE_OVERTAKEN: say("ended the care for the change: a later one overtook it"),
    Event.LOGON_REFUSED: say("was refused by Campaign"),
    Event.LOGON_ALLOWED: say("had a refused log-on tried once"),
    Event.VERDICT_RATED: say("rated a verdict"),
}
"""What the actor did, after its name."""

SOURCES: Mapping[str, str] = {
    "command": say("command"),
    "button": say("button"),
    "box": say("box"),
    "timer": say("timer"),
    "poll": say("poll"),
    "webhook": say("webhook"),
}
"""By what somebody did it; mcsync by itself does it by the last three."""

_CHOICES: Mapping[str, str] = {
    TrackingChoice.MOVES_TOO: say("RT's tracking is moved by hand"),
    TrackingChoice.ACCEPTED: say("tracking stays, clicks may be lost"),
}

_NAMED: Mapping[str, Mapping[str, str]] = {
    "cause": {cause.value: words for cause, words in CAUSES.items()},
    "answer": {Answer.RIGHT: say("right"), Answer.WRONG: say("wrong")},
}
"""Words for details that are one of a few values."""

_WITHDREW = say("withdrew the request")

_TELLING = ("reason", "sentence", "because", "summary", "cause", "answer")


def did(deed: Deed, proposal: Proposal | None = None) -> str:
    """Say what the actor did, after its name; *proposal* is what it is about, if that is a request."""
    if proposal is not None and deed.event is Event.PROPOSAL_DENIED and deed.actor == proposal.requested_by:
        return _WITHDREW
    return WORDS.get(deed.event, deed.event.value)


def more_of(deed: Deed, kept: Iterable[str] = ()) -> str:
    """Tell the detail that says most, such as a reason; `""` when there is none. It is untrusted text.

    Args:
        deed: as it is on record, where every sentence is plain English.
        kept: sentences that are still known as such; one that reads the same is told instead, which can be
            said in any language.
    """
    detail = _detail(deed)
    if deed.event is Event.PROPOSAL_DENIED and detail == WITHDRAWN:
        return ""  # that it was withdrawn is what the deed says already
    return next((sentence for sentence in kept if sentence == detail), detail)


def kept_of(about: Proposal | Incident | None) -> tuple[str, ...]:
    """List the sentences that are kept of what a deed is about."""
    match about:
        case Proposal():
            return (about.summary, about.reason, about.ending.sentence if about.ending else "")
        case Incident():
            return (about.closing,)
        case None:
            return ()


def _detail(deed: Deed) -> str:
    if deed.event is Event.PROPOSAL_APPROVED:
        # What was approved stands one entry before; what the approver chose stands nowhere else.
        return _CHOICES.get(deed.details.get("tracking", ""), "")
    key = next((key for key in _TELLING if deed.details.get(key)), "")
    detail = deed.details.get(key, "")
    return _NAMED.get(key, {}).get(detail, detail)
