"""What somebody's Home tab tells: read from the store's last observation, never from Campaign."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import NotAllowed
from bot.domain.forecast import Plan, forecast
from bot.domain.headroom import Headroom, tightest
from bot.domain.heat_map import HeatMap, heat_map
from bot.domain.incident import Incident
from bot.domain.instance import Instance, Mode
from bot.domain.lesson import Lesson, belongs, effective_windows
from bot.domain.policy import Groups, Person, check_may_decide
from bot.domain.proposal import Proposal, Stage
from bot.domain.recurrence import next_run
from bot.domain.restart import RestartWindow
from bot.domain.trust import TrackRecord
from bot.service.office import Office
from bot.service.outlook import plans_of
from bot.service.overview import InstanceView, WorkflowView, take_overview
from bot.service.ports import Reading
from bot.service.trust import take_trust

WEEK = timedelta(days=7)
DAYS_AHEAD = 7
"""How far back and ahead the map looks: one week each, so that no two of them mix."""


@dataclass(frozen=True)
class WatchedView:
    """One workflow on its server.

    Attributes:
        instance: the marketing server.
        of: what was last observed of it.
        next_run: by the server's own plan, else by the schedule, UTC; `None` when there is none.
        room: the restart of the coming day that leaves it the least room; `None` when that is not known.
    """

    instance: Instance
    of: WorkflowView
    next_run: datetime | None
    room: Headroom | None


@dataclass(frozen=True)
class OpenIncident:
    """One open incident.

    Attributes:
        incident: what happened.
        proposal: the latest one about it, if any.
    """

    incident: Incident
    proposal: Proposal | None


@dataclass(frozen=True)
class WindowView:
    """A restart as configured, and as it counts after all that was seen.

    Attributes:
        instance: the marketing server.
        account: the execution instance that restarts.
        configured: as configured.
        counted: the same, widened by what was learnt.
        seen: how many restarts were watched from beginning to end.
    """

    instance: Instance
    account: str
    configured: RestartWindow
    counted: RestartWindow
    seen: int


@dataclass(frozen=True)
class TrustLine:
    """One instance and its figures.

    Attributes:
        instance: as configured.
        record: the figures.
    """

    instance: Instance
    record: TrackRecord


@dataclass(frozen=True)
class HomeView:
    """What one person's Home tab tells.

    Attributes:
        now: rule time, UTC.
        channel: where the cards are.
        command: the slash command.
        note: what the person was told last, `""` if nothing.
        mine: what waits for this person's decision, the first to expire first.
        others: what waits for somebody else's.
        incidents: the open ones, latest failure first.
        instances: every server, in the order of the configuration.
        watched: every workflow, in the same order.
        maps: the week, once for each zone of a server.
        windows: every restart of an execution instance.
        trust: the record of each server that was ever only watched.
    """

    now: datetime
    channel: str
    command: str
    note: str
    mine: tuple[Proposal, ...]
    others: tuple[Proposal, ...]
    incidents: tuple[OpenIncident, ...]
    instances: tuple[InstanceView, ...]
    watched: tuple[WatchedView, ...]
    maps: tuple[HeatMap, ...]
    windows: tuple[WindowView, ...]
    trust: tuple[TrustLine, ...]


def take_home(office: Office, person: Person, groups: Groups, note: str = "") -> HomeView:
    """Read what is to be told to *person*.

    Args:
        office: what the use cases share.
        person: who reads; somebody for whom `check_may_rate` holds.
        groups: the members of the groups that may decide.
        note: what the person was told last.
    """
    overview = take_overview(office)
    now = overview.now
    with office.store.read() as tx:
        watched = tuple(watched for view in overview.instances for watched in _watched(tx, view, now))
        windows = tuple(window for view in overview.instances for window in _windows(tx, view.instance))
        maps = tuple(_maps(tx, overview.instances, now))
        incidents = tuple(
            OpenIncident(one, tx.proposal(one.proposal_id))
            for one in tx.incidents()
            if one.instance in office.instances
        )
    waiting = sorted(
        (one.of.proposal for one in watched if one.of.proposal and one.of.proposal.stage is Stage.WAITING),
        key=lambda proposal: proposal.expires_at,
    )
    mine = tuple(one for one in waiting if _decides(office, person, groups, one))
    return HomeView(
        now=now,
        channel=office.channel,
        command=office.command,
        note=note,
        mine=mine,
        others=tuple(one for one in waiting if one not in mine),
        incidents=incidents,
        instances=overview.instances,
        watched=watched,
        maps=maps,
        windows=windows,
        trust=tuple(
            TrustLine(one.instance, one.record)
            for one in take_trust(office)
            if one.record.rated or one.record.abstained or one.instance.mode is Mode.SHADOW
        ),
    )


def _decides(office: Office, person: Person, groups: Groups, proposal: Proposal) -> bool:
    """Tell whether *proposal* waits for this very person."""
    try:
        check_may_decide(person, proposal.requested_by, office.roles, groups)
    except NotAllowed:
        return False
    return all(vote.user != person.id for vote in proposal.votes)


def _watched(tx: Reading, view: InstanceView, now: datetime) -> Iterable[WatchedView]:
    plans = {plan.name: plan for plan in plans_of(tx, view.instance)}
    for of in view.workflows:
        plan = plans.get(of.execution.workflow)
        room = tightest(plan.schedule, plan.zone, plan.windows, now) if plan else None
        yield WatchedView(view.instance, of, _next_run(of, plan, now), room)


def _next_run(of: WorkflowView, plan: Plan | None, now: datetime) -> datetime | None:
    if of.sighted is None or not of.sighted.status.started:
        return None
    if of.sighted.status.next_run is not None or plan is None:
        return of.sighted.status.next_run
    run = next_run(plan.schedule, plan.zone, now)
    return run.at if run else None


def _windows(tx: Reading, instance: Instance) -> Iterable[WindowView]:
    for execution in instance.executions:
        lesson = tx.lesson(instance.name, execution.workflow) or Lesson(instance.name, execution.workflow)
        counted = effective_windows(execution, lesson)
        for configured, one in zip(execution.windows, counted, strict=True):
            seen = sum(belongs(restart, configured) for restart in lesson.observed)
            yield WindowView(instance, execution.account, configured, one, seen)


def _maps(tx: Reading, views: Iterable[InstanceView], now: datetime) -> Iterable[HeatMap]:
    """Draw the week once for each zone, since an hour of the day is another one elsewhere."""
    instances = [view.instance for view in views]
    for zone in dict.fromkeys(instance.zone for instance in instances):
        failed: list[datetime] = []
        met: list[datetime] = []
        for instance in instances:
            if instance.zone == zone:
                for execution in instance.executions:
                    known = tx.failures(instance.name, execution.workflow, since=now - WEEK)
                    failed += [failure.at for failure in known]
                for ahead in forecast(plans_of(tx, instance), now, DAYS_AHEAD):
                    met += {collision.run.at for collision in ahead.collisions}
        yield heat_map(zone, failed, met)
