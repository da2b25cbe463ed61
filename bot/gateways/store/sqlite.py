"""The SQLite engine: one file, one writer at a time, and readers who wait for nobody.

Measured reasons for its shape: a connection that threads use at once lets one thread's rollback undo
another's commit; a transaction that reads first and writes later fails at once with "database is locked" when
somebody wrote in between, whatever the timeout, so writers begin as writers (`BEGIN IMMEDIATE`); and SQLite's
own waiting is unfair (up to a second at 8 threads), so within the process a lock comes before it.
"""

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
from bot.gateways.store.sqlite_backup import copy, examine, look_over
from bot.gateways.store.sqlite_connection import PATIENCE_SECONDS, connect
from bot.gateways.store.sqlite_connections import Connection, Connections, Role
from bot.gateways.store.sqlite_errors import BUSY_CODES, primary_code, refusal, translated
from bot.gateways.store.sqlite_restore import restore
from bot.gateways.store.sqlite_tables import check_ready, prepare

T = TypeVar("T")


class SqliteSession(BoundSession):
    """One open transaction on one connection."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        super().__init__()
        self._connection = connection
        self._path = path

    def _fetch(self, statement: str, parameters: dict[str, Value]) -> list[Row]:
        try:
            # `Database.query` would put a savepoint around each statement: three statements for one.
            cursor = self._connection.execute(statement, parameters)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except sqlite3.Error as error:
            raise refusal(error, self._path) from error


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
        self._connections = Connections(path, patience_seconds)

    # --- Life -------------------------------------------------------------------------------------

    def open(self) -> None:
        """Create the file if it is missing and apply pending migrations; several processes may at once.

        Raises:
            StoreError: the file cannot be used as it is; it is left as it was.
        """
        deadline = time.monotonic() + self._patience_seconds
        while not self._connections.opened:
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
        self._connections.begin(database)

    def close(self) -> None:
        """Close every connection of every thread, each after its transaction has ended."""
        self._here.refuse_another()
        self._connections.close()

    # --- Transactions -----------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[SqliteSession]:
        """Open a transaction that sees one consistent picture and never waits for a writer."""
        with self._transaction("BEGIN", self._connections.for_reading) as session:
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
            with self._transaction("BEGIN IMMEDIATE", self._writing_connection) as session:
                yield session
        finally:
            self._write_lock.release()

    def brief(self, task: Callable[[SqliteSession], T]) -> T:
        """Run *task* in a transaction; a file has one writer at a time in any case."""
        with self.writing() as session:
            return task(session)

    def _writing_connection(self) -> Connection:
        return self._connections.common(Role.WRITING)

    @contextmanager
    def _transaction(self, begin: str, choose: Callable[[], Connection]) -> Iterator[SqliteSession]:
        self._here.refuse_another()
        connection = choose()
        with connection.in_use:
            self._connections.check_open()
            self._here.inside = True
            try:
                with translated(self.path):
                    connection.bare.execute(begin)
                session = SqliteSession(connection.bare, self.path)
                yield session
                session.end()
                with translated(self.path):
                    connection.bare.commit()
            finally:
                self._here.inside = False
                self._roll_back(connection)

    def _roll_back(self, connection: Connection) -> None:
        try:
            connection.bare.rollback()  # does nothing after a commit
        except sqlite3.Error:
            # Closing rolls back as well; the error that brought us here says more than this one.
            self._connections.forget(connection)

    def revision(self) -> str:
        """Name what is committed now; while the name stays the same, nothing was committed in between.

        SQLite's `data_version` tells a connection of everybody else's commits. One that never writes is
        asked by all threads: so they have one name for one content, and what one of them made serves all.
        """
        self._here.refuse_another()
        connection = self._connections.common(Role.WATCHING)
        with connection.in_use:
            self._connections.check_open()
            with translated(self.path):
                (version,) = connection.bare.execute("PRAGMA data_version").fetchone()
            return f"{connection.number}:{version}"

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

    def damage(self) -> tuple[str, ...]:
        """Let SQLite look at every page; name what is damaged, nothing when it is sound."""
        return look_over(self.path)
