"""Ask for a change: `/mcsync shift`, `resume` and `undo`, and the buttons under an incident."""

from bot.domain.errors import NotFound
from bot.domain.instance import Instance
from bot.domain.proposal import Ask
from bot.domain.sentence import say
from bot.service.back_office import BackOffice
from bot.service.history import last_change
from commands import times
from commands.grammar import wrong_use
from commands.language import told
from commands.reply import Reply, Request
from commands.subject import names_of, place_named, spot_of

DRY = say("Reading Campaign now; you alone hear what would change. Nothing is asked for.")

ASKED = say(
    "Asked. mcsync reads Campaign now; a card in the channel shows what would change, or you hear why not."
)


def answer(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> Reply:
    """Ask for a shift by command; in the thread of a card its workflow may be left out.

    Raises:
        UnreadableInput: a word is missing or wrong; shows one that works here.
        NotFound: no watched workflow has that name.
    """
    starts = [word for word in words if word[:1] in ("+", ":")]
    names = [word for word in words if word not in starts]
    if not starts and len(names) > 1:
        starts, names = names[1:], names[:1]
    if len(starts) != 1 or len(names) > 1:
        raise wrong_use("shift", request.typed, names_of(service))
    place = place_named(request, service, names[0] if names else None)
    offset, minute = times.shift_of(starts[0])
    if place is None:
        raise wrong_use("shift", request.typed, names_of(service))
    return _ask(request, service, place, Ask.SHIFT, offset=offset, minute=minute)


def answer_resume(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> Reply:
    """Ask for a start without a shift by command.

    Raises:
        UnreadableInput: a word is missing or one too many; shows one that works here.
        NotFound: no watched workflow has that name.
    """
    return _ask(request, service, _only_place("resume", request, service, words), Ask.RESUME)


def answer_undo(request: Request, service: BackOffice, words: tuple[str, ...] = ()) -> Reply:
    """Ask to take our last change of a workflow back by command.

    Raises:
        UnreadableInput: a word is missing or one too many; shows one that works here.
        NotFound: no watched workflow has that name, or there is nothing to take back.
    """
    instance, workflow = place = _only_place("undo", request, service, words)
    done = last_change(service.office, instance.name, workflow)
    if done is None:
        raise NotFound(
            say(
                "mcsync has changed nothing on {workflow} that could be put back. "
                "`{command} history {workflow}` shows what was done.",
                workflow=workflow,
                command=request.typed,
            )
        )
    return _ask(request, service, place, Ask.UNDO, undoes=done.id, incident_id=done.incident_id)


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
        spot=spot_of(request),
    )


def press_resume(request: Request, service: BackOffice) -> None:
    """Ask for a start without a shift by the button *Resume only*."""
    service.requests.submit(
        key=request.key,
        user=request.user,
        source="button",
        ask=Ask.RESUME,
        incident_id=request.text,
        spot=spot_of(request),
    )


def press_again(request: Request, service: BackOffice) -> None:
    """Ask for the same once more by the button *Ask again*: it is judged by what Campaign shows then.

    Raises:
        NotFound: the earlier request is no longer known.
    """
    with service.office.store.read() as tx:
        earlier = tx.proposal(request.text)
    if earlier is None:
        raise NotFound(
            say(
                "This request is no longer known here. Ask with `{command} shift` instead.",
                command=service.office.command,
            )
        )
    service.requests.submit(
        key=request.key,
        user=request.user,
        source="button",
        ask=earlier.ask,
        incident_id=earlier.incident_id,
        workflow=earlier.workflow,
        instance=earlier.instance,
        offset=earlier.offset_minutes,
        minute=earlier.minute,
        purpose=earlier.purpose,
        undoes=earlier.undoes,
        spot=spot_of(request),
    )


def press_undo(request: Request, service: BackOffice) -> None:
    """Ask to take a change back by the button *Undo*."""
    with service.office.store.read() as tx:
        done = tx.proposal(request.text)
    if done is None:
        raise NotFound(say("This change is no longer known here. Look at the newest card."))
    service.requests.submit(
        key=request.key,
        user=request.user,
        source="button",
        ask=Ask.UNDO,
        incident_id=done.incident_id,
        workflow=done.workflow,
        instance=done.instance,
        undoes=done.id,
        spot=spot_of(request),
    )


def _only_place(
    name: str, request: Request, service: BackOffice, words: tuple[str, ...]
) -> tuple[Instance, str]:
    place = place_named(request, service, words[0] if words else None) if len(words) <= 1 else None
    if place is None:
        raise wrong_use(name, request.typed, names_of(service))
    return place


def _ask(
    request: Request,
    service: BackOffice,
    place: tuple[Instance, str],
    ask: Ask,
    *,
    offset: int | None = None,
    minute: int | None = None,
    undoes: str = "",
    incident_id: str = "",
) -> Reply:
    instance, workflow = place
    service.requests.submit(
        key=request.key,
        user=request.user,
        source="command",
        ask=ask,
        incident_id=incident_id or _incident_of(service, instance.name, workflow),
        workflow=workflow,
        instance=instance.name,
        offset=offset,
        minute=minute,
        channel=request.channel,
        undoes=undoes,
        dry_run=request.dry_run,
        spot=spot_of(request),
    )
    return Reply(told(DRY if request.dry_run else ASKED))


def _incident_of(service: BackOffice, instance: str, workflow: str) -> str:
    """Find the open incident that a command is about, so that its card tells of the change."""
    with service.office.store.read() as tx:
        incident = next(iter(tx.open_incidents(instance, workflow)), None)
    return incident.id if incident else ""
