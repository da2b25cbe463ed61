"""What a command is about: the workflow that is named, or the one whose thread it was typed in."""

from dataclasses import replace

from bot.domain.incident import Incident
from bot.domain.instance import Instance
from bot.domain.places import find_workflow
from bot.service.answers import Place
from bot.service.back_office import BackOffice
from bot.service.office import Office, Spot
from bot.service.overview import incident_in
from commands.grammar import Names
from commands.reply import Request


def names_of(service: BackOffice) -> Names:
    """Find names for examples that work here: a workflow that has an open incident, or else any."""
    instances = service.office.instances
    with service.office.store.read() as tx:
        for incident in tx.incidents(limit=20):
            instance = instances.get(incident.instance)
            if instance is not None and incident.workflow in instance.workflows:
                return Names(incident.workflow, incident.instance)
    first = next(iter(instances.values()))
    return Names(first.executions[0].workflow, first.name)


def place_named(request: Request, service: BackOffice, word: str | None) -> tuple[Instance, str] | None:
    """Find the workflow that *word* names, or that of the thread; `None` when there is neither.

    Raises:
        NotFound: no watched workflow has that name.
    """
    if word is not None:
        return find_workflow(word, service.office.instances)
    incident = thread_incident(request, service)
    if incident is None or incident.instance not in service.office.instances:
        return None
    return service.office.instances[incident.instance], incident.workflow


def narrowed(service: BackOffice, place: tuple[Instance, str] | None) -> Office:
    """Look at one server only: two of them may have workflows of the same name."""
    office = service.office
    return replace(office, instances={place[0].name: place[0]}) if place else office


def thread_incident(request: Request, service: BackOffice) -> Incident | None:
    """Find the incident in the thread of whose card a command was typed."""
    return incident_in(service.office, request.channel, request.thread) if request.thread else None


def spot_of(request: Request) -> Spot:
    """Say where *request* was made, for what comes of it later."""
    return Spot(request.channel, request.thread if request.in_thread else "", request.url)


def answer_place(request: Request) -> Place:
    """Say where the answer to *request* goes."""
    return Place(
        user=request.user,
        channel=request.channel,
        thread=request.thread if request.in_thread or request.share else "",
        url=request.url,
        share=request.share,
        typed=request.typed,
    )
