"""How things look: domain values become Block Kit. Pure; the only place that knows.

`LOOKS` is injected into the back office.
"""

from bot.domain.message import Card
from bot.service.back_office import Looks
from bot.service.cards import CardView
from commands.cards import answer, gathering, home, incident, markup, notice, request, what_if


def render(view: CardView) -> Card:
    """Render the card of an incident, of a change asked for without one, of a summary or of a notice."""
    if view.members:
        return gathering.render(view)
    if view.incident is not None:
        return incident.render(view)
    return request.render(view) if view.proposal is not None else notice.render(view)


LOOKS = Looks(
    card=render, sentence=markup.sentence, answer=answer.render, home=home.render, what_if=what_if.render
)
