"""The SQLite engine: connections, threads, and what happens when a statement fails."""

import gc
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.errors import StoreError
from bot.gateways.store import create_store
from bot.gateways.store.sql_store import SqlStore
from bot.gateways.store.sqlite import SqliteEngine
from bot.gateways.store.sqlite_connections import Role
from tests.contract.stores import in_threads
from tests.gateways.store import examples
from tests.gateways.store.examples import NOON


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mcsync.db"


@pytest.fixture
def engine(path: Path) -> Iterator[SqliteEngine]:
    found = SqliteEngine(path, patience_seconds=0.05)
    found.open()
    yield found
    found.close()


@pytest.fixture
def store(engine: SqliteEngine) -> SqlStore:
    return SqlStore(engine)


def test_constructing_touches_nothing(path: Path) -> None:
    create_store(f"sqlite:///{path}")
    assert list(path.parent.iterdir()) == []


def test_a_closed_store_is_one_file(store: SqlStore, path: Path) -> None:
    with store.write() as tx:
        tx.record(examples.deed())
    store.close()
    store.close()
    assert list(path.parent.iterdir()) == [path]


def test_every_connection_is_durable_against_a_loss_of_power(engine: SqliteEngine) -> None:
    def modes(_: int) -> tuple[object, object]:
        with engine.reading() as session:
            (journal,) = session.rows("PRAGMA journal_mode")
            (synchronous,) = session.rows("PRAGMA synchronous")
        return journal["journal_mode"], synchronous["synchronous"]

    full = 2
    assert {modes(0), *in_threads(2, modes)} == {("wal", full)}


def test_closing_closes_the_connections_of_all_threads(path: Path) -> None:
    store = create_store(f"sqlite:///{path}")
    store.open()
    used, closed = threading.Barrier(4), threading.Event()

    def use() -> None:
        with store.read() as tx:
            tx.incidents()
        used.wait(10)
        assert closed.wait(10)

    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    used.wait(10)
    store.close()
    # No `-wal` is left only when the last connection was closed.
    assert list(path.parent.iterdir()) == [path]
    closed.set()
    for thread in threads:
        thread.join()
    gc.collect()  # an unclosed connection would be a ResourceWarning, which is an error here


def test_threads_that_ended_leave_no_connection_behind(engine: SqliteEngine) -> None:
    def look() -> None:
        with engine.reading() as session:
            session.rows("SELECT 1 AS one")

    for _ in range(5):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    # This thread's, and the last one's, which the next new thread tidies up.
    assert len(engine._connections.own) == 2


def test_a_file_that_was_taken_away_is_noticed(store: SqlStore, path: Path) -> None:
    path.rename(path.with_name("elsewhere.db"))

    def look(_: int) -> None:
        with pytest.raises(StoreError, match="cannot be opened"), store.read():
            pass

    in_threads(1, look)
    assert not path.exists()


INSERT = "INSERT INTO deliveries (key, at, body) VALUES (:key, 1, '') RETURNING key"
REFUSED = "DELETE FROM audit RETURNING sequence"


def test_a_failed_statement_that_is_ignored_still_undoes_the_transaction(engine: SqliteEngine) -> None:
    with engine.writing() as session:
        session.rows("INSERT INTO audit VALUES (1, '', '', '') RETURNING sequence")

    def go_on_regardless() -> None:
        with engine.writing() as session:
            session.rows(INSERT, {"key": "before"})
            with pytest.raises(StoreError, match="rows of audit are never removed"):
                session.rows(REFUSED)
            with pytest.raises(StoreError, match="rows of audit are never removed"):
                session.rows(INSERT, {"key": "after"})

    with pytest.raises(StoreError, match="rows of audit are never removed"):
        go_on_regardless()
    with engine.reading() as session:
        assert session.rows("SELECT key FROM deliveries") == []


def test_a_connection_that_cannot_even_roll_back_is_replaced(engine: SqliteEngine) -> None:
    def lose_the_connection() -> None:
        with engine.writing() as session:
            session.rows(INSERT, {"key": "lost"})
            # As a disk that went away would leave it.
            engine._connections.shared[Role.WRITING].database.close()
            session.rows(INSERT, {"key": "refused"})

    with pytest.raises(StoreError, match="closed database"):
        lose_the_connection()
    with engine.writing() as session:
        assert session.rows("SELECT key FROM deliveries") == []
        assert session.rows(INSERT, {"key": "new"}) == [{"key": "new"}]


def test_damage_inside_the_file_is_named(store: SqlStore, path: Path) -> None:
    with store.write() as tx:
        for number in range(40):
            tx.accept_delivery(str(number), NOON, "x" * 4000)
    assert store.flaws() == ()
    assert store.damage() == ()
    store.close()
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = b"\xff" * (len(content) - len(content) // 2)
    path.write_bytes(content)
    assert store.flaws() != ()
    assert store.damage() != ()


def test_a_value_that_was_tampered_with_is_named(store: SqlStore, path: Path) -> None:
    with store.write() as tx:
        tx.add_incident(examples.incident())
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("""UPDATE incidents SET body = '{"id": 7}'""")
    with store.read() as tx, pytest.raises(StoreError, match="A stored incident cannot be read"):
        tx.incidents()


def test_a_program_that_keeps_the_file_locked_is_named(store: SqlStore, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="Another program keeps"), store.write():
            pass
        with store.read() as tx:
            assert tx.incidents() == ()
        other.execute("ROLLBACK")
    with store.write() as tx:
        assert tx.accept_delivery("still works", NOON, "")


def test_a_file_that_stays_locked_is_named_at_the_start(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        engine = SqliteEngine(path, patience_seconds=0.05)
        with pytest.raises(StoreError, match="Another program keeps"):
            engine.open()
        other.execute("ROLLBACK")
    engine.open()
    engine.close()


def test_a_writer_of_a_fresh_file_only_delays_the_start(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("PRAGMA user_version = 7")
        # The switch to WAL is refused at once while somebody writes, whatever the timeout.
        other.execute("BEGIN IMMEDIATE")
        leave = threading.Timer(0.1, lambda: other.execute("ROLLBACK"))
        leave.start()
        engine = SqliteEngine(path)
        engine.open()
        leave.join()
        with engine.writing() as session:
            assert session.rows(INSERT, {"key": "a"}) == [{"key": "a"}]
        engine.close()


def test_who_waited_while_the_store_was_closed_is_told(engine: SqliteEngine) -> None:
    ready, waiting = threading.Event(), threading.Event()

    def look() -> None:
        with engine.reading():
            ready.set()
        assert waiting.wait(10)
        with engine.reading():
            pass

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look)
        assert ready.wait(10)
        ours = engine._connections.for_reading()
        (connection,) = [one for one in engine._connections.own.values() if one is not ours]
        with connection.in_use:
            waiting.set()
            engine._connections.opened = False
        with pytest.raises(StoreError, match="is not open"):
            looking.result(10)


def test_a_writer_that_stays_too_long_is_named(store: SqlStore) -> None:
    def write(_: int) -> None:
        with pytest.raises(StoreError, match="A part of mcsync has kept"), store.write():
            pass

    with store.write() as tx:
        in_threads(1, write)
        assert tx.accept_delivery("not hurt", NOON, "")
