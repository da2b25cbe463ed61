"""The wall between our SQL and the database that runs it: what an engine must offer.

Every statement is one text for every engine (`statements.py`, `work_statements.py`, `migrations.py`). An
engine translates the parameters' style, begins and ends transactions, and turns its library's exceptions into
`StoreError`.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

Value = str | int | None
"""What a parameter may be: text, an 8-byte integer, nothing. Instants are milliseconds since the epoch."""

Row = Mapping[str, Any]
"""One row, by column name."""


class Session(Protocol):
    """One open transaction, used by the thread that opened it.

    Attributes:
        wrote: whether it has changed a row.
    """

    wrote: bool

    def rows(self, statement: str, parameters: Mapping[str, Value] | None = None) -> list[Row]:
        """Run one statement that returns rows, writes being `… RETURNING`, and fetch all of them.

        Args:
            statement: SQL with parameters as `:name`.
            parameters: by name.

        Raises:
            StoreError: the database cannot be used as it is; the transaction is lost.
        """
        ...


class Engine(Protocol):
    """A database. Constructing one touches nothing."""

    def open(self) -> None:
        """Connect, create what is missing and apply pending migrations; several processes may at once."""
        ...

    def open_as_it_is(self) -> None:
        """Connect to a database that this version has made ready before; nothing is created or changed."""
        ...

    def close(self) -> None:
        """Close every connection of every thread."""
        ...

    def reading(self) -> AbstractContextManager[Session]:
        """Open a transaction that sees one consistent picture and is never kept waiting by a writer."""
        ...

    def writing(self) -> AbstractContextManager[Session]:
        """Open a transaction that is alone in writing: what it reads stays true until it commits."""
        ...

    def brief(self, task: Callable[[Session], T]) -> T:
        """Run *task* in a transaction whose statements are each whole by themselves.

        It need not be alone in writing. It may be run more than once, of which one counts.
        """
        ...

    def revision(self) -> str:
        """Name what is committed now; while the name stays the same, nothing was committed in between."""
        ...

    def time(self) -> datetime | None:
        """Tell the time that all replicas share, UTC; `None` when they share a machine."""
        ...

    def attend(self, owner: str) -> None:
        """Be known to other replicas under the name *owner* for as long as this process lives.

        To be called again every second or so: an interruption is mended then.
        """
        ...

    def gone(self, owners: Iterable[str]) -> tuple[str, ...]:
        """Tell which of *owners*, just read from this database, have surely ended; in doubt, none."""
        ...

    def backup(self, path: Path) -> None:
        """Copy the database to *path* while it is in use."""
        ...

    def restore(self, backup: Path) -> Path | None:
        """Put *backup* in the place of the database; tell where the former one is now, if there was one."""
        ...

    def flaws(self) -> tuple[str, ...]:
        """Let the database examine itself; name what is damaged, nothing when it is sound."""
        ...

    def damage(self) -> tuple[str, ...]:
        """Look over the database while it is in use; name what is damaged, nothing when it is sound."""
        ...
