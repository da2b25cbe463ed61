"""`/mcsync diagnose`: the latest failure, its cause, how we know, and what it is not."""

from bot.service.back_office import BackOffice
from bot.service.overview import latest_incident
from commands.cards import diagnosis
from commands.reply import Reply, Request


def answer(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> Reply:
    """Answer with the verdict that is on record."""
    del request
    incident, zone = latest_incident(service.office, words[0] if words else None)
    card = diagnosis.render(incident, zone)
    return Reply(card.text, [dict(block) for block in card.blocks])
