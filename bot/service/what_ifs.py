"""What-if: a box in which somebody tries another minute before asking for it.

Everything is read from the store's last observation. Each change in the box is one durable write; a worker
draws it anew. The last change wins: what a newer change has overtaken is not drawn.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.domain.due_work import Claim, Work
from bot.domain.errors import NotFound, SlackRefused
from bot.domain.incident import Incident, IncidentState
from bot.domain.instance import Instance, Mode
from bot.domain.lesson import effective_windows
from bot.domain.proposal import Ask
from bot.domain.sentence import joined, say
from bot.domain.shift import Sibling
from bot.domain.view import Box, Opened
from bot.domain.what_if import OFFSETS, Choice, Outcome, Subject, first_choice, what_if
from bot.service.gatherings import usual_run
from bot.service.office import Kind, Office
from bot.service.outlook import understood
from bot.service.pictures import siblings_of
from bot.service.ports import Reading
from bot.service.work import Later

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class WhatIfView:
    """What a box tells.

    Attributes:
        incident: whose workflow it is about.
        instance: its server.
        subject: the workflow as last seen; `None` when its schedule is not understood.
        outcome: what the present choice comes to; `None` without a subject.
        offsets: what each of the usual offsets comes to.
        hindrance: why nothing can be asked for right now, as a sentence; `""` when something can.
    """

    incident: Incident
    instance: Instance
    subject: Subject | None
    outcome: Outcome | None
    offsets: tuple[Outcome, ...]
    hindrance: str


DrawWhatIf = Callable[[str, WhatIfView], Mapping[str, Any]]
"""Draws the filled box for a locale."""


class WhatIfs:
    """Draws boxes while people try.

    Args:
        office: what the use cases share.
        draw: see `DrawWhatIf`.
    """

    def __init__(self, office: Office, draw: DrawWhatIf) -> None:
        self._office = office
        self._draw = draw

    def begin(self, opened: Opened, incident_id: str, user: str) -> None:
        """Ask that a box that *user* just opened be filled."""
        self._ask(opened, incident_id, user, "", None)

    def change(self, shown: Opened, incident_id: str, user: str, choice: Choice, changed: str) -> bool:
        """Ask that a box be drawn anew after a change in it; `False` when a later change is known.

        Args:
            shown: the box as the person saw it when they changed it.
            incident_id: whose workflow it is about.
            user: who looks at it.
            choice: what it says now.
            changed: Slack's time of the change.
        """
        return self._ask(shown, incident_id, user, changed, choice)

    def _ask(self, shown: Opened, incident_id: str, user: str, changed: str, choice: Choice | None) -> bool:
        now, key = self._office.clock.now(), f"what-if:{shown.id}"
        payload = {"view": shown.id, "hash": shown.hash, "incident": incident_id, "changed": changed}
        payload |= _written(choice) | {"user": user}
        with self._office.store.write() as tx:
            known = tx.box(shown.id)
            if known is not None and known.changed >= changed:
                return False
            tx.save_box(Box(shown.id, changed, now))
            tx.enqueue(Work(key, Kind.WHAT_IF, key, now, payload))
        return True

    def draw(self, claim: Claim) -> Later | None:
        """Draw one box, unless a newer change waits or it was closed."""
        payload, slack = claim.work.payload, self._office.slack
        view_id, changed = payload["view"], payload["changed"]
        try:
            view = self.look(payload["incident"], _read(payload))
        except NotFound as error:
            log.info("what_if.gone", view=view_id, reason=str(error))
            return None
        if self._overtaken(view_id, changed):
            return None
        drawn = self._draw(self._office.language_of(payload["user"]), view)
        try:
            slack.update_view(view_id, drawn, hash_=payload["hash"])
        except SlackRefused as error:
            if error.code == "not_found":
                return None
            if error.code != "hash_conflict":
                raise
            # The change was made on what an earlier drawing of ours has replaced since. That is no reason
            # to leave it out, as long as nothing newer is known.
            if self._overtaken(view_id, changed):
                return None
            slack.update_view(view_id, drawn)
        return None

    def _overtaken(self, view_id: str, changed: str) -> bool:
        with self._office.store.read() as tx:
            known = tx.box(view_id)
        return known is not None and known.changed > changed

    def look(self, incident_id: str, choice: Choice | None, *, compare: bool = True) -> WhatIfView:
        """Work out what a choice comes to; `None` begins with the best one.

        Args:
            incident_id: whose workflow it is about.
            choice: what is thought of.
            compare: whether to work out the usual offsets as well.

        Raises:
            NotFound: there is no such incident.
        """
        office, now = self._office, self._office.clock.now()
        with office.store.read() as tx:
            incident = tx.incident(incident_id)
            instance = office.instances.get(incident.instance) if incident else None
            if incident is None or instance is None or incident.workflow not in instance.workflows:
                raise NotFound(
                    say(
                        "This incident is no longer known here. Ask with {command} instead.",
                        command=f"`{office.command} shift`",
                    )
                )
            hindrance = _hindrance(tx, incident, instance)
            subject = _subject(tx, office, incident, instance)
        if subject is None:
            return WhatIfView(incident, instance, None, None, (), hindrance or _not_understood(incident))
        chosen = choice or first_choice(subject, now)
        usual = OFFSETS if compare else ()
        offsets = tuple(what_if(subject, Choice(Ask.SHIFT, offset), now) for offset in usual)
        return WhatIfView(incident, instance, subject, what_if(subject, chosen, now), offsets, hindrance)


def _hindrance(tx: Reading, incident: Incident, instance: Instance) -> str:
    """Say why nothing can be asked for right now; `""` when something can."""
    if instance.mode is not Mode.PROPOSE:
        return say(
            "mcsync only watches {instance}; an administrator sets its mode to propose.",
            instance=instance.name,
        )
    if incident.state is IncidentState.CLOSED:
        return say("This incident is closed.")
    other = tx.undecided(instance.name, incident.workflow)
    if other is not None:
        return say("A change of this workflow was asked for before: that one is decided first.")
    return ""


def _not_understood(incident: Incident) -> str:
    why = incident.no_offer or say("Its schedule was not read yet, or mcsync does not understand it.")
    return joined(" ", [why, say("Nothing can be tried here.")])


def _subject(tx: Reading, office: Office, incident: Incident, instance: Instance) -> Subject | None:
    """Gather what was last seen of the workflow, and of every other."""
    everything = tx.sighted()
    own = [seen for seen in everything if seen.instance == instance.name]
    seen = next((one for one in own if one.status.name == incident.workflow), None)
    readable = understood(seen, instance) if seen else None
    if seen is None or readable is None:
        return None
    others = []
    for other in everything:
        server = office.instances.get(other.instance)
        rules = understood(other, server) if server and other.status.name in server.workflows else None
        if rules is not None and other is not seen:
            others.append(Sibling(other.status.name, *rules))
    execution = instance.execution(incident.workflow)
    barred = incident.no_offer
    if not incident.diagnosis.offers_shift:
        barred = say("Its failure is no collision with a restart that a shift would avoid.")
    return Subject(
        schedule=readable[0],
        zone=readable[1],
        windows=effective_windows(execution, tx.lesson(instance.name, incident.workflow)),
        marketing=instance.windows,
        siblings=siblings_of(tx, instance, incident.workflow, own),
        others=tuple(others),
        tracking=execution.tracking,
        paused=seen.status.failed_pause,
        barred=barred,
        takes=usual_run(tx, instance, incident.workflow),
    )


def _written(choice: Choice | None) -> dict[str, str]:
    if choice is None:
        return {"ask": "", "offset": "", "minute": ""}
    numbers = {"offset": choice.offset, "minute": choice.minute}
    return {"ask": choice.ask.value} | {
        name: "" if number is None else str(number) for name, number in numbers.items()
    }


def _read(payload: Mapping[str, str]) -> Choice | None:
    if not payload["ask"]:
        return None
    offset, minute = (int(payload[name]) if payload[name] else None for name in ("offset", "minute"))
    return Choice(Ask(payload["ask"]), offset, minute)
