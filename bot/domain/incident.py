"""An incident: what people see. One per workflow and cause, counting its failures."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.offer import Offer
from bot.domain.verdict import Cause, Diagnosis


class IncidentState(StrEnum):
    """Whether somebody still has to care."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Incident:
    """Failures of one workflow with one cause.

    Attributes:
        id: stable, derived from its first failure.
        instance: the marketing server.
        workflow: internal name.
        workflow_id: primary key, as text.
        diagnosis: of the latest failure.
        first_at: the first failure, UTC.
        last_at: the latest failure, UTC.
        failures: how many.
        message: the latest line, untrusted.
        paused: whether the workflow stood still when last read.
        still_since: since when it stands still, UTC; `None` while it does not.
        stood_still: how long it stood still before that, in seconds.
        schedule: the schedule in words, `""` when it could not be read.
        period: the schedule's text when last read, `""` when it could not be read.
        offers: the shifts, empty when the remedy is another one.
        no_offer: why no shift is offered, `""` when one is.
        caution: what the approver must know about RT's tracking (KA-22897), `""` if nothing.
        proposal_id: the latest proposal, `""` if none.
        state: open or closed.
        closed_at: when it was closed.
        closing: why it was closed.
        reopened_at: when it was opened again last, `None` if it never was.
        acknowledged_by: the Slack id of who said that they care for it, `""` until then.
        acknowledged_at: when, UTC.
        snoozed_by: the Slack id of who wants to be reminded of it, `""` if nobody does.
        snoozed_until: when people are reminded of it, UTC.
        gathering: the key of the summary that tells of it among others, `""` while it is alone.
        revision: counts every save; the compare-and-swap of the store.
    """

    id: str
    instance: str
    workflow: str
    workflow_id: str
    diagnosis: Diagnosis
    first_at: datetime
    last_at: datetime
    failures: int
    message: str
    paused: bool
    schedule: str
    period: str
    offers: tuple[Offer, ...]
    no_offer: str
    caution: str
    proposal_id: str = ""
    state: IncidentState = IncidentState.OPEN
    closed_at: datetime | None = None
    closing: str = ""
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    snoozed_by: str = ""
    snoozed_until: datetime | None = None
    gathering: str = ""
    still_since: datetime | None = None
    stood_still: float = 0.0
    reopened_at: datetime | None = None
    revision: int = 0

    @property
    def cause(self) -> Cause:
        """Name the cause of the latest failure."""
        return self.diagnosis.cause

    @property
    def quiet_since(self) -> datetime:
        """Since when nothing has happened to it: the latest failure, or its being opened again."""
        return max(self.last_at, self.reopened_at or self.last_at)

    def standstill(self, now: datetime) -> timedelta:
        """Measure how long archiving stood still in all, up to *now* while it does."""
        before = timedelta(seconds=self.stood_still)
        return before + (now - self.still_since if self.still_since is not None else timedelta())


def paused_at(incident: Incident, at: datetime) -> Incident:
    """Note that the workflow stands still, from *at* on unless it did before."""
    return replace(incident, paused=True, still_since=incident.still_since or at)


def running_at(incident: Incident, at: datetime) -> Incident:
    """Note that the workflow does not stand still any more."""
    return replace(
        incident, paused=False, still_since=None, stood_still=incident.standstill(at).total_seconds()
    )


def identify(*parts: str) -> str:
    """Derive a short stable id from what a thing is about, so that doing it twice makes one of it."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
