"""Due work against a model so simple that it is surely right, in any order of events."""

import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from bot.domain.due_work import Claim, Work
from bot.gateways.store import create_store
from tests.contract.stores import FRESH, MACHINE_NOON, claim, enqueue
from tests.gateways.store.examples import NOON

EPOCH = NOON.replace(microsecond=0)


@dataclass
class Row:
    """A row of due work; times are seconds."""

    key: str
    due: int
    payload: str
    attempt: int = 0
    holder: Claim | None = None
    lease_until: int = 0
    again: int | None = None

    @property
    def lane(self) -> str:
        return lane_of(self.key)

    @property
    def place(self) -> tuple[int, str]:
        return self.due, self.key


@dataclass
class Model:
    """What the queue should hold, found by looking at every row."""

    rows: dict[str, Row] = field(default_factory=dict)

    def enqueue(self, key: str, due: int, payload: str) -> None:
        row = self.rows.get(key)
        if row is None:
            self.rows[key] = Row(key, due, payload)
            return
        row.payload = payload
        if row.holder is None:
            row.due = min(row.due, due)
        else:
            row.again = due if row.again is None else min(row.again, due)

    def claimable(self, now: int, machine: int, limit: int) -> list[Row]:
        first = []
        for lane in {row.lane for row in self.rows.values()}:
            rows = [row for row in self.rows.values() if row.lane == lane]
            held = [row for row in rows if row.holder is not None]
            if held:
                first += [row for row in held if row.lease_until <= machine]
            else:
                first += sorted((row for row in rows if row.due <= now), key=lambda row: row.place)[:1]
        return sorted(first, key=lambda row: row.place)[:limit]

    def held_by(self, held: Claim) -> Row | None:
        """Find the row that this very claim holds, by identity: what the store must tell by its fence."""
        row = self.rows.get(held.work.key)
        return row if row is not None and row.holder is held else None


def lane_of(key: str) -> str:
    return key[0]


class Queue(RuleBasedStateMachine):
    """The store and the model side by side."""

    engine = "sqlite"
    claims: Bundle[Claim] = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = create_store(FRESH[self.engine](Path(self.folder.name)))
        self.store.open()
        self.model = Model()
        self.now = 0
        self.machine = 0

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(
        key=st.sampled_from(["a1", "a2", "a3", "b1", "b2"]),
        delay=st.integers(-3, 5),
        payload=st.sampled_from(["x", "y"]),
    )
    def ask(self, key: str, delay: int, payload: str) -> None:
        due_at = EPOCH + timedelta(seconds=self.now + delay)
        enqueue(self.store, Work(key, "kind", lane_of(key), due_at, {"payload": payload}))
        self.model.enqueue(key, self.now + delay, payload)

    @rule(
        target=claims,
        owner=st.sampled_from(["one", "two"]),
        lease=st.integers(1, 4),
        limit=st.integers(1, 3),
    )
    def take(self, owner: str, lease: int, limit: int) -> MultipleResults[Claim]:
        expected = self.model.claimable(self.now, self.machine, limit)
        taken = claim(
            self.store,
            EPOCH + timedelta(seconds=self.now),
            owner=owner,
            machine_now=MACHINE_NOON + timedelta(seconds=self.machine),
            lease_seconds=lease,
            limit=limit,
        )
        assert [held.work.key for held in taken] == [row.key for row in expected]
        for held, row in zip(taken, expected, strict=True):
            row.attempt += 1
            row.holder, row.lease_until = held, self.machine + lease
            if row.again is not None and row.again <= self.now:
                row.again = None
            assert held.attempt == row.attempt
            assert held.work.lane == row.lane
            assert held.work.payload == {"payload": row.payload}
            assert held.work.due_at == EPOCH + timedelta(seconds=row.due)
        return multiple(*taken)

    @rule(held=claims)
    def finish(self, held: Claim) -> None:
        row = self.model.held_by(held)
        done = self.store.finish(held, EPOCH + timedelta(seconds=self.now))
        assert done == (row is not None)
        if row is None:
            return
        del self.model.rows[row.key]
        if row.again is not None:
            self.model.enqueue(row.key, max(row.again, self.now), row.payload)

    @rule(held=claims, delay=st.integers(0, 5), payload=st.sampled_from([None, "z"]))
    def postpone(self, held: Claim, delay: int, payload: str | None) -> None:
        row = self.model.held_by(held)
        due_at = EPOCH + timedelta(seconds=self.now + delay)
        done = self.store.postpone(held, due_at, None if payload is None else {"payload": payload})
        assert done == (row is not None)
        if row is None:
            return
        row.holder = None
        row.due = self.now + delay
        if row.again is not None:
            row.due = min(row.due, row.again)
            row.again = None
        elif payload is not None:
            row.payload = payload

    @rule(owner=st.sampled_from(["one", "two"]))
    def give_back(self, owner: str) -> None:
        held = [row for row in self.model.rows.values() if row.holder and row.holder.owner == owner]
        assert self.store.give_back(owner) == len(held)
        for row in held:
            row.holder = None

    @rule(seconds=st.integers(1, 4))
    def let_time_pass(self, seconds: int) -> None:
        self.now += seconds

    @rule(seconds=st.integers(1, 4))
    def let_leases_age(self, seconds: int) -> None:
        self.machine += seconds

    @invariant()
    def counts_agree(self) -> None:
        rows = self.model.rows.values()
        upcoming = [row.due for row in rows if row.due > self.now and row.holder is None]
        now = EPOCH + timedelta(seconds=self.now)
        with self.store.read() as tx:
            assert tx.due(now) == sum(row.due <= self.now or row.holder is not None for row in rows)
            assert tx.next_due(now) == (EPOCH + timedelta(seconds=min(upcoming)) if upcoming else None)


@pytest.mark.parametrize("engine", sorted(FRESH))
def test_due_work_behaves_like_its_model(engine: str, tmp_path: Path) -> None:
    FRESH[engine](tmp_path)  # where there is no such database, this skips before anything is open
    machine = type("QueueOfEngine", (Queue,), {"engine": engine})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=40, stateful_step_count=30, deadline=None)
    )
