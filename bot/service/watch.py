"""Watch the instances: one query a minute tells which workflows changed; only those are looked at.

Also closes what has been quiet for a day. What a look finds is `bot/service/incidents.py`.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.due_work import Claim, Work
from bot.domain.errors import CampaignError
from bot.domain.incident import Incident
from bot.domain.instance import Instance, Mode
from bot.domain.proposal import UNDECIDED, Stage
from bot.domain.sentence import say
from bot.domain.sighted import Sighted
from bot.domain.vigil import beat, gap_of
from bot.domain.workflow import Status
from bot.service.closing import close_incident
from bot.service.health import Health
from bot.service.office import Kind, Office, ask_for_card, ask_for_homes, campaign_lane
from bot.service.outlook import Outlook
from bot.service.ports import Reading
from bot.service.probes import Probes
from bot.service.vigils import Vigils
from bot.service.work import Later

log = structlog.get_logger(__name__)

READ_ANEW = timedelta(days=1)
"""How often a definition is read again although nothing seems to change."""

QUIET = timedelta(hours=25)
"""A day and one run: an incident that saw no failure for so long is over."""


class Watch:
    """Polls.

    Args:
        office: what the use cases share.
        probes: watch the execution instances.
        outlook: looks ahead.
        vigils: hears what the polls see, and tells when that is nothing.
        health: examines the record.
    """

    def __init__(
        self,
        office: Office,
        *,
        probes: Probes,
        outlook: Outlook,
        vigils: Vigils,
        health: Health,
    ) -> None:
        self._office = office
        self._probes = probes
        self._outlook = outlook
        self._vigils = vigils
        self._health = health

    def begin(self) -> None:
        """Ask for whatever goes on by itself from here on, and for true cards."""
        now = self._office.clock.now()
        with self._office.store.write() as tx:
            self._health.begin(tx, now)
            for instance in self._office.instances.values():
                if instance.mode is not Mode.OFF:
                    payload = {"instance": instance.name}
                    tx.enqueue(
                        Work(f"poll:{instance.name}", Kind.POLL, campaign_lane(instance.name), now, payload)
                    )
                    self._probes.begin(tx, instance, now)
                    self._outlook.begin(tx, instance, now)
            for incident in tx.incidents():
                # The configuration may be another one since the card was shown.
                ask_for_card(tx, self._office, incident.id, now)

    def poll(self, claim: Claim) -> Later | None:
        """Read the states of one instance and ask for a look at what changed."""
        instance = self._office.instances.get(claim.work.payload["instance"])
        if instance is None or instance.mode is Mode.OFF:
            return None
        try:
            statuses = self._office.campaigns[instance.name].statuses()
        except CampaignError as error:
            # Marketing restarts daily as well: stay calm and come again.
            log.warning("poll.failed", instance=instance.name, reason=str(error))
            self._vigils.unseen(instance, error)
        else:
            self._take_in(instance, statuses)
        return Later(self._office.clock.now() + instance.poll)

    def _take_in(self, instance: Instance, statuses: tuple[Status, ...]) -> None:
        now = self._office.clock.now()
        missing = instance.workflows - {status.name for status in statuses}
        if missing:
            log.warning("poll.not_found", instance=instance.name, workflows=sorted(missing))
        with self._office.store.write() as tx:
            before = {sighted.status.name: sighted for sighted in tx.sighted(instance.name)}
            for status in statuses:
                known = before.get(status.name)
                if _worth_a_look(known, status, now):
                    payload = {"instance": instance.name, "workflow": status.name, "source": "poll"}
                    key = f"look:{instance.name}:{status.name}"
                    tx.enqueue(Work(key, Kind.LOOK, campaign_lane(instance.name), now, payload))
                seen = known or Sighted(instance.name, status, now)
                well_at = seen.well_at if status.failed_pause else now
                pulse = beat(
                    seen.pulse,
                    known.status if known else None,
                    status,
                    seen_at=known.at if known else None,
                    now=now,
                    gap=gap_of(instance.poll),
                )
                tx.save_sighted(replace(seen, status=status, at=now, well_at=well_at, pulse=pulse))
            ask_for_homes(tx, self._office, now)
            self._vigils.seen(tx, instance, now)
            self._vigils.watch(tx, instance, {status.name for status in statuses}, now)
            for incident in tx.incidents():
                if incident.instance == instance.name and _is_over(tx, incident, now):
                    close_incident(tx, self._office, incident, say("No failure for a day."), now)


def _is_over(tx: Reading, incident: Incident, now: datetime) -> bool:
    """Tell whether a day without a failure means that all is well: runs pass, and no proof is awaited."""
    if incident.paused or now - incident.quiet_since < QUIET:
        return False
    seen = next((s for s in tx.sighted(incident.instance) if s.status.name == incident.workflow), None)
    if seen is not None and seen.pulse.silent_from is not None:
        return False
    proposal = tx.proposal(incident.proposal_id)
    return proposal is None or proposal.stage not in UNDECIDED | {Stage.VERIFIED}


def _worth_a_look(known: Sighted | None, status: Status, now: datetime) -> bool:
    """Tell whether the journal may hold something new."""
    if known is None or known.read_at is None or now - known.read_at >= READ_ANEW:
        return True
    return replace(status, process_id=0) != replace(known.status, process_id=0)
