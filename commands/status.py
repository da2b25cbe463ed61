"""`/mcsync status`: what is watched and what is wrong, as last observed."""

from bot.service.back_office import BackOffice
from bot.service.overview import take_overview
from commands.cards import overview
from commands.reply import Reply, Request


def answer(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> Reply:
    """Answer from the store, without asking Campaign."""
    del request
    card = overview.render(take_overview(service.office, words))
    return Reply(card.text, [dict(block) for block in card.blocks])


def refresh(request: Request, service: BackOffice) -> Reply:
    """Answer again: the button under an earlier answer."""
    return answer(request, service, tuple(request.text.split()))
