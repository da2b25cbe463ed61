"""A proposal in words: what is asked for, each step of it, and where it stands.

What a card says of each stage is a sentence of the counter, `commands/cards/proposal.py`.
"""

from collections.abc import Mapping

from bot.domain.proposal import Ask, Stage, Step
from bot.domain.sentence import say

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
}
"""The end of the sentence "It stands at ..."."""
