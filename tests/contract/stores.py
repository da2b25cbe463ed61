"""Databases for the contract tests, and programs on them.

A further database joins by one line in `FRESH`: how to get the address of an empty one.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from bot.domain.due_work import Claim, Work
from bot.gateways.store import SqlStore, create_store
from bot.service.ports import Store
from tests.gateways.store.examples import NOON
from tests.postgres import fresh_url

T = TypeVar("T")

FRESH: dict[str, Callable[[Path], str]] = {
    "sqlite": lambda folder: f"sqlite:///{folder / 'mcsync.db'}",
    "postgresql": lambda _: fresh_url(),
}
"""The address of an empty database, by engine; the folder is empty and the test's own."""

MACHINE_NOON = datetime(2031, 5, 5, 12, 0, tzinfo=UTC)
"""Machine time, far from rule time, so that mixing them up is noticed."""


class Programs:
    """Several programs on one database, as replicas are; each is closed in the end."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._stores: list[SqlStore] = []

    def start(
        self,
        on_commit_of_work: Callable[[datetime | None], None] | None = None,
        *,
        unheard_seconds: float = 0.0,
    ) -> SqlStore:
        """Start a program; it hears at once of what others commit unless *unheard_seconds* says otherwise."""
        store = create_store(self._url, on_commit_of_work, unheard_seconds=unheard_seconds)
        self._stores.append(store)
        store.open()
        return store

    def close(self) -> None:
        for store in self._stores:
            store.close()


def in_threads(count: int, task: Callable[[int], T]) -> list[T]:
    """Run *task* in *count* threads that all begin at once."""
    gate = threading.Barrier(count)

    def begin(number: int) -> T:
        gate.wait(10)
        return task(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))


def enqueue(store: Store, *works: Work) -> None:
    with store.write() as tx:
        for work in works:
            tx.enqueue(work)


def claim(
    store: Store,
    now: datetime = NOON,
    *,
    owner: str = "me",
    machine_now: datetime = MACHINE_NOON,
    lease_seconds: float = 30,
    limit: int = 100,
) -> list[Claim]:
    return list(store.claim(owner, now, machine_now, lease_seconds, limit))


def keys(claims: list[Claim]) -> list[str]:
    return [held.work.key for held in claims]
