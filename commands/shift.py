"""Ask for a change: `/mcsync shift`, and the buttons under an incident."""

from bot.domain.errors import NotFound, UnreadableInput
from bot.domain.proposal import Ask
from bot.service.back_office import BackOffice
from commands import times
from commands.reply import Reply, Request

DRY_RUN = "--dry-run"

DRY = "Reading Campaign now; you alone hear what would change. Nothing is asked for."

ASKED = (
    "Asked. mcsync reads Campaign now; a card in the channel shows what would change, or you hear why not."
)


def answer(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> Reply:
    """Ask for a shift by command.

    Raises:
        UnreadableInput: a word is missing or wrong; shows one that works here.
    """
    watched = sorted(name for instance in service.office.instances.values() for name in instance.workflows)
    dry_run = DRY_RUN in words
    words = tuple(word for word in words if word != DRY_RUN)
    if len(words) != 2:  # noqa: PLR2004 - a workflow and an offset
        raise UnreadableInput(f"Write it like this: `{request.typed} shift {watched[0]} +5`.")
    workflow, offset = words[0], times.offset_of(words[1])
    incident_id = _incident_of(service, workflow)
    service.requests.submit(
        key=request.key,
        user=request.user,
        source="command",
        ask=Ask.SHIFT,
        incident_id=incident_id,
        workflow=workflow,
        offset=offset,
        channel=request.channel,
        dry_run=dry_run,
    )
    return Reply(DRY if dry_run else ASKED)


def press(request: Request, service: BackOffice) -> None:
    """Ask for a shift by the button *Shift +n min*."""
    offset = int(request.action_id.rpartition("_")[2])
    service.requests.submit(
        key=request.key,
        user=request.user,
        source="button",
        ask=Ask.SHIFT,
        incident_id=request.text,
        offset=offset,
    )


def press_resume(request: Request, service: BackOffice) -> None:
    """Ask for a start without a shift by the button *Resume only*."""
    service.requests.submit(
        key=request.key, user=request.user, source="button", ask=Ask.RESUME, incident_id=request.text
    )


def press_again(request: Request, service: BackOffice) -> None:
    """Ask for the same once more by the button *Ask again*: it is judged by what Campaign shows then.

    Raises:
        NotFound: the earlier request is no longer known.
    """
    with service.office.store.read() as tx:
        earlier = tx.proposal(request.text)
    if earlier is None:
        raise NotFound("This request is no longer known here. Ask with `/mcsync shift` instead.")
    service.requests.submit(
        key=request.key,
        user=request.user,
        source="button",
        ask=earlier.ask,
        incident_id=earlier.incident_id,
        workflow=earlier.workflow,
        offset=earlier.offset_minutes,
        minute=earlier.minute,
        purpose=earlier.purpose,
        undoes=earlier.undoes,
    )


def press_undo(request: Request, service: BackOffice) -> None:
    """Ask to take a change back by the button *Undo*."""
    with service.office.store.read() as tx:
        done = tx.proposal(request.text)
    if done is None:
        raise NotFound("This change is no longer known here.")
    service.requests.submit(
        key=request.key,
        user=request.user,
        source="button",
        ask=Ask.UNDO,
        incident_id=done.incident_id,
        workflow=done.workflow,
        undoes=done.id,
    )


def _incident_of(service: BackOffice, workflow: str) -> str:
    """Find the open incident that a command is about, so that its card tells of the change."""
    instance = service.office.instance_of(workflow)
    with service.office.store.read() as tx:
        incident = next(iter(tx.open_incidents(instance.name, workflow)), None)
    return incident.id if incident else ""
