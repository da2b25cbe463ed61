"""The back-office threads: a bell that rings steadily, and a pool that runs what a ring has claimed.

Nothing durable lives here: due work is rows in the store, and a ring asks the store what is due. The only
file that knows APScheduler. Its schedulers plan by the machine's wall clock, in UTC here; a machine clock
set back silences the steady bell for as long, which `Scheduler.quiet_seconds` shows. `ring_now` still rings.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Condition

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bot.domain.errors import StoreError

log = structlog.get_logger(__name__)

_STEADY = "steady"
"""The executor that starts the steady rings; apart from the bell, so that a slow ring is not called late."""
_MOST_STEADY = 100
_BELL = "bell"
"""The executor of rings: one thread, so rings never overlap."""
_POOL = "pool"
"""The executor of tasks."""
_REST_SECONDS = 0.005
"""How long after one ring the next one begins at the earliest: under a storm of requests, looking for work
anew after each of them would take longer than the requests."""


class Scheduler:
    """A bell and a pool of threads, opened once and closed once; constructing starts nothing.

    Args:
        ring: what the bell calls, one call at a time; it claims due work and submits it. Quick.
        every_seconds: how often the bell rings by itself.
        threads: how many tasks run at once.
    """

    def __init__(self, ring: Callable[[], None], *, every_seconds: float, threads: int) -> None:
        self._ring = ring
        self._every_seconds = every_seconds
        self._threads = threads
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={
                _STEADY: ThreadPoolExecutor(1),
                _BELL: ThreadPoolExecutor(1),
                _POOL: ThreadPoolExecutor(threads),
            },
            # The default grace of one second would drop whatever a busy machine starts late.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._changed = Condition()
        self._ringing_allowed = False
        self._tasks_allowed = False
        self._ring_waits = False
        self._rings = 0
        self._tasks = 0
        self._complaint = ""
        self._rang_at = time.monotonic()

    def open(self) -> None:
        """Start the threads; the bell rings at once, then every `every_seconds`."""
        with self._changed:
            self._ringing_allowed = self._tasks_allowed = True
            self._rang_at = time.monotonic()
        self._scheduler.start()
        self._scheduler.add_job(
            self.ring_now,
            "interval",
            seconds=self._every_seconds,
            executor=_STEADY,
            id=_STEADY,
            # Rings share what waits already, so some that a busy machine could not begin yet do no harm.
            max_instances=_MOST_STEADY,
            next_run_time=datetime.now(UTC),
        )

    def ring_now(self) -> None:
        """Ring once more, soon; from any thread.

        Calls made while a ring is waiting to begin share it. A call made during a ring is followed by
        another ring, a moment later, which sees whatever was committed before the call. Without effect
        before `open` and from the beginning of `close`.
        """
        with self._changed:
            if not self._ringing_allowed or self._ring_waits:
                return
            self._ring_waits = True
            self._rings += 1
        self._scheduler.add_job(self._run_ring, executor=_BELL, max_instances=1)

    def submit(self, task: Callable[[], None]) -> None:
        """Run *task* in the pool; it waits for a thread when none is idle.

        The bell rings when it has ended: a thread is free again, and perhaps a lane.

        Raises:
            RuntimeError: the scheduler is not open.
        """
        with self._changed:
            if not self._tasks_allowed:
                raise RuntimeError("The scheduler is not open, so the task was not taken.")
            self._tasks += 1
        self._scheduler.add_job(self._run_task, args=(task,), executor=_POOL)

    def free(self) -> int:
        """Count the threads that no task holds or waits for."""
        with self._changed:
            return max(0, self._threads - self._tasks)

    def quiet_seconds(self) -> float:
        """Tell how long ago the last ring began, or how long the scheduler has been open without one."""
        with self._changed:
            return time.monotonic() - self._rang_at

    def close(self, timeout_seconds: float) -> bool:
        """Stop the bell, then wait for a ring under way and for the tasks, at most *timeout_seconds* in all.

        Returns:
            Whether everything had ended in time. If not, the threads still at work end with their tasks.
        """
        deadline = time.monotonic() + timeout_seconds
        with self._changed:
            if not self._tasks_allowed:
                return True
            self._ringing_allowed = False
            self._changed.wait_for(lambda: self._rings == 0, timeout_seconds)
            self._tasks_allowed = False
            ended = self._changed.wait_for(
                lambda: self._rings == self._tasks == 0, max(0.0, deadline - time.monotonic())
            )
        # A shutdown in the midst of a pass over the jobs breaks that pass (its `remove_job` no longer finds a
        # one-shot job). Emptying the list waits for the pass, and leaves nothing for the next one.
        self._scheduler.remove_all_jobs()
        self._scheduler.shutdown(wait=ended)
        if not ended:
            log.warning("scheduler.closed_early", tasks=self._tasks, rings=self._rings)
        return ended

    def _run_ring(self) -> None:
        # By the steady counter, not as a date: a machine clock set back must not silence this bell.
        time.sleep(max(0.0, self._rang_at + _REST_SECONDS - time.monotonic()))  # not rung more often
        with self._changed:
            self._ring_waits = False
            self._rang_at = time.monotonic()
        try:
            _run_logged(self._ring_once, "scheduler.ring_failed")
        finally:
            with self._changed:
                self._rings -= 1
                self._changed.notify_all()

    def _ring_once(self) -> None:
        """Ring; what the store cannot do is said once, not with every ring until it can."""
        try:
            self._ring()
        except StoreError as error:
            if str(error) != self._complaint:
                log.error("scheduler.store_unusable", reason=str(error))  # noqa: TRY400 - its sentence says all
            self._complaint = str(error)
        else:
            self._complaint = ""

    def _run_task(self, task: Callable[[], None]) -> None:
        try:
            _run_logged(task, "scheduler.task_failed")
        finally:
            with self._changed:
                self._tasks -= 1
                self._changed.notify_all()
            self.ring_now()


def _run_logged(call: Callable[[], None], event: str) -> None:
    """Call, and log whatever comes out: the one catch-all of the back office.

    Nobody stands above a back-office thread. An error that no use case expected must neither end the bell nor
    vanish; the claimed row keeps its lease and comes back when that runs out.
    """
    try:
        call()
    except Exception:
        log.exception(event)
