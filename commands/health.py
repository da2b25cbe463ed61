"""`/mcsync health`: how mcsync itself is."""

from bot.service.back_office import BackOffice
from bot.service.condition import take_condition
from commands.cards.health import render
from commands.grammar import wrong_use
from commands.reply import Reply, Request, reply_of
from commands.subject import names_of


def answer(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> Reply:
    """Answer from the store and the running program.

    Raises:
        UnreadableInput: there is a word too many.
    """
    if words:
        raise wrong_use("health", request.typed, names_of(service))
    return reply_of(render(take_condition(service.office)))
