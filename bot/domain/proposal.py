"""A proposal: what somebody asked for, what an approval of it is bound to, and how it may move.

What to do next while it is carried out is decided in `bot/domain/change.py`.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.workflow import Definition


class Ask(StrEnum):
    """What is asked for. There is no "shift only": an edited workflow that stays paused archives nothing."""

    SHIFT = "shift-and-restart"
    RESUME = "resume-only"


class Stage(StrEnum):
    """Where a proposal stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    APPLYING = "applying"
    VERIFIED = "verified"
    PROVED = "proved"
    DENIED = "denied"
    EXPIRED = "expired"
    VOID = "void"
    FAILED = "failed"
    UNCLEAR = "needs-attention"


MOVES: dict[Stage, frozenset[Stage]] = {
    Stage.WAITING: frozenset({Stage.APPROVED, Stage.DENIED, Stage.EXPIRED, Stage.VOID}),
    Stage.APPROVED: frozenset({Stage.APPLYING, Stage.VOID, Stage.WAITING}),
    Stage.APPLYING: frozenset({Stage.VERIFIED, Stage.FAILED, Stage.VOID, Stage.UNCLEAR}),
    Stage.UNCLEAR: frozenset({Stage.APPLYING}),
    Stage.VERIFIED: frozenset({Stage.PROVED, Stage.FAILED}),
    Stage.PROVED: frozenset(),
    Stage.DENIED: frozenset(),
    Stage.EXPIRED: frozenset(),
    Stage.VOID: frozenset(),
    Stage.FAILED: frozenset(),
}
"""Every allowed move; a stage may also be saved again as itself while work goes on in it."""

UNDECIDED = frozenset({Stage.WAITING, Stage.APPROVED, Stage.APPLYING, Stage.UNCLEAR})
"""Stages in which a second proposal for the same workflow must wait."""


class Step(StrEnum):
    """A step of carrying out whose intent is recorded before it is taken."""

    STOP = "stop"
    WRITE = "write"
    START = "start"


@dataclass(frozen=True)
class StepRecord:
    """One step that was taken, or begun.

    Attributes:
        step: which.
        begun_at: when its intent was recorded.
        ended_at: when its outcome was recorded; `None` while unknown, as after a crash.
        outcome: `""` when it was accepted, else the sentence of the error.
        sent: `False` when the request surely did not run.
    """

    step: Step
    begun_at: datetime
    ended_at: datetime | None = None
    outcome: str = ""
    sent: bool = True


@dataclass(frozen=True)
class Ending:
    """How carrying out will end, once what we stopped is started again.

    Attributes:
        stage: `VERIFIED`, `FAILED`, `VOID` or `UNCLEAR`.
        sentence: what the card says.
    """

    stage: Stage
    sentence: str


@dataclass(frozen=True)
class Proposal:
    """What somebody asked for.

    Attributes:
        id: stable, derived from what it is about.
        incident_id: the incident it is the remedy of.
        instance: the marketing server.
        workflow: internal name.
        workflow_id: primary key, as text.
        ask: what is asked for.
        offset_minutes: minutes after the restart, `None` for a free choice or a resume.
        period_before: the schedule's text as it was read when this was asked for.
        period_after: the text it would get; equal to `period_before` for a resume.
        predicted_run: the first run of the new schedule after the request, UTC; `None` for a resume.
        summary: the one-line difference, for people.
        caution: what the approver must know, `""` if nothing.
        requested_by: Slack id.
        requested_at: rule time, UTC.
        expires_at: rule time, UTC.
        stage: where it stands.
        decided_by: who approved or denied, `""` until then.
        decided_at: when.
        reason: of a denial, an expiry or a failure; `""` if none.
        steps: taken while carrying out, in order.
        ending: how it will end, once what we stopped runs again; `None` while undecided.
        doing: what carrying out waits for right now, for people; `""` if nothing.
        begun_at: when carrying out began, rule time.
        backup: the definition as it was read just before the first step.
        revision: counts every save; the compare-and-swap of the store.
    """

    id: str
    incident_id: str
    instance: str
    workflow: str
    workflow_id: str
    ask: Ask
    offset_minutes: int | None
    period_before: str
    period_after: str
    predicted_run: datetime | None
    summary: str
    caution: str
    requested_by: str
    requested_at: datetime
    expires_at: datetime
    stage: Stage = Stage.WAITING
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    steps: tuple[StepRecord, ...] = ()
    ending: Ending | None = None
    doing: str = ""
    begun_at: datetime | None = None
    backup: Definition | None = None
    revision: int = 0

    @property
    def digest(self) -> str:
        """Compute what an approval is bound to: change any of it and the approval is worth nothing."""
        bound = [
            self.instance,
            self.workflow_id,
            self.period_before,
            self.period_after,
            self.ask.value,
            self.expires_at.isoformat(),
        ]
        return hashlib.sha256(json.dumps(bound).encode()).hexdigest()

    def taken(self, step: Step) -> tuple[StepRecord, ...]:
        """List the records of *step*, in order."""
        return tuple(record for record in self.steps if record.step is step)


def may_move(before: Stage, after: Stage) -> bool:
    """Tell whether *before* may become *after* (or stay as it is)."""
    return after is before or after in MOVES[before]
