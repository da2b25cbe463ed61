"""The queue of due work: claimed, finished, postponed and given back, each in a transaction of its own.

Asking for work is `writing.enqueue`, part of whatever else is changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.due_work import Claim, Work
from bot.gateways.store import codec, work_statements
from bot.gateways.store.engine import Row, Session, Value
from bot.gateways.store.transactions import Transactions


class SqlDueWork(Transactions):
    """Work that is due, and who holds it."""

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
