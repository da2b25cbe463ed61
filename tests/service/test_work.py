import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from bot.domain.due_work import Claim, Work
from bot.domain.errors import NotSent, SlackBusy, StoreError
from bot.gateways.store import SqlStore, create_store, name_process
from bot.gateways.store.sqlite import SqliteEngine
from bot.service.work import LEASE_SECONDS, Desk, Later, pause
from tests.service.office import TurnedClock

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class SamePlace:
    """A pool that runs a task where it is submitted."""

    def free(self) -> int:
        """Always have room."""
        return 4

    def submit(self, task: Callable[[], None]) -> None:
        """Run it at once."""
        task()


@pytest.fixture(name="clock")
def _clock() -> TurnedClock:
    return TurnedClock(NOON)


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Iterator[SqlStore]:
    store = create_store(f"sqlite:///{tmp_path / 'work.db'}")
    store.open()
    yield store
    store.close()


def _desk(
    store: SqlStore, clock: TurnedClock, do: Callable[[Claim], Later | None], owner: str = "me"
) -> Desk:
    return Desk(store, clock, {"kind": do}, owner)


def _ask(store: SqlStore, key: str = "one", lane: str = "lane") -> None:
    with store.write() as tx:
        tx.enqueue(Work(key, "kind", lane, NOON, {"word": "w"}))


def _due(store: SqlStore, now: datetime) -> tuple[int, datetime | None]:
    with store.read() as tx:
        return tx.due(now), tx.next_due(now)


def test_work_that_is_done_is_gone(store: SqlStore, clock: TurnedClock) -> None:
    seen = []
    _ask(store)

    _desk(store, clock, lambda claim: seen.append(claim.work.payload)).ring(SamePlace())

    assert seen == [{"word": "w"}]
    assert _due(store, NOON) == (0, None)


def test_work_that_wants_to_be_done_again_waits_until_then(store: SqlStore, clock: TurnedClock) -> None:
    later = NOON + timedelta(minutes=5)
    _ask(store)

    _desk(store, clock, lambda _: Later(later, {"word": "again"})).ring(SamePlace())

    assert _due(store, NOON) == (0, later)


def test_an_error_of_ours_puts_the_work_off(store: SqlStore, clock: TurnedClock) -> None:
    def fail(_: Claim) -> None:
        raise NotSent("The server cannot be reached.")

    _ask(store)

    with capture_logs() as logs:
        _desk(store, clock, fail).ring(SamePlace())

    assert _due(store, NOON) == (0, NOON + pause(1))
    assert logs[0]["reason"] == "The server cannot be reached."


def test_slack_says_when_to_come_back(store: SqlStore, clock: TurnedClock) -> None:
    def fail(_: Claim) -> None:
        raise SlackBusy("Slack asks us to wait.", retry_after=33)

    _ask(store)

    _desk(store, clock, fail).ring(SamePlace())

    assert _due(store, NOON) == (0, NOON + timedelta(seconds=33))


def test_what_slack_says_holds_for_the_whole_channel_and_for_no_other(
    store: SqlStore, clock: TurnedClock
) -> None:
    sent: list[str] = []

    def send(claim: Claim) -> None:
        sent.append(claim.work.key)
        if claim.work.key == "first" and clock.at == NOON:
            raise SlackBusy("Slack asks us to wait.", retry_after=33)

    _ask(store, "first", "slack:C1")
    _ask(store, "second", "slack:C1")
    _ask(store, "third", "slack:C2")
    desk = _desk(store, clock, send)
    for _ in range(3):
        desk.ring(SamePlace())
    assert sorted(sent) == ["first", "third"]

    clock.at = NOON + timedelta(seconds=32)
    desk.ring(SamePlace())
    assert sorted(sent) == ["first", "third"]

    clock.at = NOON + timedelta(seconds=33)
    for _ in range(2):
        desk.ring(SamePlace())
    assert sorted(sent) == ["first", "first", "second", "third"]
    assert _due(store, clock.at) == (0, None)


def test_what_slack_says_to_one_replica_holds_for_the_others_and_after_a_restart(
    store: SqlStore, tmp_path: Path, clock: TurnedClock
) -> None:
    sent: list[str] = []

    def send(claim: Claim) -> None:
        sent.append(f"{claim.owner} {claim.work.key}")
        if clock.at == NOON:
            raise SlackBusy("Slack asks us to wait.", retry_after=33)

    _ask(store, "first", "slack:C1")
    _ask(store, "second", "slack:C1")
    other = create_store(f"sqlite:///{tmp_path / 'work.db'}")
    other.open()
    with closing(other):
        _desk(store, clock, send, "one").ring(SamePlace())
        _ask(store, "third", "slack:C1")
        two = _desk(other, clock, send, "two")
        for _ in range(4):
            two.ring(SamePlace())
        assert sent == ["one first"]

        clock.at = NOON + timedelta(seconds=32)
        _ask(store, "fourth", "slack:C1")
        _desk(store, clock, send, "one, started again").ring(SamePlace())
        assert sent == ["one first"]
        assert _due(store, clock.at) == (0, NOON + timedelta(seconds=33))

        clock.at = NOON + timedelta(seconds=33)
        for _ in range(4):
            two.ring(SamePlace())

    assert sorted(sent[1:]) == ["two first", "two fourth", "two second", "two third"]


def test_work_carries_the_trace_of_whoever_asked_for_it(store: SqlStore, clock: TurnedClock) -> None:
    followed: list[str] = []

    def do(claim: Claim) -> None:
        followed.append(structlog.contextvars.get_contextvars()["trace"])
        if claim.work.key == "one":
            _ask(store, "two", "lane")

    with structlog.contextvars.bound_contextvars(trace="t1"):
        _ask(store)
    _ask(store, "alone", "other")
    desk = _desk(store, clock, do)
    for _ in range(3):
        desk.ring(SamePlace())

    assert len(followed) == 3
    assert followed.count("t1") == 2
    assert structlog.contextvars.get_contextvars() == {}


def test_an_error_that_nobody_foresaw_keeps_the_work_and_leaves_a_reference(
    store: SqlStore, clock: TurnedClock
) -> None:
    def fail(_: Claim) -> None:
        raise ZeroDivisionError

    _ask(store)

    with capture_logs() as logs:
        _desk(store, clock, fail).ring(SamePlace())

    assert _due(store, NOON) == (0, NOON + pause(1))
    assert logs[0]["event"] == "work.failed"
    assert len(logs[0]["reference"]) == 8


def test_the_work_of_a_process_that_died_is_taken_over_when_its_lease_ends(
    store: SqlStore, clock: TurnedClock
) -> None:
    _ask(store)
    store.claim("dead", NOON, NOON, LEASE_SECONDS, 1)
    seen: list[str] = []
    desk = _desk(store, clock, lambda claim: seen.append(claim.owner), "alive")

    desk.ring(SamePlace())
    assert seen == []
    clock.at += timedelta(seconds=LEASE_SECONDS + 1)
    desk.ring(SamePlace())

    assert seen == ["alive"]


class NotYet(SamePlace):
    """A pool whose tasks wait until a test runs them."""

    def __init__(self) -> None:
        self.tasks: list[Callable[[], None]] = []

    def submit(self, task: Callable[[], None]) -> None:
        """Keep it."""
        self.tasks.append(task)


def test_a_living_process_keeps_its_work_however_long_it_takes(store: SqlStore, clock: TurnedClock) -> None:
    _ask(store)
    pool = NotYet()
    seen: list[str] = []
    alive = _desk(store, clock, lambda claim: seen.append(claim.owner), "alive")
    other = _desk(store, clock, lambda claim: pytest.fail(f"taken from {claim.owner}"), "other")

    for _ in range(20):
        alive.ring(pool)
        other.ring(SamePlace())
        clock.at += timedelta(seconds=6)
    (task,) = pool.tasks
    task()

    assert seen == ["alive"]
    assert _due(store, NOON) == (0, None)


def test_a_claim_whose_answer_was_lost_is_given_back(store: SqlStore, clock: TurnedClock) -> None:
    _ask(store)
    pool = NotYet()
    seen: list[int] = []
    desk = _desk(store, clock, lambda claim: seen.append(claim.attempt))
    desk.ring(pool)
    _ask(store, "lost", "elsewhere")
    store.claim(desk.owner, NOON, clock.at, LEASE_SECONDS, 1)

    clock.at += timedelta(seconds=6)
    with capture_logs() as logs:
        desk.ring(pool)

    assert [one["rows"] for one in logs if one["event"] == "work.abandoned"] == [1]
    for task in pool.tasks:
        task()
    assert seen == [1, 2]
    assert _due(store, NOON) == (0, None)


class Forgetful(SqlStore):
    """A store whose database cannot be reached for a while."""

    away = False

    def finish(self, claim: Claim, now: datetime) -> bool:
        """Finish, unless the database is away."""
        if self.away:
            raise StoreError("The connection to the database was lost.")
        return super().finish(claim, now)


def test_work_that_was_done_while_the_store_was_away_is_told_and_not_done_again(
    tmp_path: Path, clock: TurnedClock
) -> None:
    store = Forgetful(SqliteEngine(tmp_path / "work.db"))
    store.open()
    seen: list[str] = []
    _ask(store)
    desk = _desk(store, clock, lambda claim: seen.append(claim.work.key))
    store.away = True
    desk.ring(SamePlace())
    clock.at += timedelta(seconds=6)
    with pytest.raises(StoreError):
        desk.ring(SamePlace())
    store.away = False
    clock.at += timedelta(hours=1)
    desk.ring(SamePlace())
    desk.ring(SamePlace())

    assert seen == ["one"]
    assert _due(store, NOON) == (0, None)
    store.close()


def test_a_trouble_that_is_over_is_forgotten_although_nothing_is_to_be_written(
    store: SqlStore, clock: TurnedClock
) -> None:
    def write_in_vain() -> None:
        with store.write():
            raise StoreError("The disk is full.")

    with pytest.raises(StoreError):
        write_in_vain()
    desk = _desk(store, clock, lambda _: None)

    desk.ring(SamePlace())

    assert store.trouble() == ""


def test_the_work_of_a_process_that_is_known_to_be_dead_is_taken_at_once(
    store: SqlStore, clock: TurnedClock
) -> None:
    here, _, _ = name_process().rpartition(":")[0].rpartition(":")
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait(20)
    _ask(store)
    store.claim(f"{here}:{process.pid}:token", NOON, clock.at, LEASE_SECONDS, 1)
    seen: list[str] = []

    with capture_logs() as logs:
        _desk(store, clock, lambda claim: seen.append(claim.owner)).ring(SamePlace())

    assert seen == ["me"]
    assert [one["event"] for one in logs] == ["work.taken_over"]


def test_no_more_is_claimed_than_can_be_run(store: SqlStore, clock: TurnedClock) -> None:
    class Full(SamePlace):
        def free(self) -> int:
            return 0

    _ask(store)

    _desk(store, clock, lambda _: pytest.fail("there was no room")).ring(Full())

    assert _due(store, NOON)[0] == 1


def test_pauses_grow_to_five_minutes_and_no_further() -> None:
    pauses = [pause(attempt) for attempt in (0, 1, 2, 3, 50)]

    assert pauses == [timedelta(seconds=s) for s in (5, 5, 10, 20, 300)]
