"""The box that asks for the reason of setting a change aside of which nobody knows how it ended."""

from bot.domain.proposal import Proposal
from commands.cards import markup
from commands.cards.denial import reason_input
from commands.cards.markup import Block

VIEW = "mcsync_set_aside"
"""The callback id of the box."""

WARNING = (
    "mcsync touches this change no more and does not know how it ended. Look in the console that the "
    "workflow runs and reads as it should. After this, another change can be asked for."
)


def box(proposal: Proposal) -> Block:
    """Build the box for *proposal*: what is known, what is given up, and the reason."""
    told = [markup.section(markup.escape(proposal.summary))]
    if proposal.reason:
        told.append(markup.section(markup.escape(markup.cut(proposal.reason, 1500))))
    return {
        "type": "modal",
        "callback_id": VIEW,
        "private_metadata": proposal.id,
        "title": {"type": "plain_text", "text": "Set this change aside"},
        "submit": {"type": "plain_text", "text": "Set aside"},
        "close": {"type": "plain_text", "text": "Not now"},
        "blocks": [*told, markup.context(f"⚠️ {WARNING}"), reason_input()],
    }
