"""The record of who did what: entries, the chain of digests that shows any tampering, and its examination.

Where the entries are kept is the store's business.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.sentence import say

GENESIS = "0" * 64
"""What the first entry names as the digest before it."""


class Event(StrEnum):
    """What can stand in the record, as `noun:verb`."""

    FAILURE_SEEN = "failure:see"
    INCIDENT_OPENED = "incident:open"
    INCIDENT_CLOSED = "incident:close"
    INCIDENT_REOPENED = "incident:reopen"
    INCIDENT_ACKNOWLEDGED = "incident:acknowledge"
    INCIDENT_SNOOZED = "incident:snooze"
    INCIDENT_WOKEN = "incident:remind"
    PROPOSAL_ASKED = "proposal:ask"
    PROPOSAL_APPROVED = "proposal:approve"
    PROPOSAL_DENIED = "proposal:deny"
    PROPOSAL_EXPIRED = "proposal:expire"
    PROPOSAL_VOIDED = "proposal:void"
    PROPOSAL_CHECKED = "proposal:check-again"
    PROPOSAL_EXTENDED = "proposal:extend"
    PROPOSAL_SET_ASIDE = "proposal:set-aside"
    VOTE_DROPPED = "vote:drop"
    TRACKING_MOVED = "tracking:confirm"
    RUN_PASSED = "change:run-passed"
    CHANGE_RESTORED = "change:restore"
    CHANGE_BEGUN = "change:begin"
    CHANGE_WRITTEN = "change:write"
    CHANGE_VERIFIED = "change:verify"
    CHANGE_PROVED = "change:prove"
    CHANGE_FAILED = "change:fail"
    CHANGE_UNCLEAR = "change:unclear"
    CHANGE_OVERTAKEN = "change:overtake"
    LOGON_REFUSED = "logon:refuse"
    LOGON_ALLOWED = "logon:allow"
    VERDICT_RATED = "verdict:rate"


@dataclass(frozen=True)
class Deed:
    """What happened, before it takes its place in the chain.

    Attributes:
        at: rule time, UTC.
        event: what.
        actor: the Slack id of a person, or `mcsync`.
        source: from where: `command`, `button`, `webhook`, `poll` or `timer`.
        instance: the marketing server, `""` where none is concerned.
        subject: the incident, proposal or workflow concerned.
        details: plain words and figures; never a secret.
        actor_name: what that person was called then, `""` for `mcsync`; untrusted.
    """

    at: datetime
    event: Event
    actor: str
    source: str
    instance: str
    subject: str
    details: Mapping[str, str] = field(default_factory=dict)
    actor_name: str = ""


@dataclass(frozen=True)
class AuditEntry:
    """A deed in its place in the chain.

    Attributes:
        sequence: 1, 2, 3 … without gaps.
        deed: what happened.
        previous: the digest of the entry before, `GENESIS` for the first.
        digest: of this entry and `previous` (SHA-256, hexadecimal).
    """

    sequence: int
    deed: Deed
    previous: str
    digest: str


def link(sequence: int, deed: Deed, previous: str) -> AuditEntry:
    """Put *deed* at the end of the chain whose last digest is *previous*."""
    content = [
        sequence,
        previous,
        deed.at.isoformat(),
        deed.event.value,
        deed.actor,
        deed.actor_name,
        deed.source,
        deed.instance,
        deed.subject,
        sorted(deed.details.items()),
    ]
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
    return AuditEntry(sequence, deed, previous, hashlib.sha256(text.encode()).hexdigest())


@dataclass(frozen=True)
class DamagedEntry:
    """An entry that lies in the chain and whose content can no longer be read.

    Attributes:
        sequence: its place.
        previous: what stands there as the digest of the entry before.
        digest: what stands there as its own.
    """

    sequence: int
    previous: str
    digest: str


@dataclass(frozen=True)
class Seal:
    """The end of the chain as a health line told it: whatever stands there later must still be that.

    Attributes:
        sequence: the last entry's.
        digest: the last entry's; `""` where the seal itself can no longer be read.
        at: when it was told, rule time, UTC.
    """

    sequence: int
    digest: str
    at: datetime


@dataclass(frozen=True)
class Examination:
    """What became of examining the chain.

    Attributes:
        entries: how many there are.
        last: the last one, `None` when there is none or it cannot be read.
        flaws: one sentence each; empty when the chain is sound.
    """

    entries: int
    last: AuditEntry | None
    flaws: tuple[str, ...]


def examine(
    entries: Iterable[AuditEntry | DamagedEntry], seals: Iterable[Seal] = (), *, last_digest: str = ""
) -> Examination:
    """Examine a chain from its beginning to its end, in one pass.

    Args:
        entries: in the order in which they lie there.
        seals: what health lines told; they also show a cut tail, and a chain that was written anew.
        last_digest: what some earlier health line told as the last digest, `""` if nobody knows one.
    """
    told = sorted(seals, key=lambda seal: seal.sequence)
    seen = _Seen(frozenset(seal.sequence for seal in told), last_digest)
    found = list(flaws(seen.watched(entries)))
    for seal in told:
        if not seal.digest:
            found.append(
                say("The seal of entry {number} was changed after it was written.", number=seal.sequence)
            )
        elif seen.sealed.get(seal.sequence) != seal.digest:
            # The same words as long as it is gone, whatever is recorded in its place meanwhile.
            found.append(
                say(
                    "Entry {number}, of which the health line of {moment} UTC told, is gone: "
                    "the end was cut off, or it was written anew.",
                    number=seal.sequence,
                    moment=f"{seal.at:%Y-%m-%d %H:%M:%S}",
                )
            )
    if last_digest and not seen.last_digest_found:
        found.append(
            say(
                "No entry has the digest {digest}: the end was cut off, or that entry was written anew.",
                digest=last_digest,
            )
        )
    return Examination(seen.count, seen.last, tuple(found))


def flaws(entries: Iterable[AuditEntry | DamagedEntry]) -> Iterator[str]:
    """Name every entry that was removed, changed or moved, in the order of *entries*.

    A cut at the end leaves a sound chain: only who knows the last digest can see it.
    """
    expected, previous, before = 1, GENESIS, 0
    for entry in entries:
        number = entry.sequence
        if number == expected + 1:
            yield say(
                "Entry {expected} is missing or out of order: entry {found} stands in its place.",
                expected=expected,
                found=number,
            )
        elif number > expected:
            yield say(
                "Entries {first} to {last} are missing or out of order: entry {found} stands in their place.",
                first=expected,
                last=number - 1,
                found=number,
            )
        elif number < expected:
            yield say(
                "Entry {number} is out of order: it stands after entry {before}.",
                number=number,
                before=before,
            )
        if entry.previous != previous:
            yield say("Entry {number} does not follow the entry before it.", number=number)
        if isinstance(entry, DamagedEntry):
            yield say(
                "Entry {number} was changed after it was written: it cannot even be read any more.",
                number=number,
            )
        elif link(number, entry.deed, entry.previous).digest != entry.digest:
            yield say("Entry {number} was changed after it was written.", number=number)
        expected, previous, before = max(expected, number + 1), entry.digest, number


class _Seen:
    """Notes what passes by while a chain is examined."""

    def __init__(self, wanted: frozenset[int], last_digest: str) -> None:
        self._wanted = wanted
        self._last_digest = last_digest
        self.count = 0
        self.last: AuditEntry | None = None
        self.last_digest_found = False
        self.sealed: dict[int, str] = {}

    def watched(self, entries: Iterable[AuditEntry | DamagedEntry]) -> Iterator[AuditEntry | DamagedEntry]:
        for entry in entries:
            self.count += 1
            self.last = entry if isinstance(entry, AuditEntry) else None
            self.last_digest_found |= entry.digest == self._last_digest
            if entry.sequence in self._wanted:
                self.sealed[entry.sequence] = entry.digest
            yield entry
