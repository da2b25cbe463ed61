"""What is told to somebody whose press on a proposal comes too late."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from bot.domain.proposal import Proposal, Stage
from bot.domain.saying import clock
from bot.domain.sentence import say

_OVER: Mapping[Stage, str] = {
    Stage.EXPIRED: say("This proposal is at an end (expired). Ask for a new one."),
    Stage.VOID: say("This proposal is at an end (void). Ask for a new one."),
    Stage.FAILED: say("This proposal is at an end (failed). Ask for a new one."),
    Stage.OVERTAKEN: say("This proposal is at an end (overtaken). Ask for a new one."),
    Stage.SET_ASIDE: say("This proposal is at an end (set-aside). Ask for a new one."),
}


def already(proposal: Proposal, zone: ZoneInfo) -> str:
    """Say who was first, for a press that comes too late; the time is that of the server's *zone*."""
    if proposal.stage in _OVER:
        return _OVER[proposal.stage]
    denied = proposal.stage is Stage.DENIED
    if not proposal.decided_by or proposal.decided_at is None:
        if denied:
            return say("This was already denied. Ask for a new one.")
        return say("This was already approved; nothing more is to be done here.")
    by, at = f"<@{proposal.decided_by}>", clock(proposal.decided_at, zone)
    if proposal.withdrawn:
        return say("This was already withdrawn by {person} at {time}. Ask for a new one.", person=by, time=at)
    if denied:
        return say("This was already denied by {person} at {time}. Ask for a new one.", person=by, time=at)
    return say(
        "This was already approved by {person} at {time}; nothing more is to be done here.",
        person=by,
        time=at,
    )
