"""The box that asks for the reason of a denial."""

from bot.domain.proposal import Proposal
from commands.cards import markup
from commands.cards.markup import Block

VIEW = "mcsync_denial"
"""The callback id of the box."""

REASON = "mcsync_reason"
"""The id of its block."""

MOST_REASON = 500


def box(proposal: Proposal) -> Block:
    """Build the box for *proposal*: what is denied, what speaks against it already, and the reason."""
    told = [markup.section(markup.escape(proposal.summary))]
    if proposal.caution:
        told.append(markup.context(f"⚠️ {markup.escape(proposal.caution)}"))
    return {
        "type": "modal",
        "callback_id": VIEW,
        "private_metadata": proposal.id,
        "title": {"type": "plain_text", "text": "Deny this change"},
        "submit": {"type": "plain_text", "text": "Deny"},
        "close": {"type": "plain_text", "text": "Not now"},
        "blocks": [
            *told,
            reason_input(),
        ],
    }


def reason_input() -> Block:
    """Build the question for a reason."""
    return {
        "type": "input",
        "block_id": REASON,
        "label": {"type": "plain_text", "text": "Why? Everybody sees it on the card."},
        "element": {
            "type": "plain_text_input",
            "action_id": "mcsync_text",
            "multiline": True,
            "max_length": MOST_REASON,
        },
    }
