"""Opens connections to PostgreSQL the way we need them, and lends a few of them to many threads.

A connection costs the server a process, so replicas share sparingly: one at a time per transaction, at most
`MOST_CONNECTIONS`. Writers are one after the other anyway.
"""

import threading
import time
from collections.abc import Generator, Mapping
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import StrDumper

from bot.domain.errors import ConfigurationError, StoreError
from bot.domain.sentence import say
from bot.gateways.store.postgres_errors import unreachable

T = TypeVar("T")

Connection = psycopg.Connection[DictRow]

MOST_CONNECTIONS = 8

_CONNECT_SECONDS = 5
_DEFAULTS: Mapping[str, Any] = {
    "application_name": "mcsync",
    "client_encoding": "UTF8",
    "connect_timeout": _CONNECT_SECONDS,
    # A server that vanished without a word is noticed within seconds, not after the system's two hours.
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
}
_SESSION = """
SET synchronous_commit = on;
SET statement_timeout = '15s';
SET idle_in_transaction_session_timeout = '10s';
SET tcp_keepalives_idle = 1;
SET tcp_keepalives_interval = 1;
SET tcp_keepalives_count = 2;
SET lock_timeout = {lock_milliseconds}
"""
"""The server, too, soon lets go of a replica that vanished: it might hold the right to write."""


ANSWER_SECONDS = 16.0
"""How long an answer may take: a little longer than until the server ends a statement by itself, and says
more. One that stands still keeps every connection alive and never answers."""


class _BoundedConnection(psycopg.Connection[DictRow]):
    """A connection that does not wait for ever."""

    def wait(self, gen: PQGen[T], *args: Any, **options: Any) -> T:  # noqa: ANN401 - psycopg's own
        """Wait for an answer, at most `ANSWER_SECONDS`; then the connection is closed."""
        try:
            return super().wait(_bounded(gen, time.monotonic() + ANSWER_SECONDS), *args, **options)
        except _Silent:
            self.pgconn.finish()
            raise


class _Silent(psycopg.OperationalError):
    """The server did not answer in time."""


def _bounded(gen: PQGen[T], deadline: float) -> Generator[Any, Any, T]:
    # psycopg looks in ten times a second, with nothing to read, while there is no answer.
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not ready and time.monotonic() > deadline:
                raise _Silent("no answer in time")
            wanted = gen.send(ready)
    except StopIteration as end:
        answer: T = end.value
        return answer


_LEAVE_IT_OUT = (
    "store.url: leave the password out of the address; set the environment variable MCSYNC_STORE_PASSWORD or "
    "the key store.password_file"
)


class Address:
    """Where the database is and how to get in. Shows no password.

    Attributes:
        place: server and database, for people.
    """

    def __init__(self, url: str, password: str) -> None:
        """Read `store.url`.

        Raises:
            ConfigurationError: *url* cannot be read, or holds a password. The message repeats none of it.
        """
        try:
            found = conninfo_to_dict(url)
        except psycopg.Error:
            raise ConfigurationError(
                ("store.url: write an address such as postgresql://mcsync@db.example.com:5432/mcsync",)
            ) from None
        if "password" in found:
            raise ConfigurationError((_LEAVE_IT_OUT,))
        host = found.get("host") or found.get("hostaddr") or "localhost"
        port = f":{found['port']}" if "port" in found else ""
        self.place = f"{host}{port}/{found.get('dbname') or found.get('user') or ''}"
        self._options = {**_DEFAULTS, **found, **({"password": password} if password else {})}

    def __repr__(self) -> str:
        """Name the place, without how to get in."""
        return f"Address({self.place})"

    def connect(self, lock_seconds: float) -> Connection:
        """Open a connection.

        Args:
            lock_seconds: how long a statement waits for a lock.

        Raises:
            StoreError: the database cannot be reached or does not let us in.
        """
        try:
            connection = _BoundedConnection.connect(**self._options, autocommit=True, row_factory=dict_row)
        except psycopg.Error as error:
            raise unreachable(error, self.place) from None
        try:
            # Whole numbers are 8 bytes and text is text, whatever the value: one statement, one plan.
            connection.adapters.register_dumper(int, Int8Dumper)
            connection.adapters.register_dumper(str, StrDumper)
            connection.execute(_SESSION.format(lock_milliseconds=int(lock_seconds * 1000)))
            if behind_pooler(connection):
                # A prepared statement belongs to a server's session, of which a pooler hands out any.
                connection.prepare_threshold = None
        except psycopg.Error as error:
            connection.close()
            raise unreachable(error, self.place) from None
        return connection


def behind_pooler(connection: Connection) -> bool:
    """Tell whether something between us and the server deals out its sessions, as PgBouncer does."""
    row = connection.execute("SELECT pg_backend_pid() AS pid").fetchone()
    return row is not None and row["pid"] != connection.info.backend_pid


class Pool:
    """A few connections, lent one per transaction. Constructing opens none.

    Args:
        address: where they lead.
        patience_seconds: how long to wait for a free one.
    """

    def __init__(self, address: Address, patience_seconds: float) -> None:
        self._address = address
        self._patience_seconds = patience_seconds
        self._changed = threading.Condition()
        self._idle: list[Connection] = []
        self._lent = 0
        self._opened = False

    @property
    def opened(self) -> bool:
        """Whether connections are lent."""
        return self._opened

    def open(self, first: Connection) -> None:
        """Lend from now on, *first* among others."""
        with self._changed:
            self._opened = True
            self._idle.append(first)

    def close(self) -> None:
        """Close every connection, each after its transaction has ended."""
        with self._changed:
            self._opened = False
            self._changed.wait_for(lambda: self._lent == 0, self._patience_seconds)
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def take(self) -> Connection:
        """Lend a connection, the one used last, or a new one.

        Raises:
            StoreError: not open, none became free, or a new one cannot be opened.
        """
        place = self._address.place
        with self._changed:
            free = self._changed.wait_for(
                lambda: not self._opened or self._lent < MOST_CONNECTIONS, self._patience_seconds
            )
            if not self._opened:
                raise StoreError(
                    say(
                        "The database {place} is not open: mcsync has not started yet, or is stopping.",
                        place=place,
                    )
                )
            if not free:
                raise StoreError(
                    say(
                        "Every connection to the database {place} has been busy for {seconds} seconds: "
                        "try again, and restart mcsync if it stays so.",
                        place=place,
                        seconds=f"{self._patience_seconds:.0f}",
                    )
                )
            self._lent += 1
            connection = self._idle.pop() if self._idle else None
        if connection is not None:
            return connection
        try:
            return self._address.connect(self._patience_seconds)
        except BaseException:
            self._returned()
            raise

    def give(self, connection: Connection) -> None:
        """Take a connection back; it is kept when it can be used again."""
        idle = psycopg.pq.TransactionStatus.IDLE
        if connection.closed or connection.info.transaction_status is not idle:
            connection.close()
        self._returned(connection)

    def forget_idle(self) -> None:
        """Close what lies idle: where one connection was lost, the others were too."""
        with self._changed:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _returned(self, connection: Connection | None = None) -> None:
        with self._changed:
            self._lent -= 1
            keep = connection is not None and not connection.closed
            if keep and self._opened and connection is not None:
                self._idle.append(connection)
            self._changed.notify_all()
        if connection is not None and not self._opened:
            connection.close()
