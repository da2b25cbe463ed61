"""The record in words: how a deed is told to people."""

from collections.abc import Mapping

from bot.domain.audit import Deed, Event
from bot.domain.proposal import TrackingChoice
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
    TrackingChoice.MOVES_TOO: say("tracking moves too"),
    TrackingChoice.ACCEPTED: say("tracking accepted"),
}

_NAMED: Mapping[str, Mapping[str, str]] = {
    "cause": {cause.value: words for cause, words in CAUSES.items()},
    "answer": {Answer.RIGHT: say("right"), Answer.WRONG: say("wrong")},
}
"""Words for details that are one of a few values."""

_TELLING = ("reason", "sentence", "because", "summary", "cause", "answer")


def more_of(deed: Deed) -> str:
    """Tell the detail that says most, such as a reason; `""` when there is none. It is untrusted text."""
    if deed.event is Event.PROPOSAL_APPROVED:
        # What was approved stands one entry before; what the approver chose stands nowhere else.
        return _CHOICES.get(deed.details.get("tracking", ""), "")
    key = next((key for key in _TELLING if deed.details.get(key)), "")
    detail = deed.details.get(key, "")
    return _NAMED.get(key, {}).get(detail, detail)
