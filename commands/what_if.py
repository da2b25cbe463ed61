"""What-if: the button *More…*, every change in its box, and the request that comes of it."""

from collections.abc import Mapping

from bot.domain.proposal import Ask
from bot.domain.what_if import OFFSETS, Choice, read_minute
from bot.service.back_office import BackOffice
from commands.cards import what_if
from commands.language import tell, told
from commands.reply import Complaints, Modal, Request


def press(request: Request, service: BackOffice) -> Modal:
    """Open the box at once; what another minute comes to is filled in after that."""
    incident_id = request.text
    return Modal(
        what_if.opening(incident_id),
        then=lambda opened: service.what_ifs.begin(opened, incident_id, request.user),
    )


def change(request: Request, service: BackOffice) -> None:
    """Remember what the box says now; it is drawn anew."""
    assert request.view is not None
    choice = choice_of(request.fields) or Choice(Ask.SHIFT, OFFSETS[0])
    service.what_ifs.change(request.view, request.about, request.user, choice, request.at)


def submit(request: Request, service: BackOffice) -> Complaints | None:
    """Ask for what the box says, or say at its fields why that cannot be asked for.

    Raises:
        NotFound: the incident is not known.
    """
    choice = choice_of(request.fields)
    if choice is None:
        return Complaints({what_if.ASK: tell("Look at what the shift would come to first, then ask for it.")})
    found = service.what_ifs.look(request.about, choice, compare=False)
    if found.hindrance:
        return Complaints({what_if.ASK: told(found.hindrance)})
    if found.outcome is not None and found.outcome.objection:
        return Complaints({_field_of(choice, request.fields): told(found.outcome.objection)})
    service.requests.submit(
        key=request.key,
        user=request.user,
        source="box",
        ask=choice.ask,
        incident_id=request.about,
        offset=choice.offset,
        minute=choice.minute,
        purpose=" ".join(request.fields.get(what_if.PURPOSE, "").split()),
    )
    return None


def choice_of(fields: Mapping[str, str]) -> Choice | None:
    """Read what the fields of the box say; a minute that is none is no choice yet.

    `None` when the box does not ask for a start yet, as just after *Resume only* was given up.
    """
    if fields.get(what_if.ASK) == Ask.RESUME.value:
        return Choice(Ask.RESUME)
    start = fields.get(what_if.START, "")
    if start == what_if.OTHER:
        return Choice(Ask.SHIFT, minute=read_minute(fields.get(what_if.MINUTE, "")))
    offset = next((offset for offset in OFFSETS if str(offset) == start), None)
    return Choice(Ask.SHIFT, offset) if offset is not None else None


def _field_of(choice: Choice, fields: Mapping[str, str]) -> str:
    """Find the field at which a complaint about a choice stands; a box may not show them all yet."""
    if choice.ask is Ask.RESUME:
        return what_if.ASK
    return what_if.MINUTE if choice.offset is None and what_if.MINUTE in fields else what_if.START
