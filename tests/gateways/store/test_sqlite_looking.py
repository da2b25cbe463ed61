"""Looking at a database that may be evidence: nothing is created, made ready or changed."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.audit import DamagedEntry, Seal
from bot.domain.errors import StoreError
from bot.gateways.store import SqlStore, create_store
from bot.gateways.store.migrations import MIGRATIONS, Migration
from bot.gateways.store.sqlite import SqliteEngine
from tests.gateways.store import examples
from tests.gateways.store.examples import NOON
from tests.gateways.store.tampering import overwrite, tampered

LATER = Migration("0900_later", ("CREATE TABLE later (x BIGINT)",))


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    """Give a database with three entries, the last one sealed."""
    path = tmp_path / "mcsync.db"
    store = create_store(f"sqlite:///{path}")
    store.open()
    with store.write() as tx:
        entries = [tx.record(examples.deed(f"subject-{number}")) for number in range(3)]
        tx.add_seal(Seal(3, entries[-1].digest, NOON))
    store.close()
    return path


def look(path: Path, *migrations: Migration) -> SqlStore:
    store = SqlStore(SqliteEngine(path, (*MIGRATIONS, *migrations)))
    store.open_as_it_is()
    return store


def test_what_was_written_is_read_and_the_file_stays_as_it_was(path: Path) -> None:
    before = path.read_bytes()

    store = look(path)
    with store.read() as reading:
        assert len(reading.audit_trail()) == 3
    store.close()

    assert path.read_bytes() == before


def test_a_running_program_does_not_mind(path: Path) -> None:
    running = create_store(f"sqlite:///{path}")
    running.open()
    store = look(path)
    with running.write() as tx:
        tx.record(examples.deed("while somebody looks"))
    with store.read() as reading:
        assert reading.last_entry() == 4
    store.close()
    running.close()


def test_no_file_is_created(tmp_path: Path) -> None:
    missing = tmp_path / "missing.db"

    with pytest.raises(StoreError, match=r"There is no database .*missing\.db"):
        look(missing)

    assert list(tmp_path.iterdir()) == []


def test_an_older_one_and_an_empty_one_are_left_alone(path: Path, tmp_path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(StoreError, match="was written by an older mcsync"):
        look(path, LATER)
    assert path.read_bytes() == before

    empty = tmp_path / "empty.db"
    empty.touch()
    with pytest.raises(StoreError, match="is empty"):
        look(empty)
    assert empty.read_bytes() == b""


def test_a_newer_one_and_somebody_elses_are_refused(path: Path, tmp_path: Path) -> None:
    newer = SqlStore(SqliteEngine(path, (*MIGRATIONS, LATER)))
    newer.open()
    newer.close()
    with pytest.raises(StoreError, match="newer mcsync"):
        look(path)

    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE people (name TEXT)")
    with pytest.raises(StoreError, match="belongs to another program"):
        look(foreign)


def test_something_else_than_a_database_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.db"
    text.write_text("no database at all" * 100)

    with pytest.raises(StoreError, match="not a SQLite database"):
        look(text)


@pytest.mark.parametrize("body", ["{}", "no JSON", '{"at": 7}', ""])
def test_an_entry_that_cannot_be_read_is_handed_over_as_damaged(
    path: Path, tmp_path: Path, body: str
) -> None:
    copy = tampered(path, tmp_path / "copy.db", overwrite("audit", "body", 2, body))

    store = look(copy)
    with store.read() as reading:
        first, second, third = reading.audit_trail()
        with pytest.raises(StoreError, match="audit entry cannot be read"):
            reading.audit()
    store.close()

    assert second == DamagedEntry(2, first.digest, third.previous)


def test_a_number_that_is_none_is_handed_over_as_damaged(path: Path, tmp_path: Path) -> None:
    copy = tampered(path, tmp_path / "copy.db", overwrite("audit", "sequence", 2, "second"))

    store = look(copy)
    with store.read() as reading:
        assert [entry.sequence for entry in reading.audit_trail()] == [1, 3, 0]
    store.close()


@pytest.mark.parametrize(
    ("column", "value"), [("body", "no JSON"), ("sequence", 2), ("body", '{"sequence":4,"digest":"","at":0}')]
)
def test_a_seal_that_was_tampered_with_is_handed_over_without_a_digest(
    path: Path, tmp_path: Path, column: str, value: object
) -> None:
    copy = tampered(path, tmp_path / "copy.db", overwrite("seals", column, 3, value))

    store = look(copy)
    with store.read() as reading:
        (seal,) = reading.seals()
    store.close()

    assert seal.digest == ""


@pytest.mark.parametrize("table", ["audit", "seals"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET body = ''", "DELETE FROM {}"])
def test_the_rows_of_the_record_and_its_seals_are_guarded(path: Path, table: str, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError, match="never"):
        connection.execute(statement.format(table))
