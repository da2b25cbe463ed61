"""The store itself (`bot.service.ports.Store`), the same for every engine; its queue is `due_work`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import structlog

from bot.gateways.store import work_statements
from bot.gateways.store.due_work import SqlDueWork
from bot.gateways.store.engine import Engine
from bot.gateways.store.reading import SqlReading
from bot.gateways.store.revisions import UNHEARD_SECONDS
from bot.gateways.store.together import Together
from bot.gateways.store.writing import SqlWriting

T = TypeVar("T")

_NO_LANE = ""

log = structlog.get_logger(__name__)


class SqlStore(SqlDueWork):
    """Values, due work and the audit chain in one database.

    Transactions do not nest: a second one in the same thread is a `RuntimeError`. Constructing touches
    nothing; `open` does.
    """

    def __init__(
        self,
        engine: Engine,
        on_commit_of_work: Callable[[datetime | None], None] | None = None,
        *,
        unheard_seconds: float = UNHEARD_SECONDS,
    ) -> None:
        """Prepare a store; see `Transactions`."""
        super().__init__(engine, on_commit_of_work, unheard_seconds=unheard_seconds)
        self._together = Together(self.write)

    def open(self) -> None:
        """Connect, and create or update the tables; several processes may do so at once.

        Raises:
            StoreError: the database cannot be used as it is.
        """
        self._engine.open()

    def open_as_it_is(self) -> None:
        """Connect to look at a database; nothing is created or changed, and none is made ready.

        Raises:
            StoreError: there is none, or it is not one that this version has made ready before.
        """
        self._engine.open_as_it_is()

    def close(self) -> None:
        """Close every connection of every thread; what still runs is let finish."""
        self._engine.close()

    def backup(self, path: Path) -> None:
        """Copy the database to the file *path* while it is in use; a file there is replaced at the end.

        Raises:
            StoreError: the copy could not be made; a file at *path* is as it was.
        """
        self._engine.backup(path)

    def restore(self, backup: Path) -> Path | None:
        """Put a copy of the file *backup* in the place of the database, which nobody may use meanwhile.

        Returns:
            Where the former database is now, `None` if there was none.

        Raises:
            StoreError: the backup is not a sound one, or the database is in use; nothing was changed.
        """
        return self._engine.restore(backup)

    def flaws(self) -> tuple[str, ...]:
        """Name what is damaged inside the database, nothing when it is sound."""
        return self._engine.flaws()

    def damage(self) -> tuple[str, ...]:
        """Name what a quick look finds damaged inside the database, nothing when it is sound."""
        return self._engine.damage()

    @contextmanager
    def read(self) -> Iterator[SqlReading]:
        """Open one consistent picture; writers do not wait for it and it does not wait for them."""
        with self._engine.reading() as session:
            yield SqlReading(session)

    @contextmanager
    def write(self) -> Iterator[SqlWriting]:
        """Open a transaction: committed on leaving, rolled back on any exception.

        It keeps every other writer waiting, so nothing slow belongs inside, least of all a network call.
        """
        with self._noted(), self._engine.writing() as session:
            writing = SqlWriting(session)
            yield writing
        self._note_success(session)
        for joined in writing.joined:
            log.info("work.joined", **joined)
        if writing.due_at is not None:
            self._ring(writing.due_at)

    def write_together(self, task: Callable[[SqlWriting], T]) -> T:
        """Run *task* in a transaction that it shares with whoever else writes so at this moment.

        It returns once everything is committed. The task must be brief, and may be run more than once, of
        which one counts.

        Raises:
            StoreError: nothing was written.
        """
        return self._together.write(task)

    def try_writing(self) -> None:
        """Write something that means nothing, so that `trouble` is true to this moment.

        Raises:
            StoreError: it could not be written.
        """
        self._brief(
            lambda session: session.rows(work_statements.KEEP_LANE_QUIET, {"lane": _NO_LANE, "until": 0})
        )

    # --- Replicas ---------------------------------------------------------------------------------

    def time(self) -> datetime | None:
        """Tell the time that all replicas share, UTC; `None` when they share a machine, and so its clock."""
        return self._engine.time()

    def attend(self, owner: str) -> None:
        """Be known to other replicas under the name *owner* for as long as this process lives.

        To be called before the first claim, and again every second or so.
        """
        self._engine.attend(owner)

    def absent(self, owner: str) -> tuple[str, ...]:
        """Of those who hold work, name whoever but *owner* has surely ended; in doubt, nobody."""
        others = [holder for holder in self.holders() if holder != owner]
        return self._engine.gone(others) if others else ()
