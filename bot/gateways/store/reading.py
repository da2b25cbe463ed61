"""Reads values from an open transaction (`bot.service.ports.Reading`)."""

from datetime import datetime

from bot.domain.answered import Request
from bot.domain.audit import AuditEntry, DamagedEntry, Seal
from bot.domain.errors import StoreError
from bot.domain.figures import Tally
from bot.domain.incident import Incident
from bot.domain.journal import Failure
from bot.domain.lesson import Lesson
from bot.domain.logon_bar import LogonBar
from bot.domain.message import Posted
from bot.domain.notice import Notice
from bot.domain.proposal import Proposal
from bot.domain.sight import Sight
from bot.domain.sighted import Sighted
from bot.domain.trust import Rating, Suggestion
from bot.domain.view import Box, HomeTab
from bot.gateways.store import codec, statements, work_statements
from bot.gateways.store.codec import Codec, T
from bot.gateways.store.engine import Row, Session, Value


class SqlReading:
    """One consistent picture, valid until its transaction ends."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def incident(self, incident_id: str) -> Incident | None:
        """Find one incident."""
        return self._one(codec.INCIDENT, statements.INCIDENT, id=incident_id)

    def incidents(self, *, open_only: bool = True, limit: int = 100) -> tuple[Incident, ...]:
        """List incidents, latest failure first."""
        statement = statements.OPEN_INCIDENTS if open_only else statements.INCIDENTS
        return self._many(codec.INCIDENT, statement, limit=limit)

    def open_incidents(self, instance: str, workflow: str) -> tuple[Incident, ...]:
        """List the open incidents of one workflow, latest failure first."""
        return self._many(
            codec.INCIDENT, statements.OPEN_INCIDENTS_OF_WORKFLOW, instance=instance, workflow=workflow
        )

    def failures(self, instance: str, workflow: str, *, since: datetime) -> tuple[Failure, ...]:
        """List failures from *since* on (to the millisecond), oldest first."""
        return self._many(
            codec.FAILURE,
            statements.FAILURES,
            instance=instance,
            workflow=workflow,
            since=codec.milliseconds(since),
        )

    def nearest_failure(self, instance: str, workflow: str, at: datetime) -> Failure | None:
        """Find the failure nearest to *at*, the later one of two; `None` when there is none."""
        return self._one(
            codec.FAILURE,
            statements.NEAREST_FAILURE,
            instance=instance,
            workflow=workflow,
            at=codec.milliseconds(at),
        )

    def proposal(self, proposal_id: str) -> Proposal | None:
        """Find one proposal."""
        return self._one(codec.PROPOSAL, statements.PROPOSAL, id=proposal_id)

    def undecided(self, instance: str, workflow: str) -> Proposal | None:
        """Find the proposal of one workflow that is not at an end."""
        return self._one(codec.PROPOSAL, statements.UNDECIDED, instance=instance, workflow=workflow)

    def standing(self, instance: str, workflow: str) -> tuple[Proposal, ...]:
        """List what was done to one workflow and was not overtaken since, proved or not, in no order."""
        return self._many(codec.PROPOSAL, statements.STANDING, instance=instance, workflow=workflow)

    def sighted(self, instance: str | None = None) -> tuple[Sighted, ...]:
        """List the last sightings, of one instance or of all, ordered by instance and name."""
        if instance is None:
            return self._many(codec.SIGHTED, statements.SIGHTINGS)
        return self._many(codec.SIGHTED, statements.SIGHTINGS_OF_INSTANCE, instance=instance)

    def sight(self, instance: str) -> Sight | None:
        """Find whether an instance could be seen when it was last asked."""
        return self._one(codec.SIGHT, statements.SIGHT, instance=instance)

    def posted(self, key: str) -> Posted | None:
        """Find a card's place."""
        return self._one(codec.POSTED, statements.CARD, key=key)

    def home(self, user: str) -> HomeTab | None:
        """Find somebody's Home tab."""
        return self._one(codec.HOME, statements.HOME, person=user)

    def homes(self, *, since: datetime) -> tuple[HomeTab, ...]:
        """List the Home tabs that were opened from *since* on, the latest first."""
        return self._many(codec.HOME, statements.HOMES, since=codec.milliseconds(since))

    def box(self, view_id: str) -> Box | None:
        """Find a box on somebody's screen."""
        return self._one(codec.BOX, statements.BOX, id=view_id)

    def lesson(self, instance: str, workflow: str) -> Lesson | None:
        """Find what was learnt of a workflow."""
        return self._one(codec.LESSON, statements.LESSON, instance=instance, workflow=workflow)

    def notice(self, key: str) -> Notice | None:
        """Find a notice."""
        return self._one(codec.NOTICE, statements.NOTICE, key=key)

    def suggestion(self, incident_id: str) -> Suggestion | None:
        """Find what mcsync would have done about an incident."""
        return self._one(codec.SUGGESTION, statements.SUGGESTION, incident=incident_id)

    def suggestions(self, instance: str) -> tuple[Suggestion, ...]:
        """List what mcsync would have done on an instance, oldest first."""
        return self._many(codec.SUGGESTION, statements.SUGGESTIONS, instance=instance)

    def ratings(self, instance: str) -> tuple[Rating, ...]:
        """List the answers about an instance, oldest first."""
        return self._many(codec.RATING, statements.RATINGS, instance=instance)

    def ratings_of(self, incident_id: str) -> tuple[Rating, ...]:
        """List the answers about one incident, oldest first."""
        return self._many(codec.RATING, statements.RATINGS_OF_INCIDENT, incident=incident_id)

    def request(self, key: str) -> Request | None:
        """Find a request that came in before."""
        return self._one(codec.REQUEST, statements.REQUEST, key=key)

    def logon_bar(self, instance: str) -> LogonBar | None:
        """Find the remembered refusal of an instance."""
        return self._one(codec.LOGON_BAR, statements.LOGON_BAR, instance=instance)

    def audit(self, *, after: int = 0, limit: int = 1000) -> tuple[AuditEntry, ...]:
        """List entries with a greater sequence than *after*, in order."""
        rows = self._session.rows(statements.AUDIT, {"after": after, "limit": limit})
        return tuple(
            AuditEntry(row["sequence"], codec.DEED.decode(row["body"]), row["previous"], row["digest"])
            for row in rows
        )

    def audit_trail(self, *, after: int = 0, limit: int = 1000) -> tuple[AuditEntry | DamagedEntry, ...]:
        """List the same entries for an examination, which wants to see damaged ones as well."""
        return tuple(
            _entry(row) for row in self._session.rows(statements.AUDIT, {"after": after, "limit": limit})
        )

    def audit_about(self, subject: str) -> tuple[AuditEntry, ...]:
        """List the sound entries that name *subject*, an id, as theirs or in their details; in order.

        The whole record is looked through: an entry says what it is about nowhere but in its body.
        """
        rows = self._session.rows(statements.AUDIT_ABOUT, {"mention": f'%"{subject}"%'})
        return tuple(entry for row in rows if isinstance(entry := _entry(row), AuditEntry))

    def last_entry(self) -> int:
        """Tell the greatest sequence on record, 0 when there is none."""
        rows = self._session.rows(statements.LAST_AUDIT)
        return rows[0]["sequence"] if rows else 0

    def seals(self) -> tuple[Seal, ...]:
        """List what health lines told of the end of the chain, oldest first."""
        return tuple(_seal(row) for row in self._session.rows(statements.SEALS))

    def due(self, now: datetime) -> int:
        """Count the work that is due at *now* or held by a worker."""
        (row,) = self._session.rows(work_statements.DUE, {"now": codec.milliseconds(now)})
        number: int = row["number"]
        return number

    def tally(self, now: datetime) -> Tally:
        """Count what waits at *now*, what is open, and what was proposed."""
        (oldest,) = self._session.rows(work_statements.OLDEST_DUE, {"now": codec.milliseconds(now)})
        return Tally(
            due=self.due(now),
            oldest_due=None if oldest["due_at"] is None else codec.instant(oldest["due_at"]),
            incidents={
                (row["instance"], row["cause"]): row["number"]
                for row in self._session.rows(statements.OPEN_INCIDENTS_BY_CAUSE)
            },
            proposals={
                row["stage"]: row["number"] for row in self._session.rows(statements.PROPOSALS_BY_STAGE)
            },
        )

    def next_due(self, now: datetime) -> datetime | None:
        """Tell when the next work after *now* falls due, what a worker holds left out."""
        (row,) = self._session.rows(work_statements.NEXT_DUE, {"now": codec.milliseconds(now)})
        return None if row["due_at"] is None else codec.instant(row["due_at"])

    def _one(self, kind: Codec[T], statement: str, **parameters: Value) -> T | None:
        rows = self._session.rows(statement, parameters)
        return kind.decode(rows[0]["body"]) if rows else None

    def _many(self, kind: Codec[T], statement: str, **parameters: Value) -> tuple[T, ...]:
        return tuple(kind.decode(row["body"]) for row in self._session.rows(statement, parameters))


def _entry(row: Row) -> AuditEntry | DamagedEntry:
    sequence, previous, digest = row["sequence"], str(row["previous"]), str(row["digest"])
    if not isinstance(sequence, int):
        # SQLite keeps whatever somebody writes into a column by hand.
        return DamagedEntry(0, previous, digest)
    try:
        return AuditEntry(sequence, codec.DEED.decode(row["body"]), previous, digest)
    except StoreError:
        return DamagedEntry(sequence, previous, digest)


def _seal(row: Row) -> Seal:
    try:
        seal = codec.SEAL.decode(row["body"])
    except StoreError:
        return Seal(row["sequence"], "", codec.instant(0))
    return seal if seal.sequence == row["sequence"] else Seal(row["sequence"], "", codec.instant(0))
