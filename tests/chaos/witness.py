"""Who saw everything from outside: what was pressed, who had the right, what the program left in its logs.

What must hold of it is judged by `tests/flows/breaches.py`; what only a process can show is judged here.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import settings_loading
from bot.app import build
from bot.domain.audit import AuditEntry, Event
from bot.domain.incident import Incident
from bot.domain.proposal import Proposal, Step
from bot.gateways.clock import clock_from
from bot.gateways.store import create_store
from bot.sandbox.slack.text import plain
from bot.sandbox.story import WORKFLOW
from bot.service.cards import Cards
from commands.cards import LOOKS
from tests.chaos.attacked import Attacked
from tests.flows.breaches import OPERATOR, Ballot, Breach, Evidence, at_any_time, at_calm

ADMINS = ("U0ADA", "U0GRACE")
SECRETS = ("xoxb-sandbox", "xapp-sandbox", "sandbox-signing-secret", "c2FuZGJveC1zZWNyZXQ", "tok-", "___")
"""Beginnings of what must never be in a log: tokens, secrets, and the stand-in's own session tokens."""

NO_SECRET = "no secret is in a log"
FORESEEN = "nothing happens that nobody foresaw"
FLAT = "memory, threads and files stay flat"
GOES_ON = "the program goes on"

MORE_THREADS, MORE_FILES, MORE_KB = 12, 40, 24_000
"""What a morning may add to a program that has just looked around: pools fill up (each Socket Mode line has
one of ten), modules are imported, and on a busy machine closed connections wait to be cleared away."""

AGO = timedelta(seconds=3)
"""A right that was read so shortly before an effect counts for it, on a busy machine too."""

BEGINNING_OF_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Vitals:
    """What the system says of a process.

    Attributes:
        process: its number.
        threads: how many it has.
        files: how many files and sockets it holds open.
        kb: resident memory, kB; 0 of one that has just been killed.
    """

    process: int
    threads: int
    files: int
    kb: int

    def outgrown(self, later: "Vitals") -> str:
        """Say what has grown too much since, `""` for nothing or another process."""
        if later.process != self.process or not self.kb:
            return ""
        grown = {
            "threads": (later.threads - self.threads, MORE_THREADS),
            "files": (later.files - self.files, MORE_FILES),
            "kB": (later.kb - self.kb, MORE_KB),
        }
        return ", ".join(f"{more} {what} more" for what, (more, most) in grown.items() if more > most)


def vitals_of(process: int) -> Vitals:
    """Ask the system about a process."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace").splitlines()
    told = {name: value for name, _, value in (line.partition(":") for line in lines)}
    files = sum(1 for _ in Path(f"/proc/{process}/fd").iterdir())
    return Vitals(process, int(told["Threads"]), files, int(told.get("VmRSS", "0").split()[0]))


@dataclass(frozen=True)
class Membership:
    """Who was in the group of approvers from then on; *since* and *surely* lie around the change."""

    since: datetime
    surely: datetime
    members: frozenset[str]


@dataclass
class Witness:
    """Sees, and writes down.

    Attributes:
        sandbox: where it happens.
        members: who is in the group of approvers.
        foreign_stop: when somebody else stopped the workflow last.
        foreign_edits: how often somebody else edited it.
        slack_is_odd: whether Slack may have kept silent about people, so that a press need not count.
    """

    sandbox: Attacked
    members: frozenset[str] = frozenset(ADMINS)
    foreign_stop: datetime | None = None
    foreign_edits: int = 0
    slack_is_odd: bool = False
    _foreign_edit: datetime | None = None
    _ballots: list[Ballot] = field(default_factory=list)
    _group: list[Membership] = field(default_factory=list)
    _vitals: Vitals | None = None
    _log_read: dict[Path, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with the group as it is at first."""
        self._group.append(Membership(BEGINNING_OF_TIME, BEGINNING_OF_TIME, self.members))

    def open(self) -> None:
        """Look into the store beside the running program."""
        self._store = create_store(f"sqlite:///{self.sandbox.database}")
        self._store.open_as_it_is()

    def close(self) -> None:
        """Look no more."""
        self._store.close()

    # --- Writing down -----------------------------------------------------------------------------

    def somebody_edits(self, at: datetime) -> None:
        """Write down that somebody else edits the workflow."""
        self._foreign_edit, self.foreign_edits = at, self.foreign_edits + 1

    @contextmanager
    def changing_the_group(self, members: frozenset[str], now: Callable[[], datetime]) -> Iterator[None]:
        """Write down who is in the group from now on; a press of the last minutes need not count any more."""
        since = now()
        self.slack_is_odd = True  # the cached group may speak for another minute
        self._ballots = [
            replace(one, must_count=one.must_count and since - one.at > timedelta(minutes=15))
            for one in self._ballots
        ]
        yield
        self._group.append(Membership(since, now(), members))
        self.members = members

    def pressed(self, user: str, waiting: Proposal, digest: str, at: datetime, *, is_taken: bool) -> None:
        """Write a press of *Approve* down; whether it must count if nothing else spoke against it."""
        must_count = (
            is_taken
            and not self.slack_is_odd
            and digest == waiting.digest
            and at < waiting.expires_at - timedelta(seconds=30)
            and user in self.members
            and user != waiting.requested_by
        )
        # A press whose answer was lost may have counted all the same; then the next one need not.
        before = [one for one in self._ballots if (one.proposal, one.digest) == (waiting.id, digest)]
        users = dict.fromkeys([user, *(each for one in before for each in one.users)])
        self._ballots.append(Ballot(tuple(users), waiting.id, digest, at, must_count))

    # --- Looking ----------------------------------------------------------------------------------

    def cards(self) -> list[dict[str, Any]]:
        """List the messages of the channel."""
        found: list[dict[str, Any]] = self.sandbox.slack("messages")["messages"]
        return found

    def workflow(self) -> dict[str, Any]:
        """Look at the archiving workflow from behind."""
        world = self.sandbox.campaign("world")
        found: dict[str, Any] = next(one for one in world["workflows"] if one["name"] == WORKFLOW)
        return found

    def everybody_is_there(self) -> bool:
        """Tell whether no server is restarting."""
        world = self.sandbox.campaign("world")
        return not any(one["away"] for one in (world["marketing"], *world["executions"].values()))

    def entries(self) -> tuple[AuditEntry, ...]:
        """Read the record."""
        with self._store.read() as tx:
            return tx.audit(limit=10_000)

    def proposals(self) -> list[Proposal]:
        """Read all proposals there ever were."""
        with self._store.read() as tx:
            asked = [
                entry.deed.subject
                for entry in tx.audit(limit=10_000)
                if entry.deed.event is Event.PROPOSAL_ASKED
            ]
            return [found for one in asked if (found := tx.proposal(one)) is not None]

    def incidents(self) -> tuple[Incident, ...]:
        """Read all incidents there ever were."""
        with self._store.read() as tx:
            return tuple(tx.incidents(open_only=False))

    def writes(self) -> list[dict[str, Any]]:
        """List what Campaign took from us, by the program's clock."""
        found = [one for one in self.sandbox.campaign("writes")["writes"] if one["login"] == OPERATOR]
        ahead = self.sandbox.campaign_ahead
        return [{**one, "at": (datetime.fromisoformat(one["at"]) - ahead).isoformat()} for one in found]

    def look_at_process(self) -> None:
        """Remember how large the program is, where it is another one than at the last look."""
        number = self.sandbox.bot_process()
        if self.sandbox.is_up and (self._vitals is None or self._vitals.process != number):
            self._vitals = vitals_of(number)

    # --- Judging ----------------------------------------------------------------------------------

    def breaches(self, *, calm: bool) -> Iterator[tuple[str, str]]:
        """Tell every promise that is not kept, and what was seen instead."""
        judge: Callable[[Evidence], Iterator[Breach]] = at_calm if calm else at_any_time
        yield from ((str(breach.promise), breach.what) for breach in judge(self._evidence(calm=calm)))
        yield from self._in_logs()
        if calm and not self.sandbox.is_up:
            yield GOES_ON, "it has ended by itself"
        elif calm and self._vitals is not None:
            grown = self._vitals.outgrown(vitals_of(self.sandbox.bot_process()))
            if grown:
                yield FLAT, grown

    def _evidence(self, *, calm: bool) -> Evidence:
        proposals, writes = self.proposals(), self.writes()
        return Evidence(
            proposals=proposals,
            entries=self.entries(),
            writes=writes,
            entitled=[self._entitled(write, proposals) for write in writes],
            ballots=self._ballots,
            workflow=self.workflow(),
            foreign_stop=self.foreign_stop,
            foreign_edit=self._foreign_edit,
            incidents=self.incidents() if calm else (),
            messages=self.cards() if calm else (),
            cards=self._drawn() if calm else {},
        )

    def _drawn(self) -> dict[str, str]:
        """Draw every card from the store, by a second program that is never opened: so must Slack's read."""
        environment = self.sandbox.environment()
        settings = settings_loading.load(self.sandbox.configuration, environment)
        office = replace(build(settings, clock_from(environment)).service.office, store=self._store)
        cards = Cards(office, LOOKS.card, LOOKS.sentence)
        views = [view for one in self.incidents() if (view := cards._view(one.id)) is not None]
        return {
            view.key: plain([dict(block) for block in LOOKS.card(office.language, view).blocks], "")
            for view in views
        }

    def _entitled(self, write: dict[str, Any], proposals: list[Proposal]) -> frozenset[str]:
        """Tell who was in the group at any moment from the step's last look at it to its write."""
        at = datetime.fromisoformat(write["at"])
        begun = [
            record.begun_at
            for proposal in proposals
            for record in proposal.steps
            if record.step in (Step.WRITE, Step.RESTORE) and record.begun_at <= at
        ]
        first = max(begun, default=at) - AGO
        ends = [*(one.surely for one in self._group[1:]), datetime.max.replace(tzinfo=UTC)]
        spans = zip(self._group, ends, strict=True)
        return frozenset().union(*(one.members for one, end in spans if one.since <= at and end >= first))

    def _in_logs(self) -> Iterator[tuple[str, str]]:
        """Read what the program has logged since the last look."""
        for path in (self.sandbox.folder / "bot.log", self.sandbox.folder / "twin.log"):
            if not path.exists():
                continue
            with path.open("rb") as file:
                file.seek(self._log_read.get(path, 0))
                fresh = file.read()
            self._log_read[path] = self._log_read.get(path, 0) + len(fresh)
            text = fresh.decode("utf-8", "replace")
            for secret in SECRETS:
                if secret in text:
                    yield NO_SECRET, f"{path.name}: {secret}, {text.count(secret)} times"
            for line in text.splitlines():
                if '"exception"' in line:
                    yield FORESEEN, _where(line)


def _where(line: str) -> str:
    """Tell of a line of the log with an exception: the event, where of ours it happened, and what it was."""
    told = json.loads(line)
    trace = str(told.get("exception", "")).splitlines()
    ours = re.findall(r'File "[^"]*/((?:bot|commands)/.*)', "\n".join(trace))
    return f"{told.get('event')}: {'; '.join([*ours[-2:], *trace[-1:]])[:600]}"
