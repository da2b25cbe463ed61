"""Copies of a SQLite store that is in use."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import StoreError
from bot.gateways.store import SqlStore, create_store
from tests.gateways.store import examples
from tests.gateways.store.examples import NOON


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "live"
    folder.mkdir()
    return folder / "mcsync.db"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder / "copy.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    found = create_store(f"sqlite:///{path}")
    found.open()
    yield found
    found.close()


def subjects(path: Path) -> list[str]:
    store = create_store(f"sqlite:///{path}")
    store.open()
    with store.read() as tx:
        found = [entry.deed.subject for entry in tx.audit()]
    store.close()
    return found


def test_a_backup_is_one_file_with_what_was_committed(store: SqlStore, target: Path) -> None:
    with store.write() as tx:
        tx.record(examples.deed("committed"))
    with store.write() as tx:
        tx.record(examples.deed("not yet"))
        store.backup(target)
    assert list(target.parent.iterdir()) == [target]
    # Not in WAL mode, so it can be read where nothing can be written beside it (file format, offset 18).
    assert target.read_bytes()[18:20] == b"\x01\x01"
    assert subjects(target) == ["committed"]
    store.backup(target)
    assert subjects(target) == ["committed", "not yet"]


def test_a_backup_over_the_store_itself_is_refused(store: SqlStore, path: Path) -> None:
    link = path.with_name("link.db")
    link.symlink_to(path)
    for itself in (path, path.parent / ".." / path.parent.name / path.name, link):
        with pytest.raises(StoreError, match="is the database itself"):
            store.backup(itself)
    with store.write() as tx:
        assert tx.accept_delivery("still works", NOON, "")


def test_a_backup_into_a_missing_folder_is_refused(store: SqlStore, target: Path) -> None:
    with pytest.raises(StoreError, match="its folder must exist"):
        store.backup(target.parent / "missing" / "copy.db")


def test_a_backup_in_place_of_a_folder_is_refused(store: SqlStore, target: Path) -> None:
    target.mkdir()
    with pytest.raises(StoreError, match="cannot be written: Is a directory"):
        store.backup(target)
    assert list(target.parent.iterdir()) == [target]


def test_a_damaged_store_does_not_replace_a_good_backup(store: SqlStore, path: Path, target: Path) -> None:
    with store.write() as tx:
        tx.record(examples.deed("good"))
        tx.add_failure(examples.failure(), NOON + timedelta(hours=1))
    store.backup(target)
    store.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        # An index over another column than the table's rows say: each page is well-formed, the whole is not.
        other.execute("PRAGMA writable_schema = on")
        other.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ', at)', ', reported_at)') "
            "WHERE name = 'failures_by_workflow'"
        )
    store.open()
    with pytest.raises(StoreError, match="damaged"):
        store.backup(target)
    assert subjects(target) == ["good"]
    assert list(target.parent.iterdir()) == [target]
