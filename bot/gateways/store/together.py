"""Lets those who write at the same moment share one transaction, and so one wait for the disk.

Whoever comes alone writes at once. Who comes while somebody commits has to wait for that in any case; the
first of those who waited then writes for all of them.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import copy_context
from copy import copy
from threading import Lock
from typing import Generic, Protocol, TypeVar

from bot.domain.errors import StoreError
from bot.gateways.store.writing import SqlWriting

T = TypeVar("T")


class _Wish(Protocol):
    """What somebody waits for."""

    done: bool

    def carry_out(self, tx: SqlWriting) -> None:
        """Write it."""
        ...

    def refuse(self, error: StoreError) -> None:
        """Say why it was not written."""
        ...


class Together:
    """Shares transactions. Safe in any thread.

    Args:
        write: opens a transaction that is committed on leaving.
    """

    def __init__(self, write: Callable[[], AbstractContextManager[SqlWriting]]) -> None:
        self._write = write
        self._door = Lock()
        self._turn = Lock()
        self._waiting: list[_Wish] = []

    def write(self, task: Callable[[SqlWriting], T]) -> T:
        """Run *task* in a transaction that others may share; return what it returns, once it is committed.

        Raises:
            StoreError: nothing was written, for nobody in that transaction.
        """
        own = _Task(task)
        with self._door:
            self._waiting.append(own)
        with self._turn:
            if not own.done:
                with self._door:
                    others = [one for one in self._waiting if one is not own]
                    self._waiting = []
                self._carry_out([own, *others])
        return own.result()

    def waiting(self) -> int:
        """Count who waits at this moment, and whom nobody writes for yet."""
        with self._door:
            return len(self._waiting)

    def _carry_out(self, wishes: list[_Wish]) -> None:
        # A mistake of ours in one of them is raised by whoever goes first. Nothing is written then; the
        # others find theirs not done, and go on by themselves.
        try:
            with self._write() as tx:
                for wish in wishes:
                    wish.carry_out(tx)
        except StoreError as error:
            for wish in wishes:
                wish.refuse(error)
        for wish in wishes:
            wish.done = True


class _Task(Generic[T]):
    """A task with its outcome. It is run in the context, such as the trace, of whoever asked for it."""

    def __init__(self, task: Callable[[SqlWriting], T]) -> None:
        self.done = False
        self._task = task
        self._context = copy_context()
        self._results: list[T] = []
        self._refusal: StoreError | None = None

    def carry_out(self, tx: SqlWriting) -> None:
        self._results = [self._context.run(self._task, tx)]

    def refuse(self, error: StoreError) -> None:
        self._refusal = error

    def result(self) -> T:
        if self._refusal is not None:
            # A copy, since several threads raise it.
            raise copy(self._refusal) from self._refusal
        return self._results[0]
