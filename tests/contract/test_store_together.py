"""Transactions that are shared by whoever writes at the same moment."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
import structlog

from bot.domain.due_work import TRACE
from bot.domain.errors import StoreError
from bot.gateways.store import SqlStore
from bot.gateways.store.together import Together
from bot.service.ports import Writing
from tests.contract.stores import Programs, claim
from tests.gateways.store import examples
from tests.gateways.store.examples import NOON

CROWD = 8


def remember(key: str) -> Callable[[Writing], bool]:
    return lambda tx: tx.accept_delivery(key, NOON, "body")


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)


class Held:
    """Keeps a transaction open until `release`, so that everybody else waits."""

    def __init__(self, together: Together, pool: ThreadPoolExecutor) -> None:
        self._together = together
        self._gate = threading.Event()
        begun = threading.Event()

        def task(tx: Writing) -> bool:
            begun.set()
            assert self._gate.wait(10)
            return tx.accept_delivery("first", NOON, "body")

        self.outcome: Future[bool] = pool.submit(together.write, task)
        assert begun.wait(10)

    def release_once(self, count: int) -> None:
        """Let it be committed as soon as so many others wait."""
        until(lambda: self._together.waiting() == count)
        self._gate.set()


def test_what_is_written_together_is_there_once_it_returns(store: SqlStore) -> None:
    assert store.write_together(remember("a"))
    assert not store.write_together(remember("a"))

    with store.read() as tx:
        assert tx.due(NOON) == 0


def test_whoever_waits_meanwhile_shares_one_transaction_and_gets_an_answer_of_their_own(
    programs: Programs,
) -> None:
    told: list[object] = []
    store = programs.start(told.append)
    together = Together(store.write)

    def ask(number: int) -> bool:
        def task(tx: Writing) -> bool:
            tx.enqueue(examples.work(f"work {number}", lane=f"lane {number}"))
            return tx.accept_delivery(f"delivery {number // 2}", NOON, "body")

        with structlog.contextvars.bound_contextvars(**{TRACE: f"trace {number}"}):
            return together.write(task)

    with ThreadPoolExecutor(CROWD + 1) as pool:
        held = Held(together, pool)
        answers = [pool.submit(ask, number) for number in range(CROWD)]
        held.release_once(CROWD)
        firsts = [answer.result(10) for answer in answers]

    # One of each two was first, as one after the other; and the bell was rung once for all of them.
    assert held.outcome.result(10)
    assert sum(firsts) == CROWD // 2
    assert told == [NOON]
    claims = claim(store, limit=CROWD)
    assert {one.work.key: one.trace for one in claims} == {
        f"work {number}": f"trace {number}" for number in range(CROWD)
    }


def test_what_the_database_refuses_is_refused_to_all_who_shared_and_nothing_is_written(
    store: SqlStore,
) -> None:
    def fail(tx: Writing) -> bool:
        tx.accept_delivery("lost", NOON, "body")
        raise StoreError("The disk is full.")

    together = Together(store.write)
    with ThreadPoolExecutor(3) as pool:
        held = Held(together, pool)
        waiting = [pool.submit(together.write, task) for task in (fail, remember("shared"))]
        held.release_once(2)
        for answer in waiting:
            with pytest.raises(StoreError, match="The disk is full"):
                answer.result(10)

    assert held.outcome.result(10)
    assert store.write_together(remember("lost"))
    assert store.write_together(remember("shared"))


def test_a_mistake_in_one_task_does_not_keep_the_others_from_being_written(store: SqlStore) -> None:
    def stumble(tx: Writing) -> bool:
        tx.accept_delivery("lost", NOON, "body")
        raise LookupError("a mistake of ours")

    together = Together(store.write)
    with ThreadPoolExecutor(4) as pool:
        held = Held(together, pool)
        wrong = pool.submit(together.write, stumble)
        others = [pool.submit(together.write, remember(key)) for key in ("b", "c")]
        held.release_once(3)
        outcomes = [one.exception(10) for one in (wrong, *others)]

    # It is raised once or twice: by whoever made it, and by whoever wrote for all of them.
    assert isinstance(outcomes[0], LookupError)
    assert sum(isinstance(outcome, LookupError) for outcome in outcomes) <= 2
    assert store.write_together(remember("lost"))
    written = [not store.write_together(remember(key)) for key in ("b", "c")]
    assert written == [outcome is None for outcome in outcomes[1:]]
