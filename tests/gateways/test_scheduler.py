"""The bell and the pool, on real threads."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
import structlog

from bot.domain.errors import StoreError
from bot.gateways.scheduler import Scheduler
from tests.waiting import until

SOON = 5.0
"""Seconds within which anything expected happens, however busy the machine."""
NEVER = 3600.0
"""An interval that does not come round in a test."""


class Bell:
    """A ring that counts, and that can be held up in its middle."""

    def __init__(self) -> None:
        self.rings = 0
        self.at_once = 0
        self.most_at_once = 0
        self.gate = threading.Event()
        self.gate.set()
        self._lock = threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            self.rings += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        assert self.gate.wait(SOON)
        with self._lock:
            self.at_once -= 1


@pytest.fixture
def bell() -> Bell:
    return Bell()


@contextmanager
def opened(
    ring: Callable[[], None], *, every_seconds: float = NEVER, threads: int = 2
) -> Iterator[Scheduler]:
    scheduler = Scheduler(ring, every_seconds=every_seconds, threads=threads)
    scheduler.open()
    try:
        yield scheduler
    finally:
        scheduler.close(SOON)


def test_constructing_starts_no_thread(bell: Bell) -> None:
    before = threading.active_count()

    scheduler = Scheduler(bell, every_seconds=0.01, threads=4)
    scheduler.ring_now()

    assert threading.active_count() == before
    assert bell.rings == 0


def test_the_bell_rings_at_once_and_then_steadily(bell: Bell) -> None:
    with opened(bell, every_seconds=0.02):
        until(lambda: bell.rings >= 4)


def test_ring_now_does_not_wait_for_the_interval(bell: Bell) -> None:
    with opened(bell) as scheduler:
        until(lambda: bell.rings == 1)

        scheduler.ring_now()

        until(lambda: bell.rings == 2)


def test_many_calls_during_one_ring_make_one_more(bell: Bell) -> None:
    bell.gate.clear()
    with opened(bell) as scheduler:
        until(lambda: bell.rings == 1)
        callers = [threading.Thread(target=scheduler.ring_now) for _ in range(20)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()

        bell.gate.set()
        until(lambda: bell.rings == 2 and bell.at_once == 0)

    assert bell.rings == 2


def test_rings_never_overlap_and_a_slow_one_is_not_called_late(
    bell: Bell, caplog: pytest.LogCaptureFixture
) -> None:
    bell.gate.clear()
    with opened(bell, every_seconds=0.01):
        until(lambda: bell.rings == 1)
        time.sleep(0.1)  # ten rings would fit in, if they overlapped
        assert bell.rings == 1

        bell.gate.set()
        until(lambda: bell.rings >= 3)

    assert bell.most_at_once == 1
    assert not caplog.records


def test_a_ring_that_fails_is_logged_and_the_bell_rings_on() -> None:
    calls: list[int] = []

    def ring() -> None:
        calls.append(1)
        raise OSError("disk gone")

    with structlog.testing.capture_logs() as logs, opened(ring, every_seconds=0.01):
        until(lambda: len(calls) >= 3)

    assert logs[0]["event"] == "scheduler.ring_failed"
    assert logs[0]["log_level"] == "error"
    assert logs[0]["exc_info"] is True


def test_a_store_that_cannot_be_used_is_said_once_until_it_can() -> None:
    answers = [*(StoreError("The disk is full.") for _ in range(3)), None, StoreError("The disk is full.")]
    rung = 0

    def ring() -> None:
        nonlocal rung
        rung += 1
        error = answers[rung - 1] if rung <= len(answers) else None
        if error is not None:
            raise error

    with structlog.testing.capture_logs() as logs, opened(ring, every_seconds=0.01):
        until(lambda: rung > len(answers))

    told = [entry for entry in logs if entry["event"] == "scheduler.store_unusable"]
    assert [entry["reason"] for entry in told] == ["The disk is full."] * 2
    assert not any("exc_info" in entry for entry in told)


def test_tasks_run_in_the_pool_and_free_counts_idle_threads(bell: Bell) -> None:
    release = threading.Event()
    names: list[str] = []

    def task() -> None:
        names.append(threading.current_thread().name)
        assert release.wait(SOON)

    with opened(bell, threads=3) as scheduler:
        assert scheduler.free() == 3
        scheduler.submit(task)
        scheduler.submit(task)
        until(lambda: len(names) == 2)
        assert scheduler.free() == 1

        release.set()
        until(lambda: scheduler.free() == 3)

    assert len(set(names)) == 2


def test_a_task_counts_from_the_moment_it_is_submitted(bell: Bell) -> None:
    release = threading.Event()
    with opened(bell, threads=1) as scheduler:
        for _ in range(3):
            scheduler.submit(lambda: assert_released(release))
            assert scheduler.free() == 0
        release.set()
        until(lambda: scheduler.free() == 1)


def assert_released(release: threading.Event) -> None:
    assert release.wait(SOON)


def test_the_bell_rings_when_a_task_has_ended(bell: Bell) -> None:
    with opened(bell) as scheduler:
        until(lambda: bell.rings == 1)

        scheduler.submit(lambda: None)

        until(lambda: bell.rings == 2)


def test_a_task_that_fails_is_logged_and_gives_its_thread_back(bell: Bell) -> None:
    def task() -> None:
        raise LookupError("no such row")

    with structlog.testing.capture_logs() as logs, opened(bell, threads=1) as scheduler:
        scheduler.submit(task)
        until(lambda: scheduler.free() == 1)
        ran = threading.Event()
        scheduler.submit(ran.set)
        assert ran.wait(SOON)

    assert [entry["event"] for entry in logs] == ["scheduler.task_failed"]
    assert logs[0]["exc_info"] is True


def test_a_ring_may_submit_what_it_has_claimed() -> None:
    ran = threading.Event()
    scheduler: Scheduler

    def ring() -> None:
        if not ran.is_set():
            scheduler.submit(ran.set)

    scheduler = Scheduler(ring, every_seconds=NEVER, threads=1)
    scheduler.open()
    assert ran.wait(SOON)

    assert scheduler.close(SOON)


def test_closing_waits_for_running_tasks_and_leaves_no_thread(bell: Bell) -> None:
    before = set(threading.enumerate())
    scheduler = Scheduler(bell, every_seconds=0.01, threads=4)
    scheduler.open()
    started, ended = threading.Event(), threading.Event()

    def task() -> None:
        started.set()
        time.sleep(0.1)  # the task, which closing waits for
        ended.set()

    scheduler.submit(task)
    assert started.wait(SOON)

    assert scheduler.close(SOON)

    assert ended.is_set()
    assert set(threading.enumerate()) <= before
    rings = bell.rings
    scheduler.ring_now()
    assert bell.rings == rings
    with pytest.raises(RuntimeError, match="not open"):
        scheduler.submit(lambda: None)


def test_closing_gives_up_at_its_timeout_and_the_thread_ends_with_its_task(bell: Bell) -> None:
    before = set(threading.enumerate())
    scheduler = Scheduler(bell, every_seconds=NEVER, threads=1)
    scheduler.open()
    release = threading.Event()
    scheduler.submit(lambda: assert_released(release))

    began = time.monotonic()
    with structlog.testing.capture_logs() as logs:
        assert not scheduler.close(0.1)
    assert time.monotonic() - began < 2.0
    assert logs == [
        {"event": "scheduler.closed_early", "log_level": "warning", "tasks": 1, "rings": 0},
    ]

    release.set()
    until(lambda: set(threading.enumerate()) <= before)


def test_closing_during_a_ring_lets_it_submit_and_finishes_that_too() -> None:
    ringing, go_on = threading.Event(), threading.Event()
    done: list[str] = []
    scheduler: Scheduler

    def ring() -> None:
        ringing.set()
        assert go_on.wait(SOON)
        scheduler.submit(lambda: done.append("claimed in the last ring"))

    scheduler = Scheduler(ring, every_seconds=NEVER, threads=1)
    scheduler.open()
    assert ringing.wait(SOON)
    closing = threading.Timer(0.0, scheduler.close, (SOON,))
    closing.start()
    time.sleep(0.05)  # so that closing waits already; true without it too
    go_on.set()
    closing.join()

    assert done == ["claimed in the last ring"]


def test_closing_twice_or_unopened_is_harmless(bell: Bell) -> None:
    scheduler = Scheduler(bell, every_seconds=NEVER, threads=1)
    assert scheduler.close(0.0)

    scheduler.open()
    assert scheduler.close(SOON)
    assert scheduler.close(SOON)


def test_quiet_seconds_grow_while_no_ring_begins(bell: Bell) -> None:
    bell.gate.clear()
    with opened(bell, every_seconds=0.01) as scheduler:
        until(lambda: bell.rings == 1)
        until(lambda: scheduler.quiet_seconds() > 0.1)

        bell.gate.set()

        until(lambda: scheduler.quiet_seconds() < 0.1)


def test_hundreds_of_tasks_from_many_threads_all_run_once(bell: Bell) -> None:
    done: list[int] = []
    with opened(bell, threads=4) as scheduler:

        def submit_some(first: int) -> None:
            for number in range(first, first + 50):
                scheduler.submit(partial(done.append, number))

        submitters = [threading.Thread(target=submit_some, args=(first,)) for first in range(0, 500, 50)]
        for submitter in submitters:
            submitter.start()
        for submitter in submitters:
            submitter.join()
        until(lambda: scheduler.free() == 4)

    assert sorted(done) == list(range(500))
