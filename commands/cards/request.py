"""The card of a change that somebody asked for without a failure."""

from bot.domain.message import Card
from bot.service.cards import CardView
from commands.cards import markup, proposal


def render(view: CardView) -> Card:
    """Render *view*, which has a proposal and no incident."""
    request = view.proposal
    assert request is not None
    place = proposal.place(request.workflow, request.instance)
    title = f"{proposal.SIGNS[request.stage]} Change asked for: {place}"
    blocks = [
        markup.header(title),
        *proposal.blocks(request, proposal.zone_of(view, request.workflow)),
        *proposal.self_approval(view),
    ]
    if view.duplicate:
        blocks.append(
            markup.context("An earlier card of this change may exist; this one is kept up to date.")
        )
    return Card(markup.spoken(blocks), blocks)
