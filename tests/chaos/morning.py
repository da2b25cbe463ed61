"""One morning with the real program: a failure, a card, a request, an approval, a change, a proof.

The program and the two stand-ins are processes of their own. What people do is drawn from the seed; whoever
makes trouble does it between any two steps. What must hold is judged by `tests/flows/breaches.py`.
"""

import random
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from bot.domain.audit import AuditEntry, Event
from bot.domain.proposal import Proposal, Stage
from bot.gateways.store import create_store
from bot.sandbox.process import Process, Stuck
from bot.sandbox.programs import BOT, Sandbox
from bot.sandbox.story import WORKFLOW
from tests.chaos.tally import Tally
from tests.flows import breaches
from tests.flows.breaches import OPERATOR, Ballot, Evidence

ADMINS = ("U0ADA", "U0GRACE")
STEPS = 45
"""How many steps a morning with trouble has; the change itself needs about twenty."""

CALM_STEPS = 120
UNDER_WAY = frozenset({Stage.APPROVED, Stage.APPLYING})
SECRETS = ("xoxb-sandbox", "xapp-sandbox", "sandbox-signing-secret", "c2FuZGJveC1zZWNyZXQ", "tok-", "___")
"""Beginnings of what must never be in a log: tokens, secrets, and the stand-in's own session tokens."""


class Morning:
    """A morning, played once.

    Args:
        folder: where the database and the logs stay.
        seed: of what people do, and of the trouble.
        socket_mode: whether Slack reaches the bot by Socket Mode.
        database: where the store lies; in *folder* unless told.
        campaign_ahead: seconds by which Campaign's clock is ahead of the bot's.
        program: what is run as the bot; `tests.chaos.buggy` and a name for one with a planted bug.

    Attributes:
        chance: the source of everything random.
        members: who is in the group of approvers.
        foreign_stop: when somebody else stopped the workflow last.
        foreign_edit: when somebody else edited it last.
        slack_is_odd: whether Slack may have kept silent about people, so that a press need not count.
    """

    def __init__(
        self,
        folder: Path,
        seed: int,
        *,
        socket_mode: bool = False,
        campaign_ahead: float = 0.0,
        program: tuple[str, ...] = ("bot.cli",),
        database: Path | None = None,
    ) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.sandbox = Sandbox(
            keep=folder,
            seed=seed,
            socket_mode=socket_mode,
            campaign_ahead=campaign_ahead,
            bot_program=program,
        )
        self.members = frozenset(ADMINS)
        self.foreign_stop: datetime | None = None
        self.foreign_edit: datetime | None = None
        self.slack_is_odd = False
        self.struck: Counter[str] = Counter()
        self._folder = folder
        self._database = database or folder / "mcsync.db"
        self._ballots: list[Ballot] = []
        self._entitled: list[frozenset[str]] = []

    def __enter__(self) -> Self:
        """Start everything; the bot gives Campaign one second for an answer."""
        self.sandbox.__enter__()
        self.sandbox.kill_bot()
        path = self.sandbox.configuration
        text = path.read_text().replace('poll = "60s"', 'poll = "60s"\ndeadline = "1s"')
        path.write_text(text.replace(str(self.sandbox.folder / "mcsync.db"), str(self._database)))
        self.sandbox.start_bot()
        self.open_store()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End everything."""
        self.close_store()
        self.sandbox.__exit__(kind, error, trace)

    def open_store(self) -> None:
        """Look into the store beside the running program."""
        self._store = create_store(f"sqlite:///{self._database}")
        self._store.open()

    def close_store(self) -> None:
        """Look no more."""
        self._store.close()

    def start_twin(self) -> Process:
        """Start the program once more on the same store, as somebody might by mistake."""
        first = self.sandbox.configuration
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        twin = first.with_name("twin.toml")
        mine = f'listen = "{self.sandbox.bot_url.removeprefix("http://")}"'
        twin.write_text(first.read_text().replace(mine, f'listen = "127.0.0.1:{port}"'))
        words = ("run", "--log", "json", "--bell", "0.02", "--config", str(twin))
        process = Process("twin", self.sandbox.folder, words, self.sandbox.environment())
        process.launch()
        process.await_first_line()
        return process

    # --- The course of it -------------------------------------------------------------------------

    def play(self, strike: Callable[["Morning"], None], tally: Tally, where: str) -> None:
        """Play it, let *strike* make trouble between any two steps, and write into *tally* what broke."""
        try:
            self.collide()
            for _ in range(STEPS):
                strike(self)
                self.act()
                self.pass_time()
                if self._judge(tally, where, at_calm=False):
                    return
            self.calm()
            self._judge(tally, where, at_calm=True)
        except Stuck as stuck:
            tally.breach(where, "the program goes on", str(stuck).splitlines()[0])
        tally.struck += self.struck
        tally.rounds += 1

    def collide(self) -> None:
        """Let the run of 06:00 meet the restart."""
        for _ in range(CALM_STEPS):
            if self.workflow()["failed"]:
                return
            self.sandbox.advance()
        raise Stuck("The run never met the restart.")

    def act(self) -> None:
        """Let people do what they would do at this card, most of the time."""
        card = next(iter(self.cards()), None)
        if card is None or self.chance.random() < 0.3:
            return
        waiting = self._waiting()
        if waiting is not None:
            self._vote(card, waiting)
        elif not any(one.stage in UNDER_WAY for one in self.proposals()):
            wanted = self.chance.choice(
                ["mcsync_shift_5", "mcsync_shift_10", "mcsync_shift_5", "mcsync_resume"]
            )
            self.press("U0SAM", card, wanted)

    def pass_time(self) -> None:
        """Let rule time go on to the next event, or by a few seconds."""
        if self.chance.random() < 0.25:
            self.sandbox.jump(self.sandbox.clock.now() + timedelta(seconds=self.chance.uniform(1, 90)))
        else:
            try:
                self.sandbox.advance()
            except requests.RequestException:
                return

    def calm(self) -> None:
        """End all trouble, and let everything that is under way come to its end."""
        self.end_trouble()
        for _ in range(CALM_STEPS):
            self.sandbox.settle()
            self.look()
            if not any(one.stage in UNDER_WAY for one in self.proposals()):
                break
            self.sandbox.advance()
        # What a card lacks is made up for within a minute.
        self.sandbox.jump(self.sandbox.clock.now() + timedelta(seconds=65))
        self.sandbox.jump(self.sandbox.clock.now() + timedelta(seconds=65))
        self.look()

    def end_trouble(self) -> None:
        """Put everything that was broken in order."""
        if self.sandbox.bot_state != "running":
            self.sandbox.kill_bot()
            self.sandbox.start_bot()
        self.sandbox.campaign("faults", action="*", mode="503", times=0)
        self.sandbox.campaign("settings", slow_seconds=0.0)
        self.sandbox.slack("faults", method="*", mode="500", times=0)

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

    def entries(self) -> tuple[AuditEntry, ...]:
        """Read the record beside the running bot."""
        with self._store.read() as tx:
            return tx.audit(limit=10_000)

    def proposals(self) -> list[Proposal]:
        """Read all proposals there ever were."""
        asked = [one.deed.subject for one in self.entries() if one.deed.event is Event.PROPOSAL_ASKED]
        with self._store.read() as tx:
            return [found for one in asked if (found := tx.proposal(one)) is not None]

    def look(self) -> None:
        """Write down who had the right to approve when Campaign took the writes since the last look."""
        fresh = len(self._writes()) - len(self._entitled)
        self._entitled += [self.members] * fresh

    def _judge(self, tally: Tally, where: str, *, at_calm: bool) -> bool:
        self.look()
        judge = breaches.at_calm if at_calm else breaches.at_any_time
        found = list(judge(self.evidence(at_calm=at_calm)))
        for breach in found:
            tally.breach(where, breach.promise, breach.what)
        for name, count in self._secrets_in_logs().items():
            tally.breach(where, "no secret is in a log", f"{name}, {count} times")
        return bool(found)

    def evidence(self, *, at_calm: bool) -> Evidence:
        """Gather what there is to see."""
        with self._store.read() as tx:
            incidents = tx.incidents(open_only=False)
        return Evidence(
            proposals=self.proposals(),
            entries=self.entries(),
            writes=self._writes(),
            entitled=self._entitled,
            ballots=self._ballots,
            workflow=self.workflow(),
            foreign_stop=self.foreign_stop,
            foreign_edit=self.foreign_edit,
            incidents=incidents if at_calm else (),
            messages=self.cards() if at_calm else (),
        )

    def _writes(self) -> Sequence[dict[str, Any]]:
        return [one for one in self.sandbox.campaign("writes")["writes"] if one["login"] == OPERATOR]

    def _waiting(self) -> Proposal | None:
        return next((one for one in self.proposals() if one.stage is Stage.WAITING), None)

    def _secrets_in_logs(self) -> Counter[str]:
        log = (self._folder / f"{BOT}.log").read_text(encoding="utf-8", errors="replace")
        return Counter({secret: count for secret in SECRETS if (count := log.count(secret))})

    # --- Acting -----------------------------------------------------------------------------------

    def press(self, user: str, card: dict[str, Any], action_id: str) -> dict[str, Any]:
        """Press a button of *card*."""
        return self.sandbox.slack("press", user=user, ts=card["ts"], action_id=action_id)

    def _vote(self, card: dict[str, Any], waiting: Proposal) -> None:
        """Let an administrator press *Approve*, and write down whether that must count."""
        shown = [one for block in card.get("blocks") or () for one in block.get("elements", ())]
        button = next((one for one in shown if one.get("action_id", "").startswith("mcsync_approve")), None)
        if button is None or not button["value"].startswith(f"{waiting.id}:"):
            return
        user, now = self.chance.choice(ADMINS), self.sandbox.clock.now()
        was_well = self.sandbox.bot_state == "running"
        pressed = self.press(user, card, button["action_id"])
        digest = button["value"].partition(":")[2]
        must_count = (
            bool(pressed["ok"])
            and was_well
            and not self.slack_is_odd
            and digest == waiting.digest
            and now < waiting.expires_at - timedelta(seconds=30)
            and user in self.members
            and user != waiting.requested_by
        )
        # A press whose answer was lost may have counted all the same.
        self._ballots.append(Ballot((user,), waiting.id, digest, now, must_count))
