"""A proposal: what somebody asked for, what an approval of it is bound to, and how it may move.

What to do next while it is carried out is decided in `bot/domain/change.py`.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.three_way import Found
from bot.domain.workflow import Definition

CARRIED_OUT_WITHIN = timedelta(minutes=45)
"""How long an approval is good for at least: one given just before the expiry may wait for a quiet moment."""


class Ask(StrEnum):
    """What is asked for. There is no "shift only": an edited workflow that stays paused archives nothing."""

    SHIFT = "shift-and-restart"
    RESUME = "resume-only"
    UNDO = "undo"


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
    SET_ASIDE = "set-aside"
    OVERTAKEN = "overtaken"


MOVES: dict[Stage, frozenset[Stage]] = {
    Stage.WAITING: frozenset({Stage.APPROVED, Stage.DENIED, Stage.EXPIRED, Stage.VOID}),
    Stage.APPROVED: frozenset({Stage.APPLYING, Stage.VOID, Stage.WAITING}),
    Stage.APPLYING: frozenset(
        {Stage.VERIFIED, Stage.FAILED, Stage.VOID, Stage.UNCLEAR, Stage.WAITING, Stage.SET_ASIDE}
    ),
    Stage.UNCLEAR: frozenset({Stage.APPLYING, Stage.SET_ASIDE}),
    Stage.VERIFIED: frozenset({Stage.PROVED, Stage.FAILED, Stage.OVERTAKEN}),
    Stage.PROVED: frozenset({Stage.OVERTAKEN}),
    Stage.DENIED: frozenset(),
    Stage.EXPIRED: frozenset(),
    Stage.VOID: frozenset(),
    Stage.FAILED: frozenset({Stage.OVERTAKEN}),
    # Only to start again what we stopped, which is owed whatever people decided about the rest.
    Stage.SET_ASIDE: frozenset({Stage.APPLYING, Stage.OVERTAKEN}),
    Stage.OVERTAKEN: frozenset(),
}
"""Every allowed move; a stage may also be saved again as itself while work goes on in it."""

UNDECIDED = frozenset({Stage.WAITING, Stage.APPROVED, Stage.APPLYING, Stage.UNCLEAR})
"""Stages in which a second proposal for the same workflow must wait."""


NEVER_BEGUN = frozenset({Stage.DENIED, Stage.EXPIRED, Stage.VOID})
"""Stages in which a proposal has ended and left everything as it was before."""


class Step(StrEnum):
    """A step of carrying out whose intent is recorded before it is taken."""

    STOP = "stop"
    WRITE = "write"
    RESTORE = "restore"
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
        answered: `False` when Campaign's answer was lost, so that the request may yet take effect.
    """

    step: Step
    begun_at: datetime
    ended_at: datetime | None = None
    outcome: str = ""
    sent: bool = True
    answered: bool = True

    @property
    def lost(self) -> bool:
        """Whether nobody knows if it ran: its answer never came, or a crash came in between."""
        return self.sent and (self.ended_at is None or not self.answered)


class TrackingChoice(StrEnum):
    """What an approver decides about RT's tracking (KA-22897)."""

    NONE = ""
    MOVES_TOO = "moves-too"
    ACCEPTED = "accepted"


@dataclass(frozen=True)
class Vote:
    """One person's approval.

    Attributes:
        user: the Slack id.
        at: rule time, UTC.
        tracking: what they decided about RT's tracking.
    """

    user: str
    at: datetime
    tracking: TrackingChoice = TrackingChoice.NONE


@dataclass(frozen=True)
class Ending:
    """How carrying out will end, once what we stopped is started again.

    Attributes:
        stage: `VERIFIED`, `FAILED`, `VOID` or `UNCLEAR`.
        sentence: what the card says.
        found: what stood in Campaign, where that is what the sentence is about.
    """

    stage: Stage
    sentence: str
    found: Found | None = None


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
        quorum: how many different people must approve.
        votes: who approved so far, in order.
        undoes: the proposal whose change this takes back, `""` if none.
        run_passed_at: when the first run after the change was seen to have passed.
        tracking_moved_by: who confirmed that RT's tracking was moved as well, `""` until then.
        decided_by: whose approval completed the quorum, or who denied; `""` until then.
        decided_at: when.
        reason: of a denial, an expiry or a failure; `""` if none.
        steps: taken while carrying out, in order.
        ending: how it will end, once what we stopped runs again; `None` while undecided.
        doing: what carrying out waits for right now, for people; `""` if nothing.
        begun_at: when carrying out began, rule time.
        backup: the definition as it was read when this was asked for, and anew just before the first step;
            in between nothing in it may have changed.
        found: what stood in Campaign when it could not go on, `None` if nothing of the kind happened.
        lapsed: whether it is only looked at: the approval was older than its expiry when *Check again* was
            pressed.
        set_aside_by: who ended it without knowing how it ended, `""` if nobody.
        set_aside_at: when.
        unproved_at: when a run after it was seen to fail, or never to begin; `None` if neither.
        operator: the login by which mcsync writes, found out before the first step; `""` when nobody knows.
        minute: of the hour, where a freely chosen one was asked for.
        tracking_minute: of the hour, at which RT's tracking runs by RT's clock; `None` where it is not known.
        archiving_minute: of the hour, at which archiving would run after RT's restart by RT's clock; `None`
            where it is not known.
        purpose: why it was asked for, in the words of who asked; `""` if they did not say.
        replaces: the proposal that the card of the incident told of before this one, `""` if none.
        closing_before: why the incident was closed when this opened it again, `""` if it was open.
        tracking_gap: whether clicks are exposed once it is done, so that an approver has to choose.
        in_effect: whether Campaign showed the text that was asked for when carrying out ended.
        reminded: whether people were reminded at half time.
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
    quorum: int = 1
    votes: tuple[Vote, ...] = ()
    undoes: str = ""
    run_passed_at: datetime | None = None
    tracking_moved_by: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    steps: tuple[StepRecord, ...] = ()
    ending: Ending | None = None
    doing: str = ""
    begun_at: datetime | None = None
    backup: Definition | None = None
    found: Found | None = None
    lapsed: bool = False
    set_aside_by: str = ""
    set_aside_at: datetime | None = None
    unproved_at: datetime | None = None
    operator: str = ""
    minute: int | None = None
    tracking_minute: int | None = None
    archiving_minute: int | None = None
    purpose: str = ""
    replaces: str = ""
    closing_before: str = ""
    tracking_gap: bool = False
    in_effect: bool = False
    reminded: bool = False
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

    @property
    def tracking(self) -> TrackingChoice:
        """What the approvers decided about RT's tracking: that it moves too, if any of them said so."""
        choices = {vote.tracking for vote in self.votes}
        return next(
            (one for one in (TrackingChoice.MOVES_TOO, TrackingChoice.ACCEPTED) if one in choices),
            TrackingChoice.NONE,
        )

    @property
    def tracking_open(self) -> bool:
        """Whether somebody still has to confirm that RT's tracking was moved."""
        return self.stands and self.tracking is TrackingChoice.MOVES_TOO and not self.tracking_moved_by

    @property
    def withdrawn(self) -> bool:
        """Whether whoever asked for it took it back."""
        return self.stage is Stage.DENIED and self.decided_by == self.requested_by

    @property
    def undoable(self) -> bool:
        """Whether it moved a schedule that may be put back, or nobody knows whether it did."""
        if self.ask is not Ask.SHIFT or not self.taken(Step.WRITE):
            return False
        if self.stage is Stage.SET_ASIDE:
            return any(record.sent for record in self.taken(Step.WRITE))
        return self.stage in {Stage.VERIFIED, Stage.PROVED} or (self.stage is Stage.FAILED and self.in_effect)

    @property
    def stands(self) -> bool:
        """Whether it is done, so that its proof and what it leaves to people still concern them."""
        return self.undoable or self.stage in {Stage.VERIFIED, Stage.PROVED}

    @property
    def came_to_nothing(self) -> bool:
        """Whether it has ended and left everything as it was, with nothing that people must look at."""
        if self.stage is not Stage.FAILED:
            return self.stage in NEVER_BEGUN
        return not (self.in_effect or self.unproved_at or self.taken(Step.RESTORE))

    @property
    def good_until(self) -> datetime:
        """Until when its approval may take effect: the expiry, or a little longer if it came just before."""
        if self.decided_at is None:
            return self.expires_at
        return max(self.expires_at, self.decided_at + CARRIED_OUT_WITHIN)

    def taken(self, step: Step) -> tuple[StepRecord, ...]:
        """List the records of *step*, in order."""
        return tuple(record for record in self.steps if record.step is step)


def may_move(before: Stage, after: Stage) -> bool:
    """Tell whether *before* may become *after* (or stay as it is)."""
    return after is before or after in MOVES[before]
