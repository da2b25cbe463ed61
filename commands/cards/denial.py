"""The box that asks for the reason of a denial."""

from bot.domain.badge import Badge
from bot.domain.proposal import Proposal
from commands.cards import markup, proposal
from commands.cards.markup import Block
from commands.language import tell, told

VIEW = "mcsync_denial"
"""The callback id of the box."""

REASON = "mcsync_reason"
"""The id of its block."""

MOST_REASON = 500


def box(request: Proposal, badge: Badge) -> Block:
    """Build the box: what is denied on which server, what speaks against it already, and the reason."""
    place = f"*{markup.escape(proposal.place_on(request.workflow, badge))}*"
    about = [markup.section(f"{place}\n{markup.escape(told(request.summary))}")]
    if request.caution:
        about.append(markup.context(f"⚠️ {markup.escape(told(request.caution))}"))
    return markup.box(
        VIEW,
        tell("Deny this change"),
        [*about, reason_input()],
        submit=tell("Deny"),
        close=tell("Not now"),
        about=request.id,
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
