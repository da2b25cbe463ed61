"""Claim due work, run it, finish it or put it off. What the work is, the use cases know."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from threading import Lock
from typing import Protocol

import structlog

from bot.domain.due_work import TRACE, Claim
from bot.domain.errors import McsyncError, SlackBusy, StoreError
from bot.service.ports import Clock, Store

log = structlog.get_logger(__name__)

LEASE_SECONDS = 20.0
"""How long the work of a process is left alone that neither renews its leases nor is known to have ended.

A living process renews them, so work may take longer than this: a hanging server costs a deadline per call.
It is long because a process may also merely stand still, and come back in the midst of a step. One that was
killed does not cost as much: the store knows within about three seconds."""

RENEW_AFTER = timedelta(seconds=5)
LOOK_AFTER = timedelta(seconds=0.4)

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True)
class Later:
    """What a use case answers when the work is to be done again.

    Attributes:
        due_at: rule time, UTC.
        payload: replaces the work's payload, unless `None`.
        whole_lane: whether nothing else of its lane is to be begun before then, by any replica.
    """

    due_at: datetime
    payload: Mapping[str, str] | None = None
    whole_lane: bool = False


Do = Callable[[Claim], Later | None]
"""Does one piece of work: `None` when it is done."""


class Pool(Protocol):
    """The threads that run claimed work; `bot/gateways/scheduler.py` owns them."""

    def free(self) -> int:
        """Tell how many more tasks can run at once."""
        ...

    def submit(self, task: Callable[[], None]) -> None:
        """Run *task* in a thread."""
        ...


class Desk:
    """Takes due work from the store and has it done.

    Args:
        store: where due work waits.
        clock: the two clocks.
        doers: who does which kind.
        owner: tells this process from its replicas.
    """

    def __init__(self, store: Store, clock: Clock, doers: Mapping[str, Do], owner: str) -> None:
        self._store = store
        self._clock = clock
        self._doers = doers
        self.owner = owner
        self._renewed_at = self._looked_at = datetime.min.replace(tzinfo=UTC)
        self._lock = Lock()
        self._held: dict[str, Claim] = {}
        self._outcomes: dict[str, tuple[Claim, Later | None]] = {}

    def take_place(self) -> None:
        """Be known to other replicas, and take over what those held that have ended."""
        self._store.attend(self.owner)
        for gone in self._store.absent(self.owner):
            rows = self._store.give_back(gone)
            log.info("work.taken_over", owner=gone, rows=rows)

    def ring(self, pool: Pool) -> None:
        """Renew the leases of what runs, claim as much due work as *pool* can run, and submit it."""
        machine_now = self._clock.machine_now()
        if abs(machine_now - self._looked_at) >= LOOK_AFTER:
            self.take_place()
            self._looked_at = machine_now
        self._tell_outcomes()
        if abs(machine_now - self._renewed_at) >= RENEW_AFTER:
            with self._lock:
                held = tuple(self._held.values())
            if lost := self._store.abandon(self.owner, held):
                # Claims whose answer did not reach us: nobody does them, and they would be renewed for ever.
                log.warning("work.abandoned", rows=lost)
            self._store.renew(self.owner, machine_now, LEASE_SECONDS)
            self._renewed_at = machine_now
            if self._store.trouble():
                # Perhaps nothing else is to be written for long, and the trouble is over.
                with suppress(StoreError):
                    self._store.try_writing()
        free = pool.free()
        if free <= 0:
            return
        claims = self._store.claim(self.owner, self._clock.now(), machine_now, LEASE_SECONDS, free)
        with self._lock:
            self._held.update((claim.work.key, claim) for claim in claims)
        for claim in claims:
            pool.submit(lambda claim=claim: self.run(claim))  # type: ignore[misc] # a lambda that keeps its claim

    def run(self, claim: Claim) -> None:
        """Do one piece of work; whatever goes wrong, it is kept and tried again later."""
        # What the work asks for and logs carries the trace of whoever asked for it, or one of its own.
        trace = claim.trace or token_hex(4)
        with structlog.contextvars.bound_contextvars(**{TRACE: trace}):
            self._run(claim)

    def _run(self, claim: Claim) -> None:
        kind = claim.work.kind
        try:
            later = self._waits(claim) or self._doers[kind](claim)
        except SlackBusy as error:
            # Slack's `Retry-After` holds for a whole channel.
            later = Later(self._clock.now() + timedelta(seconds=error.retry_after), whole_lane=True)
            log.info("work.slack_busy", kind=kind, key=claim.work.key, seconds=error.retry_after)
        except McsyncError as error:
            later = Later(self._clock.now() + pause(claim.attempt))
            log.warning(
                "work.put_off", kind=kind, key=claim.work.key, attempt=claim.attempt, reason=str(error)
            )
        except Exception:
            # One of the two edges: an error that nobody foresaw must not lose the work, nor stop the others.
            later = Later(self._clock.now() + pause(claim.attempt))
            reference = token_hex(4)
            log.exception(
                "work.failed", kind=kind, key=claim.work.key, attempt=claim.attempt, reference=reference
            )
        try:
            self._tell(claim, later)
        except StoreError as error:
            # Done, and not on record: it is told again with the next ring rather than done again.
            log.warning("work.outcome_waits", kind=kind, key=claim.work.key, reason=str(error))
            with self._lock:
                self._outcomes[claim.work.key] = (claim, later)

    def _waits(self, claim: Claim) -> Later | None:
        """Tell until when nothing of a lane is sent, whichever replica was told so."""
        until = claim.quiet_until
        return None if until is None or until <= self._clock.now() else Later(until)

    def _tell(self, claim: Claim, later: Later | None) -> None:
        if later is None:
            ours = self._store.finish(claim, self._clock.now())
        else:
            ours = self._store.postpone(claim, later.due_at, later.payload, whole_lane=later.whole_lane)
        if not ours:
            log.warning("work.lost", kind=claim.work.kind, key=claim.work.key, attempt=claim.attempt)
        with self._lock:
            if self._held.get(claim.work.key) is claim:
                del self._held[claim.work.key]

    def _tell_outcomes(self) -> None:
        with self._lock:
            waiting = list(self._outcomes.items())
        for key, (claim, later) in waiting:
            self._tell(claim, later)
            with self._lock:
                del self._outcomes[key]


def pause(attempt: int) -> timedelta:
    """Compute how long to wait after the *attempt*-th try: 5 s, 10 s, 20 s … 5 min."""
    doubled: int = 2 ** min(max(attempt - 1, 0), 10)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)
