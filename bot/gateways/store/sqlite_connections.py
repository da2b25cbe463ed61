"""The open connections to one SQLite file: one per thread that reads, and those that all threads share.

A connection that writes alone keeps the pages in its cache true; one per thread would read them anew whenever
another thread has written. Whoever uses or closes a connection holds its `in_use`.
"""

import itertools
import threading
from enum import Enum
from pathlib import Path

from sqlite_utils import Database

from bot.domain.errors import StoreError
from bot.domain.sentence import say
from bot.gateways.store.sqlite_connection import connect
from bot.gateways.store.sqlite_errors import translated

_numbers = itertools.count(1)


class Role(Enum):
    """What a connection that all threads share is for."""

    WRITING = "writing"
    WATCHING = "watching"


class Connection:
    """A connection.

    Attributes:
        database: open, until it is closed.
        bare: the same, without the comforts of sqlite-utils.
        in_use: held by whoever uses or closes it.
        number: tells it from any other of this process, earlier ones included.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.bare = database.conn
        self.in_use = threading.Lock()
        self.number = next(_numbers)


class Connections:
    """Opens them when they are needed first. Constructing touches nothing.

    Args:
        path: the file.
        patience_seconds: how long a statement waits for another process.

    Attributes:
        opened: whether the file may be used.
        own: the connections for reading, by thread.
        shared: the connections of all threads.
    """

    def __init__(self, path: Path, patience_seconds: float) -> None:
        self._path = path
        self._patience_seconds = patience_seconds
        self._lock = threading.Lock()
        self._local = threading.local()
        self.opened = False
        self.own: dict[threading.Thread, Connection] = {}
        self.shared: dict[Role, Connection] = {}

    def begin(self, database: Database) -> None:
        """Allow the file to be used from now on, by this thread through *database*."""
        with self._lock:
            self.opened = True
        self._adopt(database)

    def close(self) -> None:
        """Close all of them, each after its transaction has ended."""
        with self._lock:
            self.opened = False
            connections = [*self.own.values(), *self.shared.values()]
            self.own.clear()
            self.shared.clear()
            self._local = threading.local()
        for connection in connections:
            with connection.in_use:
                connection.database.close()

    def for_reading(self) -> Connection:
        """Find this thread's connection.

        Raises:
            StoreError: the file is not open, or cannot be opened.
        """
        known: Connection | None = getattr(self._local, "connection", None)
        return known or self._adopt(self._connect())

    def common(self, role: Role) -> Connection:
        """Find a connection that all threads share.

        Raises:
            StoreError: the file is not open, or cannot be opened.
        """
        return self.shared.get(role) or self._share(role, self._connect())

    def forget(self, connection: Connection) -> None:
        """Close a connection that is of no use any more; another will take its place."""
        with self._lock:
            for role in [role for role, one in self.shared.items() if one is connection]:
                del self.shared[role]
            if self.own.get(threading.current_thread()) is connection:
                del self.own[threading.current_thread()]
                self._local.connection = None
        connection.database.close()

    def check_open(self) -> None:
        """See that the file may be used.

        Raises:
            StoreError: it may not.
        """
        if not self.opened:
            raise self._not_open()

    def _not_open(self) -> StoreError:
        return StoreError(
            say("{path} is not open: mcsync has not started yet, or is stopping.", path=str(self._path))
        )

    def _connect(self) -> Database:
        self.check_open()
        with translated(self._path):
            return connect(self._path, patience_seconds=self._patience_seconds)

    def _adopt(self, database: Database) -> Connection:
        with self._lock:
            if self.opened:
                for thread in [thread for thread in self.own if not thread.is_alive()]:
                    self.own.pop(thread).database.close()
                connection = self.own[threading.current_thread()] = Connection(database)
                self._local.connection = connection
                return connection
        database.close()
        raise self._not_open()

    def _share(self, role: Role, database: Database) -> Connection:
        with self._lock:
            if self.opened and role not in self.shared:
                connection = self.shared[role] = Connection(database)
                return connection
            there = self.shared.get(role)
        # Another thread was quicker, or the file is closed.
        database.close()
        if there is None:
            raise self._not_open()
        return there
