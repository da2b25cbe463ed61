"""A failure comes in: it is recorded once, diagnosed, gathered into an incident, and told.

Who reports it does not matter: a webhook only says "look", and what it claims is read in the journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.domain.audit import Deed, Event
from bot.domain.diagnosis import diagnose
from bot.domain.errors import NotFound, UnreadableSchedule
from bot.domain.incident import Incident, IncidentState, identify
from bot.domain.instance import Instance
from bot.domain.journal import Failure, JournalEntry, failures_in, starts_in
from bot.domain.offer import Considered, consider, zone_of
from bot.domain.report import Report
from bot.domain.schedule import Schedule
from bot.domain.shift import Sibling
from bot.domain.tracking import caution
from bot.domain.verdict import Diagnosis
from bot.domain.workflow import Workflow
from bot.domain.zones import resolve_zone
from bot.service.office import Kind, Office, ask_for_card, campaign_lane
from bot.service.ports import Claim, Sighted, Work, Writing
from bot.service.work import Later

log = structlog.get_logger(__name__)

OVERLAP = timedelta(minutes=10)
"""How far before the last seen line the journal is read again: ids can wrap, and lines can come late."""

FIRST_LOOK = timedelta(days=7)
"""How far back the journal is read the first time, for the history that a diagnosis counts."""

HISTORY = timedelta(days=30)

STARTS_SEEN = timedelta(hours=12)
"""How far back we look for the starts of runs, by which a paused workflow's schedule is checked."""

LOOK_AGAIN = (timedelta(seconds=20), timedelta(seconds=60))
"""A webhook may overtake the journal, and a line may follow its state: so much later we look again."""


@dataclass(frozen=True)
class Picture:
    """What was read of one workflow, before anything is concluded.

    Attributes:
        instance: the marketing server.
        workflow: as read.
        entries: the journal since the last look.
        failures: found in it, and the one without a line (KA-24179) once that is believed.
        lineless: whether the workflow stands paused and failed although no line says why.
        sighted: the sighting before this one, `None` the first time.
        now: rule time, UTC.
    """

    instance: Instance
    workflow: Workflow
    entries: tuple[JournalEntry, ...]
    failures: tuple[Failure, ...]
    lineless: bool
    sighted: Sighted | None
    now: datetime


class Incidents:
    """Takes failures in.

    Args:
        office: what the use cases share.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    def accept(self, instance: str, key: str, report: Report, body: str) -> bool:
        """Remember a webhook and ask for a look; `False` when it was delivered before."""
        now = self._office.clock.now()
        with self._office.store.write() as tx:
            if not tx.accept_delivery(f"webhook:{instance}:{key}", now, body):
                return False
            if report.workflow in self._office.instances[instance].workflows:
                payload = {
                    "instance": instance,
                    "workflow": report.workflow,
                    "source": "webhook",
                    "tries": "0",
                }
                tx.enqueue(
                    Work(
                        f"look:{instance}:{report.workflow}", Kind.LOOK, campaign_lane(instance), now, payload
                    )
                )
            else:
                log.info("webhook.not_watched", instance=instance, workflow=report.workflow)
        return True

    def look(self, claim: Claim) -> Later | None:
        """Look at one workflow because a poll saw it change or a webhook said that it failed."""
        payload = claim.work.payload
        instance = self._office.instances.get(payload["instance"])
        if instance is None or payload["workflow"] not in instance.workflows:
            return None
        tries = int(payload.get("tries", "0"))
        last = tries >= len(LOOK_AGAIN)
        try:
            settled = self.examine(instance, payload["workflow"], source=payload["source"], conclude=last)
        except NotFound as error:
            log.warning(
                "look.not_found", instance=instance.name, workflow=payload["workflow"], reason=str(error)
            )
            return None
        if settled or last:
            return None
        return Later(self._office.clock.now() + LOOK_AGAIN[tries], {**payload, "tries": str(tries + 1)})

    def examine(self, instance: Instance, name: str, *, source: str, conclude: bool) -> bool:
        """Read one workflow and its journal, record what failed, and tell it.

        Args:
            instance: the marketing server.
            name: the workflow's internal name.
            source: who reports: `webhook` or `poll`.
            conclude: whether a failure without any line is believed now; a line may come late.

        Returns:
            Whether nothing more is expected: a failure was found, or a poll's change had another reason.

        Raises:
            CampaignError: Campaign could not be read.
            NotFound: there is no workflow of that name.
        """
        picture = self._take_picture(instance, name, conclude=conclude)
        with self._office.store.read() as tx:
            known = tx.failures(instance.name, name, since=picture.now - HISTORY)
            siblings = siblings_of(instance, name, tx.sighted(instance.name))
        considered = self._consider(picture, known, siblings)
        identities = {_identity(failure) for failure in known}
        fresh = [failure for failure in picture.failures if _identity(failure) not in identities]
        telling = [failure for failure in fresh if _worth_telling(failure, picture)]
        verdict = self._diagnose(telling[-1], picture, known) if telling else None
        with self._office.store.write() as tx:
            added = [failure for failure in fresh if tx.add_failure(failure, picture.now)]
            told = [failure for failure in telling if failure in added]
            if told and verdict is not None:
                self._gather(tx, picture, told, verdict=verdict, considered=considered, source=source)
            self._refresh(tx, picture, considered)
            tx.save_sighted(_sighting(picture))
        recent = any(failure.at >= picture.now - OVERLAP for failure in picture.failures)
        return recent or (source == "poll" and not picture.lineless)

    # --- Reading ----------------------------------------------------------------------------------

    def _take_picture(self, instance: Instance, name: str, *, conclude: bool) -> Picture:
        office, now = self._office, self._office.clock.now()
        campaign = office.campaigns[instance.name]
        with office.store.read() as tx:
            sighted = next((s for s in tx.sighted(instance.name) if s.status.name == name), None)
        workflow = campaign.workflow(name)
        status = workflow.status
        since = now - FIRST_LOOK
        if sighted and sighted.journal_at:
            since = min(sighted.journal_at - OVERLAP, now - STARTS_SEEN)
        entries = campaign.journal(status.id, since)
        failures = failures_in(entries, instance=instance.name, workflow=name, workflow_id=status.id)
        lineless = status.failed_pause and not self._explained(failures, workflow, instance, now)
        if lineless and conclude:
            failures = (*failures, Failure(instance.name, name, status.id, "", now, "", ""))
        return Picture(instance, workflow, entries, failures, lineless, sighted, now)

    def _explained(
        self, failures: Sequence[Failure], workflow: Workflow, instance: Instance, now: datetime
    ) -> bool:
        """Tell whether a failure since the workflow's last start is known, or among *failures*."""
        begun = workflow.last_start or now - timedelta(days=1)
        if any(failure.at >= begun for failure in failures):
            return True
        with self._office.store.read() as tx:
            return bool(tx.failures(instance.name, workflow.status.name, since=begun))

    def _consider(
        self, picture: Picture, known: Sequence[Failure], siblings: Sequence[Sibling]
    ) -> Considered:
        failed_at = [failure.at for failure in (*known, *picture.failures)]
        starts = starts_in(picture.entries, picture.workflow.definition.scheduler or "", failures=failed_at)
        return consider(
            picture.workflow,
            picture.instance,
            picture.instance.execution(picture.workflow.status.name),
            siblings=siblings,
            starts=starts,
            now=picture.now,
        )

    def _diagnose(self, failure: Failure, picture: Picture, known: Sequence[Failure]) -> Diagnosis:
        instance = picture.instance
        history = [earlier for earlier in (*known, *picture.failures) if earlier.at < failure.at]
        schedule, zone = _schedule_of(picture.workflow, instance)
        return diagnose(
            failure,
            journal=picture.entries,
            windows=instance.execution(failure.workflow).windows,
            marketing_windows=instance.windows,
            history=tuple(dict.fromkeys(history)),
            schedule=schedule,
            zone=zone,
        )

    # --- Recording --------------------------------------------------------------------------------

    def _gather(
        self,
        tx: Writing,
        picture: Picture,
        told: Sequence[Failure],
        *,
        verdict: Diagnosis,
        considered: Considered,
        source: str,
    ) -> None:
        """Put failures into the open incident of their cause, or open one."""
        latest, status = told[-1], picture.workflow.status
        before = next(
            (i for i in tx.open_incidents(latest.instance, latest.workflow) if i.cause is verdict.cause), None
        )
        offers = considered.offers if verdict.offers_shift else ()
        run = next((offer.run_after_restart for offer in offers if offer.safe), None)
        execution = picture.instance.execution(status.name)
        incident = Incident(
            id=before.id if before else identify(*_identity(told[0]), verdict.cause.value),
            instance=latest.instance,
            workflow=latest.workflow,
            workflow_id=status.id,
            diagnosis=verdict,
            first_at=before.first_at if before else told[0].at,
            last_at=latest.at,
            failures=(before.failures if before else 0) + len(told),
            message=latest.message,
            paused=status.failed_pause,
            schedule=considered.schedule,
            period=picture.workflow.definition.period or "",
            offers=offers,
            no_offer=considered.refusal if verdict.offers_shift else "",
            caution=caution(run.astimezone(execution.windows[0].zone) if run else None, execution.tracking),
            proposal_id=before.proposal_id if before else "",
            revision=before.revision if before else 0,
        )
        saved = tx.save_incident(before, incident) if before else tx.add_incident(incident)
        if not saved:
            log.error("incident.not_saved", incident=incident.id)
            return
        for failure in told:
            tx.record(
                Deed(
                    picture.now,
                    Event.FAILURE_SEEN,
                    "mcsync",
                    source,
                    failure.instance,
                    failure.workflow,
                    {"at": failure.at.isoformat(), "journal_id": failure.journal_id, "incident": incident.id},
                )
            )
        if before is None:
            details = {"cause": verdict.cause.value, "confidence": verdict.confidence.value}
            tx.record(
                Deed(
                    picture.now,
                    Event.INCIDENT_OPENED,
                    "mcsync",
                    source,
                    latest.instance,
                    incident.id,
                    details,
                )
            )
        ask_for_card(tx, self._office, incident.id, picture.now)
        log.info(
            "incident.failure", incident=incident.id, cause=verdict.cause.value, failures=incident.failures
        )

    def _refresh(self, tx: Writing, picture: Picture, considered: Considered) -> None:
        """Keep what the open incidents say of the workflow's present state true."""
        status = picture.workflow.status
        for before in tx.open_incidents(picture.instance.name, status.name):
            after = replace(
                before, paused=status.failed_pause, schedule=considered.schedule or before.schedule
            )
            if after != before and tx.save_incident(before, after):
                ask_for_card(tx, self._office, before.id, picture.now)

    def close(
        self, tx: Writing, incident: Incident, because: str, *, now: datetime, actor: str = "mcsync"
    ) -> bool:
        """Close *incident* inside the caller's transaction; `False` when it moved meanwhile."""
        closed = replace(incident, state=IncidentState.CLOSED, closed_at=now, closing=because)
        if not tx.save_incident(incident, closed):
            return False
        tx.record(
            Deed(
                now,
                Event.INCIDENT_CLOSED,
                actor,
                "timer",
                incident.instance,
                incident.id,
                {"because": because},
            )
        )
        ask_for_card(tx, self._office, incident.id, now)
        return True


def _identity(failure: Failure) -> tuple[str, str, str, str]:
    return failure.instance, failure.workflow_id, failure.journal_id, failure.at.isoformat()


def _worth_telling(failure: Failure, picture: Picture) -> bool:
    """Tell whether a failure that is new to us is news: the first look finds many that are long over."""
    if picture.sighted is not None and picture.sighted.read_at is not None:
        return failure.at >= picture.sighted.read_at - OVERLAP
    return picture.workflow.status.failed_pause and failure == picture.failures[-1]


def _sighting(picture: Picture) -> Sighted:
    earlier = picture.sighted.journal_at if picture.sighted else None
    latest = max((entry.at for entry in picture.entries), default=earlier)
    definition = picture.workflow.definition
    return Sighted(
        instance=picture.instance.name,
        status=picture.workflow.status,
        at=picture.now,
        period=definition.period or "",
        timezone=definition.timezone or picture.workflow.timezone,
        read_at=picture.now,
        journal_at=latest or picture.now,
    )


def _schedule_of(workflow: Workflow, instance: Instance) -> tuple[Schedule | None, ZoneInfo | None]:
    try:
        return Schedule.parse(workflow.definition.period or ""), zone_of(workflow, instance)
    except UnreadableSchedule:
        return None, None


def siblings_of(instance: Instance, name: str, sighted: Sequence[Sighted]) -> tuple[Sibling, ...]:
    """List the other archiving workflows whose schedules we know."""
    siblings = []
    for other in sighted:
        if other.status.name == name or other.status.name not in instance.workflows:
            continue
        try:
            zone = resolve_zone(
                other.timezone, "", server_zone=instance.zone, database_zone=instance.database_zone
            )
            siblings.append(Sibling(other.status.name, Schedule.parse(other.period), zone, None))
        except UnreadableSchedule:
            continue
    return tuple(siblings)
