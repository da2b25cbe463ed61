"""What is kept is as true as what is made anew."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.errors import NotFound
from bot.gateways.store import SqlStore, create_store
from bot.service.kept import Kept
from bot.service.ports import Store

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def counter(store: Store) -> tuple[Callable[[], int], list[int]]:
    """Make a maker that reads the store and counts how often it is asked."""
    made: list[int] = []

    def make() -> int:
        with store.read() as tx:
            made.append(tx.due(NOON))
        return len(made)

    return make, made


def write(store: Store, key: str) -> None:
    with store.write() as tx:
        assert tx.accept_delivery(key, NOON, "body")


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> "SqlStore":
    store = create_store(f"sqlite:///{tmp_path / 'kept.db'}")
    store.open()
    return store


def test_what_was_made_is_given_again_until_something_is_written(store: SqlStore) -> None:
    kept, (make, made) = Kept(store), counter(store)

    assert [kept.get("one", make) for _ in range(3)] == [1, 1, 1]
    write(store, "a")
    assert [kept.get("one", make) for _ in range(3)] == [2, 2, 2]
    assert len(made) == 2
    store.close()


def test_what_another_thread_or_another_program_wrote_counts_as_well(store: SqlStore, tmp_path: Path) -> None:
    other = create_store(f"sqlite:///{tmp_path / 'kept.db'}", unheard_seconds=0.0)
    other.open()
    kept, (make, _) = Kept(other), counter(other)

    assert kept.get("one", make) == 1
    with ThreadPoolExecutor(1) as pool:
        pool.submit(write, other, "by a thread").result()
    assert kept.get("one", make) == 2
    write(store, "by a program")
    assert kept.get("one", make) == 3
    other.close()
    store.close()


def test_different_keys_are_different_things_and_few_are_kept(store: SqlStore) -> None:
    kept, (make, _) = Kept(store, most=2), counter(store)

    assert [kept.get(key, make) for key in ("a", "b", "a", "c", "a", "b")] == [1, 2, 1, 3, 1, 4]
    store.close()


def test_an_error_is_raised_and_not_kept(store: SqlStore) -> None:
    kept, (make, _) = Kept(store), counter(store)

    def fail() -> int:
        raise NotFound("Nothing is named so.")

    with pytest.raises(NotFound):
        kept.get("one", fail)
    assert kept.get("one", make) == 1
    store.close()
