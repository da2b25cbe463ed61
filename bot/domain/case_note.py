"""The case note: one incident told from its failure to its proof, ready to be handed to support.

Pure text without any look: a note is sections of lines, and a line is a sentence or a quotation. How it is
written is `bot/domain/case_note_writing.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.audit import AuditEntry, Event
from bot.domain.case_note_lines import Line, Mark, Quote, clean, clean_line
from bot.domain.deed_words import SOURCES, did, kept_of, more_of
from bot.domain.incident import Incident, IncidentState
from bot.domain.period import differences
from bot.domain.policy import Person
from bot.domain.proposal import Ask, Proposal, Stage, StepRecord, TrackingChoice, Vote
from bot.domain.proposal_words import ASKED, STANDS, STEPS, WITHDRAWN
from bot.domain.sentence import joined, say, say_count
from bot.domain.verdict import Confidence
from bot.domain.verdict_words import CAUSES, CONFIDENCE

MOST_ENTRIES = 40
"""Of the record; the latest ones are told."""


@dataclass(frozen=True)
class Section:
    """A part of the note.

    Attributes:
        title: what it is about.
        lines: what it tells, never empty.
    """

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class CaseNote:
    """The whole account; no secret is left in it.

    Attributes:
        title: one line.
        sections: in the order in which they are read.
        zone: the server's, beside UTC.
    """

    title: str
    sections: tuple[Section, ...]
    zone: ZoneInfo


def write_case_note(
    incident: Incident,
    proposals: Sequence[Proposal],
    entries: Sequence[AuditEntry],
    *,
    zone: ZoneInfo,
    now: datetime,
) -> CaseNote:
    """Tell one incident.

    Args:
        incident: what happened.
        proposals: what was asked for about it, oldest first.
        entries: the record of it, oldest first.
        zone: the server's.
        now: rule time, UTC.
    """
    names = {entry.deed.actor: entry.deed.actor_name for entry in entries if entry.deed.actor_name}
    sections = (
        Section(say("What happened"), tuple(_failure(incident, now))),
        Section(say("Cause"), tuple(_cause(incident))),
        Section(say("Change"), tuple(_changes(proposals, names)) or (say("mcsync changed nothing."),)),
        Section(say("Proof"), tuple(_proof(incident, proposals, entries)) or (say("Nothing was proved."),)),
        Section(
            say("Record"),
            tuple(_record(incident, proposals, entries, names)) or (say("Nothing is on record."),),
        ),
        Section(say("Sources"), tuple(_sources(incident, entries))),
    )
    title = say(
        "Case note: {workflow} on {instance}, {verdict}",
        workflow=incident.workflow,
        instance=incident.instance,
        verdict=_named(incident),
    )
    cleaned = tuple(
        replace(section, lines=tuple(clean_line(line) for line in section.lines)) for section in sections
    )
    return CaseNote(clean(title), cleaned, zone)


# --- What a note tells ----------------------------------------------------------------------------


def _failure(incident: Incident, now: datetime) -> Iterator[Line]:
    yield say(
        "Workflow {workflow} (primary key {key}) on {instance}.",
        workflow=incident.workflow,
        key=incident.workflow_id,
        instance=incident.instance,
    )
    first, last = Mark(incident.first_at), Mark(incident.last_at)
    if incident.failures == 0:
        yield say("It had not failed yet: the first run that would is that of {moment}.", moment=first)
    elif incident.failures == 1:
        yield say("It failed at {moment}.", moment=last)
    else:
        yield say_count(
            "It failed {count} time, first at {first}, last at {last}.",
            "It failed {count} times, first at {first}, last at {last}.",
            incident.failures,
            first=first,
            last=last,
        )
    if incident.message.strip():
        yield say("Its journal says, on the latest failure:")
        yield Quote(incident.message.strip())
    if incident.schedule:
        yield say("When this was last read, it ran {schedule}.", schedule=incident.schedule)
    if incident.state is IncidentState.CLOSED and incident.closed_at is not None:
        closed_at = Mark(incident.closed_at)
        yield say(
            "The incident was closed at {moment}: {closing}", moment=closed_at, closing=incident.closing
        )
    elif incident.paused:
        yield say("The incident is open at {moment}: the workflow stands still.", moment=Mark(now))
    else:
        yield say("The incident is open at {moment}: the workflow is not paused.", moment=Mark(now))


def _cause(incident: Incident) -> Iterator[Line]:
    verdict = incident.diagnosis
    yield say("Verdict: {verdict}.", verdict=_named(incident))
    for evidence in verdict.evidence:
        yield say("Evidence: {fact}", fact=evidence.text)
    for out in verdict.excluded:
        yield say("Ruled out: {cause}: {because}", cause=CAUSES[out.cause], because=out.because)


def _changes(proposals: Sequence[Proposal], names: Mapping[str, str]) -> Iterator[Line]:
    for proposal in proposals:
        yield say(
            "{change}, asked for by {person} at {moment}: {summary}",
            change=ASKED[proposal.ask],
            person=_person(proposal.requested_by, names),
            moment=Mark(proposal.requested_at),
            summary=proposal.summary,
        )
        if proposal.caution:
            yield say("The approvers were told: {caution}", caution=proposal.caution)
        yield from (_vote(vote, names) for vote in proposal.votes)
        if proposal.stage is Stage.DENIED and proposal.decided_at is not None:
            person, moment = _person(proposal.decided_by, names), Mark(proposal.decided_at)
            if proposal.withdrawn:
                yield say("Withdrawn by {person} at {moment}.", person=person, moment=moment)
            else:
                yield say("Denied by {person} at {moment}.", person=person, moment=moment)
        yield from (_step(step) for step in proposal.steps)
        stage = say("withdrawn") if proposal.withdrawn else STANDS[proposal.stage]
        if proposal.reason and not (proposal.withdrawn and proposal.reason == WITHDRAWN):
            yield say("It stands at {stage}: {reason}", stage=stage, reason=proposal.reason)
        else:
            yield say("It stands at {stage}.", stage=stage)
        if proposal.ask is not Ask.RESUME:
            yield from _schedules(proposal)


def _vote(vote: Vote, names: Mapping[str, str]) -> Line:
    person, moment = _person(vote.user, names), Mark(vote.at)
    match vote.tracking:
        case TrackingChoice.NONE:
            return say("Approved by {person} at {moment}.", person=person, moment=moment)
        case TrackingChoice.MOVES_TOO:
            return say(
                "Approved by {person} at {moment}; RT's tracking is moved by hand.",
                person=person,
                moment=moment,
            )
        case TrackingChoice.ACCEPTED:
            return say(
                "Approved by {person} at {moment}; tracking stays, clicks may be lost.",
                person=person,
                moment=moment,
            )


def _step(step: StepRecord) -> Line:
    how = step.outcome or (say("done") if step.ended_at else say("outcome unknown"))
    return say("{step} at {moment}: {how}", step=STEPS[step.step], moment=Mark(step.begun_at), how=how)


def _schedules(proposal: Proposal) -> Iterator[Line]:
    for key, old, new in differences(proposal.period_before, proposal.period_after):
        yield say("Difference: {key} from {old} to {new}.", key=key, old=old, new=new)
    yield say("Schedule before:")
    yield Quote(proposal.period_before or "-")
    yield say("Schedule after:")
    yield Quote(proposal.period_after or "-")


def _proof(
    incident: Incident, proposals: Sequence[Proposal], entries: Sequence[AuditEntry]
) -> Iterator[Line]:
    known = {proposal.id: proposal for proposal in proposals}
    telling = (Event.CHANGE_VERIFIED, Event.RUN_PASSED, Event.CHANGE_PROVED)
    for deed in (entry.deed for entry in entries if entry.deed.subject in known):
        if deed.event in telling:
            moment, more = Mark(deed.at), more_of(deed, kept_of(known[deed.subject]))
            if more:
                yield say("mcsync {did} at {moment}: {more}", did=did(deed), moment=moment, more=more)
            else:
                yield say("mcsync {did} at {moment}.", did=did(deed), moment=moment)
        if after := deed.details.get("definition_after"):
            yield say("SHA-256 of the definition afterwards: {digest}", digest=after)
        if before := deed.details.get("definition_before"):
            yield say("SHA-256 of the definition before: {digest}", digest=before)
    if incident.state is IncidentState.CLOSED and incident.closing:
        yield incident.closing


def _record(
    incident: Incident,
    proposals: Sequence[Proposal],
    entries: Sequence[AuditEntry],
    names: Mapping[str, str],
) -> Iterator[Line]:
    asked = {proposal.id: proposal for proposal in proposals}
    if len(entries) > MOST_ENTRIES:
        yield say_count(
            "{count} earlier entry is left out.",
            "{count} earlier entries are left out.",
            len(entries) - MOST_ENTRIES,
        )
    for entry in entries[-MOST_ENTRIES:]:
        deed, request = entry.deed, asked.get(entry.deed.subject)
        known = {**names, deed.actor: deed.actor_name} if deed.actor_name else names
        about: dict[str, str | int] = {
            "number": entry.sequence,
            "moment": Mark(deed.at),
            "who": "mcsync" if deed.actor == "mcsync" else _person(deed.actor, known),
            "did": did(deed, request),
            "source": SOURCES.get(deed.source, deed.source),
        }
        if more := more_of(deed, kept_of(request or incident)):
            yield say("Entry {number}, {moment}: {who} {did} ({source}): {more}", **about, more=more)
        else:
            yield say("Entry {number}, {moment}: {who} {did} ({source})", **about)


def _sources(incident: Incident, entries: Sequence[AuditEntry]) -> Iterator[Line]:
    yield from incident.diagnosis.sources
    if entries:
        last = entries[-1]
        yield say(
            "The audit chain of mcsync, up to entry {number} with the digest {digest}",
            number=last.sequence,
            digest=last.digest,
        )
    else:
        yield "mcsync"


def _named(incident: Incident) -> str:
    verdict = incident.diagnosis
    if verdict.confidence is Confidence.UNKNOWN:
        return say("cause unknown")
    return joined(" ", (CAUSES[verdict.cause], joined("", ("(", CONFIDENCE[verdict.confidence], ")"))))


def _person(user: str, names: Mapping[str, str]) -> Mark:
    return Mark(Person(user, names.get(user) or user))
