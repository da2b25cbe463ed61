"""What every store must do, whichever database is below: due work, its leases, and the bell."""

import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from structlog.contextvars import bound_contextvars
from structlog.testing import capture_logs

from bot.gateways.store import SqlStore
from tests.contract.stores import MACHINE_NOON, Programs, claim, enqueue, in_threads, keys
from tests.gateways.store import examples
from tests.gateways.store.examples import NOON

SECOND = timedelta(seconds=1)


def test_work_is_claimed_when_it_is_due(store: SqlStore) -> None:
    enqueue(store, examples.work(due_at=NOON + SECOND, some="text", more="été"))
    assert claim(store, NOON) == []
    (found,) = claim(store, NOON + SECOND)
    assert found.work.key == "poll:prod"
    assert found.work.kind == "poll"
    assert found.work.lane == "campaign:prod"
    assert found.work.payload == {"some": "text", "more": "été"}
    # Columns that hold time know milliseconds.
    assert found.work.due_at == (NOON + SECOND).replace(microsecond=123000)
    assert (found.owner, found.attempt) == ("me", 1)
    assert claim(store, NOON + SECOND) == []


def test_claims_come_oldest_first_and_are_limited(store: SqlStore) -> None:
    for number in (3, 1, 2, 4):
        enqueue(store, examples.work(f"work-{number}", lane=str(number), due_at=NOON + number * SECOND))
    later = NOON + timedelta(minutes=1)
    assert claim(store, later, limit=0) == []
    assert claim(store, later, limit=-1) == []
    assert keys(claim(store, later, limit=2)) == ["work-1", "work-2"]
    assert keys(claim(store, later, limit=9)) == ["work-3", "work-4"]


def test_one_row_of_a_lane_runs_at_a_time_oldest_first(store: SqlStore) -> None:
    enqueue(
        store,
        examples.work("second", lane="a", due_at=NOON - SECOND),
        examples.work("third", lane="a", due_at=NOON),
        examples.work("first", lane="a", due_at=NOON - 2 * SECOND),
        examples.work("elsewhere", lane="b"),
    )
    (first, elsewhere) = claim(store)
    assert keys([first, elsewhere]) == ["first", "elsewhere"]
    assert claim(store) == []
    assert store.finish(first, NOON)
    assert keys(claim(store)) == ["second"]


def test_finished_work_is_gone(store: SqlStore) -> None:
    enqueue(store, examples.work())
    (held,) = claim(store)
    assert store.finish(held, NOON)
    assert not store.finish(held, NOON)
    assert not store.postpone(held, NOON)
    with store.read() as tx:
        assert tx.due(NOON + timedelta(days=1)) == 0


def test_asking_twice_keeps_the_earlier_time_and_the_newer_payload(store: SqlStore) -> None:
    enqueue(store, examples.work(due_at=NOON + 2 * SECOND, order="old"))
    enqueue(store, examples.work(due_at=NOON + 3 * SECOND, order="newer"))
    assert claim(store, NOON + SECOND) == []
    enqueue(store, examples.work(due_at=NOON + SECOND, order="newest"))
    (found,) = claim(store, NOON + SECOND)
    assert found.work.payload == {"order": "newest"}
    assert store.finish(found, NOON + SECOND)
    assert claim(store, NOON + timedelta(days=1)) == []


def test_the_trace_is_that_of_whoever_asked_first_and_whoever_joined_is_told_in_the_log(
    store: SqlStore,
) -> None:
    enqueue(store, examples.work(order="nobody's"))
    with capture_logs() as logs:
        for trace in ("first", "first", "second"):
            with bound_contextvars(trace=trace):
                enqueue(store, examples.work(order=trace))
        enqueue(store, examples.work(order="last"))
    (found,) = claim(store)

    assert (found.trace, found.work.payload) == ("first", {"order": "last"})
    assert [(line["event"], line["key"], line["trace"], line["goes_on_as"]) for line in logs] == [
        ("work.joined", "poll:prod", "second", "first")
    ]


def test_what_is_asked_for_while_it_is_held_has_the_trace_of_whoever_asked_then(store: SqlStore) -> None:
    with bound_contextvars(trace="first"):
        enqueue(store, examples.work())
    (held,) = claim(store)
    with capture_logs() as logs:
        for trace in ("second", "third"):
            with bound_contextvars(trace=trace):
                enqueue(store, examples.work())
    assert held.trace == "first"
    assert store.finish(held, NOON)
    (again,) = claim(store)

    assert again.trace == "second"
    assert [(line["trace"], line["goes_on_as"]) for line in logs] == [("third", "second")]


def test_work_that_is_put_off_keeps_its_trace_whatever_its_payload_becomes(store: SqlStore) -> None:
    with bound_contextvars(trace="first"):
        enqueue(store, examples.work())
    (held,) = claim(store)
    store.postpone(held, NOON, {"order": "another"})

    assert [(one.trace, one.work.payload) for one in claim(store)] == [("first", {"order": "another"})]


def test_what_is_not_written_in_the_end_has_joined_nothing(store: SqlStore) -> None:
    with bound_contextvars(trace="first"):
        enqueue(store, examples.work())

    def ask_in_vain() -> None:
        with store.write() as tx, bound_contextvars(trace="second"):
            tx.enqueue(examples.work())
            raise ZeroDivisionError

    with capture_logs() as logs, pytest.raises(ZeroDivisionError):
        ask_in_vain()
    assert logs == []


def test_a_lane_that_is_put_off_as_a_whole_says_so_to_every_program_and_to_work_that_comes_later(
    programs: Programs,
) -> None:
    one, other = programs.start(), programs.start()
    until = NOON + 30 * SECOND
    enqueue(one, examples.work("first", lane="a"), examples.work("elsewhere", lane="b"))
    elsewhere, first = claim(one)
    assert (first.quiet_until, elsewhere.quiet_until) == (None, None)
    assert one.postpone(first, until, whole_lane=True)
    assert one.finish(elsewhere, NOON)
    enqueue(other, examples.work("later", lane="a"), examples.work("elsewhere", lane="b"))

    told = {found.work.key: found.quiet_until for found in claim(other)}

    assert told == {"elsewhere": None, "later": until.replace(microsecond=123000)}


def test_a_shorter_wait_does_not_end_a_longer_one(store: SqlStore) -> None:
    for key, seconds in (("first", 30), ("second", 10)):
        enqueue(store, examples.work(key, lane="a"))
        (held,) = claim(store)
        store.postpone(held, NOON + seconds * SECOND, whole_lane=True)
    enqueue(store, examples.work("third", lane="a"))
    (found,) = claim(store)

    assert found.quiet_until == (NOON + 30 * SECOND).replace(microsecond=123000)


def test_asked_for_while_it_is_held_it_is_done_once_more(store: SqlStore) -> None:
    enqueue(store, examples.work(order="first"))
    (held,) = claim(store)
    enqueue(store, examples.work(due_at=NOON - SECOND, order="second"))
    enqueue(store, examples.work(due_at=NOON, order="third"))
    assert claim(store) == []
    assert store.finish(held, NOON + SECOND)
    assert claim(store, NOON) == []
    (again,) = claim(store, NOON + SECOND)
    assert again.work.payload == {"order": "third"}
    assert again.attempt == 1
    assert store.finish(again, NOON + SECOND)
    assert claim(store, NOON + timedelta(days=1)) == []


def test_work_that_asks_for_its_own_next_turn_waits_for_it(store: SqlStore) -> None:
    enqueue(store, examples.work())
    (held,) = claim(store)
    enqueue(store, examples.work(due_at=NOON + timedelta(minutes=1)))
    assert store.finish(held, NOON + SECOND)
    assert claim(store, NOON + timedelta(seconds=59)) == []
    assert len(claim(store, NOON + timedelta(minutes=1))) == 1


def test_postponed_work_waits_and_counts_its_attempts(store: SqlStore) -> None:
    enqueue(store, examples.work(order="first"))
    (held,) = claim(store)
    assert store.postpone(held, NOON + SECOND)
    assert not store.postpone(held, NOON)
    assert claim(store) == []
    (second,) = claim(store, NOON + SECOND)
    assert (second.attempt, second.work.payload) == (2, {"order": "first"})
    assert store.postpone(second, NOON + 2 * SECOND, {"order": "second"})
    (third,) = claim(store, NOON + 2 * SECOND)
    assert (third.attempt, third.work.payload) == (3, {"order": "second"})


def test_postponed_work_that_was_asked_for_again_comes_at_the_earlier_time(store: SqlStore) -> None:
    enqueue(store, examples.work(order="first"))
    (held,) = claim(store)
    enqueue(store, examples.work(due_at=NOON + SECOND, order="asked"))
    assert store.postpone(held, NOON + timedelta(hours=1), {"order": "worker's"})
    (second,) = claim(store, NOON + SECOND)
    assert second.work.payload == {"order": "asked"}
    enqueue(store, examples.work(due_at=NOON + timedelta(hours=1)))
    assert store.postpone(second, NOON + 2 * SECOND)
    assert len(claim(store, NOON + 2 * SECOND)) == 1


def test_a_lease_that_ran_out_may_be_taken_by_another(store: SqlStore) -> None:
    enqueue(store, examples.work("slow"), examples.work("waiting", due_at=NOON - timedelta(hours=1)))
    enqueue(store, examples.work("elsewhere", lane="b"))
    first, _ = claim(store, owner="one", limit=2)
    assert first.work.key == "waiting"
    out = MACHINE_NOON + timedelta(seconds=30)
    assert claim(store, owner="two", machine_now=out - SECOND) == []
    (second, _) = claim(store, owner="two", machine_now=out)
    assert (second.work.key, second.owner, second.attempt) == ("waiting", "two", 2)
    # Who lost the lease has no say any more.
    assert not store.finish(first, NOON)
    assert not store.postpone(first, NOON)
    assert store.finish(second, NOON)
    assert keys(claim(store)) == ["slow"]


def test_a_lease_that_ran_out_still_counts_while_nobody_took_it(store: SqlStore) -> None:
    enqueue(store, examples.work())
    (held,) = claim(store, lease_seconds=0.001)
    assert store.finish(held, NOON)


def test_a_broken_lease_goes_before_the_rest_of_its_lane(store: SqlStore) -> None:
    enqueue(store, examples.work("broken"))
    claim(store)
    enqueue(store, examples.work("older", due_at=NOON - timedelta(hours=1)))
    (again,) = claim(store, machine_now=MACHINE_NOON + timedelta(minutes=1))
    assert (again.work.key, again.attempt) == ("broken", 2)


def test_a_late_finish_does_not_end_a_later_life_of_the_same_key(store: SqlStore) -> None:
    enqueue(store, examples.work())
    (late,) = claim(store, lease_seconds=1)
    (second,) = claim(store, machine_now=MACHINE_NOON + SECOND)
    assert store.finish(second, NOON)
    enqueue(store, examples.work())
    (third,) = claim(store)
    assert (third.owner, third.attempt) == (late.owner, late.attempt)
    assert not store.finish(late, NOON)
    assert not store.postpone(late, NOON)
    assert store.finish(third, NOON)


def test_what_an_owner_gives_back_is_due_for_others(store: SqlStore) -> None:
    enqueue(store, *(examples.work(f"work-{number}", lane=str(number)) for number in range(3)))
    mine = claim(store, owner="me", limit=2)
    theirs = claim(store, owner="them")
    assert store.give_back("me") == 2
    assert store.give_back("me") == 0
    assert not any(store.finish(held, NOON) for held in mine)
    assert all(store.finish(held, NOON) for held in theirs)
    again = claim(store, owner="them")
    assert keys(again) == keys(mine)
    assert [held.attempt for held in again] == [2, 2]


def test_what_was_asked_for_again_survives_being_given_back(store: SqlStore) -> None:
    enqueue(store, examples.work())
    claim(store)
    enqueue(store, examples.work(due_at=NOON + timedelta(minutes=1)))
    assert store.give_back("me") == 1
    (second,) = claim(store)
    assert store.finish(second, NOON)
    assert claim(store) == []
    assert len(claim(store, NOON + timedelta(minutes=1))) == 1


def test_due_counts_what_is_due_and_what_is_held(store: SqlStore) -> None:
    minute = timedelta(minutes=1)
    enqueue(
        store,
        examples.work("now", lane="a", due_at=NOON - SECOND),
        examples.work("behind it", lane="a"),
        examples.work("soon", lane="b", due_at=NOON + minute),
        examples.work("later", lane="c", due_at=NOON + 2 * minute),
    )

    def picture(now: datetime) -> tuple[int, datetime | None]:
        with store.read() as tx:
            upcoming = tx.next_due(now)
            return tx.due(now), upcoming and upcoming.replace(microsecond=NOON.microsecond)

    assert picture(NOON) == (2, NOON + minute)
    (held,) = claim(store)
    assert picture(NOON) == (2, NOON + minute)
    # Held work counts even where the clock of rules was turned back.
    assert picture(NOON - minute) == (1, NOON)
    assert picture(NOON + minute) == (3, NOON + 2 * minute)
    assert picture(NOON + 2 * minute) == (4, None)
    assert store.postpone(held, NOON + 3 * minute)
    assert picture(NOON + 2 * minute) == (3, NOON + 3 * minute)


def test_the_next_due_time_is_never_skipped(store: SqlStore) -> None:
    enqueue(store, examples.work(due_at=NOON + timedelta(microseconds=1400)))
    with store.read() as tx:
        upcoming = tx.next_due(NOON)
    assert upcoming is not None
    assert upcoming > NOON.replace(microsecond=123000)
    assert len(claim(store, upcoming)) == 1


def test_many_workers_do_each_work_once_and_one_per_lane(programs: Programs) -> None:
    stores = [programs.start(), programs.start()]
    lanes, each = 5, 8
    enqueue(
        stores[0],
        *(
            examples.work(f"{lane}.{number}", lane=str(lane), due_at=NOON - number * SECOND)
            for lane in range(lanes)
            for number in range(each)
        ),
    )
    running: set[str] = set()
    done: list[str] = []
    guard = threading.Lock()

    def work(number: int) -> None:
        store = stores[number % 2]
        while len(done) < lanes * each:
            for held in claim(store, owner=f"worker-{number}", limit=2):
                with guard:
                    assert held.work.lane not in running
                    running.add(held.work.lane)
                time.sleep(0.0005)  # the work, during which the lane is taken
                with guard:
                    running.remove(held.work.lane)
                    done.append(held.work.key)
                assert store.finish(held, NOON)

    in_threads(6, work)
    assert sorted(done) == sorted(f"{lane}.{number}" for lane in range(lanes) for number in range(each))
    for lane in range(lanes):
        # Within a lane in order, the earliest first.
        numbers = [int(key.split(".")[1]) for key in done if key.startswith(f"{lane}.")]
        assert numbers == sorted(numbers, reverse=True)


# --- The bell -------------------------------------------------------------------------------------


def test_the_bell_rings_after_work_was_asked_for_or_a_lane_became_free(programs: Programs) -> None:
    seen: list[tuple[datetime | None, int]] = []

    def ring(due_at: datetime | None) -> None:
        # Everything is committed, and the store can be used right here.
        with store.read() as tx:
            seen.append((due_at, tx.due(NOON)))

    store = programs.start(ring)
    with store.write() as tx:
        tx.accept_delivery("no work", NOON, "")
    assert seen == []
    later = replace(examples.work("b"), due_at=NOON + SECOND)
    enqueue(store, later, examples.work("a"))
    assert seen == [(NOON, 1)]
    (held,) = claim(store)
    assert len(seen) == 1
    assert store.finish(held, NOON)
    assert seen[1:] == [(None, 0)]
    assert not store.finish(held, NOON)
    assert len(seen) == 2
    (held,) = claim(store, NOON + SECOND)
    assert store.postpone(held, NOON + SECOND)
    assert seen[2:] == [(None, 0)]
    assert not store.postpone(held, NOON)
    assert len(seen) == 3
    claim(store, NOON + SECOND)
    assert store.give_back("me") == 1
    assert len(seen) == 3
    enqueue(store, replace(later, due_at=NOON + 2 * SECOND))
    assert seen[3:] == [(NOON + 2 * SECOND, 0)]


def test_the_bell_does_not_ring_for_what_was_taken_back(programs: Programs) -> None:
    rings: list[datetime | None] = []
    store = programs.start(rings.append)

    def fail() -> None:
        with store.write() as tx:
            tx.enqueue(examples.work())
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert rings == []
