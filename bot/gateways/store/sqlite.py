"""The SQLite engine: one file, one connection per thread and one that watches, one writer at a time.

Measured reasons for its shape: a connection shared by threads lets one thread's rollback undo another's
commit; a transaction that reads first and writes later fails at once with "database is locked" when somebody
wrote in between, whatever the timeout, so writers begin as writers (`BEGIN IMMEDIATE`); and SQLite's own
waiting is unfair (up to a second at 8 threads), so within the process a lock comes before it.
"""

import itertools
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from bot.domain.errors import StoreError
from bot.domain.sentence import say
from bot.gateways.store.engine import Row, Value
from bot.gateways.store.migrations import MIGRATIONS, Migration
from bot.gateways.store.process_names import has_died_here
from bot.gateways.store.session import BoundSession, OneAtATime
from bot.gateways.store.sqlite_backup import copy, examine
from bot.gateways.store.sqlite_connection import PATIENCE_SECONDS, connect
from bot.gateways.store.sqlite_errors import BUSY_CODES, primary_code, refusal, translated
from bot.gateways.store.sqlite_restore import restore
from bot.gateways.store.sqlite_tables import check_ready, prepare

T = TypeVar("T")

_READING = "BEGIN"


class SqliteSession(BoundSession):
    """One open transaction on one connection."""

    def __init__(self, database: Database, path: Path) -> None:
        super().__init__()
        self._database = database
        self._path = path

    def _fetch(self, statement: str, parameters: dict[str, Value]) -> list[Row]:
        try:
            # `Database.query` would put a savepoint around each statement: three statements for one.
            cursor = self._database.execute(statement, parameters)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except sqlite3.Error as error:
            raise refusal(error, self._path) from error


_numbers = itertools.count(1)


class _Connection:
    """A connection. Whoever uses or closes it holds `in_use`.

    Attributes:
        number: tells it from any other of this process, earlier ones included.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.in_use = threading.Lock()
        self.number = next(_numbers)


class SqliteEngine:
    """A database in one file. Constructing touches nothing; `open` does.

    Attributes:
        path: the file; beside it SQLite keeps `-wal` and `-shm` while it is in use.
    """

    def __init__(
        self,
        path: Path,
        migrations: tuple[Migration, ...] = MIGRATIONS,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self.path = path
        self._migrations = migrations
        self._patience_seconds = patience_seconds
        self._write_lock = threading.Lock()
        self._here = OneAtATime()
        self._local = threading.local()
        self._registry_lock = threading.Lock()
        self._opened = False
        self._connections: dict[threading.Thread, _Connection] = {}
        self._watching: _Connection | None = None

    # --- Life -------------------------------------------------------------------------------------

    def open(self) -> None:
        """Create the file if it is missing and apply pending migrations; several processes may at once.

        Raises:
            StoreError: the file cannot be used as it is; it is left as it was.
        """
        deadline = time.monotonic() + self._patience_seconds
        while not self._opened:
            try:
                self._begin_to_use(prepare, create=True)
            except sqlite3.Error as error:
                # Switching to WAL ignores the timeout of the connection, so several starters need this.
                if primary_code(error) not in BUSY_CODES or time.monotonic() > deadline:
                    raise refusal(error, self.path) from error
                time.sleep(random.uniform(0.002, 0.02))  # noqa: S311 - spreads starters, keeps no secret

    def open_as_it_is(self) -> None:
        """Connect to a file that this version has made ready before; nothing is created or changed.

        Raises:
            StoreError: there is no such file, or it is not one of this version.
        """
        if not self.path.exists():
            raise StoreError(f"There is no database {self.path}: name the one that `store.url` names.")
        with translated(self.path):
            self._begin_to_use(check_ready, create=False)

    def _begin_to_use(
        self, look: Callable[[Database, Path, tuple[Migration, ...]], None], *, create: bool
    ) -> None:
        database = connect(self.path, create=create, patience_seconds=self._patience_seconds)
        try:
            look(database, self.path, self._migrations)
        except BaseException:
            database.close()
            raise
        with self._registry_lock:
            self._opened = True
        self._adopt(database)

    def close(self) -> None:
        """Close every connection of every thread, each after its transaction has ended."""
        self._here.refuse_another()
        with self._registry_lock:
            self._opened = False
            connections = [*self._connections.values(), *filter(None, [self._watching])]
            self._connections.clear()
            self._watching = None
            self._local = threading.local()
        for connection in connections:
            with connection.in_use:
                connection.database.close()

    # --- Transactions -----------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[SqliteSession]:
        """Open a transaction that sees one consistent picture and never waits for a writer."""
        with self._transaction(_READING) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[SqliteSession]:
        """Open a transaction that is alone in writing, in this process and in others."""
        self._here.refuse_another()
        if not self._write_lock.acquire(timeout=self._patience_seconds):
            raise StoreError(
                say(
                    "A part of mcsync has kept {path} locked for {seconds} seconds: "
                    "try again, and restart mcsync if it stays so.",
                    path=str(self.path),
                    seconds=f"{self._patience_seconds:.0f}",
                )
            )
        try:
            with self._transaction("BEGIN IMMEDIATE") as session:
                yield session
        finally:
            self._write_lock.release()

    def brief(self, task: Callable[[SqliteSession], T]) -> T:
        """Run *task* in a transaction; a file has one writer at a time in any case."""
        with self.writing() as session:
            return task(session)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[SqliteSession]:
        self._here.refuse_another()
        connection = self._connection()
        with connection.in_use:
            if not self._opened:
                raise self._not_open()
            self._here.inside = True
            try:
                with translated(self.path):
                    connection.database.execute(begin)
                session = SqliteSession(connection.database, self.path)
                yield session
                session.end()
                with translated(self.path):
                    connection.database.commit()
            finally:
                self._here.inside = False
                self._roll_back(connection)

    def _roll_back(self, connection: _Connection) -> None:
        try:
            connection.database.rollback()  # does nothing after a commit
        except sqlite3.Error:
            # Closing rolls back as well; the error that brought us here says more than this one.
            self._forget(connection)

    def _not_open(self) -> StoreError:
        return StoreError(
            say("{path} is not open: mcsync has not started yet, or is stopping.", path=str(self.path))
        )

    def revision(self) -> str:
        """Name what is committed now; while the name stays the same, nothing was committed in between.

        SQLite's `data_version` tells a connection of everybody else's commits. One that never writes is
        asked by all threads: so they have one name for one content, and what one of them made serves all.
        """
        self._here.refuse_another()
        connection = self._watching or self._watch()
        with connection.in_use:
            if not self._opened:
                raise self._not_open()
            with translated(self.path):
                (version,) = connection.database.conn.execute("PRAGMA data_version").fetchone()
            return f"{connection.number}:{version}"

    def _watch(self) -> _Connection:
        if not self._opened:
            raise self._not_open()
        with translated(self.path):
            database = connect(self.path, patience_seconds=self._patience_seconds)
        with self._registry_lock:
            if self._watching is None and self._opened:
                self._watching = _Connection(database)
                return self._watching
            there = self._watching
        database.close()
        if there is None:
            raise self._not_open()
        return there

    # --- Connections ------------------------------------------------------------------------------

    def _connection(self) -> _Connection:
        known: _Connection | None = getattr(self._local, "connection", None)
        if known is not None:
            return known
        if not self._opened:
            raise self._not_open()
        with translated(self.path):
            database = connect(self.path, patience_seconds=self._patience_seconds)
        return self._adopt(database)

    def _adopt(self, database: Database) -> _Connection:
        connection = _Connection(database)
        with self._registry_lock:
            if not self._opened:
                database.close()
                raise self._not_open()
            for thread in [thread for thread in self._connections if not thread.is_alive()]:
                self._connections.pop(thread).database.close()
            self._connections[threading.current_thread()] = connection
            self._local.connection = connection
        return connection

    def _forget(self, connection: _Connection) -> None:
        with self._registry_lock:
            self._connections.pop(threading.current_thread(), None)
            self._local.connection = None
        connection.database.close()

    # --- Replicas ---------------------------------------------------------------------------------

    def time(self) -> None:
        """Tell nothing: whoever shares a file shares the machine's clock."""

    def attend(self, owner: str) -> None:
        """Do nothing: the name of a process tells how to look for it."""

    def gone(self, owners: Iterable[str]) -> tuple[str, ...]:
        """Tell which of *owners* were processes of this machine that are no more."""
        return tuple(owner for owner in owners if has_died_here(owner))

    # --- Care -------------------------------------------------------------------------------------

    def backup(self, path: Path) -> None:
        """Copy the database to *path* while it is in use; a file there is replaced at the end.

        Raises:
            StoreError: the copy could not be made; a file at *path* is as it was.
        """
        copy(self.path, path)

    def restore(self, backup: Path) -> Path | None:
        """Put a copy of *backup* in the place of the file, which must not be in use.

        Returns:
            Where the former file is now, `None` if there was none.

        Raises:
            StoreError: the backup is not a sound one, or the file is in use; nothing was changed.
        """
        return restore(backup, self.path, self._migrations)

    def flaws(self) -> tuple[str, ...]:
        """Let SQLite examine the whole file; name what is damaged, nothing when it is sound."""
        return examine(self.path)
