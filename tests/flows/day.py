"""One day of the whole program, deed by deed, and what a witness writes down of it.

The real program, a store on disk, both stand-ins over HTTP, a clock that only the day turns. After every
deed, and in every calm, what must hold is judged by `tests/flows/breaches.py`.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bot.domain.audit import Event
from bot.domain.proposal import Proposal, Stage
from bot.sandbox.assembly import Assembly
from bot.sandbox.campaign.faults import Fault
from bot.sandbox.slack.text import plain
from commands import approvals
from commands.cards import render
from commands.reply import Request
from tests.flows.breaches import OPERATOR, Ballot, Breach, Evidence, Promise, at_any_time, at_calm
from tests.flows.power import StormyTown
from tests.flows.town import WORKFLOW

ADMINS = ("U0ADA", "U0GRACE")
CALM_MINUTES = 150
"""In this time of peace everything that waits for something must have come to an end."""


class Broken(AssertionError):
    """A promise was not kept.

    Attributes:
        promise: which.
    """

    def __init__(self, breach: Breach) -> None:
        super().__init__(f"{breach.promise}: {breach.what}")
        self.promise: Promise = breach.promise


class Day(Assembly):
    """What happens, and what is written down of it. A context manager: entering lets the first run fail.

    Args:
        folder: where the store lies.
        quorum: how many must approve.
        deadline: of a call to Campaign.
    """

    def __init__(self, folder: Path, *, quorum: int = 1, deadline: str = "10s") -> None:
        self.town = StormyTown(
            folder, slack_changes={"quorum": quorum}, campaign_changes={"deadline": deadline}
        )
        self.ballots: list[Ballot] = []
        self.entitled: list[frozenset[str]] = []
        self.members: frozenset[str] = frozenset(ADMINS)
        self.moved: set[str] = set()
        self.slack_is_odd = False
        self.foreign_stop: datetime | None = None
        self.foreign_edit: datetime | None = None

    def _open(self) -> None:
        """Open the town, and let the run of 06:00 meet the restart."""
        self._stack.enter_context(self.town)
        self.town.wire()
        self.town.settle()
        self.town.turn_to(6, 0, 20)
        self.town.wait_until(lambda: bool(self.town.workflow()["failed"]))
        self.town.turn_until(lambda: bool(self.town.messages()), seconds=61)

    # --- People -----------------------------------------------------------------------------------

    def ask(self, user: str, what: str) -> None:
        """Press a button that asks for a change, where a card shows it."""
        self._press(user, f"mcsync_{what}")
        self._look()

    def ask_by_command(self, user: str, minutes: int) -> None:
        """Type a request."""
        order = {"user": user, "text": f"/mcsync shift {WORKFLOW} +{minutes}"}
        self.town.slack_lever("command", **order)
        self._look()

    def approve(self, user: str) -> None:
        """Press *Approve*."""
        self._vote((user,))

    def approve_at_once(self) -> None:
        """Let both administrators press *Approve* at the same moment."""
        self._vote(ADMINS)

    def approve_an_old_card(self, user: str) -> None:
        """Press *Approve* on a card whose digest is that of another proposal, or of another expiry."""
        program, waiting = self.town.program, self._waiting()
        assert program is not None
        for proposal in self._proposals():
            old = f"{proposal.id}:{'0' * 64 if proposal == waiting else proposal.digest}"
            key = f"old:{user}:{old}:{self.town.clock.at}"
            approvals.approve(
                Request(user=user, key=key, text=old, action_id="mcsync_approve"), program.service
            )
        self._look()

    def deliver_again(self, *, identical: bool) -> None:
        """Let Slack deliver the last press once more."""
        self.town.slack_lever("redeliver", identical=identical)
        self._look()

    def deny(self, user: str) -> None:
        """Press *Deny* and give a reason."""
        if self._press(user, "mcsync_deny") and self.town.modal(user) is not None:
            view = self.town.modal(user)
            assert view is not None
            state = {"mcsync_reason": {"mcsync_text": "Not today."}}
            self.town.slack_lever("submit", user=user, view_id=view["id"], state=state)
        self._look()

    def choose(self, user: str, what: str) -> None:
        """Choose from the menu of a proposal that waits."""
        waiting = self._waiting()
        if waiting is not None:
            self._press(user, "mcsync_more", value=f"{what}:{waiting.id}")
        self._look()

    def go_on(self, user: str, what: str) -> None:
        """Press *Check again*, or confirm that tracking was moved."""
        self._press(user, f"mcsync_{what}")
        self._look()

    def change_the_group(self, user: str, *, told: bool) -> None:
        """Take somebody out of the approvers, or put them back; Slack may tell of it or not."""
        self.members = self.members ^ {user}
        self.moved.add(user)
        self.town.slack_lever("group", id="S0ADMINS", users=sorted(self.members))
        if told:
            self.town.slack_lever("event", type="subteam_members_changed", subteam_id="S0ADMINS")
        self._look()

    # --- Others -----------------------------------------------------------------------------------

    def somebody_edits_the_schedule(self, minute: int) -> None:
        """Edit the schedule in the console."""
        self.foreign_edit = self.town.clock.at
        self.town.lever("edit", login="intruder", period={"m_tmStartTime": f"00:{minute:02}:00.000"})
        self._look()

    def somebody_edits_an_activity(self) -> None:
        """Edit a script in the console."""
        self.foreign_edit = self.town.clock.at
        script = f"mine({self.town.clock.at:%H%M%S});"
        self.town.lever("edit", login="intruder", activity={"name": "soapImport", "script": script})
        self._look()

    def somebody_presses_in_the_console(self, what: str) -> None:
        """Start or stop the workflow in the console."""
        answer = self.town.lever(what, login="intruder")
        if what == "stop" and answer.get("ok"):
            self.foreign_stop = self.town.clock.at
        self._look()

    # --- Trouble ----------------------------------------------------------------------------------

    def campaign_fails(self, action: str, mode: str, when: str, times: int) -> None:
        """Spoil the next calls of Campaign."""
        self.town.lever("faults", action=action, mode=mode, times=times, when=when, seconds=1.2)
        self._look()

    def slack_fails(self, method: str, mode: str, times: int) -> None:
        """Spoil the next calls of Slack that show something."""
        when = "before" if method == "conversations.history" else "after"
        self.town.slack_lever("faults", method=method, mode=mode, times=times, when=when)
        self._look()

    def slack_does_not_say_who(self, method: str, times: int) -> None:
        """Let Slack keep silent about people or groups."""
        self.slack_is_odd = True
        self.town.slack_lever("faults", method=method, mode="500", times=times)
        self._look()

    def rt_restarts(self, seconds: int) -> None:
        """Restart RT, with or without a run that meets it."""
        self.town.lever("restart", seconds=seconds)
        self.town.lever("run")
        self._look()

    def marketing_restarts(self, seconds: int, *, forget: bool) -> None:
        """Restart marketing; our session may be gone."""
        self.town.lever("restart-marketing", seconds=seconds, forget_sessions=forget)
        self._look()

    def the_power_will_fail(self, method: str, when: str) -> None:
        """Cut the power at the next such step."""
        assert self.town.fuse is not None
        self.town.fuse.armed = (method, when)

    def the_program_is_restarted(self) -> None:
        """Close the program in good order and open it again."""
        self.town.restart()
        self._look()

    def the_program_is_out(self, minutes: int) -> None:
        """Close the program, and open it again only after so long; Campaign is well by then."""
        self.town.close_program()
        self.town.campaign.faults.order(Fault("*", "503", times=0))
        self.town.clock.at += timedelta(minutes=minutes)
        self.town.open_program()
        self.town.wire()
        self._look()

    # --- Time -------------------------------------------------------------------------------------

    def time_passes(self, seconds: int) -> None:
        """Turn the clock at once."""
        self.town.turn(seconds=seconds)
        self._look()

    def the_change_goes_on(self, steps: int) -> None:
        """Turn the clock as slowly as a change is carried out."""
        for _ in range(steps):
            if not self.is_under_way():
                break
            self.town.turn(seconds=10)
            self._look()

    # --- Judging ----------------------------------------------------------------------------------

    def it_gets_calm(self) -> None:
        """Let every trouble end, and look at everything."""
        town = self.town
        assert town.fuse is not None
        town.fuse.armed = None
        town.campaign.faults.order(Fault("*", "503", times=0))
        town.slack.standin.faults.clear()
        self.slack_is_odd = False
        for minute in range(CALM_MINUTES):
            if minute > 6 and not self.is_under_way():
                break
            town.turn(minutes=1)
            self._look()
        judge(at_calm(self.evidence(cards=True)))

    def _look(self) -> None:
        """Let the program do what is due, and judge."""
        self.town.settle()
        fresh = len(self._writes()) - len(self.entitled)
        self.entitled += [self.members] * fresh
        judge(at_any_time(self.evidence()))

    def evidence(self, *, cards: bool = False) -> Evidence:
        """Gather what there is to see."""
        town = self.town
        assert town.program is not None
        with town.program.service.office.store.read() as tx:
            entries, incidents = tx.audit(limit=10_000), tx.incidents(open_only=False)
        proposals = self._proposals()
        return Evidence(
            proposals=proposals,
            entries=entries,
            writes=self._writes(),
            entitled=self.entitled,
            ballots=self.ballots,
            workflow=town.workflow(),
            foreign_stop=self.foreign_stop,
            foreign_edit=self.foreign_edit,
            incidents=incidents if cards else (),
            messages=town.messages() if cards else (),
            cards={one.id: self._drawn(one.id) for one in incidents} if cards else {},
        )

    def _drawn(self, key: str) -> str:
        assert self.town.program is not None
        view = self.town.program.service.cards._view(key)
        assert view is not None
        return plain([dict(block) for block in render(view).blocks], "")

    def _writes(self) -> list[dict[str, Any]]:
        return [write for write in self.town.writes() if write["login"] == OPERATOR]

    def _proposals(self) -> list[Proposal]:
        assert self.town.program is not None
        with self.town.program.service.office.store.read() as tx:
            asked = [
                entry.deed.subject
                for entry in tx.audit(limit=10_000)
                if entry.deed.event is Event.PROPOSAL_ASKED
            ]
            return [found for one in asked if (found := tx.proposal(one)) is not None]

    def _waiting(self) -> Proposal | None:
        return next((one for one in self._proposals() if one.stage is Stage.WAITING), None)

    def is_under_way(self) -> bool:
        """Tell whether a change is being carried out, or is about to be."""
        return any(one.stage in {Stage.APPROVED, Stage.APPLYING} for one in self._proposals())

    # --- Acting -----------------------------------------------------------------------------------

    def _press(self, user: str, action_id: str, **more: str) -> bool:
        """Press a button wherever a card shows it."""
        for message in reversed(self.town.messages()):
            pressed = self.town.slack_lever("press", user=user, ts=message["ts"], action_id=action_id, **more)
            if pressed["ok"]:
                return True
        return False

    def _vote(self, users: tuple[str, ...]) -> None:
        waiting, now = self._waiting(), self.town.clock.at
        if waiting is None:
            return
        beginning, shown = f"{waiting.id}:", None
        for message in self.town.messages():
            for block in message.get("blocks") or ():
                for one in block.get("elements", ()):
                    if str(one.get("action_id", "")).startswith("mcsync_approve") and str(
                        one.get("value", "")
                    ).startswith(beginning):
                        shown = shown or (message["ts"], one["action_id"], one["value"])
        if shown is None:
            return
        ts, action_id, value = shown
        order = {"ts": ts, "action_id": action_id}
        with ThreadPoolExecutor(len(users)) as hands:
            both = [
                hands.submit(partial(self.town.slack_lever, "press", user=user, **order)) for user in users
            ]
            reached = tuple(user for user, pressed in zip(users, both, strict=True) if pressed.result()["ok"])
        if reached:
            self.ballots.append(self._ballot(reached, waiting, value.removeprefix(beginning), now))
        self._look()

    def _ballot(self, users: tuple[str, ...], waiting: Proposal, digest: str, now: datetime) -> Ballot:
        """Write down a press, and whether anything speaks against it."""
        voted = {vote.user for vote in waiting.votes}
        must_count = (
            not self.slack_is_odd
            and digest == waiting.digest
            and now < waiting.expires_at
            and all(
                user in ADMINS and user in self.members - self.moved and user != waiting.requested_by
                for user in users
            )
            and not voted.intersection(users)
        )
        return Ballot(users, waiting.id, digest, now, must_count)


def judge(breaches: Iterable[Breach]) -> None:
    """Fail on the first breach."""
    for breach in breaches:
        raise Broken(breach)
