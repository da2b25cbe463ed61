"""The box that asks for the reason of a denial."""

from bot.domain.proposal import Proposal
from commands.cards import markup
from commands.cards.markup import Block
from commands.language import tell, told

VIEW = "mcsync_denial"
"""The callback id of the box."""

REASON = "mcsync_reason"
"""The id of its block."""

MOST_REASON = 500


def box(proposal: Proposal) -> Block:
    """Build the box for *proposal*: what is denied, what speaks against it already, and the reason."""
    about = [markup.section(markup.escape(told(proposal.summary)))]
    if proposal.caution:
        about.append(markup.context(f"⚠️ {markup.escape(told(proposal.caution))}"))
    return markup.box(
        VIEW,
        tell("Deny this change"),
        [*about, reason_input()],
        submit=tell("Deny"),
        close=tell("Not now"),
        about=proposal.id,
    )


def reason_input() -> Block:
    """Build the question for a reason."""
    return {
        "type": "input",
        "block_id": REASON,
        "label": markup.plain(tell("Why? Everybody sees it on the card.")),
        "element": {
            "type": "plain_text_input",
            "action_id": "mcsync_text",
            "multiline": True,
            "max_length": MOST_REASON,
        },
    }
