"""How things look: domain values become Block Kit. Pure; the only place that knows.

`LOOKS` is injected into the back office.
"""

from bot.domain.message import Card
from bot.service.back_office import Looks
from bot.service.cards import CardView
from commands.cards import answer, gathering, home, incident, markup, notice, request, what_if
from commands.language import in_language, told


def render(view: CardView) -> Card:
    """Render the card of an incident, of a change asked for without one, of a summary or of a notice."""
    if view.members:
        return gathering.render(view)
    if view.incident is not None:
        return incident.render(view)
    return request.render(view) if view.proposal is not None else notice.render(view)


def sentence(text: str) -> str:
    """Say a sentence that is a message by itself, with its mentions and code."""
    return markup.sentence(told(text))


LOOKS = Looks(
    card=in_language(render),
    sentence=in_language(sentence),
    answer=in_language(answer.render),
    home=in_language(home.render),
    what_if=in_language(what_if.render),
)
