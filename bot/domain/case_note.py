"""The case note: one incident told from its failure to its proof, ready to be handed to support.

Pure text without any look: a note is sections of lines, and a line is made of parts. Slack's look of them is
`commands/cards/case_note.py`; Markdown is made here, since it is only text.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.domain.audit import AuditEntry, Event
from bot.domain.deed_words import WORDS, more_of
from bot.domain.incident import Incident, IncidentState
from bot.domain.period import differences
from bot.domain.policy import Person
from bot.domain.proposal import Ask, Proposal, Stage
from bot.domain.scrub import scrub
from bot.domain.verdict import Confidence

MOST_ENTRIES = 40
"""Of the record; the latest ones are told."""

_CLINGING = ".,;:)"


@dataclass(frozen=True)
class Quote:
    """Text as it stands elsewhere, on lines of its own; untrusted."""

    text: str


Part = str | datetime | Person | Quote
"""Words, an instant, somebody, or a quotation."""

Line = tuple[Part, ...]


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
        Section("What happened", tuple(_failure(incident, now))),
        Section("Cause", tuple(_cause(incident))),
        Section("Change", tuple(_changes(proposals, names)) or (("mcsync changed nothing.",),)),
        Section("Proof", tuple(_proof(incident, proposals, entries)) or (("Nothing was proved.",),)),
        Section("Record", tuple(_record(entries, names)) or (("Nothing is on record.",),)),
        Section("Sources", tuple(_sources(incident, entries))),
    )
    place = f"{incident.workflow} on {incident.instance}"
    cleaned = tuple(
        Section(section.title, tuple(tuple(_clean(part) for part in line) for line in section.lines))
        for section in sections
    )
    return CaseNote(_clean_text(f"Case note: {place}, {_named(incident)}"), cleaned, zone)


def joined(parts: Sequence[str]) -> str:
    """Join the parts of a line by spaces, but for signs that cling to the word before them."""
    text = ""
    for part in filter(None, parts):
        text += part if not text or part[0] in _CLINGING else f" {part}"
    return text


def to_markdown(note: CaseNote) -> str:
    """Write a note as Markdown, its instants in UTC and in the server's zone."""
    blocks = [f"# {_markdown_text(note.title)}"]
    for section in note.sections:
        blocks.append(f"## {_markdown_text(section.title)}")
        listed: list[str] = []
        for line in section.lines:
            match line:
                case (Quote(text),):
                    if listed:
                        blocks.append("\n".join(listed))
                        listed = []
                    blocks.append("\n".join(f"    {row}" for row in text.splitlines()))
                case _:
                    listed.append(f"- {joined([_markdown(part, note.zone) for part in line])}")
        if listed:
            blocks.append("\n".join(listed))
    return "\n\n".join(blocks) + "\n"


# --- What a note tells ----------------------------------------------------------------------------


def _failure(incident: Incident, now: datetime) -> Iterator[Line]:
    yield (f"Workflow {incident.workflow} (primary key {incident.workflow_id}) on {incident.instance}.",)
    if incident.failures == 0:
        yield ("It had not failed yet: the first run that would is that of", incident.first_at, ".")
    elif incident.failures == 1:
        yield ("It failed at", incident.last_at, ".")
    else:
        first, last = incident.first_at, incident.last_at
        yield (f"It failed {incident.failures} times, first at", first, ", last at", last, ".")
    if incident.message.strip():
        yield ("Its journal says, on the latest failure:",)
        yield (Quote(incident.message.strip()),)
    if incident.schedule:
        yield (f"When this was last read, it ran {incident.schedule}.",)
    if incident.state is IncidentState.CLOSED and incident.closed_at is not None:
        yield ("The incident was closed at", incident.closed_at, f": {incident.closing}")
    else:
        still = "the workflow stands still" if incident.paused else "the workflow is not paused"
        yield ("The incident is open at", now, f": {still}.")


def _cause(incident: Incident) -> Iterator[Line]:
    verdict = incident.diagnosis
    yield (f"{_named(incident)[:1].upper()}{_named(incident)[1:]}.",)
    for evidence in verdict.evidence:
        yield (f"Evidence: {evidence.text}",)
    for out in verdict.excluded:
        yield (f"Ruled out: {out.cause.value.replace('-', ' ')}: {out.because}",)


def _changes(proposals: Sequence[Proposal], names: Mapping[str, str]) -> Iterator[Line]:
    def person(user: str) -> Person:
        return Person(user, names.get(user) or user)

    for proposal in proposals:
        yield (
            f"{proposal.ask.value.replace('-', ' ').capitalize()}, asked for by",
            person(proposal.requested_by),
            "at",
            proposal.requested_at,
            f": {proposal.summary}",
        )
        if proposal.caution:
            yield (f"The approvers were told: {proposal.caution}",)
        for vote in proposal.votes:
            choice = f", tracking: {vote.tracking.value.replace('-', ' ')}" if vote.tracking else ""
            yield ("Approved by", person(vote.user), "at", vote.at, f"{choice}.")
        if proposal.stage is Stage.DENIED and proposal.decided_at is not None:
            yield ("Denied by", person(proposal.decided_by), "at", proposal.decided_at, ".")
        for step in proposal.steps:
            how = step.outcome or ("done" if step.ended_at else "outcome unknown")
            yield (f"{step.step.value.capitalize()} at", step.begun_at, f": {how}")
        reason = f": {proposal.reason}" if proposal.reason else "."
        yield (f"It stands at {proposal.stage.value.replace('-', ' ')}{reason}",)
        if proposal.ask is not Ask.RESUME:
            for key, old, new in differences(proposal.period_before, proposal.period_after):
                yield (f"Difference: {key} from {old} to {new}.",)
            yield ("Schedule before:",)
            yield (Quote(proposal.period_before or "-"),)
            yield ("Schedule after:",)
            yield (Quote(proposal.period_after or "-"),)


def _proof(
    incident: Incident, proposals: Sequence[Proposal], entries: Sequence[AuditEntry]
) -> Iterator[Line]:
    known = {proposal.id for proposal in proposals}
    for entry in entries:
        deed = entry.deed
        if deed.subject in known and deed.event in (
            Event.CHANGE_VERIFIED,
            Event.RUN_PASSED,
            Event.CHANGE_PROVED,
        ):
            told = f": {more_of(deed)}" if more_of(deed) else "."
            yield (f"mcsync {WORDS[deed.event]} at", deed.at, told)
        if deed.subject in known and deed.details.get("definition_after"):
            yield (f"SHA-256 of the definition afterwards: {deed.details['definition_after']}",)
        if deed.subject in known and deed.details.get("definition_before"):
            yield (f"SHA-256 of the definition before: {deed.details['definition_before']}",)
    if incident.state is IncidentState.CLOSED and incident.closing:
        yield (incident.closing,)


def _record(entries: Sequence[AuditEntry], names: Mapping[str, str]) -> Iterator[Line]:
    if len(entries) > MOST_ENTRIES:
        yield (f"{len(entries) - MOST_ENTRIES} earlier entries are left out.",)
    for entry in entries[-MOST_ENTRIES:]:
        deed = entry.deed
        name = deed.actor_name or names.get(deed.actor) or deed.actor
        who: Part = "mcsync" if deed.actor == "mcsync" else Person(deed.actor, name)
        told = f": {more_of(deed)}" if more_of(deed) else ""
        words = WORDS.get(deed.event, deed.event.value)
        yield (f"Entry {entry.sequence},", deed.at, ":", who, f"{words} ({deed.source}){told}")


def _sources(incident: Incident, entries: Sequence[AuditEntry]) -> Iterator[Line]:
    for source in incident.diagnosis.sources:
        yield (source,)
    if entries:
        last = entries[-1]
        yield (f"The audit chain of mcsync, up to entry {last.sequence} with the digest {last.digest}",)
    else:
        yield ("mcsync",)


def _named(incident: Incident) -> str:
    verdict = incident.diagnosis
    if verdict.confidence is Confidence.UNKNOWN:
        return "cause unknown"
    return f"{verdict.cause.value.replace('-', ' ')} ({verdict.confidence.value})"


# --- How it is written ----------------------------------------------------------------------------


def _clean(part: Part) -> Part:
    match part:
        case str():
            return _clean_text(part)
        case Quote(text):
            return Quote("\n".join(_printable(line) for line in scrub(text).splitlines()))
        case Person(id=user, name=name):
            return Person(user, _clean_text(name))
        case _:
            return part


def _clean_text(text: str) -> str:
    """Take secrets and line breaks out: no text can begin a line of its own."""
    return " ".join(_printable(scrub(text)).split())


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _markdown(part: Part, zone: ZoneInfo) -> str:
    match part:
        case datetime():
            utc, local = part.astimezone(UTC), part.astimezone(zone)
            return f"{utc:%Y-%m-%d %H:%M:%S} UTC ({local:%H:%M:%S} {zone.key})"
        case Person(id=user, name=name):
            return _markdown_text(name if name == user else f"{name} ({user})")
        case Quote(text):
            return _markdown_text(text)
        case str():
            return _markdown_text(part)


def _markdown_text(text: str) -> str:
    """Keep HTML, links, pictures and code of others out of our Markdown."""
    for sign in "\\<[`":
        text = text.replace(sign, f"\\{sign}")
    return text
