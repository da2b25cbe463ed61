"""People take care of an incident, put it off and are reminded, or open it again: each on record."""

from datetime import datetime

import structlog

from bot.domain.attention import EVENTS, Care, attend, awaited, reminder, woken
from bot.domain.audit import Deed, Event
from bot.domain.due_work import Claim, Work
from bot.domain.errors import McsyncError, NotFound, Refused, SlackBusy, SlackUnreachable, sentence_of
from bot.domain.incident import Incident
from bot.domain.policy import check_may_attend
from bot.domain.sentence import say
from bot.service.office import (
    IN_THE_CHANNEL,
    Kind,
    Office,
    Spot,
    ask_for_card,
    ask_for_reply,
    ask_for_whisper,
)
from bot.service.ports import Writing
from bot.service.work import Later

log = structlog.get_logger(__name__)


class Attention:
    """Takes in what people do about an incident.

    Args:
        office: what the use cases share.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    def submit(
        self,
        *,
        key: str,
        user: str,
        source: str,
        care: Care,
        incident_id: str,
        until: datetime | None = None,
        spot: Spot = IN_THE_CHANNEL,
    ) -> bool:
        """Remember a press or a command as due work; `False` when it was delivered before.

        Args:
            key: tells this press from any other, so that a repeated delivery counts once.
            user: the Slack id of who does it.
            source: `button` or `command`.
            care: what is done.
            incident_id: about which incident.
            until: when people are reminded, for a snooze.
            spot: where it was asked for.
        """
        now = self._office.clock.now()
        with self._office.store.write() as tx:
            if not tx.accept_delivery(f"press:{key}", now, ""):
                return False
            payload = {"user": user, "source": source, "care": care.value, "incident": incident_id}
            payload["until"] = until.isoformat() if until else ""
            payload |= spot.written()
            tx.enqueue(Work(f"attend:{key}", Kind.ATTEND, f"attend:{incident_id}", now, payload))
        return True

    def attend(self, claim: Claim) -> Later | None:
        """Let it count, or tell who did it why it does not."""
        payload, now = claim.work.payload, self._office.clock.now()
        until = datetime.fromisoformat(payload["until"]) if payload["until"] else None
        try:
            person = self._office.slack.person(payload["user"])
            check_may_attend(person)
            with self._office.store.write() as tx:
                before = tx.incident(payload["incident"])
                if before is None:
                    raise NotFound(say("This incident is no longer known here. Look at the newest card."))
                care = Care(payload["care"])
                after = attend(before, care, person.id, until=until, now=now)
                self._save(tx, before, after, now)
                details = {"until": until.isoformat()} if until else {}
                about = (before.instance, before.id, details, person.name)
                tx.record(Deed(now, EVENTS[care], person.id, payload["source"], *about))
            log.info("incident.attended", incident=before.id, care=care.value)
        except (SlackBusy, SlackUnreachable):
            raise  # who it was is not known yet, and none of this does harm later
        except McsyncError as error:
            with self._office.store.write() as tx:
                ask_for_whisper(
                    tx, self._office, payload["user"], sentence_of(error), now, spot=Spot.read(payload)
                )
        return None

    def remind(self, claim: Claim) -> Later | None:
        """Remind people of an incident that was put off until now, if it is still open."""
        now = self._office.clock.now()
        with self._office.store.write() as tx:
            before = tx.incident(claim.work.payload["incident"])
            if before is None or before.snoozed_until is None:
                return None
            after = woken(before, now)
            if after is None:
                return Later(before.snoozed_until) if now < before.snoozed_until else None
            self._save(tx, before, after, now)
            details = {"asked_by": before.snoozed_by}
            about = (before.instance, before.id, details)
            tx.record(Deed(now, Event.INCIDENT_WOKEN, "mcsync", "timer", *about))
            instance = self._office.instances.get(before.instance)
            waits = awaited(tx.proposal(before.proposal_id), instance.zone) if instance else ""
            ask_for_reply(tx, self._office, before.id, reminder(before, waits), now)
        log.info("incident.reminded", incident=before.id)
        return None

    def _save(self, tx: Writing, before: Incident, after: Incident, now: datetime) -> None:
        if not tx.save_incident(before, after):
            # Inside of this transaction nothing moves, so only a rule of the store can be against it.
            raise Refused(say("A newer incident of this kind is open already: look at that one."))
        if after.snoozed_until is not None:
            payload = {"incident": after.id}
            tx.enqueue(Work(f"remind:{after.id}", Kind.REMIND, "rules", after.snoozed_until, payload))
        ask_for_card(tx, self._office, after.id, now)
