"""Claim due work, run it, finish it or put it off. What the work is, the use cases know."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Protocol

import structlog

from bot.domain.due_work import Claim
from bot.domain.errors import McsyncError, SlackBusy
from bot.service.ports import Clock, Store

log = structlog.get_logger(__name__)

LEASE_SECONDS = 20.0
"""How long the work of a process that died is left alone. A living process renews its leases, so work may
take longer than this: a hanging server costs a deadline per call."""

RENEW_AFTER = timedelta(seconds=5)

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True)
class Later:
    """What a use case answers when the work is to be done again.

    Attributes:
        due_at: rule time, UTC.
        payload: replaces the work's payload, unless `None`.
    """

    due_at: datetime
    payload: Mapping[str, str] | None = None


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
        self._renewed_at = datetime.min.replace(tzinfo=UTC)

    def ring(self, pool: Pool) -> None:
        """Renew the leases of what runs, claim as much due work as *pool* can run, and submit it."""
        machine_now = self._clock.machine_now()
        if machine_now - self._renewed_at >= RENEW_AFTER:
            self._store.renew(self.owner, machine_now, LEASE_SECONDS)
            self._renewed_at = machine_now
        free = pool.free()
        if free <= 0:
            return
        claims = self._store.claim(self.owner, self._clock.now(), machine_now, LEASE_SECONDS, free)
        for claim in claims:
            pool.submit(lambda claim=claim: self.run(claim))  # type: ignore[misc] # a lambda that keeps its claim

    def run(self, claim: Claim) -> None:
        """Do one piece of work; whatever goes wrong, it is kept and tried again later."""
        kind = claim.work.kind
        try:
            later = self._doers[kind](claim)
        except SlackBusy as error:
            later = Later(self._clock.now() + timedelta(seconds=error.retry_after))
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
        if later is None:
            self._store.finish(claim, self._clock.now())
        else:
            self._store.postpone(claim, later.due_at, later.payload)


def pause(attempt: int) -> timedelta:
    """Compute how long to wait after the *attempt*-th try: 5 s, 10 s, 20 s … 5 min."""
    doubled: int = 2 ** min(max(attempt - 1, 0), 10)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)
