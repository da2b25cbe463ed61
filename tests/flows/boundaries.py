"""Kill the program with -9 at a chosen boundary of a change, start it again, and look at what is left.

The program is a process of its own; between it and Campaign stands a gate (`toll.py`). A step's
intent is on disk before its call leaves and its outcome before the next call does, so a kill before, within
and after every call meets every state that can be on disk.
"""

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import requests

from bot.domain.audit import Event
from bot.domain.proposal import UNDECIDED, Proposal, Stage
from bot.gateways.store import create_store
from bot.sandbox.assembly import Assembly
from bot.sandbox.programs import Sandbox
from bot.sandbox.story import WORKFLOW
from tests.flows.breaches import OPERATOR, Ballot, Breach, Evidence, Promise, at_calm
from tests.flows.toll import AFTER, BEFORE, BETWEEN, Mark, Toll

PARIS = ZoneInfo("Europe/Paris")
QUIET_MORNING = datetime(2026, 11, 24, 8, 12, tzinfo=PARIS)
"""Far from both restarts."""

APPROVERS = frozenset({"U0ADA", "U0GRACE"})
AT_LAST = frozenset({Stage.VERIFIED, Stage.PROVED, Stage.FAILED, Stage.VOID, Stage.UNCLEAR})
IN_TIME = timedelta(minutes=1)
MOST_EVENTS = 200

SOAP = ("xtk:queryDef#ExecuteQuery", "xtk:workflow#Stop", "xtk:persist#Write", "xtk:workflow#Start")


@dataclass
class Tally:
    """What a campaign of kills came to.

    Attributes:
        changes: how many were carried out.
        kills: how often the program was killed.
        ends: how often each stage was the end.
        slowest: the longest rule time from a restart to the end, as it was turned; what the machine itself
            took comes on top of it.
        breaches: what was not kept, with where the kill was.
    """

    changes: int = 0
    kills: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    slowest: timedelta = timedelta()
    breaches: list[str] = field(default_factory=list)


class GatedSandbox(Sandbox):
    """A sandbox in which the bot's way to Campaign leads through a gate."""

    campaign_gate: Toll

    def start_bot(self) -> None:
        """Put the gate into the configuration before the first start."""
        if not hasattr(self, "campaign_gate"):
            self.campaign_gate = self._stack.enter_context(Toll(self.campaign_url))
            text = self.configuration.read_text(encoding="utf-8")
            text = text.replace(self.campaign_url, self.campaign_gate.url)
            self.configuration.write_text(text, encoding="utf-8")
        super().start_bot()


class Killing(Assembly):
    """One sandbox in which one change after the other is carried out, each with its kills.

    Args:
        folder: where the database and the logs stay.
        seed: of the moments that are drawn.
    """

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self.tally = Tally()
        self._chance = random.Random(seed)  # noqa: S311 - a repeatable moment, not a secret
        self._sandbox = GatedSandbox(keep=folder, seed=seed, start=QUIET_MORNING)
        self._store = create_store(f"sqlite:///{folder / 'mcsync.db'}")
        self._ballots: list[Ballot] = []
        self._restarted_at: timedelta | None = None
        self._ended_at = timedelta()
        self._hands: threading.Thread | None = None

    def _open(self) -> None:
        """Start the three programs."""
        self._stack.enter_context(self._sandbox)
        self._store.open_as_it_is()
        self._stack.callback(self._store.close)
        self._sandbox.settle()

    # --- One change with its kills ----------------------------------------------------------------

    def at(self, mark: Mark) -> None:
        """Carry a change out and kill the program at *mark*."""
        gate = self._sandbox.campaign_gate
        self._change(str(mark), arm=lambda: gate.arm(mark, self._kill))
        gate.arm(None)

    def at_the_press(self) -> None:
        """Carry a change out and kill the program as soon as the approval was acknowledged."""
        self._change("the press", arm=lambda: None, then=self._kill)

    def at_revision(self, number: int) -> None:
        """Carry a change out and kill the program as soon as its *number*-th save is seen on disk."""
        self._change(f"save {number}", arm=lambda: self._in_background(lambda: self._await_revision(number)))

    def at_random(self, kills: int) -> None:
        """Carry a change out and kill the program at random moments of it."""
        pauses = [self._chance.uniform(0, 0.6) for _ in range(kills)]

        def kill_now_and_then() -> None:
            for pause in pauses:
                time.sleep(pause)  # a moment by chance is the purpose
                if self._sandbox.bot_state == "running":
                    self._kill()

        self._change(f"after {pauses} s", arm=lambda: self._in_background(kill_now_and_then))

    def calls(self) -> list[str]:
        """Carry a change out without any kill; return what passed the gate."""
        gate = self._sandbox.campaign_gate
        self._change("no kill", arm=lambda: gate.arm(None))
        return list(gate.passed)

    def _change(
        self, where: str, *, arm: Callable[[], None], then: Callable[[], None] = lambda: None
    ) -> None:
        self._restarted_at = None
        self._hands = None
        proposal = self._ask()
        self._approve(proposal, arm)
        then()
        for _ in range(MOST_EVENTS):
            self._start_again()
            self._sandbox.settle()
            if self._is_out():
                continue  # no rule time passes while it is out
            end = self._proposal(proposal.id)
            self._ended_at = self._sandbox.clock.offset
            if end.stage in AT_LAST | {Stage.WAITING} and not self._is_killing():
                break  # what still waits after its approval has lost it
            self._advance()
        self._end_killing()
        self._start_again()
        self._sandbox.settle()
        end = self._proposal(proposal.id)
        self.tally.changes += 1
        self.tally.ends[end.stage.value] = self.tally.ends.get(end.stage.value, 0) + 1
        self.tally.breaches += [f"{where}: {one.promise}: {one.what}" for one in self._breaches(end)]
        self._let_it_be_found_out(end)

    def _let_it_be_found_out(self, end: Proposal) -> None:
        """Let what was not clear at first become so by itself, as for a write that was never answered."""
        for _ in range(MOST_EVENTS):
            if self._proposal(end.id).stage not in UNDECIDED:
                return
            self._advance()
        self.tally.breaches.append(f"{end.id} was never found out: {self._proposal(end.id).reason}")

    def _advance(self) -> None:
        """Jump to the next event while the program runs; it may be killed between any two looks at it."""
        try:
            due, other = self._sandbox.next_due(), self._sandbox.next_of_campaign()
        except requests.RequestException:
            return
        if due is not None:
            at = min(due, other) if other is not None else due
            self._sandbox.jump(max(at, self._sandbox.clock.now()))

    def _ask(self) -> Proposal:
        """Ask for a shift, or to take back what was shifted; wait until it can be decided."""
        sandbox = self._sandbox
        is_moved = "m_tmStartTime='00:05" in self._workflow()["stored_period"]
        known = {one.id for one in self._proposals()}
        if is_moved:
            self._press_undo()
        else:
            typed = f"/mcsync shift {WORKFLOW} +5"
            # On a loaded machine Slack may not get its answer in three seconds: then a person types again.
            any(sandbox.slack("command", user="U0SAM", text=typed)["ok"] for _ in range(5))
        for _ in range(MOST_EVENTS):
            sandbox.settle()
            fresh = [one for one in self._proposals() if one.id not in known]
            if fresh and self._card(fresh[0]) is not None:
                return fresh[0]
            sandbox.advance()
        told = sandbox.slack("ephemerals?user=U0SAM")["ephemerals"]
        raise AssertionError(f"nothing waits; Sam was told {told[-1:]}")

    def _press_undo(self) -> None:
        """Press *Undo* on the latest card that shows it."""
        for message in reversed(self._sandbox.slack("messages")["messages"]):
            order = {"user": "U0SAM", "ts": message["ts"], "action_id": "mcsync_undo"}
            if self._sandbox.slack("press", **order)["ok"]:
                return
        raise AssertionError("no card offers an undo")

    def _approve(self, proposal: Proposal, arm: Callable[[], None]) -> None:
        """Approve, far enough from the next run that nothing has to wait for it."""
        sandbox = self._sandbox
        next_run = datetime.fromisoformat(self._workflow()["next_run"])
        if next_run - sandbox.clock.now() < timedelta(minutes=10):
            sandbox.jump(next_run + timedelta(minutes=2))
            sandbox.settle()
        card = self._card(proposal)
        assert card is not None
        found = [
            one
            for block in card["blocks"]
            for one in block.get("elements", ())
            if str(one.get("action_id", "")).startswith("mcsync_approve")
        ]
        at = sandbox.clock.now()
        arm()
        pressed = sandbox.slack("press", user="U0ADA", ts=card["ts"], action_id=found[0]["action_id"])
        digest = str(found[0]["value"]).partition(":")[2]
        self._ballots.append(Ballot(("U0ADA",), proposal.id, digest, at, must_count=bool(pressed["ok"])))
        if not pressed["ok"]:
            # The press itself met the kill; whether it counts is open, so it is made once more.
            self._start_again()
            sandbox.settle()
            sandbox.slack("press", user="U0ADA", ts=card["ts"], action_id=found[0]["action_id"])
            self._ballots.append(Ballot(("U0ADA",), proposal.id, digest, at, must_count=False))

    # --- Kills ------------------------------------------------------------------------------------

    def _kill(self) -> None:
        self._sandbox.kill_bot()
        self.tally.kills += 1

    def _is_killing(self) -> bool:
        return self._hands is not None and self._hands.is_alive()

    def _end_killing(self) -> None:
        if self._hands is not None:
            self._hands.join()

    def _is_out(self) -> bool:
        return self._sandbox.bot_state == "stopped"

    def _start_again(self) -> None:
        if self._is_out():
            self._sandbox.start_bot()
            self._restarted_at = self._sandbox.clock.offset

    def _in_background(self, deed: Callable[[], None]) -> None:
        self._hands = threading.Thread(target=deed, name="killer")
        self._hands.start()

    def _await_revision(self, number: int) -> None:
        """Kill as soon as the waiting proposal has been saved *number* times more."""
        first = self._proposals()[-1]
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if self._proposal(first.id).revision >= first.revision + number:
                self._kill()
                return

    # --- Looking ----------------------------------------------------------------------------------

    def _breaches(self, end: Proposal) -> Iterator[Breach]:
        if end.stage not in AT_LAST:
            yield Breach(Promise.ENDED, f"{end.id} is still {end.stage.value}, waiting for {end.doing}")
        if self._restarted_at is not None:
            took = self._ended_at - self._restarted_at
            self.tally.slowest = max(self.tally.slowest, took)
            if took > IN_TIME:
                yield Breach(Promise.ENDED, f"{end.id} took {took} after the restart: {_story(end)}")
        yield from at_calm(self._evidence())

    def _evidence(self) -> Evidence:
        sandbox = self._sandbox
        writes = [one for one in sandbox.campaign("writes")["writes"] if one["login"] == OPERATOR]
        with self._store.read() as tx:
            entries, incidents = tx.audit(limit=10_000), tx.incidents(open_only=False)
        return Evidence(
            proposals=self._proposals(),
            entries=entries,
            writes=writes,
            entitled=[APPROVERS] * len(writes),
            ballots=self._ballots,
            workflow=self._workflow(),
            incidents=incidents,
            messages=sandbox.slack("messages")["messages"],
        )

    def _proposals(self) -> list[Proposal]:
        with self._store.read() as tx:
            asked = [
                entry.deed.subject
                for entry in tx.audit(limit=10_000)
                if entry.deed.event is Event.PROPOSAL_ASKED
            ]
            return [found for one in asked if (found := tx.proposal(one)) is not None]

    def _proposal(self, proposal_id: str) -> Proposal:
        with self._store.read() as tx:
            found = tx.proposal(proposal_id)
        assert found is not None
        return found

    def _card(self, proposal: Proposal) -> dict[str, Any] | None:
        messages: list[dict[str, Any]] = self._sandbox.slack("messages")["messages"]
        beginning = f"{proposal.id}:"
        for message in messages:
            shown = [one for block in message.get("blocks") or () for one in block.get("elements", ())]
            if any(str(one.get("value", "")).startswith(beginning) for one in shown):
                return message
        return None

    def _workflow(self) -> dict[str, Any]:
        found: dict[str, Any] = next(
            one for one in self._sandbox.campaign("world")["workflows"] if one["name"] == WORKFLOW
        )
        return found


def marks(calls: Iterable[str], moments: Iterable[str] = (BEFORE, BETWEEN, AFTER)) -> list[Mark]:
    """List every moment of these calls."""
    counted: dict[str, int] = {}
    found = []
    for label in calls:
        counted[label] = counted.get(label, 0) + 1
        found += [Mark(label, counted[label], moment) for moment in moments]
    return found


def _story(end: Proposal) -> str:
    """Tell how a change came to its end: its reason and every step with its times."""
    steps = "; ".join(
        f"{one.step.value} {one.begun_at:%H:%M:%S.%f} to "
        + (f"{one.ended_at:%H:%M:%S.%f} {one.outcome!r}" if one.ended_at else "open")
        for one in end.steps
    )
    return f"{end.stage.value} {end.reason!r}: {steps}"
