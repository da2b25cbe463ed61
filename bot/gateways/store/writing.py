"""Changes values inside an open transaction (`bot.service.ports.Writing`)."""

import secrets
from dataclasses import replace
from datetime import datetime

import structlog

from bot.domain.answered import Request
from bot.domain.audit import GENESIS, AuditEntry, Deed, Seal, link
from bot.domain.due_work import TRACE, Work
from bot.domain.incident import Incident
from bot.domain.journal import Failure
from bot.domain.lesson import Lesson
from bot.domain.logon_bar import LogonBar
from bot.domain.message import Posted
from bot.domain.notice import Notice
from bot.domain.proposal import Proposal, may_move
from bot.domain.sight import Sight
from bot.domain.sighted import Sighted
from bot.domain.trust import Rating, Suggestion
from bot.domain.view import Box, HomeTab
from bot.gateways.store import codec, columns, statements, work_statements
from bot.gateways.store.engine import Session, Value
from bot.gateways.store.reading import SqlReading

_WANTED_STARTS_BELOW = 2**52


class SqlWriting(SqlReading):
    """A transaction that is alone in writing.

    Attributes:
        due_at: when the first work that was asked for is due; `None` when none was.
        joined: what was asked for although it waited already under another trace, for the log: by both
            traces the same work is found.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.due_at: datetime | None = None
        self.joined: list[dict[str, str]] = []

    def accept_delivery(self, key: str, at: datetime, body: str) -> bool:
        """Remember a delivery; `False` when it was seen before."""
        return self._did(statements.ACCEPT_DELIVERY, key=key, at=codec.milliseconds(at), body=body)

    def forget_deliveries(self, before: datetime) -> int:
        """Forget deliveries from before *before*; return how many."""
        return len(self._session.rows(statements.FORGET_DELIVERIES, {"before": codec.milliseconds(before)}))

    def add_failure(self, failure: Failure, at: datetime) -> bool:
        """Remember a failure; `False` when it is known, whoever reported it.

        Two reports are one failure when instance, workflow id, journal id and time (to the millisecond)
        agree; without a journal line the journal id is `""` on both sides.
        """
        return self._did(
            statements.ADD_FAILURE,
            instance=failure.instance,
            workflow_id=failure.workflow_id,
            journal_id=failure.journal_id,
            at=codec.milliseconds(failure.at),
            workflow=failure.workflow,
            reported_at=codec.milliseconds(at),
            body=codec.FAILURE.encode(failure),
        )

    def add_incident(self, incident: Incident) -> bool:
        """Add an incident; `False` when its id exists, or its workflow has an open one of that cause."""
        return self._did(statements.ADD_INCIDENT, **columns.incident_columns(incident))

    def save_incident(self, before: Incident, after: Incident) -> bool:
        """Replace *before* by *after* with the next revision; `False` when *before* is no longer current.

        `False` as well when *after* would be the second open incident of its workflow and cause: then the
        picture that *after* was decided on has changed too.

        Raises:
            ValueError: they are not the same incident.
        """
        if columns.incident_identity(before) != columns.incident_identity(after):
            raise ValueError(
                f"Incident {before.id} cannot become incident {after.id} or move to another workflow."
            )
        saved = replace(after, revision=before.revision + 1)
        return self._did(statements.SAVE_INCIDENT, current=before.revision, **columns.incident_columns(saved))

    def add_proposal(self, proposal: Proposal) -> bool:
        """Add a proposal; `False` when its id exists or the workflow has an undecided one."""
        return self._did(statements.ADD_PROPOSAL, **columns.proposal_columns(proposal))

    def save_proposal(self, before: Proposal, after: Proposal) -> bool:
        """Replace *before* by *after* with the next revision; `False` when *before* is no longer current.

        Raises:
            ValueError: the move is not in `MOVES`, or they are not the same proposal.
        """
        if columns.proposal_identity(before) != columns.proposal_identity(after):
            raise ValueError(
                f"Proposal {before.id} cannot become proposal {after.id} or move to another workflow."
            )
        if not may_move(before.stage, after.stage):
            raise ValueError(f"Proposal {before.id} may not move from {before.stage} to {after.stage}.")
        saved = replace(after, revision=before.revision + 1)
        return self._did(
            statements.SAVE_PROPOSAL,
            current=before.revision,
            stage_before=before.stage.value,
            **columns.proposal_columns(saved),
        )

    def save_sighted(self, sighted: Sighted) -> None:
        """Replace the last sighting of a workflow."""
        self._session.rows(
            statements.SAVE_SIGHTING,
            {
                "instance": sighted.instance,
                "workflow": sighted.status.name,
                "body": codec.SIGHTED.encode(sighted),
            },
        )

    def save_sight(self, sight: Sight) -> None:
        """Replace whether an instance can be seen."""
        self._session.rows(
            statements.SAVE_SIGHT, {"instance": sight.instance, "body": codec.SIGHT.encode(sight)}
        )

    def save_posted(self, posted: Posted) -> None:
        """Replace a card's place."""
        self._session.rows(statements.SAVE_CARD, {"key": posted.key, "body": codec.POSTED.encode(posted)})

    def save_home(self, home: HomeTab) -> None:
        """Replace somebody's Home tab."""
        body, opened_at = codec.HOME.encode(home), codec.milliseconds(home.opened_at)
        self._session.rows(statements.SAVE_HOME, {"person": home.user, "opened_at": opened_at, "body": body})

    def save_box(self, box: Box) -> None:
        """Replace a box on somebody's screen."""
        body, at = codec.BOX.encode(box), codec.milliseconds(box.at)
        self._session.rows(statements.SAVE_BOX, {"id": box.id, "at": at, "body": body})

    def forget_boxes(self, before: datetime) -> int:
        """Forget boxes whose latest change was before *before*; return how many."""
        return len(self._session.rows(statements.FORGET_BOXES, {"before": codec.milliseconds(before)}))

    def save_lesson(self, lesson: Lesson) -> None:
        """Replace what was learnt of a workflow."""
        self._session.rows(
            statements.SAVE_LESSON,
            {"instance": lesson.instance, "workflow": lesson.workflow, "body": codec.LESSON.encode(lesson)},
        )

    def add_notice(self, notice: Notice) -> bool:
        """Add a notice; `False` when its key exists: then it was told before."""
        return self._did(statements.ADD_NOTICE, key=notice.key, body=codec.NOTICE.encode(notice))

    def save_notice(self, notice: Notice) -> bool:
        """Replace a notice that was told; `False` when none has that key."""
        return self._did(statements.SAVE_NOTICE, key=notice.key, body=codec.NOTICE.encode(notice))

    def save_suggestion(self, suggestion: Suggestion) -> None:
        """Replace what mcsync would have done about an incident."""
        self._session.rows(
            statements.SAVE_SUGGESTION,
            {
                "incident": suggestion.incident,
                "instance": suggestion.instance,
                "at": codec.milliseconds(suggestion.at),
                "body": codec.SUGGESTION.encode(suggestion),
            },
        )

    def save_rating(self, rating: Rating) -> None:
        """Replace one person's answer about an incident."""
        self._session.rows(
            statements.SAVE_RATING,
            {
                "incident": rating.incident,
                "person": rating.user,
                "instance": rating.instance,
                "at": codec.milliseconds(rating.at),
                "body": codec.RATING.encode(rating),
            },
        )

    def add_request(self, request: Request) -> bool:
        """Note a request; `False` when it was noted before."""
        return self._did(statements.ADD_REQUEST, **columns.request_columns(request))

    def save_request(self, request: Request) -> None:
        """Replace what is known of a request."""
        self._session.rows(statements.SAVE_REQUEST, columns.request_columns(request))

    def forget_request(self, key: str) -> None:
        """Forget a request, as if it had never come."""
        self._session.rows(statements.FORGET_REQUEST, {"key": key})

    def forget_requests(self, before: datetime) -> int:
        """Forget requests from before *before*; return how many."""
        return len(self._session.rows(statements.FORGET_REQUESTS, {"before": codec.milliseconds(before)}))

    def save_logon_bar(self, bar: LogonBar) -> None:
        """Remember a refused log-on."""
        self._session.rows(
            statements.SAVE_LOGON_BAR, {"instance": bar.instance, "body": codec.LOGON_BAR.encode(bar)}
        )

    def lift_logon_bar(self, instance: str) -> bool:
        """Forget a refused log-on; `False` when there was none."""
        return self._did(statements.LIFT_LOGON_BAR, instance=instance)

    def record(self, deed: Deed) -> AuditEntry:
        """Put *deed* at the end of the audit chain."""
        last = self._session.rows(statements.LAST_AUDIT)
        sequence, previous = (last[0]["sequence"], last[0]["digest"]) if last else (0, GENESIS)
        entry = link(sequence + 1, deed, previous)
        self._session.rows(
            statements.RECORD,
            {
                "sequence": entry.sequence,
                "body": codec.DEED.encode(deed),
                "previous": entry.previous,
                "digest": entry.digest,
            },
        )
        return entry

    def add_seal(self, seal: Seal) -> bool:
        """Remember what a health line told; `False` when one told of that sequence before."""
        return self._did(statements.ADD_SEAL, sequence=seal.sequence, body=codec.SEAL.encode(seal))

    def enqueue(self, work: Work) -> None:
        """Ask for work.

        The trace that this thread follows travels along. Asked for again under the same key, it keeps kind,
        lane, the earlier `due_at` and the earlier trace and takes the newer payload; asked for while a worker
        holds it, it is done once more, not before the time asked for, under the trace of whoever asked then.
        """
        trace = structlog.contextvars.get_contextvars().get(TRACE)
        due_at = codec.milliseconds(work.due_at)
        (row,) = self._session.rows(
            work_statements.ENQUEUE,
            {
                "key": work.key,
                "due_at": due_at,
                "kind": work.kind,
                "lane": work.lane,
                "payload": codec.PAYLOAD.encode(work.payload),
                "trace": trace,
                # Starting anywhere, so that a claim of a row that is long gone never fits its successor.
                "wanted": secrets.randbelow(_WANTED_STARTS_BELOW),
            },
        )
        if trace is not None and row["trace"] != trace:
            self.joined.append({"key": work.key, TRACE: trace, "goes_on_as": row["trace"]})
        if row["owner"] is None and row["due_at"] > due_at:
            self._session.rows(work_statements.BRING_FORWARD, {"key": work.key, "due_at": due_at})
        self.due_at = work.due_at if self.due_at is None else min(self.due_at, work.due_at)

    def _did(self, statement: str, **parameters: Value) -> bool:
        return bool(self._session.rows(statement, parameters))
