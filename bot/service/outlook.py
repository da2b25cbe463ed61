"""Look ahead: which runs will meet which restarts, told before the first failure and shown on demand."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.domain.audit import Deed, Event
from bot.domain.due_work import Claim, Work
from bot.domain.errors import NotFound, UnreadableSchedule
from bot.domain.forecast import Forecast, Plan, forecast
from bot.domain.incident import Incident, identify
from bot.domain.instance import Instance, Mode
from bot.domain.lesson import Lesson, effective_windows
from bot.domain.offer import consider
from bot.domain.outlook import foretell
from bot.domain.schedule import Schedule
from bot.domain.sentence import say
from bot.domain.sighted import Sighted
from bot.domain.tracking import caution
from bot.domain.verdict import Cause
from bot.domain.zones import resolve_zone
from bot.service.closing import close_incident
from bot.service.gatherings import HOLD, join
from bot.service.office import Kind, Office, ask_for_card
from bot.service.pictures import take_picture
from bot.service.ports import Reading, Writing
from bot.service.work import Later

log = structlog.get_logger(__name__)

DAYS_AHEAD = 21

DAILY_AT = time(9)
"""When we look ahead, in the instance's zone: at an hour when somebody reads it."""

REMEMBER_DELIVERIES = timedelta(days=30)
"""How long a repeated webhook or press is recognised; the daily look forgets older ones."""

REMEMBER_BOXES = timedelta(days=1)
"""How long a box is remembered after the latest change in it; nobody leaves one open for longer."""

NOT_READ_YET = timedelta(minutes=5)
"""How soon we look again when a workflow has not been read since the program began."""

PATIENT_UNTIL = time(12)
"""Until then we wait for workflows that have not been read; one that never can be must not hide the rest."""


@dataclass(frozen=True)
class Ahead:
    """What lies ahead of one workflow.

    Attributes:
        instance: its server.
        plan: its schedule and restarts.
        forecast: which of its runs will meet one.
    """

    instance: Instance
    plan: Plan
    forecast: Forecast


class Outlook:
    """Looks ahead.

    Args:
        office: what the use cases share.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    def begin(self, tx: Writing, instance: Instance, now: datetime) -> None:
        """Ask for the daily look ahead."""
        key = f"outlook:{instance.name}"
        tx.enqueue(Work(key, Kind.OUTLOOK, key, _next_look(instance, now), {"instance": instance.name}))

    def look(self, claim: Claim) -> Later | None:
        """Look ahead for one instance; tell each collision that was not ahead before."""
        office, now = self._office, self._office.clock.now()
        instance = office.instances.get(claim.work.payload["instance"])
        if instance is None or instance.mode is Mode.OFF:
            return None
        with office.store.read() as tx:
            plans = plans_of(tx, instance)
            read = {seen.status.name for seen in tx.sighted(instance.name) if seen.read_at is not None}
        if not instance.workflows <= read and now.astimezone(instance.zone).time() < PATIENT_UNTIL:
            return Later(now + NOT_READ_YET)
        with office.store.write() as tx:
            tx.forget_deliveries(now - REMEMBER_DELIVERIES)
            tx.forget_boxes(now - REMEMBER_BOXES)
        for plan, ahead in zip(plans, forecast(plans, now, DAYS_AHEAD), strict=True):
            self._compare(instance, plan, ahead, now)
        return Later(_next_look(instance, now))

    def _compare(self, instance: Instance, plan: Plan, ahead: Forecast, now: datetime) -> None:
        with self._office.store.read() as tx:
            lesson = tx.lesson(instance.name, plan.name) or Lesson(instance.name, plan.name)
            known = next(
                (
                    i
                    for i in tx.open_incidents(instance.name, plan.name)
                    if i.cause is Cause.RESTART_COLLISION
                ),
                None,
            )
        incident = None
        if ahead.first is not None and lesson.collision_ahead is None and known is None:
            incident = self._foretold(instance, plan, ahead, now)
        with self._office.store.write() as tx:
            current = tx.lesson(instance.name, plan.name) or lesson
            tx.save_lesson(replace(current, collision_ahead=ahead.first.run.at if ahead.first else None))
            if incident is not None and tx.add_incident(incident):
                details = {"cause": incident.cause.value, "first": incident.last_at.isoformat()}
                tx.record(
                    Deed(now, Event.INCIDENT_OPENED, "mcsync", "timer", instance.name, incident.id, details)
                )
                incident = join(tx, self._office, tx.incident(incident.id) or incident, now)
                ask_for_card(tx, self._office, incident.id, now if incident.gathering else now + HOLD)
            if known is not None and known.failures == 0 and ahead.first is None:
                close_incident(tx, self._office, known, say("No collision lies ahead any more."), now)

    def _foretold(self, instance: Instance, plan: Plan, ahead: Forecast, now: datetime) -> Incident:
        """Read the workflow afresh and write down what lies ahead, with the shifts that would avoid it."""
        assert ahead.first is not None
        picture = take_picture(self._office, instance, plan.name)
        execution = instance.execution(plan.name)
        considered = consider(
            picture.workflow,
            instance,
            picture.execution,
            siblings=(*picture.siblings, *picture.offered),
            starts=picture.starts,
            now=now,
            takes=picture.lesson.usual_run,
        )
        run = next((offer.run_after_restart for offer in considered.offers if offer.safe), None)
        return Incident(
            id=identify(instance.name, plan.name, "ahead", ahead.first.run.at.isoformat()),
            instance=instance.name,
            workflow=plan.name,
            workflow_id=picture.workflow.status.id,
            diagnosis=foretell(ahead.first, plan.zone, count=len(ahead.collisions), days=DAYS_AHEAD),
            first_at=ahead.first.run.at,
            last_at=ahead.first.run.at,
            failures=0,
            message="",
            paused=picture.workflow.status.failed_pause,
            schedule=considered.schedule,
            period=picture.workflow.definition.period or "",
            offers=considered.offers,
            no_offer=considered.refusal,
            caution=caution(run.astimezone(execution.windows[0].zone) if run else None, execution.tracking),
        )


def take_outlook(office: Office, workflow: str | None, days: int) -> tuple[Ahead, ...]:
    """Look ahead for one workflow or for all, from the schedules last read.

    Raises:
        NotFound: the workflow is not watched, or no schedule has been read yet.
    """
    instances = [office.instance_of(workflow)] if workflow else list(office.instances.values())
    with office.store.read() as tx:
        found = [
            (instance, plan)
            for instance in instances
            for plan in plans_of(tx, instance)
            if workflow in (None, plan.name)
        ]
    if not found:
        raise NotFound(say("No schedule that mcsync understands has been read yet. Try again in a minute."))
    foreseen = forecast([plan for _, plan in found], office.clock.now(), days)
    return tuple(Ahead(*place, ahead) for place, ahead in zip(found, foreseen, strict=True))


def plans_of(tx: Reading, instance: Instance) -> list[Plan]:
    """Gather what is known of an instance's schedules; those that are not understood are left out."""
    plans = []
    for seen in tx.sighted(instance.name):
        name = seen.status.name
        readable = understood(seen, instance)
        if name in instance.workflows and readable is not None:
            windows = effective_windows(instance.execution(name), tx.lesson(instance.name, name))
            plans.append(Plan(name, *readable, (*windows, *instance.windows)))
    return plans


def understood(seen: Sighted, instance: Instance) -> tuple[Schedule, ZoneInfo] | None:
    """Read the schedule that was last seen, and its zone; `None` when they are not understood."""
    return read_as(seen, instance, seen.period)


def read_as(seen: Sighted, instance: Instance, period: str) -> tuple[Schedule, ZoneInfo] | None:
    """Read *period* in the zone of the workflow that was seen; `None` when they are not understood."""
    try:
        zone = resolve_zone(
            seen.timezone, "", server_zone=instance.zone, database_zone=instance.database_zone
        )
        return Schedule.parse(period), zone
    except UnreadableSchedule:
        return None


def _next_look(instance: Instance, now: datetime) -> datetime:
    local = now.astimezone(instance.zone)
    today = datetime.combine(local.date(), DAILY_AT, instance.zone)
    return today if today > local else today + timedelta(days=1)
