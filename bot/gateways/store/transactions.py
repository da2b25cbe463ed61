"""How the store runs what it runs: in a transaction, its trouble noted, and the bell rung for new work.

What is run is told elsewhere: values in `reading` and `writing`, the queue in `due_work`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

import structlog

from bot.domain.errors import StoreError
from bot.gateways.store.engine import Engine, Session
from bot.gateways.store.reading import SqlReading
from bot.gateways.store.revisions import UNHEARD_SECONDS, Revisions
from bot.gateways.store.together import Together
from bot.gateways.store.writing import SqlWriting

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Transactions:
    """A database in which everything happens in transactions.

    They do not nest: a second one in the same thread is a `RuntimeError`. Constructing touches nothing.
    """

    def __init__(
        self,
        engine: Engine,
        on_commit_of_work: Callable[[datetime | None], None] | None = None,
        *,
        unheard_seconds: float = UNHEARD_SECONDS,
    ) -> None:
        """Prepare a store.

        Args:
            engine: the database.
            on_commit_of_work: called after every commit that asked for work, and told when the first of it
                is due, or that freed a lane, and told `None`; by the thread that committed. It must return at
                once and not raise.
            unheard_seconds: how long a commit of another process may go unnoticed by `revision`.
        """
        self._engine = engine
        self._revisions = Revisions(engine.revision, unheard_seconds)
        self._on_commit_of_work = on_commit_of_work
        self._together = Together(self.write)
        self._trouble = ""

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

    def trouble(self) -> str:
        """Tell why the last change could not be written, `""` when it could."""
        return self._trouble

    def revision(self) -> str:
        """Name what is committed; while the name stays the same, nothing was committed in between.

        What another process committed in the last moment, `unheard_seconds`, may not be in it yet.
        """
        return self._revisions.latest()

    @contextmanager
    def _noted(self) -> Iterator[None]:
        try:
            yield
        except StoreError as error:
            self._trouble = str(error)
            raise
        finally:
            # Also after an error: the answer to a commit may be lost while the commit is not.
            self._revisions.committed()

    def _note_success(self, session: Session) -> None:
        # On a full disk a transaction without a change is committed all the same.
        if session.wrote:
            self._trouble = ""

    def _alone(self, task: Callable[[Session], T]) -> T:
        with self._noted(), self._engine.writing() as session:
            result = task(session)
        self._note_success(session)
        return result

    def _brief(self, task: Callable[[Session], T]) -> T:
        def run(session: Session) -> tuple[T, Session]:
            return task(session), session

        with self._noted():
            result, session = self._engine.brief(run)
        self._note_success(session)
        return result

    def _ring(self, due_at: datetime | None = None) -> None:
        if self._on_commit_of_work is not None:
            self._on_commit_of_work(due_at)
