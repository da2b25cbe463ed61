"""The card of a change that somebody asked for without a failure."""

from bot.domain.proposal import UNDECIDED, Stage
from bot.service.cards import CardView
from bot.service.ports import Card
from commands.cards import markup, proposal


def render(view: CardView) -> Card:
    """Render *view*, which has a proposal and no incident."""
    request = view.proposal
    assert request is not None
    zone = view.instance.execution(request.workflow).windows[0].zone
    sign = "🟢" if request.stage is Stage.PROVED else "🟡" if request.stage in UNDECIDED else "⚪"
    title = f"{sign} Change asked for: {request.workflow} on {request.instance}"
    blocks = [markup.header(title), *proposal.blocks(request, zone)]
    if view.duplicate:
        blocks.append(
            markup.context("An earlier card of this change may exist; this one is kept up to date.")
        )
    return Card(markup.escape(f"{title}. {proposal.sentence(request)}"), blocks)
