"""Take a picture of one workflow: what Campaign shows now, and what we know of it. Concludes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import UnreadableSchedule
from bot.domain.instance import Execution, Instance
from bot.domain.journal import Failure, JournalEntry, failures_in, runs_in, starts_in
from bot.domain.lesson import Lesson, effective_windows
from bot.domain.offer import zone_of
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from bot.domain.shift import Sibling
from bot.domain.sighted import Sighted
from bot.domain.vigil import Pulse, beat, gap_of
from bot.domain.workflow import Workflow
from bot.domain.zones import resolve_zone
from bot.service.gatherings import slots_asked_for, slots_offered, usual_run
from bot.service.office import Office
from bot.service.ports import Reading

OVERLAP = timedelta(minutes=10)
"""How far before the last seen line the journal is read again: ids can wrap, and lines can come late."""

FIRST_LOOK = timedelta(days=7)
"""How far back the journal is read the first time, for the history that a diagnosis counts."""

STARTS_SEEN = timedelta(hours=12)
"""How old the starts may be by which a paused workflow's schedule is checked."""

CLOCK_DIFFERENCE = timedelta(minutes=2)
"""How far the server's clock may be behind ours."""

HISTORY = timedelta(days=30)


@dataclass(frozen=True)
class Picture:
    """What was read of one workflow, and what is known of it.

    Attributes:
        instance: the marketing server.
        execution: the execution instance, its windows widened by what was learnt.
        workflow: as read.
        entries: the journal since ten minutes before the last line seen.
        failures: found in it, oldest first.
        known: the failures on record, oldest first.
        siblings: the other archiving workflows whose schedules we know, as they run and as they will once
            what waits for them is approved.
        offered: the slots that open incidents of theirs offer, which ours should not offer as well.
        sighted: the sighting before this one, `None` the first time.
        lesson: what was learnt, the runs of this journal included.
        now: rule time, UTC.
    """

    instance: Instance
    execution: Execution
    workflow: Workflow
    entries: tuple[JournalEntry, ...]
    failures: tuple[Failure, ...]
    known: tuple[Failure, ...]
    siblings: tuple[Sibling, ...]
    sighted: Sighted | None
    lesson: Lesson
    now: datetime
    offered: tuple[Sibling, ...] = ()

    @property
    def windows(self) -> tuple[RestartWindow, ...]:
        """When RT is away, as configured and learnt."""
        return self.execution.windows

    @property
    def starts(self) -> tuple[datetime, ...]:
        """When undisturbed runs started, by which a paused workflow's schedule is checked."""
        failed_at = [failure.at for failure in (*self.known, *self.failures)]
        known = [at for at, _ in self.lesson.runs if self.now - at <= STARTS_SEEN]
        begun = self.workflow.last_start
        # A schedule may have changed before the last start; but one run alone would prove nothing.
        since = [at for at in known if begun is None or at >= begun]
        earlier = since if len(since) > 1 else known
        return starts_in(
            self.entries, self.workflow.definition.scheduler or "", failures=failed_at, earlier=earlier
        )

    @property
    def explained(self) -> bool:
        """Whether some failure on record or in the journal tells why the workflow stands still (KA-24179)."""
        scheduler = self.workflow.definition.scheduler
        starts = [entry.at for entry in self.entries if entry.activity == scheduler and not entry.error]
        if self.sighted is not None and self.sighted.well_at is not None:
            starts.append(self.sighted.well_at - CLOCK_DIFFERENCE)
        begun = max(starts, default=self.workflow.last_start or self.now - timedelta(days=1))
        return any(failure.at >= begun for failure in (*self.known, *self.failures))

    @property
    def schedule(self) -> tuple[Schedule, ZoneInfo] | tuple[None, None]:
        """The schedule and its zone; nothing when they are not understood."""
        try:
            return Schedule.parse(self.workflow.definition.period or ""), zone_of(
                self.workflow, self.instance
            )
        except UnreadableSchedule:
            return None, None

    @property
    def sighting(self) -> Sighted:
        """What to remember of it."""
        earlier = self.sighted.journal_at if self.sighted else None
        well_at = self.sighted.well_at if self.sighted else None
        latest = max((entry.at for entry in self.entries), default=earlier)
        definition, before = self.workflow.definition, self.sighted
        pulse = beat(
            before.pulse if before else Pulse(),
            before.status if before else None,
            self.workflow.status,
            seen_at=before.at if before else None,
            now=self.now,
            gap=gap_of(self.instance.poll),
        )
        return Sighted(
            instance=self.instance.name,
            status=self.workflow.status,
            at=self.now,
            period=definition.period or "",
            timezone=definition.timezone or self.workflow.timezone,
            read_at=self.now,
            journal_at=latest or self.now,
            well_at=well_at if self.workflow.status.failed_pause else self.now,
            pulse=pulse,
        )


def take_picture(office: Office, instance: Instance, name: str) -> Picture:
    """Read one workflow in full and its journal: two calls.

    Raises:
        CampaignError: Campaign could not be read.
        NotFound: there is no workflow of that name.
    """
    now, campaign = office.clock.now(), office.campaigns[instance.name]
    with office.store.read() as tx:
        everything = tx.sighted(instance.name)
        lesson = tx.lesson(instance.name, name) or Lesson(instance.name, name)
        known = tx.failures(instance.name, name, since=now - HISTORY)
        siblings = (*siblings_of(tx, instance, name, everything), *slots_asked_for(tx, instance, name))
        offered = slots_offered(tx, instance, name)
    sighted = next((seen for seen in everything if seen.status.name == name), None)
    since = now - FIRST_LOOK
    if sighted and sighted.journal_at:
        since = sighted.journal_at - OVERLAP
    workflow = campaign.workflow(name)
    entries = campaign.journal(workflow.status.id, since)
    lesson = lesson.with_runs(runs_in(entries, workflow.definition.scheduler or ""))
    execution = instance.execution(name)
    return Picture(
        instance=instance,
        execution=replace(execution, windows=effective_windows(execution, lesson)),
        workflow=workflow,
        entries=entries,
        failures=failures_in(entries, instance=instance.name, workflow=name, workflow_id=workflow.status.id),
        known=known,
        siblings=siblings,
        sighted=sighted,
        lesson=lesson,
        now=now,
        offered=offered,
    )


def siblings_of(
    tx: Reading, instance: Instance, name: str, sighted: Sequence[Sighted]
) -> tuple[Sibling, ...]:
    """List the other archiving workflows of *instance* whose schedules were read and are understood."""
    siblings = []
    for other in sighted:
        if other.status.name == name or other.status.name not in instance.workflows:
            continue
        try:
            zone = resolve_zone(
                other.timezone, "", server_zone=instance.zone, database_zone=instance.database_zone
            )
            takes = usual_run(tx, instance, other.status.name)
            siblings.append(Sibling(other.status.name, Schedule.parse(other.period), zone, takes))
        except UnreadableSchedule:
            continue
    return tuple(siblings)
