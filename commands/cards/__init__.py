"""How things look: domain values become Block Kit. Pure; the only place that knows.

`render` is injected into `bot.service.cards`.
"""

from bot.service.cards import CardView
from bot.service.ports import Card
from commands.cards import incident, request


def render(view: CardView) -> Card:
    """Render the card of an incident, or of a change that was asked for without one."""
    return incident.render(view) if view.incident else request.render(view)
