"""Everything the use cases need from outside, on one page.

Protocols only. The plain values that pass through them live in the domain.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol, TypeVar

from bot.domain.account import Account
from bot.domain.answered import Request
from bot.domain.audit import AuditEntry, DamagedEntry, Deed, Seal
from bot.domain.due_work import Claim, Work
from bot.domain.figures import Tally
from bot.domain.incident import Incident
from bot.domain.journal import Failure, JournalEntry
from bot.domain.learning import Sighting
from bot.domain.lesson import Lesson
from bot.domain.logon_bar import LogonBar
from bot.domain.message import Card, Posted
from bot.domain.notice import Notice
from bot.domain.operator import Operator
from bot.domain.policy import Groups, Person
from bot.domain.proposal import Proposal
from bot.domain.sight import Sight
from bot.domain.sighted import Sighted
from bot.domain.trust import Rating, Suggestion
from bot.domain.view import Box, HomeTab, Opened
from bot.domain.workflow import Status, Workflow

T = TypeVar("T")


class Clock(Protocol):
    """The two clocks."""

    def now(self) -> datetime:
        """Tell rule time, UTC: runs, windows, expiry, polls. A sandbox may turn it."""
        ...

    def machine_now(self) -> datetime:
        """Tell machine time, UTC: leases, signatures, rate limits. Nobody turns it."""
        ...


# --- Campaign -------------------------------------------------------------------------------------


class Campaign(Protocol):
    """One marketing server. Every method raises a `CampaignError`, which says whether it may have run."""

    def statuses(self) -> tuple[Status, ...]:
        """Read the state of every configured workflow in one query."""
        ...

    def workflow(self, name: str) -> Workflow:
        """Read one workflow in full; raises `NotFound` when there is none of that name."""
        ...

    def journal(self, workflow_id: str, since: datetime, *, limit: int = 500) -> tuple[JournalEntry, ...]:
        """Read the journal from *since* on, oldest first; of more than *limit* lines, the newest ones."""
        ...

    def accounts(self) -> tuple[Account, ...]:
        """Read the active execution instances."""
        ...

    def server_time(self) -> datetime:
        """Read the server's clock, UTC."""
        ...

    def operator(self) -> Operator:
        """Read who we are; raises `Answered` or `UnreadableAnswer` where the server does not say."""
        ...

    def write_schedule(self, workflow: Workflow, period: str) -> None:
        """Write *period* into the only scheduler of *workflow*; nothing else changes."""
        ...

    def restore(self, workflow: Workflow, activities_xml: str) -> None:
        """Write back a complete `<activities>` element, as it was backed up."""
        ...

    def stop(self, workflow: Workflow) -> None:
        """Ask for a stop; it happens later."""
        ...

    def start(self, workflow: Workflow) -> None:
        """Ask for a start; it happens later."""
        ...


class Probe(Protocol):
    """Looks at execution instances from outside, never logging on."""

    def look(self, instance: str, workflow: str) -> Sighting | None:
        """Look once; `None` when what was seen says nothing of the web process."""
        ...


# --- Slack ----------------------------------------------------------------------------------------


class Slack(Protocol):
    """One workspace. Every method raises a `SlackError`."""

    def post(
        self, channel: str, card: Card, *, key: str, thread: str | None = None, broadcast: bool = False
    ) -> str:
        """Post *card* with *key* as its metadata, in the thread of a message if given; return its `ts`.

        A *broadcast* reply is shown in the channel as well.
        """
        ...

    def update(self, channel: str, ts: str, card: Card) -> None:
        """Replace the content of a message."""
        ...

    def find(self, channel: str, key: str, *, since: datetime, thread: str | None = None) -> str | None:
        """Find the `ts` of the message that carries *key*, posted after *since* (machine time).

        It is looked for in the channel, or in the thread of a message if given.
        """
        ...

    def whisper(self, channel: str, user: str, card: Card, *, thread: str | None = None) -> None:
        """Show *card* to one person in the channel, or in a thread of it."""
        ...

    def respond(self, url: str, card: Card, *, shared: bool = False) -> None:
        """Answer by the address that came with a command: to one person, or to the channel if *shared*."""
        ...

    def react(self, channel: str, ts: str, name: str, *, instead_of: Iterable[str] = ()) -> None:
        """Put our reaction under a message and take those of *instead_of* away; may be repeated."""
        ...

    def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> Opened:
        """Open a modal for whoever caused *trigger_id*, which is good for three seconds and one use."""
        ...

    def update_view(self, view_id: str, view: Mapping[str, Any], *, hash_: str = "") -> Opened:
        """Replace the content of an open modal; with *hash_*, only if it still shows what that names."""
        ...

    def publish_home(self, user: str, view: Mapping[str, Any], *, hash_: str = "") -> Opened:
        """Replace somebody's Home tab; with *hash_*, only if it still shows what that names."""
        ...

    def person(self, user: str) -> Person:
        """Read who somebody is."""
        ...

    def members(self, group: str) -> frozenset[str]:
        """Read the members of a user group, uncached."""
        ...


class Directory(Protocol):
    """The members of user groups, cached for at most a minute."""

    def members(self, groups: frozenset[str], *, fresh: bool = False) -> Groups:
        """Read the members of *groups*; one that cannot be read is left out. *fresh* asks Slack anew."""
        ...

    def drop(self) -> None:
        """Forget everything, as when Slack says that a group has changed."""
        ...


class Locales(Protocol):
    """Language and time zone that people have chosen in Slack, cached; nobody waits for them long."""

    def locale(self, user: str) -> str:
        """Tell somebody's locale such as `pt-BR`, `""` if Slack does not tell it in time."""
        ...

    def zone(self, user: str) -> str:
        """Tell somebody's time zone, an IANA name, `""` if Slack does not tell it in time."""
        ...


# --- Store ----------------------------------------------------------------------------------------


class Reading(Protocol):
    """What can be read from the store, one consistent picture."""

    def incident(self, incident_id: str) -> Incident | None:
        """Find one incident."""
        ...

    def incidents(self, *, open_only: bool = True, limit: int = 100) -> tuple[Incident, ...]:
        """List incidents, latest failure first."""
        ...

    def open_incidents(self, instance: str, workflow: str) -> tuple[Incident, ...]:
        """List the open incidents of one workflow, latest failure first."""
        ...

    def failures(self, instance: str, workflow: str, *, since: datetime) -> tuple[Failure, ...]:
        """List failures from *since* on, oldest first."""
        ...

    def nearest_failure(self, instance: str, workflow: str, at: datetime) -> Failure | None:
        """Find the failure nearest to *at*, the later one of two; `None` when there is none."""
        ...

    def proposal(self, proposal_id: str) -> Proposal | None:
        """Find one proposal."""
        ...

    def undecided(self, instance: str, workflow: str) -> Proposal | None:
        """Find the proposal of one workflow that is not at an end."""
        ...

    def standing(self, instance: str, workflow: str) -> tuple[Proposal, ...]:
        """List what was done to one workflow and was not overtaken since, proved or not, in no order."""
        ...

    def sighted(self, instance: str | None = None) -> tuple[Sighted, ...]:
        """List the last sightings, of one instance or of all, ordered by instance and name."""
        ...

    def sight(self, instance: str) -> Sight | None:
        """Find whether an instance could be seen when it was last asked."""
        ...

    def posted(self, key: str) -> Posted | None:
        """Find a card's place."""
        ...

    def home(self, user: str) -> HomeTab | None:
        """Find somebody's Home tab."""
        ...

    def homes(self, *, since: datetime) -> tuple[HomeTab, ...]:
        """List the Home tabs that were opened from *since* on, the latest first."""
        ...

    def box(self, view_id: str) -> Box | None:
        """Find a box on somebody's screen."""
        ...

    def lesson(self, instance: str, workflow: str) -> Lesson | None:
        """Find what was learnt of a workflow."""
        ...

    def notice(self, key: str) -> Notice | None:
        """Find a notice."""
        ...

    def suggestion(self, incident_id: str) -> Suggestion | None:
        """Find what mcsync would have done about an incident."""
        ...

    def suggestions(self, instance: str) -> tuple[Suggestion, ...]:
        """List what mcsync would have done on an instance, oldest first."""
        ...

    def ratings(self, instance: str) -> tuple[Rating, ...]:
        """List the answers about an instance, oldest first."""
        ...

    def ratings_of(self, incident_id: str) -> tuple[Rating, ...]:
        """List the answers about one incident, oldest first."""
        ...

    def request(self, key: str) -> Request | None:
        """Find a request that came in before."""
        ...

    def logon_bar(self, instance: str) -> LogonBar | None:
        """Find the remembered refusal of an instance."""
        ...

    def audit(self, *, after: int = 0, limit: int = 1000) -> tuple[AuditEntry, ...]:
        """List entries with a greater sequence than *after*, in order."""
        ...

    def audit_trail(self, *, after: int = 0, limit: int = 1000) -> tuple[AuditEntry | DamagedEntry, ...]:
        """List the same entries for an examination, which wants to see damaged ones as well."""
        ...

    def audit_about(self, subject: str) -> tuple[AuditEntry, ...]:
        """List the sound entries that name *subject*, an id, as theirs or in their details; in order."""
        ...

    def last_entry(self) -> int:
        """Tell the greatest sequence on record, 0 when there is none."""
        ...

    def seals(self) -> tuple[Seal, ...]:
        """List what health lines told of the end of the chain, oldest first."""
        ...

    def due(self, now: datetime) -> int:
        """Count the work that is due at *now* or held by a worker."""
        ...

    def tally(self, now: datetime) -> Tally:
        """Count what waits at *now*, what is open, and what was proposed."""
        ...

    def next_due(self, now: datetime) -> datetime | None:
        """Tell when the next work after *now* falls due."""
        ...


class Writing(Reading, Protocol):
    """What can be changed, all of it or none."""

    def accept_delivery(self, key: str, at: datetime, body: str) -> bool:
        """Remember a delivery; `False` when it was seen before."""
        ...

    def forget_deliveries(self, before: datetime) -> int:
        """Forget deliveries from before *before*; return how many."""
        ...

    def add_failure(self, failure: Failure, at: datetime) -> bool:
        """Remember a failure; `False` when it is known, whoever reported it."""
        ...

    def add_incident(self, incident: Incident) -> bool:
        """Add an incident; `False` when its id exists."""
        ...

    def save_incident(self, before: Incident, after: Incident) -> bool:
        """Replace *before* by *after* as the next revision; `False` when *before* is no longer current."""
        ...

    def add_proposal(self, proposal: Proposal) -> bool:
        """Add a proposal; `False` when its id exists or the workflow has an undecided one."""
        ...

    def save_proposal(self, before: Proposal, after: Proposal) -> bool:
        """Replace *before* by *after* with the next revision; `False` when *before* is no longer current.

        Raises:
            ValueError: the move is not in `MOVES`.
        """
        ...

    def save_sighted(self, sighted: Sighted) -> None:
        """Replace the last sighting of a workflow."""
        ...

    def save_sight(self, sight: Sight) -> None:
        """Replace whether an instance can be seen."""
        ...

    def save_posted(self, posted: Posted) -> None:
        """Replace a card's place."""
        ...

    def save_home(self, home: HomeTab) -> None:
        """Replace somebody's Home tab."""
        ...

    def save_box(self, box: Box) -> None:
        """Replace a box on somebody's screen."""
        ...

    def forget_boxes(self, before: datetime) -> int:
        """Forget boxes whose latest change was before *before*; return how many."""
        ...

    def save_lesson(self, lesson: Lesson) -> None:
        """Replace what was learnt of a workflow."""
        ...

    def add_notice(self, notice: Notice) -> bool:
        """Add a notice; `False` when its key exists: then it was told before."""
        ...

    def save_notice(self, notice: Notice) -> bool:
        """Replace a notice that was told; `False` when none has that key."""
        ...

    def save_suggestion(self, suggestion: Suggestion) -> None:
        """Replace what mcsync would have done about an incident."""
        ...

    def save_rating(self, rating: Rating) -> None:
        """Replace one person's answer about an incident."""
        ...

    def save_logon_bar(self, bar: LogonBar) -> None:
        """Remember a refused log-on."""
        ...

    def add_request(self, request: Request) -> bool:
        """Note a request; `False` when it was noted before."""
        ...

    def save_request(self, request: Request) -> None:
        """Replace what is known of a request."""
        ...

    def forget_request(self, key: str) -> None:
        """Forget a request, as if it had never come."""
        ...

    def forget_requests(self, before: datetime) -> int:
        """Forget requests from before *before*; return how many."""
        ...

    def lift_logon_bar(self, instance: str) -> bool:
        """Forget a refused log-on; `False` when there was none."""
        ...

    def record(self, deed: Deed) -> AuditEntry:
        """Put *deed* at the end of the audit chain."""
        ...

    def add_seal(self, seal: Seal) -> bool:
        """Remember what a health line told; `False` when one told of that sequence before."""
        ...

    def enqueue(self, work: Work) -> None:
        """Ask for work.

        Asked for again under the same key, it keeps the earlier `due_at` and the earlier trace and takes the
        newer payload; asked for while a worker holds it, it is done once more.
        """
        ...


class Store(Protocol):
    """The database. Every method raises a `StoreError` when it cannot be used."""

    def read(self) -> AbstractContextManager[Reading]:
        """Open one consistent picture."""
        ...

    def write(self) -> AbstractContextManager[Writing]:
        """Open a transaction: committed on leaving, rolled back on any exception."""
        ...

    def write_together(self, task: Callable[[Writing], T]) -> T:
        """Run *task* in a transaction shared with whoever else writes so now; return once it is committed.

        It is brief, and may be run more than once, of which one counts.
        """
        ...

    def damage(self) -> tuple[str, ...]:
        """Name what a quick look finds damaged inside the database, nothing when it is sound."""
        ...

    def trouble(self) -> str:
        """Tell why the last change could not be written, `""` when it could; asks nobody."""
        ...

    def try_writing(self) -> None:
        """Write something that means nothing, so that `trouble` is true to this moment."""
        ...

    def revision(self) -> str:
        """Name what is committed; while the name stays the same, nothing was committed in between.

        What another process committed in the last hundredth of a second may not be in it yet.
        """
        ...

    def claim(
        self, owner: str, now: datetime, machine_now: datetime, lease_seconds: float, limit: int
    ) -> Sequence[Claim]:
        """Take due work, oldest first: one row per lane at most, none of a lane with a live lease."""
        ...

    def finish(self, claim: Claim, now: datetime) -> bool:
        """Remove finished work, or release it at *now* if asked for again; `False` when no longer ours."""
        ...

    def postpone(
        self,
        claim: Claim,
        due_at: datetime,
        payload: Mapping[str, str] | None = None,
        *,
        whole_lane: bool = False,
    ) -> bool:
        """Release work until *due_at*, with its *whole_lane* if so; `False` when no longer ours."""
        ...

    def renew(self, owner: str, machine_now: datetime, lease_seconds: float) -> int:
        """Lengthen the leases of whatever *owner* holds; return how many rows."""
        ...

    def holders(self) -> tuple[str, ...]:
        """List who holds work right now, dead or alive."""
        ...

    def give_back(self, owner: str) -> int:
        """Release whatever *owner* holds, as on shutdown; return how many rows."""
        ...

    def abandon(self, owner: str, claims: Iterable[Claim]) -> int:
        """Release whatever *owner* holds beside *claims*; return how many rows."""
        ...

    def attend(self, owner: str) -> None:
        """Be known to other replicas as long as this process lives; before the first claim and ever again."""
        ...

    def absent(self, owner: str) -> tuple[str, ...]:
        """Of those who hold work, name whoever but *owner* has surely ended."""
        ...
