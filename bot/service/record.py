"""What the record says, for people: the last entries, and all that is known of one incident. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.domain.audit import AuditEntry, Event
from bot.domain.case_note import CaseNote, write_case_note
from bot.domain.errors import NotFound
from bot.domain.incident import Incident
from bot.domain.proposal import Proposal
from bot.domain.sentence import say
from bot.service.office import Office
from bot.service.ports import Reading

MOST_LOOKED_AT = 5000
"""So far back the record is looked at while somebody waits."""

_PAGE = 500


@dataclass(frozen=True)
class Told:
    """One entry.

    Attributes:
        entry: as it stands in the chain.
        workflow: which workflow it concerns, `""` for none.
        about: the request or the incident that it concerns, `None` where that is not known.
    """

    entry: AuditEntry
    workflow: str
    about: Proposal | Incident | None = None


@dataclass(frozen=True)
class RecordView:
    """The end of the record.

    Attributes:
        told: the latest entries, the latest one first.
        workflow: whose entries, `""` for all.
        last: the sequence of the last entry on record, 0 when there is none.
        looked_at: how many entries were looked at for them.
        zone: of the times beside the viewer's.
    """

    told: tuple[Told, ...]
    workflow: str
    last: int
    looked_at: int
    zone: ZoneInfo


def take_record(office: Office, workflow: str | None, most: int) -> RecordView:
    """Read the last entries, of one workflow or of all.

    Args:
        office: what the use cases share.
        workflow: internal name, `None` for all.
        most: how many.

    Raises:
        NotFound: the workflow is not watched.
    """
    instances = [office.instance_of(workflow)] if workflow else list(office.instances.values())
    found: list[Told] = []
    looked_at = 0
    with office.store.read() as tx:
        last = tx.last_entry()
        names: dict[str, str] = {}
        for entry in backwards(tx, last):
            looked_at += 1
            about = _workflow_of(tx, entry.deed.subject, office, names)
            # Another server may have a workflow of the same name.
            if workflow is None or (about == workflow and entry.deed.instance in office.instances):
                subject = entry.deed.subject
                found.append(Told(entry, about, tx.proposal(subject) or tx.incident(subject)))
            if len(found) == most:
                break
    zone = instances[0].zone if instances else ZoneInfo("UTC")
    return RecordView(tuple(found), workflow or "", last, looked_at, zone)


def take_case_note(office: Office, incident_id: str) -> CaseNote:
    """Gather what is known of one incident and tell it.

    Raises:
        NotFound: there is no such incident.
    """
    with office.store.read() as tx:
        incident = tx.incident(incident_id)
        if incident is None:
            raise NotFound(say("This incident is no longer known here. Look at the newest card."))
        entries, asked = _entries_of(tx, incident)
        proposals = [proposal for one in asked if (proposal := tx.proposal(one)) is not None]
    zone = _zone_of(office, incident)
    return write_case_note(incident, proposals, entries, zone=zone, now=office.clock.now())


def _entries_of(tx: Reading, incident: Incident) -> tuple[tuple[AuditEntry, ...], tuple[str, ...]]:
    """Find the entries of an incident, oldest first, and the proposals that were made about it."""
    named = tx.audit_about(incident.id)
    asked = {
        entry.deed.subject: None
        for entry in named
        if entry.deed.event is Event.PROPOSAL_ASKED and entry.deed.details.get("incident") == incident.id
    }
    if incident.proposal_id:
        asked.setdefault(incident.proposal_id)
    found = {entry.sequence: entry for entry in named if entry.deed.subject == incident.id}
    for proposal in asked:
        about = (entry for entry in tx.audit_about(proposal) if entry.deed.subject == proposal)
        found |= {entry.sequence: entry for entry in about}
    return tuple(found[sequence] for sequence in sorted(found)), tuple(asked)


def backwards(tx: Reading, last: int) -> Iterator[AuditEntry]:
    """Walk the record from its end, as far back as somebody can wait for; damaged entries are left out."""
    for end in range(last, max(0, last - MOST_LOOKED_AT), -_PAGE):
        page = tx.audit_trail(after=max(0, end - _PAGE), limit=min(end, _PAGE))
        yield from (entry for entry in reversed(page) if isinstance(entry, AuditEntry))


def _workflow_of(tx: Reading, subject: str, office: Office, names: dict[str, str]) -> str:
    """Find the workflow that an entry is about; *names* remembers what was found."""
    if subject not in names:
        watched = any(subject in instance.workflows for instance in office.instances.values())
        known = tx.incident(subject) or tx.proposal(subject)
        names[subject] = known.workflow if known else subject if watched else ""
    return names[subject]


def _zone_of(office: Office, incident: Incident) -> ZoneInfo:
    instance = office.instances.get(incident.instance)
    if instance is None or incident.workflow not in instance.workflows:
        return ZoneInfo("UTC")
    return instance.execution(incident.workflow).windows[0].zone
