"""The card of a change that somebody asked for without a failure."""

from bot.domain.message import Card, Reaction
from bot.domain.proposal import Stage
from bot.service.cards import CardView
from commands.cards import markup, proposal
from commands.language import tell

REACTIONS: dict[Stage, Reaction] = {
    Stage.PROVED: Reaction.DONE,
    Stage.DENIED: Reaction.DONE,
    Stage.EXPIRED: Reaction.DONE,
    Stage.VOID: Reaction.DONE,
    Stage.SET_ASIDE: Reaction.DONE,
    Stage.OVERTAKEN: Reaction.DONE,
    Stage.FAILED: Reaction.OPEN,
    Stage.UNCLEAR: Reaction.OPEN,
}
"""In every other stage somebody or something is waited for."""


def render(view: CardView) -> Card:
    """Render *view*, which has a proposal and no incident."""
    request = view.proposal
    assert request is not None
    place = proposal.place_on(request.workflow, view.instance.badge)
    title = tell("Change asked for: {place}", place=place)
    blocks = [
        markup.header(f"{proposal.SIGNS[request.stage]} {title}"),
        *proposal.blocks(view, request, proposal.zone_of(view, request.workflow)),
        *proposal.self_approval(view),
    ]
    if view.duplicate:
        blocks.append(
            markup.context(tell("An earlier card of this change may exist; this one is kept up to date."))
        )
    return Card(markup.spoken(blocks), blocks, REACTIONS.get(request.stage, Reaction.WAITING))
