"""Take care of an incident, put it off, open it again: `/mcsync snooze`, and the menu of a card."""

from datetime import timedelta

from bot.domain.attention import Care
from bot.domain.errors import NotFound, UnreadableInput, sentence_of
from bot.domain.incident import Incident
from bot.domain.saying import moment
from bot.domain.sentence import joined, say, say_count
from bot.service.back_office import BackOffice
from commands import times
from commands.grammar import wrong_use
from commands.language import tell
from commands.reply import Reply, Request
from commands.subject import names_of, place_named, spot_of, thread_incident

LONGEST_MINUTES = 31 * 24 * 60
"""What a button may put off by; those of a card ask for a day at most."""


def answer_snooze(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> Reply:
    """Put an incident off by command: the one of the thread, of the workflow that is named, or the only one.

    Raises:
        UnreadableInput: a word is missing or wrong; shows one that works here.
        NotFound: no watched workflow has that name, or nothing of it is open.
    """
    named = words[:1] if words and not times.is_until(words[0]) else ()
    rest = words[len(named) :]
    if not rest:
        raise wrong_use("snooze", request.typed, names_of(service))
    incident = _incident(request, service, named[0] if named else None)
    zone = service.office.instances[incident.instance].zone
    until = times.until_of(rest, service.office.clock.now(), zone)
    service.attention.submit(
        key=request.key,
        user=request.user,
        source="command",
        care=Care.SNOOZE,
        incident_id=incident.id,
        until=until,
        spot=spot_of(request),
    )
    asked = tell(
        "Asked: {workflow} is to be put off until {moment}; you hear if that is not possible.",
        workflow=incident.workflow,
        moment=moment(until, zone),
    )
    return Reply(asked)


def press_acknowledge(request: Request, service: BackOffice) -> None:
    """Take care of an incident."""
    _submit(request, service, Care.ACKNOWLEDGE)


def press_reopen(request: Request, service: BackOffice) -> None:
    """Open a closed incident again."""
    _submit(request, service, Care.REOPEN)


def press_snooze(request: Request, service: BackOffice) -> None:
    """Put an incident off for the minutes that the choice tells.

    Raises:
        NotFound: it tells none, or more than a month of them.
    """
    incident_id, _, minutes = request.text.partition(":")
    if not (minutes.isascii() and minutes.isdigit() and int(minutes[:9]) <= LONGEST_MINUTES):
        raise NotFound(say("This menu is an old one. Look at the card again."))
    until = service.office.clock.now() + timedelta(minutes=int(minutes))
    service.attention.submit(
        key=request.key,
        user=request.user,
        source="button",
        care=Care.SNOOZE,
        incident_id=incident_id,
        until=until,
        spot=spot_of(request),
    )


def _submit(request: Request, service: BackOffice, care: Care) -> None:
    service.attention.submit(
        key=request.key,
        user=request.user,
        source="button",
        care=care,
        incident_id=request.text,
        spot=spot_of(request),
    )


def _incident(request: Request, service: BackOffice, word: str | None) -> Incident:
    """Find the open incident that is meant."""
    instances = service.office.instances
    mine = thread_incident(request, service) if word is None else None
    if mine is not None and mine.instance in instances:
        return mine
    place = place_named(request, service, word) if word is not None else None
    with service.office.store.read() as tx:
        if place is not None:
            found = tx.open_incidents(place[0].name, place[1])
        else:
            found = tuple(one for one in tx.incidents() if one.instance in instances)
    if not found:
        raise NotFound(say("Nothing is open there, so there is nothing to put off. Look at the status."))
    workflows = {(one.instance, one.workflow) for one in found}
    if len(workflows) > 1:
        several = say_count(
            "{count} incident is open: name the workflow.",
            "{count} incidents are open: name the workflow.",
            len(workflows),
        )
        usage = sentence_of(wrong_use("snooze", request.typed, names_of(service)))
        raise UnreadableInput(joined(" ", (several, usage)))
    return found[0]
