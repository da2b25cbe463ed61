"""A failure comes in: it is recorded once, diagnosed, gathered into an incident, and told.

Who reports it does not matter: a webhook only says "look", and what it claims is read in the journal.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.audit import Deed, Event
from bot.domain.diagnosis import diagnose
from bot.domain.due_work import Claim, Work
from bot.domain.errors import NotFound
from bot.domain.incident import Incident, identify, paused_at, running_at
from bot.domain.instance import Instance, Mode
from bot.domain.journal import Failure
from bot.domain.offer import Considered, consider
from bot.domain.phrases import PhraseTable
from bot.domain.report import Report
from bot.domain.tracking import caution
from bot.domain.trust import suggest
from bot.domain.verdict import Diagnosis
from bot.service.gatherings import card_due, join
from bot.service.office import Kind, Office, ask_for_card, campaign_lane
from bot.service.pictures import OVERLAP, Picture, take_picture
from bot.service.ports import Writing
from bot.service.work import Later

log = structlog.get_logger(__name__)

LOOK_AGAIN = (timedelta(seconds=20), timedelta(seconds=60))
"""A webhook may overtake the journal, and a line may follow its state: so much later we look again."""

LOOK_REST = timedelta(seconds=1)
"""Reports of one workflow may come in storms: so long after a look began, the next one for which they ask
begins. It sees whatever was reported meanwhile, and Campaign is not asked for each of them."""


class Incidents:
    """Takes failures in.

    Args:
        office: what the use cases share.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._looked_at: dict[str, datetime] = {}

    def accept(self, instance: str, key: str, report: Report, body: str) -> bool:
        """Remember a webhook and ask for a look; `False` when it was delivered before."""
        now = self._office.clock.now()
        watched = self._office.instances[instance]
        wanted = watched.mode is not Mode.OFF and report.workflow in watched.workflows
        place = f"look:{instance}:{report.workflow}"
        payload = {"instance": instance, "workflow": report.workflow, "source": "webhook", "tries": "0"}
        # What another replica has looked at is not known here, and costs one look more.
        due_at = max(now, self._looked_at.get(place, now - LOOK_REST) + LOOK_REST)
        look = Work(place, Kind.LOOK, campaign_lane(instance), due_at, payload)

        def remember(tx: Writing) -> bool:
            first = tx.accept_delivery(f"webhook:{instance}:{key}", now, body)
            if first and wanted:
                tx.enqueue(look)
            return first

        first = self._office.store.write_together(remember)
        if first and not wanted:
            log.info("webhook.not_watched", instance=instance, workflow=report.workflow)
        return first

    def look(self, claim: Claim) -> Later | None:
        """Look at one workflow because a poll saw it change or a webhook said that it failed."""
        payload = claim.work.payload
        instance = self._office.instances.get(payload["instance"])
        if instance is None or instance.mode is Mode.OFF or payload["workflow"] not in instance.workflows:
            return None
        self._looked_at[claim.work.key] = self._office.clock.now()
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
        picture = take_picture(self._office, instance, name)
        lineless = picture.workflow.status.failed_pause and not picture.explained
        failures = picture.failures
        if lineless and conclude:
            lost = Failure(instance.name, name, picture.workflow.status.id, "", picture.now, "", "")
            failures = (*failures, lost)
        identities = {_identity(failure) for failure in picture.known}
        fresh = [failure for failure in failures if _identity(failure) not in identities]
        telling = [failure for failure in fresh if _worth_telling(failure, failures, picture)]
        with self._office.store.read() as tx:
            someone_reads = bool(telling or tx.open_incidents(instance.name, name))
        # The search behind the offers takes longer than all the rest, and most looks find nothing to tell.
        considered = _consider(picture) if someone_reads else None
        verdict = _diagnose(telling[-1], failures, picture, self._office.phrases) if telling else None
        with self._office.store.write() as tx:
            added = [failure for failure in fresh if tx.add_failure(failure, picture.now)]
            told = [failure for failure in telling if failure in added]
            if told and verdict is not None and considered is not None:
                self._gather(tx, picture, told, verdict=verdict, considered=considered, source=source)
            if considered is not None:
                self._refresh(tx, picture, considered)
            tx.save_sighted(picture.sighting)
            known = tx.lesson(instance.name, name) or picture.lesson
            tx.save_lesson(known.with_runs(picture.lesson.runs))
        recent = any(failure.at >= picture.now - OVERLAP for failure in failures)
        return recent or (source == "poll" and not lineless)

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
        execution = picture.execution
        incident = Incident(
            id=before.id if before else identify(*_identity(told[0]), verdict.cause.value),
            instance=latest.instance,
            workflow=latest.workflow,
            workflow_id=status.id,
            diagnosis=verdict,
            first_at=before.first_at if before and before.failures else told[0].at,
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
            gathering=before.gathering if before else "",
            acknowledged_by=before.acknowledged_by if before else "",
            acknowledged_at=before.acknowledged_at if before else None,
            snoozed_by=before.snoozed_by if before else "",
            snoozed_until=before.snoozed_until if before else None,
            still_since=before.still_since if before else None,
            stood_still=before.stood_still if before else 0.0,
            reopened_at=before.reopened_at if before else None,
            revision=before.revision if before else 0,
        )
        incident = _standing(incident, status.failed_pause, latest.at, picture.now)
        saved = tx.save_incident(before, incident) if before else tx.add_incident(incident)
        if not saved:
            log.error("incident.not_saved", incident=incident.id)
            return
        if picture.instance.mode is Mode.SHADOW:
            tx.save_suggestion(suggest(incident))
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
        incident = join(tx, self._office, tx.incident(incident.id) or incident, picture.now)
        ask_for_card(tx, self._office, incident.id, card_due(tx, incident, picture.now))
        log.info(
            "incident.failure", incident=incident.id, cause=verdict.cause.value, failures=incident.failures
        )

    def _refresh(self, tx: Writing, picture: Picture, considered: Considered) -> None:
        """Keep what the open incidents say of the workflow's present state true."""
        status = picture.workflow.status
        for before in tx.open_incidents(picture.instance.name, status.name):
            after = _standing(before, status.failed_pause, picture.now, picture.now)
            after = replace(after, schedule=considered.schedule or before.schedule)
            if before.diagnosis.offers_shift:
                # What was safe may be so no more: a sibling took the minute, or somebody edited.
                after = replace(
                    after,
                    offers=considered.offers,
                    no_offer=considered.refusal,
                    period=picture.workflow.definition.period or "",
                )
            if after != before and tx.save_incident(before, after):
                ask_for_card(tx, self._office, before.id, picture.now)


def _standing(incident: Incident, paused: bool, since: datetime, now: datetime) -> Incident:  # noqa: FBT001 - a reading
    return paused_at(incident, since) if paused else running_at(incident, now)


def _identity(failure: Failure) -> tuple[str, str, str, str]:
    return failure.instance, failure.workflow_id, failure.journal_id, failure.at.isoformat()


def _worth_telling(failure: Failure, failures: Sequence[Failure], picture: Picture) -> bool:
    """Tell whether a failure that is new to us is news: the first look finds many that are long over."""
    if picture.sighted is not None and picture.sighted.read_at is not None:
        return failure.at >= picture.sighted.read_at - OVERLAP
    return picture.workflow.status.failed_pause and failure == failures[-1]


def _consider(picture: Picture) -> Considered:
    return consider(
        picture.workflow,
        picture.instance,
        picture.execution,
        siblings=(*picture.siblings, *picture.offered),
        starts=picture.starts,
        now=picture.now,
        takes=picture.lesson.usual_run,
    )


def _diagnose(
    failure: Failure, failures: Sequence[Failure], picture: Picture, phrases: PhraseTable
) -> Diagnosis:
    history = [earlier for earlier in (*picture.known, *failures) if earlier.at < failure.at]
    schedule, zone = picture.schedule
    return diagnose(
        failure,
        journal=picture.entries,
        windows=picture.windows,
        marketing_windows=picture.instance.windows,
        sightings=picture.lesson.sightings,
        history=tuple(dict.fromkeys(history)),
        schedule=schedule,
        zone=zone,
        phrases=phrases,
    )
