"""The box that asks for the reason of setting a change aside of which nobody knows how it ended."""

from bot.domain.badge import Badge
from bot.domain.proposal import Proposal
from bot.domain.sentence import say
from commands.cards import markup, proposal
from commands.cards.denial import reason_input
from commands.cards.markup import Block
from commands.language import tell, told

VIEW = "mcsync_set_aside"
"""The callback id of the box."""

WARNING = say(
    "mcsync does not know how this change ended and writes nothing more for it; if it left the workflow "
    "stopped, it still starts it again. Check in the console that the workflow runs and reads as it should. "
    "After this, another change can be asked for."
)


def box(request: Proposal, badge: Badge) -> Block:
    """Build the box for *request* on its server: what is known, what is given up, and the reason."""
    place = f"*{markup.escape(proposal.place_on(request.workflow, badge))}*"
    known = [markup.section(f"{place}\n{markup.escape(told(request.summary))}")]
    if request.reason:
        known.append(markup.section(markup.escape(markup.cut(told(request.reason), 1500))))
    return markup.box(
        VIEW,
        tell("Set this change aside"),
        [*known, markup.context(f"⚠️ {told(WARNING)}"), reason_input()],
        submit=tell("Set aside"),
        close=tell("Not now"),
        about=request.id,
    )
