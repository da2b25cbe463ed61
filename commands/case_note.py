"""The button *Case note*: the whole account of an incident, for whoever presses."""

from bot.domain.message import Card
from bot.service.back_office import BackOffice
from bot.service.record import take_case_note
from commands.cards import case_note
from commands.reply import Aside, Reply, Request


def press(request: Request, service: BackOffice) -> Aside:
    """Answer with the account, once to be read and once as Markdown to be copied.

    Raises:
        NotFound: the incident is not known.
    """
    note = take_case_note(service.office, request.text)
    reader_zone = service.office.zone_of(request.user)
    return Aside((_reply(case_note.render(note)), _reply(case_note.render_markdown(note, reader_zone))))


def _reply(card: Card) -> Reply:
    return Reply(card.text, [dict(block) for block in card.blocks])
