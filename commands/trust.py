"""`/mcsync trust`, and the buttons *Yes* and *No* under what mcsync would have done."""

from bot.domain.trust import Answer
from bot.service.back_office import BackOffice
from bot.service.trust import take_trust
from commands.cards import trust
from commands.grammar import wrong_use
from commands.reply import Reply, Request
from commands.subject import names_of, spot_of


def answer(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> Reply:
    """Answer with the record of every instance, or of the one that is named.

    Raises:
        UnreadableInput: there are too many words.
        NotFound: no instance has that name.
    """
    if len(words) > 1:
        raise wrong_use("trust", request.typed, names_of(service))
    card = trust.render(take_trust(service.office, words[0] if words else None))
    return Reply(card.text, [dict(block) for block in card.blocks])


def right(request: Request, service: BackOffice) -> None:
    """Remember a *Yes*."""
    _submit(request, service, Answer.RIGHT)


def wrong(request: Request, service: BackOffice) -> None:
    """Remember a *No*."""
    _submit(request, service, Answer.WRONG)


def _submit(request: Request, service: BackOffice, given: Answer) -> None:
    service.trust.submit(
        key=request.key,
        user=request.user,
        incident_id=request.text,
        answer=given,
        spot=spot_of(request),
    )
