"""Who among the replicas lives: each holds a lock that ends with its connection, whatever ends the process.

The lock says nothing about a single piece of work, which is fenced by owner and attempt; it only spares the
others the wait for a lease when its owner is surely gone. A process that merely stands still keeps it.
"""

import threading
import time
from collections.abc import Callable, Iterable
from hashlib import sha256

import psycopg
import structlog

from bot.gateways.store.postgres_connections import Connection, behind_pooler

log = structlog.get_logger(__name__)

GRACE_SECONDS = 1.5
"""How long somebody is missed before we call it gone: a connection that was cut is back within a second."""

_LOCKS = """
SELECT ((classid::bigint << 32) | objid::bigint) AS key FROM pg_catalog.pg_locks
WHERE locktype = 'advisory' AND objsubid = 1 AND granted
AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
"""


def lock_key(*words: str) -> int:
    """Compute a key for an advisory lock, 8 bytes with a sign."""
    return int.from_bytes(sha256("\0".join(("mcsync", *words)).encode()).digest()[:8], signed=True)


class Presence:
    """Our own lock, and a look at those of others. Used by one thread at a time.

    Args:
        connect: opens a connection that is ours alone.
        schema: whose replicas we are among.
    """

    def __init__(self, connect: Callable[[], Connection], schema: str) -> None:
        self._connect = connect
        self._schema = schema
        self._guard = threading.Lock()
        self._connection: Connection | None = None
        self._since = 0.0
        self._possible = True
        self._missed: dict[str, float] = {}

    def attend(self, owner: str) -> None:
        """Be known as living under the name *owner*; called again, make sure that we still are.

        Raises:
            psycopg.Error: the database cannot be asked.
            StoreError: it cannot be reached.
        """
        with self._guard:
            if self._connection is not None:
                try:
                    self._connection.execute("SELECT 1")
                except psycopg.Error:
                    log.warning("store.presence_lost")
                    self._drop()
            if self._connection is None and self._possible:
                self._take_place(owner)

    def gone(self, owners: Iterable[str]) -> tuple[str, ...]:
        """Tell who of *owners* has surely ended; *owners* are read from the database before this call.

        Raises:
            psycopg.Error: the database cannot be asked.
        """
        with self._guard:
            now = time.monotonic()
            if self._connection is None or now - self._since < GRACE_SECONDS:
                # After the server's own restart everybody comes back at about the same time.
                return ()
            present = {row["key"] for row in self._connection.execute(_LOCKS)}
            missing = {owner for owner in owners if lock_key("presence", self._schema, owner) not in present}
            self._missed = {owner: self._missed.get(owner, now) for owner in missing}
            return tuple(sorted(o for o, since in self._missed.items() if now - since >= GRACE_SECONDS))

    def close(self) -> None:
        """Be known no more."""
        with self._guard:
            self._drop()

    def _take_place(self, owner: str) -> None:
        connection = self._connect()
        if behind_pooler(connection):
            # Its sessions are dealt out to anybody, so a lock of one says nothing of us.
            log.warning("store.behind_pooler", effect="a dead replica's work waits for its leases to run out")
            self._possible = False
            connection.close()
            return
        key = lock_key("presence", self._schema, owner)
        row = connection.execute("SELECT pg_try_advisory_lock(%s) AS taken", (key,)).fetchone()
        if row is None or not row["taken"]:
            # A session of ours that the server does not yet know to be dead still holds it and speaks for us.
            connection.close()
            return
        self._connection, self._since, self._missed = connection, time.monotonic(), {}

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
