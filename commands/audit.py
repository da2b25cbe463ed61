"""`/mcsync audit`: who did what."""

from bot.service.back_office import BackOffice
from bot.service.record import take_record
from commands.cards import audit
from commands.grammar import wrong_use
from commands.reply import Reply, Request, reply_of
from commands.subject import names_of, narrowed, place_named

MOST_ENTRIES = 15


def answer(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> Reply:
    """Answer with the last entries of the record, of every workflow or of the one that is named.

    Raises:
        UnreadableInput: there are too many words.
        NotFound: the workflow is not watched.
    """
    if len(words) > 1:
        raise wrong_use("audit", request.typed, names_of(service))
    place = place_named(request, service, words[0] if words else None)
    return reply_of(
        audit.render(take_record(narrowed(service, place), place[1] if place else None, MOST_ENTRIES))
    )
