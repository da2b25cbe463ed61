"""Making a SQLite file ours: migrations, strangers, newer versions, append-only tables."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.domain.errors import StoreError
from bot.gateways.store.migrations import MIGRATIONS, Migration
from bot.gateways.store.sql_store import SqlStore
from bot.gateways.store.sqlite import SqliteEngine
from bot.gateways.store.sqlite_tables import prepare
from tests.gateways.store import examples
from tests.gateways.store.child import contents
from tests.gateways.store.examples import NOON
from tests.gateways.store.tampering import damage_pages

LATER = Migration("0900_later", ("CREATE TABLE later (x BIGINT)", "INSERT INTO later (x) VALUES (1)"))
LATEST = Migration("0901_latest", ("INSERT INTO later (x) VALUES (2)",))


@contextmanager
def opened(path: Path, *migrations: Migration) -> Iterator[SqlStore]:
    store = SqlStore(SqliteEngine(path, (*MIGRATIONS, *migrations)))
    store.open()
    try:
        yield store
    finally:
        store.close()


def plainly(path: Path, statement: str) -> list[tuple[object, ...]]:
    """Run a statement as any other program would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return connection.execute(statement).fetchall()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mcsync.db"


def test_an_older_store_is_brought_up_to_date_and_keeps_what_it_holds(path: Path) -> None:
    with opened(path) as store, store.write() as tx:
        tx.add_incident(examples.incident())
    with opened(path, LATER):
        pass
    with opened(path, LATER, LATEST) as store, store.read() as tx:
        assert tx.incident("incident-1") == examples.incident()
    with opened(path, LATER, LATEST):
        pass
    assert plainly(path, "SELECT x FROM later") == [(1,), (2,)]


def test_a_migration_that_fails_leaves_nothing_behind_and_can_be_repeated(path: Path) -> None:
    with opened(path) as store, store.write() as tx:
        tx.add_incident(examples.incident())
    broken = replace(LATEST, statements=(*LATEST.statements, "INSERT INTO missing VALUES (1)"))
    with pytest.raises(StoreError, match="no such table: missing"), opened(path, LATER, broken):
        pass
    assert plainly(path, "SELECT name FROM sqlite_master WHERE name = 'later'") == []
    with opened(path) as store, store.read() as tx:
        assert tx.incident("incident-1") == examples.incident()
    with opened(path, LATER, LATEST):
        pass
    assert plainly(path, "SELECT x FROM later") == [(1,), (2,)]


def test_a_store_of_a_newer_version_is_refused_unchanged(path: Path) -> None:
    with opened(path, LATER):
        pass
    before = contents(path.parent)
    with (
        pytest.raises(StoreError, match=r"newer mcsync \(it knows 0900_later\): run that version"),
        opened(path),
    ):
        pass
    assert contents(path.parent) == before


def test_the_database_of_another_program_is_refused_unchanged(path: Path) -> None:
    plainly(path, "CREATE TABLE recipes (title TEXT)")
    before = contents(path.parent)
    with pytest.raises(StoreError, match=r"another program \(it has the table recipes\)"), opened(path):
        pass
    assert contents(path.parent) == before


def test_a_file_that_is_no_database_is_refused_unchanged(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1000)
    before = contents(path.parent)
    with pytest.raises(StoreError, match="not a SQLite database, or its beginning is damaged"), opened(path):
        pass
    assert contents(path.parent) == before


def test_a_file_with_damaged_pages_is_refused_unchanged(path: Path) -> None:
    with opened(path) as store, store.write() as tx:
        for number in range(2000):
            tx.accept_delivery(str(number), NOON, "body " * 20)
    damage_pages(path, 6)
    before = contents(path.parent)
    with pytest.raises(StoreError) as refused, opened(path):
        pass
    assert str(refused.value) == (
        f"{path} is damaged. Stop mcsync, keep the file aside for inspection and restore the latest backup."
    )
    assert contents(path.parent) == before


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    path.touch()
    with opened(path) as store, store.read() as tx:
        assert tx.incidents() == ()


def test_a_missing_folder_is_named(path: Path) -> None:
    with pytest.raises(StoreError, match="its folder must exist"), opened(path.parent / "missing" / "m.db"):
        pass


def test_a_folder_in_place_of_the_file_is_refused(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StoreError, match="cannot be opened"), opened(path):
        pass


def test_a_file_system_without_shared_memory_is_refused(path: Path) -> None:
    # SQLite on dot-file locks has no shared memory, as on a network drive.
    with closing(
        sqlite3.connect(f"{path.as_uri()}?vfs=unix-dotfile", uri=True, isolation_level=None)
    ) as found:
        database = Database(found, execute_plugins=False)
        with pytest.raises(StoreError, match="put it on a local disk"):
            prepare(database, path, MIGRATIONS)
        assert database.table_names() == []


@pytest.mark.parametrize(
    ("statement", "done"),
    [
        ("UPDATE audit SET digest = 'x' WHERE sequence = 1", "changed"),
        ("UPDATE audit SET sequence = 7 WHERE sequence = 2", "changed"),
        ("DELETE FROM audit WHERE sequence = 2", "removed"),
        ("DELETE FROM audit", "removed"),
    ],
)
def test_nobody_changes_or_removes_an_audit_entry(path: Path, statement: str, done: str) -> None:
    with opened(path) as store:
        with store.write() as tx:
            recorded = tuple(tx.record(examples.deed(str(number))) for number in range(2))
        with pytest.raises(sqlite3.IntegrityError, match=f"rows of audit are never {done}"):
            plainly(path, statement)
        with store.read() as tx:
            assert tx.audit() == recorded
