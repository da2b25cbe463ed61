"""The store itself (`bot.service.ports.Store`), the same for every engine."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import structlog

from bot.domain.due_work import Claim, Work
from bot.domain.errors import StoreError
from bot.gateways.store import codec, work_statements
from bot.gateways.store.engine import Engine, Row, Session, Value
from bot.gateways.store.reading import SqlReading
from bot.gateways.store.revisions import UNHEARD_SECONDS, Revisions
from bot.gateways.store.together import Together
from bot.gateways.store.writing import SqlWriting

T = TypeVar("T")

_NO_LANE = ""

log = structlog.get_logger(__name__)


class SqlStore:
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

    def trouble(self) -> str:
        """Tell why the last change could not be written, `""` when it could."""
        return self._trouble

    def try_writing(self) -> None:
        """Write something that means nothing, so that `trouble` is true to this moment.

        Raises:
            StoreError: it could not be written.
        """
        self._brief(
            lambda session: session.rows(work_statements.KEEP_LANE_QUIET, {"lane": _NO_LANE, "until": 0})
        )

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

    def revision(self) -> str:
        """Name what is committed; while the name stays the same, nothing was committed in between.

        What another process committed in the last moment, `unheard_seconds`, may not be in it yet.
        """
        return self._revisions.latest()

    # --- Due work ---------------------------------------------------------------------------------

    def claim(
        self, owner: str, now: datetime, machine_now: datetime, lease_seconds: float, limit: int
    ) -> Sequence[Claim]:
        """Take due work, at most one row per lane, none of a lane in which a lease still holds; oldest first.

        A row whose lease ran out may be taken again, and goes before the rest of its lane.
        """
        if limit <= 0:
            return ()
        parameters: dict[str, Value] = {
            "owner": owner,
            "now": codec.milliseconds(now),
            "machine_now": codec.milliseconds(machine_now),
            "lease_until": codec.milliseconds(machine_now + timedelta(seconds=lease_seconds)),
            "limit": limit,
        }
        # Read inside the transaction: a payload that cannot be read must not leave the others held.
        claims = self._brief(
            lambda session: [_claim(row, owner) for row in session.rows(work_statements.CLAIM, parameters)]
        )
        return sorted(claims, key=lambda claim: (claim.work.due_at, claim.work.key))

    def finish(self, claim: Claim, now: datetime) -> bool:
        """Remove finished work, or release it if it was asked for again; `False` when no longer ours.

        Released work is due at *now*, or later if it was asked for later, as by a use case that asks for its
        own next turn.
        """
        fence = _fence(claim)
        ours = self._brief(
            lambda session: bool(
                session.rows(work_statements.REMOVE_FINISHED, fence)
                or session.rows(work_statements.RELEASE_FINISHED, {**fence, "now": codec.milliseconds(now)})
            )
        )
        if ours:
            self._ring()
        return ours

    def postpone(
        self,
        claim: Claim,
        due_at: datetime,
        payload: Mapping[str, str] | None = None,
        *,
        whole_lane: bool = False,
    ) -> bool:
        """Release work until *due_at*; `False` when no longer ours.

        If it was asked for again meanwhile, that payload stays, and that time if it is the earlier one. With
        *whole_lane*, every claim of its lane tells from now on that nothing is to be begun before *due_at*.
        """
        parameters = {
            **_fence(claim),
            "due_at": codec.milliseconds(due_at),
            "payload": None if payload is None else codec.PAYLOAD.encode(payload),
        }
        lane: dict[str, Value] = {"lane": claim.work.lane, "until": parameters["due_at"]}

        def release(session: Session) -> bool:
            ours = bool(session.rows(work_statements.POSTPONE, parameters))
            if whole_lane:
                session.rows(work_statements.KEEP_LANE_QUIET, lane)
            return ours

        ours = self._brief(release)
        if ours:
            self._ring()
        return ours

    def renew(self, owner: str, machine_now: datetime, lease_seconds: float) -> int:
        """Lengthen the leases of whatever *owner* holds; return how many rows."""
        until = machine_now + timedelta(seconds=lease_seconds)
        parameters: dict[str, Value] = {"owner": owner, "lease_until": codec.milliseconds(until)}
        return self._alone(lambda session: len(session.rows(work_statements.RENEW, parameters)))

    def holders(self) -> tuple[str, ...]:
        """List who holds work right now, dead or alive."""
        with self._engine.reading() as session:
            return tuple(str(row["owner"]) for row in session.rows(work_statements.HOLDERS))

    def give_back(self, owner: str) -> int:
        """Release whatever *owner* holds, as on shutdown; return how many rows."""
        return self._alone(lambda session: len(session.rows(work_statements.GIVE_BACK, {"owner": owner})))

    def abandon(self, owner: str, claims: Iterable[Claim]) -> int:
        """Release whatever *owner* holds beside *claims*, as after an answer that was lost; tell how many."""
        kept = {(claim.work.key, claim.attempt) for claim in claims}

        def release(session: Session) -> int:
            rows = session.rows(work_statements.HELD, {"owner": owner})
            lost = [row for row in rows if (row["key"], row["attempt"]) not in kept]
            for row in lost:
                session.rows(
                    work_statements.GIVE_BACK_ONE,
                    {"owner": owner, "key": row["key"], "attempt": row["attempt"]},
                )
            return len(lost)

        return self._alone(release)

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

    def _ring(self, due_at: datetime | None = None) -> None:
        if self._on_commit_of_work is not None:
            self._on_commit_of_work(due_at)


def _fence(claim: Claim) -> dict[str, Value]:
    return {
        "key": claim.work.key,
        "owner": claim.owner,
        "attempt": claim.attempt,
        "wanted": claim.wanted,
    }


def _claim(row: Row, owner: str) -> Claim:
    work = Work(
        key=row["key"],
        kind=row["kind"],
        lane=row["lane"],
        due_at=codec.instant(row["due_at"]),
        payload=codec.PAYLOAD.decode(row["payload"]),
    )
    return Claim(
        work=work,
        owner=owner,
        attempt=row["attempt"],
        wanted=row["claimed"],
        trace=row["trace"] or "",
        quiet_until=None if row["quiet_until"] is None else codec.instant(row["quiet_until"]),
    )
