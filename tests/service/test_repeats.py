"""A request that comes again gets the same answer and has no second effect, whichever replica it reaches."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.domain.answered import Answered
from bot.domain.errors import StoreError
from bot.gateways.store import SqlStore, create_store
from bot.service.repeats import KEPT, UNDER_WAY, Repeats
from tests.service.office import TurnedClock

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SAID = Answered(200, "application/json", '{"text": "Approved."}')


class Counted:
    """An answer that counts its effects."""

    def __init__(self, *answers: Answered) -> None:
        self.effects = 0
        self._answers = answers or (SAID,)

    def __call__(self) -> Answered:
        """Have an effect, and tell of it."""
        self.effects += 1
        return self._answers[min(self.effects, len(self._answers)) - 1]


@pytest.fixture(name="clock")
def _clock() -> TurnedClock:
    return TurnedClock(NOON)


@pytest.fixture(name="stores")
def _stores(tmp_path: Path) -> Iterator[list[SqlStore]]:
    stores = [create_store(f"sqlite:///{tmp_path / 'repeats.db'}") for _ in range(2)]
    for store in stores:
        store.open()
    yield stores
    for store in stores:
        store.close()


@pytest.fixture(name="replicas")
def _replicas(stores: list[SqlStore], clock: TurnedClock) -> list[Repeats]:
    return [Repeats(store, clock) for store in stores]


def test_what_comes_again_is_answered_as_before_by_any_replica(replicas: list[Repeats]) -> None:
    press = Counted()

    answers = [replica.once("signature:v0=1", press) for replica in (*replicas, *replicas)]

    assert answers == [SAID] * 4
    assert press.effects == 1


def test_two_requests_are_two(replicas: list[Repeats]) -> None:
    press = Counted()

    for key in ("signature:v0=1", "signature:v0=2", "event:1", "envelope:1"):
        assert replicas[0].once(key, press) == SAID

    assert press.effects == 4


def test_what_is_being_answered_is_put_off_and_then_answered_the_same(replicas: list[Repeats]) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly() -> Answered:
        begun.set()
        assert go_on.wait(10)
        return SAID

    again = Counted()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(replicas[0].once, "event:1", slowly)
        assert begun.wait(10)
        assert replicas[1].once("event:1", again).status == 503
        go_on.set()
        assert first.result(10) == SAID
    assert replicas[1].once("event:1", again) == SAID
    assert again.effects == 0


class Killed(Repeats):
    """As kill -9 leaves it: nothing is tidied up."""

    def _forget(self, key: str) -> None:
        """Do nothing."""


def test_what_died_before_it_was_answered_is_not_lost(
    replicas: list[Repeats], stores: list[SqlStore], clock: TurnedClock
) -> None:
    def die() -> Answered:
        raise SystemExit

    with pytest.raises(SystemExit):
        Killed(stores[0], clock).once("event:1", die)
    press = Counted()

    assert replicas[1].once("event:1", press).status == 503
    clock.at += UNDER_WAY
    assert replicas[1].once("event:1", press) == SAID
    assert press.effects == 1


@pytest.mark.parametrize("trouble", [RuntimeError, KeyboardInterrupt])
def test_what_broke_may_be_tried_again_at_once(replicas: list[Repeats], trouble: type[BaseException]) -> None:
    def break_() -> Answered:
        raise trouble

    with pytest.raises(trouble):
        replicas[0].once("event:1", break_)

    assert replicas[1].once("event:1", Counted()) == SAID


def test_a_server_error_is_no_answer_to_keep(replicas: list[Repeats]) -> None:
    press = Counted(Answered(500), SAID)

    assert replicas[0].once("event:1", press).status == 500
    assert replicas[0].once("event:1", press) == SAID


def test_a_refusal_is_an_answer(replicas: list[Repeats]) -> None:
    press = Counted(Answered(404), SAID)

    assert [replicas[0].once("event:1", press).status for _ in range(2)] == [404, 404]
    assert press.effects == 1


def test_requests_are_forgotten_long_after_their_signature_counts(
    replicas: list[Repeats], stores: list[SqlStore], clock: TurnedClock
) -> None:
    replicas[0].once("old", Counted())
    clock.at += KEPT - timedelta(minutes=1)
    replicas[0].once("young", Counted())
    with stores[0].read() as tx:
        assert tx.request("old") is not None
    clock.at += timedelta(minutes=6)
    replicas[0].once("younger", Counted())

    with stores[0].read() as tx:
        assert [tx.request(key) is not None for key in ("old", "young", "younger")] == [False, True, True]


class Away(SqlStore):
    """A store that is away from some moment on."""

    def __init__(self, inner: SqlStore, when: Callable[[], bool]) -> None:
        self._inner = inner
        self._when = when

    def write(self):  # type: ignore[no-untyped-def] # noqa: ANN201 - as in the class above it
        """Open a transaction, if the database is there."""
        if self._when():
            raise StoreError("The disk is full.")
        return self._inner.write()


@pytest.mark.parametrize("from_the", ["beginning", "middle"])
def test_without_the_store_the_answer_still_comes(
    stores: list[SqlStore], clock: TurnedClock, from_the: str
) -> None:
    press = Counted()
    repeats = Repeats(Away(stores[0], lambda: from_the == "beginning" or press.effects > 0), clock)

    with capture_logs() as logs:
        assert repeats.once("event:1", press) == SAID

    assert press.effects == 1
    assert [one["event"] for one in logs] == ["request.not_remembered"]


def test_a_question_is_answered_anew_and_nothing_is_written(
    stores: list[SqlStore], clock: TurnedClock
) -> None:
    repeats, counted = Repeats(stores[0], clock), Counted()
    before = stores[0].revision()

    assert [repeats.once("", counted) for _ in range(2)] == [SAID, SAID]
    assert counted.effects == 2
    assert stores[0].revision() == before
