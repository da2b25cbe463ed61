"""A proposal in words: what is asked for, each step of it, and where it stands.

What a card says of each stage is a sentence of the counter, `commands/cards/proposal.py`.
"""

from collections.abc import Mapping

from bot.domain.proposal import Ask, Proposal, Stage, Step
from bot.domain.saying import foreign
from bot.domain.sentence import joined, say

ASKED: Mapping[Ask, str] = {
    Ask.SHIFT: say("Shift and restart"),
    Ask.RESUME: say("Resume only"),
    Ask.UNDO: say("Undo"),
}

STEPS: Mapping[Step, str] = {
    Step.STOP: say("Stop"),
    Step.WRITE: say("Write"),
    Step.RESTORE: say("Restore"),
    Step.START: say("Start"),
}

WITHDRAWN = say("Withdrawn.")
"""What is on record as the reason when a request is taken back: it says no more than that."""

STANDS: Mapping[Stage, str] = {
    Stage.WAITING: say("waiting"),
    Stage.APPROVED: say("approved"),
    Stage.APPLYING: say("applying"),
    Stage.VERIFIED: say("verified"),
    Stage.PROVED: say("proved"),
    Stage.DENIED: say("denied"),
    Stage.EXPIRED: say("expired"),
    Stage.VOID: say("void"),
    Stage.FAILED: say("failed"),
    Stage.UNCLEAR: say("needs attention"),
    Stage.SET_ASIDE: say("set aside"),
    Stage.OVERTAKEN: say("overtaken"),
}
"""The end of the sentence "It stands at ..."."""


def came_to_nothing(proposal: Proposal) -> str:
    """Say why nothing came of what was asked for; the reason of a denial is somebody's own words."""
    person, why = f"<@{proposal.decided_by}>", proposal.reason
    if proposal.stage is Stage.EXPIRED:
        why = say("Nobody decided in time.")
    elif proposal.stage in (Stage.VOID, Stage.FAILED):
        pass  # its reason is a sentence of ours
    elif proposal.decided_by == proposal.requested_by:
        why = say("{person} withdrew the request.", person=person)
    else:
        why = say("{person} denied it: {reason}", person=person, reason=foreign(proposal.reason))
    nothing = say("Nothing came of this request, and the card tells of the change before it again.")
    return joined("\n", [nothing, proposal.summary, why])
