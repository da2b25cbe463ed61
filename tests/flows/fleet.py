"""Replicas to test with: real processes on one PostgreSQL, stand-in servers, one Slack, clocks that differ.

Rule time is real time here. Every failure is really in some journal; half of them are reported by webhook.
"""

import base64
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from bot.domain.audit import Event, flaws
from bot.domain.journal import SAME_FAILURE
from bot.gateways.store import SqlStore, create_store
from bot.sandbox.assembly import Assembly
from bot.sandbox.campaign.seed import Plan
from bot.sandbox.campaign.server import CampaignServer
from bot.sandbox.campaign.workflow import State, Workflow
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.webhook import signed
from tests.free_port import free_port
from tests.waiting import until

ROOT = Path(__file__).parents[2]
SECRET = "whsec_" + base64.b64encode(b"a secret of the fleet, 24 b").decode()
SIGNING_SECRET = "sandbox-signing-secret"
OPEN_SECONDS = 60.0
LONG = timedelta(days=1)
APART = SAME_FAILURE.total_seconds() + 0.5
"""Runs that fail closer together than this would count as one failure."""


@dataclass
class Replica:
    """One process of the bot.

    Attributes:
        number: tells it from the others.
        port: where it listens.
        wrong: by how many seconds its machine's clock is wrong.
        process: `None` while it is down.
    """

    number: int
    port: int
    wrong: float
    process: subprocess.Popen[str] | None = None
    starts: int = 0


@dataclass
class Fleet(Assembly):
    """All of it, opened together.

    Attributes:
        folder: where configurations and logs lie.
        store_url: an empty schema.
        replicas: how many processes.
        instances: how many marketing servers.
        workflows: how many archiving workflows on each.
        seed: chooses who is asked, and who is killed.
        mode: how Slack reaches them, `socket` or `http`; in the latter it knows the first one only.
        poll: how often each server is asked.
    """

    folder: Path
    store_url: str
    replicas: int = 2
    instances: int = 2
    workflows: int = 3
    seed: int = 1
    mode: str = "socket"
    poll: str = "2s"
    failovers: list[float] = field(default_factory=list)

    def _open(self) -> None:
        """Open the stand-ins, then every replica."""
        self.random = random.Random(self.seed)  # noqa: S311 - a repeatable choice, not a secret
        self._local = threading.local()
        self.slack = self._stack.enter_context(SlackServer(mode=self.mode))
        self.servers = [
            self._stack.enter_context(CampaignServer(self._plan(number))) for number in range(self.instances)
        ]
        for server in self.servers:
            server.world.settings.run_seconds = 0.2
            server.world.settings.start_seconds = server.world.settings.stop_seconds = 0.2
        self.fleet = [
            Replica(number, free_port(), (0, 30, -30, 15)[number % 4]) for number in range(self.replicas)
        ]
        self._stack.callback(self._stop_all)
        for replica in self.fleet:
            self.start(replica, wait=False)
        for replica in self.fleet:
            self.wait_until_open(replica)
        self.store: SqlStore = create_store(self.store_url)
        self.store.open_as_it_is()
        self._stack.callback(self.store.close)

    def _plan(self, instance: int) -> Plan:
        accounts = tuple(f"i{instance}rt{number:02}" for number in range(self.workflows))
        return Plan(rt_restart=None, accounts=accounts, history_days=1)

    # --- Replicas ---------------------------------------------------------------------------------

    def start(self, replica: Replica, *, wait: bool = True) -> None:
        """Start a replica, or start it again."""
        folder = self.folder / f"replica-{replica.number}"
        folder.mkdir(exist_ok=True)
        (folder / "mcsync.json").write_text(json.dumps(self._configuration(replica)), encoding="utf-8")
        secrets = {
            "MCSYNC_SLACK_BOT_TOKEN": "xoxb-sandbox",
            "MCSYNC_SLACK_APP_TOKEN": "xapp-sandbox",
            "MCSYNC_SLACK_SIGNING_SECRET": SIGNING_SECRET,
            **{f"MCSYNC_CAMPAIGN_I{number}_PASSWORD": "sandbox" for number in range(self.instances)},
            **{f"MCSYNC_CAMPAIGN_I{number}_WEBHOOK_SECRET": SECRET for number in range(self.instances)},
        }
        replica.starts += 1
        with (folder / "log").open("a", encoding="utf-8") as log:
            replica.process = subprocess.Popen(
                [sys.executable, "-m", "tests.flows.replica", str(folder), str(replica.wrong)],
                cwd=ROOT,
                env={**os.environ, **secrets},
                stdout=log,
                stderr=log,
                text=True,
            )
        if wait:
            self.wait_until_open(replica)

    def wait_until_open(self, replica: Replica) -> None:
        """Wait until a replica answers."""
        self.wait_until(lambda: self._answers(replica), f"replica {replica.number} to open", OPEN_SECONDS)

    def kill(self, replica: Replica, *, most: float = 60.0) -> float | None:
        """Kill a replica -9, if possible while it holds work; measure how long that lies about.

        Returns:
            Seconds until nothing is held in its name any more, `None` when it held nothing.
        """
        assert replica.process is not None
        mine = f":{replica.process.pid}:"
        patience = time.monotonic() + 5
        while not self._holds(mine) and time.monotonic() < patience:
            time.sleep(0.002)  # it holds work for some milliseconds only
        replica.process.kill()
        at = time.monotonic()
        replica.process.wait(30)
        replica.process = None
        held = self._holds(mine)
        until(
            lambda: not self._holds(mine), lambda: "somebody to take over the work", seconds=most, tick=0.02
        )
        if held:
            self.failovers.append(time.monotonic() - at)
        return self.failovers[-1] if held else None

    def _holds(self, name: str) -> bool:
        return any(name in owner for owner in self.store.holders())

    def _stop_all(self) -> None:
        for replica in self.fleet:
            if replica.process is not None:
                replica.process.terminate()
        for replica in self.fleet:
            if replica.process is not None:
                try:
                    replica.process.wait(15)
                except subprocess.TimeoutExpired:
                    replica.process.kill()
                    replica.process.wait(15)

    def _answers(self, replica: Replica) -> bool:
        assert replica.process is not None
        status = replica.process.poll()
        log = (self.folder / f"replica-{replica.number}" / "log").read_text(encoding="utf-8")
        assert status is None, f"replica {replica.number} ended with {status}:\n{log[-3000:]}"
        return f"open {replica.process.pid}\n" in log

    def _configuration(self, replica: Replica) -> dict[str, Any]:
        return {
            "slack": {
                "mode": self.mode,
                "api_url": self.slack.api_url,
                "channel": "C0OPS",
                "approvers": ["S0ADMINS"],
            },
            "store": {"url": self.store_url},
            "web": {"listen": f"127.0.0.1:{replica.port}"},
            "campaign": [self._instance(number, server) for number, server in enumerate(self.servers)],
        }

    def _instance(self, number: int, server: CampaignServer) -> dict[str, Any]:
        executions = [
            {
                "account": account,
                "url": server.rt_url(account),
                "restart": "06:00:00",
                "zone": "Europe/Paris",
                "probe": False,
            }
            for account in server.plan.accounts
        ]
        return {
            "name": f"i{number}",
            "url": server.url,
            "login": "mcsync",
            "zone": "Europe/Paris",
            "restart": "03:30",
            "poll": self.poll,
            "execution": executions,
        }

    # --- Campaign ---------------------------------------------------------------------------------

    def archiving(self, server: CampaignServer) -> list[Workflow]:
        """List the archiving workflows of one server."""
        return [workflow for workflow in server.world.workflows.values() if workflow.account]

    def cut_off(self, server: CampaignServer, workflows: Sequence[Workflow]) -> None:
        """Take the execution instances of *workflows* away, so that each of their runs fails."""
        with server.world.lock:
            now = server.world.time
            for workflow in workflows:
                server.world.executions[workflow.account or ""].by_hand.append((now - LONG, now + LONG))

    def fail(self, server: CampaignServer, workflows: Sequence[Workflow], *, report: bool) -> None:
        """Let one run of each fail now; report it to whichever replica answers, or leave it to the polls."""
        before = [workflow.runs_failed for workflow in workflows]
        with server.world.lock:
            server.advance()
            for workflow in workflows:
                if workflow.state == State.PAUSED:
                    server.world.start(workflow, "support")
                elif workflow.state == State.STARTED and workflow.run is None:
                    server.world.fire(workflow)

        def failed() -> bool:
            server.advance()
            return all(
                workflow.runs_failed > count and workflow.state == State.PAUSED
                for workflow, count in zip(workflows, before, strict=True)
            )

        self.wait_until(failed, "failures of every run")
        for workflow in workflows if report else ():
            with server.world.lock:
                line = next(
                    one
                    for one in reversed(server.world.journal)
                    if one.workflow_id == workflow.id and one.message.startswith("Empty")
                )
            self.deliver(self.servers.index(server), workflow, line.at, str(line.id))

    def deliver(self, instance: int, workflow: Workflow, at: datetime, log_id: str) -> None:
        """Deliver one webhook as a load balancer does: to another replica where one does not answer."""
        body = json.dumps(
            {
                "workflow": workflow.name,
                "workflow_id": str(workflow.id),
                "activity": "soapImport",
                "message": "Empty return for method 'Logon' of service 'xtk:session'.",
                "logged_at": at.isoformat(),
                "log_id": log_id,
            }
        ).encode()
        http = self._session()

        def accepted() -> bool:
            replica = self.random.choice(self.fleet)
            headers = signed(body, identifier=log_id, seconds=time.time(), secret=SECRET)
            url = f"http://127.0.0.1:{replica.port}/webhooks/campaign/i{instance}"
            try:
                return http.post(url, data=body, headers=headers, timeout=5).status_code in (200, 202)
            except requests.RequestException:
                return False

        self.wait_until(accepted, f"a webhook about {workflow.name}")

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False
        return session

    # --- Slack ------------------------------------------------------------------------------------

    def slack_lever(self, name: str, **order: object) -> dict[str, Any]:
        """Turn a lever of Slack."""
        answer: dict[str, Any] = (
            self._session().post(f"{self.slack.url}/_sandbox/{name}", json=order, timeout=30).json()
        )
        return answer

    def messages(self) -> list[dict[str, Any]]:
        """List the messages of the channel."""
        shown: list[dict[str, Any]] = (
            self._session().get(f"{self.slack.url}/_sandbox/messages", timeout=30).json()["messages"]
        )
        return shown

    def shift(self, workflow: str, minutes: str) -> None:
        """Ask for a shift as Sam and approve it as Ada, each again until Slack says that it was taken."""
        asked = f"/mcsync shift {workflow} {minutes}"
        self.wait_until(lambda: bool(self.slack_lever("command", user="U0SAM", text=asked).get("ok")), asked)

        def approved() -> bool:
            for message in self.messages():
                shown = [one for block in message["blocks"] for one in block.get("elements", ())]
                for element in shown:
                    action = element.get("action_id", "")
                    if action.startswith("mcsync_approve") and workflow in json.dumps(message):
                        pressed = self.slack_lever("press", user="U0ADA", ts=message["ts"], action_id=action)
                        if pressed.get("ok"):
                            return True
            return False

        self.wait_until(approved, f"an approval of {workflow}", 600)

    # --- Looking ----------------------------------------------------------------------------------

    def wait_until(self, holds: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
        """Wait until *holds*."""
        until(holds, lambda: what, seconds=seconds, tick=0.05)

    def wait_until_sound(self, seconds: float) -> None:
        """Wait until nothing is wrong."""
        deadline = time.monotonic() + seconds
        while any(found := self.verdict().values()) and time.monotonic() < deadline:
            time.sleep(0.5)  # each look reads all there is
        assert not any(found), self.verdict()

    def failed_lines(self) -> Counter[tuple[str, str]]:
        """Count the runs that failed, by instance and workflow, as Campaign knows them."""
        return Counter(
            {
                (f"i{number}", workflow.name): workflow.runs_failed
                for number, server in enumerate(self.servers)
                for workflow in self.archiving(server)
                if workflow.runs_failed
            }
        )

    def looked_at(self) -> int:
        """Count the workflows whose journal was read."""
        with self.store.read() as tx:
            return sum(seen.read_at is not None for seen in tx.sighted())

    def verified(self) -> int:
        """Count the changes that were verified."""
        with self.store.read() as tx:
            entries = tx.audit(limit=1_000_000)
        return sum(entry.deed.event is Event.CHANGE_VERIFIED for entry in entries)

    def recorded(self) -> Counter[tuple[str, str]]:
        """Count the failures on record, by instance and workflow."""
        with self.store.read() as tx:
            rows = [
                (f"i{number}", workflow.name)
                for number, server in enumerate(self.servers)
                for workflow in self.archiving(server)
                for _ in tx.failures(f"i{number}", workflow.name, since=datetime(2000, 1, 1, tzinfo=UTC))
            ]
        return Counter(rows)

    def verdict(self) -> dict[str, Any]:
        """Tell what is wrong, each entry empty or zero when nothing is."""
        with self.store.read() as tx:
            incidents = tx.incidents(open_only=False, limit=100_000)
            entries = tx.audit(limit=1_000_000)
        seen = [entry.deed for entry in entries if entry.deed.event is Event.FAILURE_SEEN]
        told = Counter(
            (deed.instance, deed.subject, deed.details["at"], deed.details["journal_id"]) for deed in seen
        )
        by_incident = Counter(deed.details["incident"] for deed in seen)
        # The card of a workflow that is one of several with one cause stands in the thread of their summary.
        shown = [one for message in self.messages() for one in (message, *message["thread"])]
        cards = Counter(one.get("metadata", {}).get("event_payload", {}).get("key", "") for one in shown)
        return {
            "audit": list(flaws(entries)),
            "failures told twice": [key for key, number in told.items() if number > 1],
            "failures missing": self.failed_lines() - self.recorded(),
            "failures invented": self.recorded() - self.failed_lines(),
            "miscounted": [one.id for one in incidents if one.failures != by_incident[one.id]],
            "without one card": [one.id for one in incidents if cards[one.id] != 1],
            "shown twice": [key for key, number in cards.items() if key and number > 1],
            "written twice": [
                one
                for server in self.servers
                for one, number in Counter(
                    write.document for write in server.world.writes if write.login == "mcsync"
                ).items()
                if number > 1
            ],
        }
