"""What must hold whatever happens, judged from outside: by what Campaign, Slack and the record show.

Nothing of the use cases is asked here: whom an approval came from and who had the right to give it is told by
whoever pressed, what was written by Campaign.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from lxml import etree

from bot.domain.audit import AuditEntry, Event, flaws
from bot.domain.incident import Incident, IncidentState
from bot.domain.proposal import Ask, Proposal, Stage, Step, StepRecord
from bot.sandbox.slack.text import plain

OPERATOR = "mcsync"
GOOD_FOR = timedelta(minutes=45)
"""How long after it was given an approval may still take effect, where its expiry comes before that."""

STARTED, PAUSED = 11, 13


class Promise(StrEnum):
    """What must hold."""

    ONE_WRITE = "one approval makes one write at most"
    APPROVED = "nothing is written without an approval that is valid at that moment"
    KEPT = "no approval is lost"
    RUNNING = "nothing is left stopped by us"
    ENDED = "every approved change reaches an end"
    RECORD = "the record is sound"
    CARDS = "the card tells the truth"


@dataclass(frozen=True)
class Breach:
    """A promise that was not kept.

    Attributes:
        promise: which.
        what: what was seen instead.
    """

    promise: Promise
    what: str


@dataclass(frozen=True)
class Ballot:
    """A press of *Approve* that reached the program.

    Attributes:
        users: who pressed; several for presses at the same moment, of which one at least must count.
        proposal: the id on the button.
        digest: the digest on the button.
        at: rule time.
        must_count: whether nothing spoke against it.
    """

    users: tuple[str, ...]
    proposal: str
    digest: str
    at: datetime
    must_count: bool


@dataclass(frozen=True)
class Evidence:
    """What is looked at.

    Attributes:
        proposals: all there ever were.
        entries: the record.
        writes: what Campaign accepted from us, in order.
        entitled: for each of these writes, who had the right to approve at that moment.
        ballots: every press of *Approve*.
        workflow: the archiving workflow, from behind.
        foreign_stop: when somebody else stopped or paused it last, `None` for never.
        foreign_edit: when somebody else edited it last.
        incidents: all there ever were.
        messages: the channel.
        cards: what each card should show, by its key, as text.
    """

    proposals: Sequence[Proposal]
    entries: Sequence[AuditEntry]
    writes: Sequence[Mapping[str, Any]]
    entitled: Sequence[frozenset[str]]
    ballots: Sequence[Ballot]
    workflow: Mapping[str, Any]
    foreign_stop: datetime | None = None
    foreign_edit: datetime | None = None
    incidents: Sequence[Incident] = ()
    messages: Sequence[Mapping[str, Any]] = ()
    cards: Mapping[str, str] = field(default_factory=dict)


def at_any_time(evidence: Evidence) -> Iterator[Breach]:
    """Judge what holds at every moment."""
    yield from _writes(evidence)
    yield from _approvals(evidence)
    for flaw in flaws(evidence.entries):
        yield Breach(Promise.RECORD, str(flaw))


def at_calm(evidence: Evidence) -> Iterator[Breach]:
    """Judge what holds once nothing has gone wrong for a while."""
    yield from at_any_time(evidence)
    for proposal in evidence.proposals:
        if proposal.stage in {Stage.APPROVED, Stage.APPLYING}:
            what = f"{proposal.id} is {proposal.stage.value}, waiting for {proposal.doing or 'nothing'}"
            yield Breach(Promise.ENDED, what)
    yield from _left_stopped(evidence)
    for incident in evidence.incidents:
        yield from _card(evidence, incident)


# --- Writes ---------------------------------------------------------------------------------------


def _writes(evidence: Evidence) -> Iterator[Breach]:
    """Every write belongs to one approval, which was valid, and on record, when Campaign took it."""
    counted: Counter[tuple[str, Step]] = Counter()
    for write, entitled in zip(evidence.writes, evidence.entitled, strict=True):
        found = _asked_for(write, evidence.proposals)
        if found is None:
            yield Breach(Promise.APPROVED, f"nobody asked for the write of {write['at']}: {write['changed']}")
            continue
        proposal, record = found
        counted[proposal.id, record.step] += 1
        if record.step is Step.RESTORE:
            continue
        ballots = [
            ballot
            for ballot in evidence.ballots
            if (ballot.proposal, ballot.digest) == (proposal.id, proposal.digest)
            and ballot.at < proposal.expires_at
        ]
        latest = max((ballot.at + GOOD_FOR for ballot in ballots), default=proposal.expires_at)
        if record.begun_at >= max(proposal.expires_at, latest):
            what = f"{proposal.id} was written at {record.begun_at}; it expired at {proposal.expires_at}"
            yield Breach(Promise.APPROVED, what)
        voters = {user for ballot in ballots for user in ballot.users}
        valid = (voters & entitled) - {proposal.requested_by}
        if len(valid) < proposal.quorum:
            what = f"{proposal.id} was written at {write['at']}: pressed {voters}, entitled {set(entitled)}"
            yield Breach(Promise.APPROVED, what)
        if not any(_tells(entry, Event.CHANGE_WRITTEN, proposal) for entry in evidence.entries):
            yield Breach(Promise.RECORD, f"the write of {write['at']} is not on record")
    for (name, step), times in counted.items():
        if times > 1:
            yield Breach(Promise.ONE_WRITE, f"{name}: {times} times {step.value}")


def _asked_for(write: Mapping[str, Any], proposals: Sequence[Proposal]) -> tuple[Proposal, StepRecord] | None:
    """Find the approval that a write was made for: the latest intent of exactly that text before it."""
    at = datetime.fromisoformat(write["at"])
    period = etree.fromstring(write["document"]).findtext(".//period") or ""
    intents = [
        (record.begun_at, index, proposal, record)
        for proposal in proposals
        for index, record in enumerate(proposal.steps)
        if record.begun_at <= at
        and (
            (record.step is Step.WRITE and proposal.period_after == period)
            or (record.step is Step.RESTORE and proposal.period_before == period)
        )
    ]
    if not intents:
        return None
    _, _, proposal, record = max(intents, key=lambda intent: intent[:2])
    return proposal, record


# --- Approvals ------------------------------------------------------------------------------------


def _approvals(evidence: Evidence) -> Iterator[Breach]:
    """Every press that had to count is on record, and every vote on record still stands."""
    for ballot in evidence.ballots:
        counted = [
            entry
            for entry in evidence.entries
            if entry.deed.event is Event.PROPOSAL_APPROVED
            and entry.deed.subject == ballot.proposal
            and entry.deed.actor in ballot.users
        ]
        if ballot.must_count and not counted:
            yield Breach(Promise.KEPT, f"the press of {ballot.users} at {ballot.at} left no trace")
    for proposal in evidence.proposals:
        standing = _standing_votes(evidence.entries, proposal)
        stored = [vote.user for vote in proposal.votes]
        if standing != stored:
            yield Breach(Promise.KEPT, f"{proposal.id} has the votes {stored}, on record are {standing}")


def _standing_votes(entries: Sequence[AuditEntry], proposal: Proposal) -> list[str]:
    """Follow the record: who approved and was not dropped, nor asked again since."""
    votes: list[str] = []
    for entry in entries:
        if _tells(entry, Event.PROPOSAL_APPROVED, proposal):
            votes.append(entry.deed.actor)
        elif _tells(entry, Event.PROPOSAL_EXTENDED, proposal):
            votes.clear()
        elif _tells(entry, Event.VOTE_DROPPED, proposal):
            votes = [user for user in votes if user not in entry.deed.details]
    return votes


def _tells(entry: AuditEntry, event: Event, proposal: Proposal) -> bool:
    return entry.deed.event is event and entry.deed.subject == proposal.id


# --- At rest --------------------------------------------------------------------------------------


def _left_stopped(evidence: Evidence) -> Iterator[Breach]:
    stops = [
        record.begun_at
        for proposal in evidence.proposals
        for record in proposal.taken(Step.STOP)
        if record.sent
    ]
    theirs = evidence.foreign_stop is not None and max(stops, default=evidence.foreign_stop) <= (
        evidence.foreign_stop
    )
    state = evidence.workflow["state"]
    if stops and not theirs and state != STARTED and not (state == PAUSED and evidence.workflow["failed"]):
        what = f"the workflow is in state {evidence.workflow['state']}; we stopped it at {max(stops)}"
        yield Breach(Promise.RUNNING, what)


def _card(evidence: Evidence, incident: Incident) -> Iterator[Breach]:
    """One card for each incident, and what it says is so."""
    shown = [one for one in evidence.messages if _key(one) == incident.id]
    if len(shown) != 1:
        yield Breach(Promise.CARDS, f"incident {incident.id} has {len(shown)} cards")
        return
    text = plain(shown[0].get("blocks") or [], "")
    if incident.id in evidence.cards and text != evidence.cards[incident.id]:
        yield Breach(
            Promise.CARDS, f"the card reads\n{text}\n--- and should read\n{evidence.cards[incident.id]}"
        )
    stands_still = evidence.workflow["state"] == PAUSED and bool(evidence.workflow["failed"])
    if incident.state is IncidentState.OPEN and stands_still != ("stands still until it is" in text):
        yield Breach(Promise.CARDS, f"does it stand still? {stands_still}; the card reads\n{text}")
    proposal = next((one for one in evidence.proposals if one.id == incident.proposal_id), None)
    if proposal is not None:
        yield from _told_of(proposal, text, _values(shown[0]), evidence)


def _told_of(proposal: Proposal, text: str, values: set[str], evidence: Evidence) -> Iterator[Breach]:
    """Compare what a card says of a proposal with Campaign."""
    written = [
        write
        for write in evidence.writes
        if (found := _asked_for(write, evidence.proposals)) and found[0] == proposal
    ]
    offered = f"{proposal.id}:{proposal.digest}" in values
    if offered != (proposal.stage is Stage.WAITING):
        yield Breach(Promise.CARDS, f"{proposal.id} is {proposal.stage.value}; Approve is shown: {offered}")
    if (proposal.stage is Stage.UNCLEAR) != ("[ Check again ]" in text):
        yield Breach(Promise.CARDS, f"{proposal.id} is {proposal.stage.value}; the card reads\n{text}")
    if written and ("othing was changed" in text or "nothing was done" in text):
        yield Breach(Promise.CARDS, f"{proposal.id} was written; the card reads\n{text}")
    done = proposal.stage in {Stage.VERIFIED, Stage.PROVED} and proposal.ask is not Ask.RESUME
    touched = evidence.foreign_edit is not None and evidence.foreign_edit >= (
        proposal.begun_at or proposal.requested_at
    )
    if done and not touched and evidence.workflow["stored_period"] != proposal.period_after:
        yield Breach(Promise.CARDS, f"the change is called done, and Campaign has another schedule:\n{text}")


def _key(message: Mapping[str, Any]) -> str:
    return str((message.get("metadata") or {}).get("event_payload", {}).get("key", ""))


def _values(message: Mapping[str, Any]) -> set[str]:
    """List the values of the buttons of a card."""
    shown = [element for block in message.get("blocks") or () for element in block.get("elements", ())]
    return {str(one["value"]) for one in shown if "value" in one}
