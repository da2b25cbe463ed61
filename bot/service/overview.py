"""What stands where, read from the store's last observation: no call to Campaign on this path."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.domain.errors import NotFound, UnreadableSchedule
from bot.domain.incident import Incident
from bot.domain.instance import Execution, Instance
from bot.domain.logon_bar import LogonBar
from bot.domain.proposal import Proposal
from bot.domain.schedule import Schedule
from bot.domain.sentence import say
from bot.domain.sighted import Sighted
from bot.domain.wording import describe
from bot.service.office import Office
from bot.service.ports import Reading

MOST_CARDS = 200
"""Older cards are forgotten as far as their threads are concerned."""


@dataclass(frozen=True)
class WorkflowView:
    """One watched workflow.

    Attributes:
        execution: the execution instance it archives from.
        sighted: the last observation, `None` before the first.
        schedule: in words, `""` when unknown or unreadable.
        incident: the latest open one, if any.
        proposal: the one that is not at an end, if any.
    """

    execution: Execution
    sighted: Sighted | None
    schedule: str
    incident: Incident | None
    proposal: Proposal | None


@dataclass(frozen=True)
class InstanceView:
    """One marketing server.

    Attributes:
        instance: as configured.
        seen_at: the oldest of its workflows' last observations, `None` before the first.
        workflows: in the order of the configuration.
        bar: a refused log-on that is remembered, if any.
    """

    instance: Instance
    seen_at: datetime | None
    workflows: tuple[WorkflowView, ...]
    bar: LogonBar | None


@dataclass(frozen=True)
class Overview:
    """Everything that is watched.

    Attributes:
        now: rule time, UTC.
        instances: in the order of the configuration.
    """

    now: datetime
    instances: tuple[InstanceView, ...]


def take_overview(office: Office, words: tuple[str, ...] = ()) -> Overview:
    """Read what is known of everything, or of what *words* name: instances, workflows, or both by a slash.

    Raises:
        NotFound: a word names nothing that is watched.
    """
    known = {name for i in office.instances.values() for name in (i.name, *i.workflows)}
    for word in words:
        if word not in known and word.partition("/")[2] not in known:
            raise NotFound(
                say(
                    "mcsync watches nothing named {name}. It watches: {names}.",
                    name=word,
                    names=", ".join(sorted(known)),
                )
            )
    with office.store.read() as tx:
        views = tuple(
            view
            for instance in office.instances.values()
            if (view := _instance(tx, instance, words)).workflows
        )
    return Overview(office.clock.now(), views)


def latest_incident(office: Office, workflow: str | None) -> tuple[Incident, ZoneInfo] | None:
    """Find the latest incident, of one workflow or of all, and the zone of its restart; `None` if none.

    Raises:
        NotFound: the workflow is not watched.
    """
    if workflow is not None:
        office.instance_of(workflow)
    with office.store.read() as tx:
        for found in tx.incidents(open_only=False):
            instance = office.instances.get(found.instance)
            if instance and found.workflow in instance.workflows and workflow in (None, found.workflow):
                return found, instance.execution(found.workflow).windows[0].zone
    return None


def incident_in(office: Office, channel: str, thread: str) -> Incident | None:
    """Find the incident in the thread of whose card something was written."""
    with office.store.read() as tx:
        for incident in tx.incidents(open_only=False, limit=MOST_CARDS):
            posted = tx.posted(incident.id)
            if posted is not None and (posted.channel, posted.ts) == (channel, thread):
                return incident
    return None


def _instance(tx: Reading, instance: Instance, words: tuple[str, ...]) -> InstanceView:
    sighted = {seen.status.name: seen for seen in tx.sighted(instance.name)}
    wanted = [
        execution
        for execution in instance.executions
        if not words
        or {instance.name, execution.workflow, f"{instance.name}/{execution.workflow}"} & set(words)
    ]
    seen_at = min((seen.at for seen in sighted.values()), default=None)
    workflows = tuple(
        _workflow(tx, instance, execution, sighted.get(execution.workflow)) for execution in wanted
    )
    return InstanceView(instance, seen_at, workflows, tx.logon_bar(instance.name))


def _workflow(tx: Reading, instance: Instance, execution: Execution, sighted: Sighted | None) -> WorkflowView:
    incident = next(iter(tx.open_incidents(instance.name, execution.workflow)), None)
    proposal = tx.undecided(instance.name, execution.workflow)
    return WorkflowView(execution, sighted, _words(sighted), incident, proposal)


def _words(sighted: Sighted | None) -> str:
    return _described(sighted.period) if sighted is not None and sighted.period else ""


@lru_cache(maxsize=1024)
def _described(period: str) -> str:
    """Say a schedule in words; kept, since it is asked for again and again and hardly ever changes."""
    try:
        return describe(Schedule.parse(period))
    except UnreadableSchedule:
        return ""
