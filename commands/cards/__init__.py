"""How things look: domain values become Block Kit. Pure; the only place that knows.

`render` is injected into `bot.service.cards`.
"""

from bot.domain.message import Card
from bot.service.cards import CardView
from commands.cards import incident, notice, request


def render(view: CardView) -> Card:
    """Render the card of an incident, of a change that was asked for without one, or of a notice."""
    if view.incident is not None:
        return incident.render(view)
    return request.render(view) if view.proposal is not None else notice.render(view)
