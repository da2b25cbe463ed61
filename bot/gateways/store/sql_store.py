"""The store itself (`bot.service.ports.Store`), the same for every engine: its life, its care, its replicas.

How it reads and writes is `transactions`, its queue `due_work`.
"""

from datetime import datetime
from pathlib import Path

from bot.gateways.store import work_statements
from bot.gateways.store.due_work import SqlDueWork

_NO_LANE = ""


class SqlStore(SqlDueWork):
    """Values, due work and the audit chain in one database. Constructing touches nothing; `open` does."""

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
