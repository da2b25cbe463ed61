"""The PostgreSQL engine: any number of processes on any number of machines share one schema.

Whoever reads and then writes is alone in writing, by one lock that ends with the transaction: the use cases
count on it as they do on SQLite, and so does the audit chain, which has one end. What needs no such picture,
because each statement is whole by itself (claiming, finishing), locks rows only, and is run again when two of
them met.

The lock comes before the first look, at READ COMMITTED: a picture taken at BEGIN would be older than the
lock.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import psycopg

from bot.domain.errors import StoreError
from bot.gateways.store import postgres_tables, postgres_text
from bot.gateways.store.engine import Row, Session, Value
from bot.gateways.store.migrations import MIGRATIONS, Migration
from bot.gateways.store.postgres_connections import Address, Connection, Pool
from bot.gateways.store.postgres_errors import is_lost, may_be_repeated, refusal
from bot.gateways.store.postgres_presence import Presence, lock_key
from bot.gateways.store.session import BoundSession, OneAtATime

T = TypeVar("T")

PATIENCE_SECONDS = 10.0
"""How long to wait for a lock or for a free connection before saying so."""

_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_BRIEF = "BEGIN ISOLATION LEVEL READ COMMITTED"
_ALONE = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({key})"
_MOST_TRIES = 6


class PostgresSession(BoundSession):
    """One open transaction on one connection."""

    def __init__(self, connection: Connection, place: str) -> None:
        super().__init__()
        self._connection = connection
        self._place = place

    @property
    def may_be_repeated(self) -> bool:
        """Whether a statement failed in a way that another try may not."""
        cause = self.failure.__cause__ if self.failure else None
        return isinstance(cause, psycopg.Error) and may_be_repeated(cause)

    def _fetch(self, statement: str, parameters: dict[str, Value]) -> list[Row]:
        try:
            text = postgres_text.statement(statement).encode()
            return list(self._connection.execute(text, parameters).fetchall())
        except psycopg.Error as error:
            raise refusal(error, self._place) from error


class _Again(Exception):
    """The transaction was surely taken back and may be run again."""


class PostgresEngine:
    """A schema in a PostgreSQL database. Constructing touches nothing; `open` does.

    Attributes:
        place: server and database, for people.
    """

    def __init__(
        self,
        address: Address,
        migrations: tuple[Migration, ...] = MIGRATIONS,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self.place = address.place
        self._address = address
        self._migrations = migrations
        self._patience_seconds = patience_seconds
        self._pool = Pool(address, patience_seconds)
        self._presence: Presence | None = None
        self._here = OneAtATime()
        self._alone = ""

    # --- Life -------------------------------------------------------------------------------------

    def open(self) -> None:
        """Connect and apply pending migrations; several processes may at once.

        Raises:
            StoreError: the database cannot be used as it is; it is left as it was.
        """
        if not self._pool.opened:
            self._begin_to_lend(self._prepare)

    def open_as_it_is(self) -> None:
        """Connect to a schema that this version has made ready before; nothing is created or changed.

        Raises:
            StoreError: there is no such database, or it is not one of this version.
        """
        self._begin_to_lend(self._check)

    def _begin_to_lend(self, look: Callable[[Connection], None]) -> None:
        connection = self._address.connect(self._patience_seconds)
        try:
            schema = postgres_tables.schema(connection, self.place)
            self._alone = _ALONE.format(key=lock_key("one writer", schema))
            look(connection)
        except psycopg.Error as error:
            connection.close()
            raise refusal(error, self.place) from error
        except BaseException:
            connection.close()
            raise
        self._presence = Presence(lambda: self._address.connect(self._patience_seconds), schema)
        self._pool.open(connection)

    def _prepare(self, connection: Connection) -> None:
        with connection.transaction():
            connection.execute(self._alone.partition("; ")[2].encode())
            postgres_tables.prepare(connection, self.place, self._migrations)

    def _check(self, connection: Connection) -> None:
        with connection.transaction():
            connection.execute("SET TRANSACTION READ ONLY")
            postgres_tables.check_ready(connection, self.place, self._migrations)

    def close(self) -> None:
        """Close every connection, each after its transaction has ended."""
        self._here.refuse_another()
        self._pool.close()
        presence, self._presence = self._presence, None
        if presence is not None:
            presence.close()

    # --- Transactions -----------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a transaction that sees one consistent picture and never waits for a writer."""
        with self._transaction(_READING) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a transaction that is alone in writing, among the replicas too."""
        with self._transaction(self._alone) as session:
            yield session

    def brief(self, task: Callable[[Session], T]) -> T:
        """Run *task* in a transaction that locks rows only; more than once when others were in its way."""
        for left in reversed(range(_MOST_TRIES)):
            try:
                with self._transaction(_BRIEF, again=left > 0) as session:
                    return task(session)
            except _Again:
                time.sleep(random.uniform(0.002, 0.05))  # noqa: S311 - spreads replicas, keeps no secret
        raise AssertionError("The last try returns or raises.")

    @contextmanager
    def _transaction(self, begin: str, *, again: bool = False) -> Iterator[PostgresSession]:
        self._here.refuse_another()
        connection = self._begun(begin)
        self._here.inside = True
        try:
            session = PostgresSession(connection, self.place)
            try:
                yield session
            except StoreError:
                if again and session.may_be_repeated:
                    raise _Again from None
                raise
            session.end()
            self._commit(connection)
        finally:
            self._here.inside = False
            self._roll_back(connection)
            self._pool.give(connection)

    def _begun(self, begin: str) -> Connection:
        """Borrow a connection with an open transaction; one that was lost meanwhile is replaced."""
        for left in (True, False):
            connection = self._pool.take()
            try:
                connection.execute(begin.encode(), prepare=False)
            except psycopg.Error as error:
                lost = is_lost(error)
                if lost:
                    connection.close()
                    # The server was restarted, as like as not: the others lead nowhere either.
                    self._pool.forget_idle()
                else:
                    self._roll_back(connection)
                self._pool.give(connection)
                if lost and left:
                    continue
                raise refusal(error, self.place) from error
            else:
                return connection
        raise AssertionError("The last try returns or raises.")

    def _commit(self, connection: Connection) -> None:
        try:
            connection.execute("COMMIT", prepare=False)
        except psycopg.Error as error:
            raise refusal(error, self.place, committing=True) from error

    @staticmethod
    def _roll_back(connection: Connection) -> None:
        idle = psycopg.pq.TransactionStatus.IDLE
        if connection.closed or connection.info.transaction_status is idle:
            return
        try:
            connection.execute("ROLLBACK", prepare=False)
        except psycopg.Error:
            # Closing rolls back as well; the error that brought us here says more than this one.
            connection.close()

    def revision(self) -> str:
        """Name what is committed now; while the name stays the same, nothing was committed in between.

        A snapshot names every transaction that it does not see; whatever commits is one less, or a later one.
        """
        with self._transaction(_READING) as session:
            (row,) = session.rows("SELECT pg_current_snapshot()::text AS snapshot")
        return str(row["snapshot"])

    # --- Replicas ---------------------------------------------------------------------------------

    def time(self) -> datetime:
        """Tell the database's time, the one clock that all replicas share."""
        with self._transaction(_READING) as session:
            (row,) = session.rows("SELECT extract(epoch FROM clock_timestamp()) AS seconds")
        return datetime.fromtimestamp(float(row["seconds"]), UTC)

    def attend(self, owner: str) -> None:
        """Be known to other replicas under the name *owner* for as long as this process lives."""
        if self._presence is not None:
            try:
                self._presence.attend(owner)
            except psycopg.Error as error:
                raise refusal(error, self.place) from error

    def gone(self, owners: Iterable[str]) -> tuple[str, ...]:
        """Tell which of *owners* have surely ended."""
        if self._presence is None:
            return ()
        try:
            return self._presence.gone(owners)
        except psycopg.Error as error:
            raise refusal(error, self.place) from error

    # --- Care -------------------------------------------------------------------------------------

    def backup(self, path: Path) -> None:
        """Refuse: PostgreSQL has its own tools.

        Raises:
            StoreError: always.
        """
        raise StoreError(
            f"{path} was not written: the database {self.place} is backed up by PostgreSQL's own tools, such "
            "as pg_dump."
        )

    def restore(self, backup: Path) -> Path | None:
        """Refuse: PostgreSQL has its own tools.

        Raises:
            StoreError: always.
        """
        raise StoreError(
            f"{backup} was not restored: the database {self.place} is restored by PostgreSQL's own tools, "
            "such as pg_restore."
        )

    def flaws(self) -> tuple[str, ...]:
        """Read every row and ask for failed checksums; name what is damaged, nothing when it is sound."""
        found = list(self.damage())
        with self._transaction(_READING) as session:
            tables = session.rows(
                "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()"
            )
        for table in tables:
            try:
                with self._transaction(_READING) as session:
                    session.rows(f"SELECT sum(length(t::text)) AS size FROM {table['name']} AS t")  # noqa: S608 - our own tables
            except StoreError as error:
                found.append(f"{table['name']}: {error}")
        return tuple(found)

    def damage(self) -> tuple[str, ...]:
        """Ask for failed checksums alone: the server itself refuses a page that it finds damaged."""
        with self._transaction(_READING) as session:
            (row,) = session.rows(
                "SELECT COALESCE(checksum_failures, 0) AS failed FROM pg_stat_database "
                "WHERE datname = current_database()"
            )
        return (f"{row['failed']} pages failed their checksum",) if row["failed"] else ()
