"""What a transaction keeps to on every engine: its thread, its block, nothing after a failed statement."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping

from bot.domain.errors import StoreError
from bot.gateways.store.engine import Row, Value


class BoundSession(ABC):
    """One open transaction, used by the thread that opened it until `end`.

    Attributes:
        failure: of the statement that failed; the transaction is lost with it.
        wrote: whether it has changed a row.
    """

    def __init__(self) -> None:
        self.failure: StoreError | None = None
        self.wrote = False
        self._thread: int | None = threading.get_ident()

    def rows(self, statement: str, parameters: Mapping[str, Value] | None = None) -> list[Row]:
        """Run one statement that returns rows and fetch all of them.

        Raises:
            StoreError: the database cannot be used as it is; the transaction is lost.
        """
        if self._thread != threading.get_ident():
            raise RuntimeError("A transaction of the store ends with its block and stays in its thread.")
        if self.failure is not None:
            # The database may have rolled back by itself: a further statement would stand alone, outside.
            raise self.failure
        try:
            found = self._fetch(statement, dict(parameters or {}))
        except StoreError as error:
            self.failure = error
            raise
        # Only what writes says what it returns.
        self.wrote = self.wrote or bool(found and "RETURNING" in statement)
        return found

    @abstractmethod
    def _fetch(self, statement: str, parameters: dict[str, Value]) -> list[Row]:
        """Run one statement; an exception of the library leaves as the cause of a `StoreError`."""

    def end(self) -> None:
        """Refuse everything from now on.

        Raises:
            StoreError: a statement failed, and whoever ran it went on as if it had not.
        """
        self._thread = None
        if self.failure is not None:
            raise self.failure


class OneAtATime(threading.local):
    """Whether this thread is inside a transaction: a second one would wait for the first for ever."""

    inside = False

    def refuse_another(self) -> None:
        """Refuse what must not happen inside of a transaction, as a mistake of ours."""
        if self.inside:
            raise RuntimeError(
                "This thread is inside a transaction of the store already: end that one first."
            )
