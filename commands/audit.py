"""`/mcsync audit`: who did what."""

from bot.domain.errors import UnreadableInput
from bot.service.back_office import BackOffice
from bot.service.record import take_record
from commands.cards import audit
from commands.reply import Reply, Request

MOST_ENTRIES = 15


def answer(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> Reply:
    """Answer with the last entries of the record, of every workflow or of the one that is named.

    Raises:
        UnreadableInput: there are too many words.
        NotFound: the workflow is not watched.
    """
    if len(words) > 1:
        raise UnreadableInput(
            f"Write it like this: `{request.typed} audit`, or with the name of one workflow."
        )
    card = audit.render(take_record(service.office, words[0] if words else None, MOST_ENTRIES))
    return Reply(card.text, [dict(block) for block in card.blocks])
