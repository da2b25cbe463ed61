"""What every store must do, whichever database is below: transactions, threads, opening and closing."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import StoreError
from bot.gateways.store import SqlStore
from tests.contract.stores import Programs, claim, enqueue, in_threads
from tests.gateways.store import examples
from tests.gateways.store.examples import NOON

SECOND = timedelta(seconds=1)


def test_what_is_written_can_be_read_by_every_program(programs: Programs) -> None:
    one, other = programs.start(), programs.start()
    with one.write() as tx:
        tx.add_incident(examples.incident())
        assert tx.incident("incident-1") == examples.incident()
    with other.read() as tx:
        assert tx.incident("incident-1") == examples.incident()


def test_what_is_written_outlives_the_program(programs: Programs) -> None:
    store = programs.start()
    with store.write() as tx:
        tx.add_proposal(examples.half_applied())
    store.close()
    with programs.start().read() as tx:
        assert tx.proposal("proposal-1") == examples.half_applied()


@pytest.mark.parametrize("trouble", [ValueError, KeyboardInterrupt, GeneratorExit])
def test_any_exception_takes_back_the_whole_transaction(
    store: SqlStore, trouble: type[BaseException]
) -> None:
    def fail() -> None:
        with store.write() as tx:
            tx.add_incident(examples.incident())
            tx.record(examples.deed())
            tx.enqueue(examples.work())
            raise trouble

    with pytest.raises(trouble):
        fail()
    with store.read() as tx:
        assert tx.incident("incident-1") is None
        assert tx.audit() == ()
        assert tx.due(NOON) == 0


def test_the_trouble_of_the_last_change_is_remembered_until_one_is_written(store: SqlStore) -> None:
    insert = "INSERT INTO quiet_lanes (lane, until) VALUES ('a', 1) RETURNING lane"

    def insert_twice() -> None:
        with store.write() as tx:
            for _ in range(2):
                tx._session.rows(insert)

    assert store.trouble() == ""
    with pytest.raises(StoreError) as refused:
        insert_twice()
    assert store.trouble() == str(refused.value)
    # What changes nothing shows nothing: on a full disk it works as well.
    assert claim(store) == []
    assert store.give_back("me") == 0
    with store.read() as tx:
        tx.audit()
    assert store.trouble() == str(refused.value)

    enqueue(store, examples.work())
    assert store.trouble() == ""

    with pytest.raises(StoreError):
        insert_twice()
    store.try_writing()
    assert store.trouble() == ""


def test_a_picture_does_not_change_while_others_write(programs: Programs) -> None:
    store, other = programs.start(), programs.start()
    with store.read() as tx:
        assert tx.incidents() == ()

        def write() -> None:
            with other.write() as writing:
                writing.add_incident(examples.incident())

        in_threads(1, lambda _: write())
        assert tx.incident("incident-1") is None
        assert tx.incidents() == ()
    with store.read() as tx:
        assert len(tx.incidents()) == 1


def test_reading_does_not_wait_for_a_writer(store: SqlStore) -> None:
    def look(_: int) -> int:
        with store.read() as tx:
            return len(tx.incidents())

    with store.write() as tx:
        tx.add_incident(examples.incident())
        assert in_threads(1, look) == [0]


def test_a_writer_sees_what_the_writer_before_it_wrote(programs: Programs) -> None:
    stores = [programs.start(), programs.start()]

    def add(number: int) -> None:
        for _ in range(10):
            with stores[number % 2].write() as tx:
                (before,) = tx.sighted() or (examples.sighted(period="0"),)
                tx.save_sighted(replace(before, period=str(int(before.period) + 1)))

    in_threads(4, add)
    with stores[0].read() as tx:
        assert [sighted.period for sighted in tx.sighted()] == ["40"]


Open = Callable[[SqlStore], AbstractContextManager[object]]
TRANSACTIONS: list[Open] = [SqlStore.read, SqlStore.write]


@pytest.mark.parametrize("outer", TRANSACTIONS)
@pytest.mark.parametrize("inner", TRANSACTIONS)
def test_transactions_do_not_nest(store: SqlStore, outer: Open, inner: Open) -> None:
    with outer(store), pytest.raises(RuntimeError, match="inside a transaction"), inner(store):
        pass
    with store.write() as tx:
        assert tx.accept_delivery("still works", NOON, "")


def test_the_queue_cannot_be_used_inside_a_transaction(store: SqlStore) -> None:
    with store.write() as tx:
        tx.enqueue(examples.work())
        with pytest.raises(RuntimeError, match="inside a transaction"):
            claim(store)
    assert len(claim(store)) == 1


def test_a_transaction_cannot_be_used_after_its_end(store: SqlStore) -> None:
    with store.write() as writing:
        pass
    with store.read() as reading:
        pass
    with pytest.raises(RuntimeError, match="ends with its block"):
        writing.record(examples.deed())
    with pytest.raises(RuntimeError, match="ends with its block"):
        reading.incidents()
    with store.read() as tx:
        assert tx.audit() == ()


def test_a_transaction_cannot_be_used_by_another_thread(store: SqlStore) -> None:
    with store.write() as tx:

        def misuse(_: int) -> None:
            with pytest.raises(RuntimeError, match="stays in its thread"):
                tx.record(examples.deed())

        in_threads(1, misuse)
    with store.read() as reading:
        assert reading.audit() == ()


def test_a_store_that_is_not_open_says_so(programs: Programs) -> None:
    store = programs.start()
    store.close()
    for transaction in TRANSACTIONS:
        with pytest.raises(StoreError, match="is not open"), transaction(store):
            pass
    with pytest.raises(StoreError, match="is not open"):
        claim(store)
    store.open()
    store.open()
    with store.read() as tx:
        assert tx.incidents() == ()


def test_closing_inside_a_transaction_is_refused(store: SqlStore) -> None:
    with store.write() as tx, pytest.raises(RuntimeError, match="inside a transaction"):
        store.close()
    with store.write() as tx:
        assert tx.accept_delivery("still works", NOON, "")


def test_closing_waits_for_the_transaction_of_another_thread(programs: Programs) -> None:
    store = programs.start()
    inside, leave = threading.Event(), threading.Event()

    def write(_: int) -> bool:
        with store.write() as tx:
            inside.set()
            assert leave.wait(10)
            return tx.accept_delivery("in time", NOON, "")

    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(write, 0)
        assert inside.wait(10)
        closing = pool.submit(store.close)
        leave.set()
        assert writing.result(10)
        closing.result(10)
    with programs.start().write() as tx:
        assert not tx.accept_delivery("in time", NOON, "")


def test_an_instant_needs_a_zone(store: SqlStore) -> None:
    with store.write() as tx, pytest.raises(ValueError, match="no zone"):
        tx.accept_delivery("key", NOON.replace(tzinfo=None), "")


def test_text_that_is_not_unicode_is_refused_and_nothing_is_stored(store: SqlStore) -> None:
    with store.write() as tx:
        with pytest.raises(ValueError, match="cannot be stored"):
            tx.add_failure(examples.failure(message="half a sign \ud83d"), NOON)
        assert tx.add_failure(examples.failure(message="a whole sign \U0001f600"), NOON)
