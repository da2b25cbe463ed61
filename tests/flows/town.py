"""A town to test in: the real program, a Slack, a Campaign, one clock. Everything talks over loopback."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any
from zoneinfo import ZoneInfo

import requests

from bot.app import build
from bot.domain.audit import flaws
from bot.domain.incident import Incident
from bot.domain.proposal import Proposal
from bot.gateways.metrics import Metrics
from bot.program import Program
from bot.sandbox.assembly import Assembly
from bot.sandbox.campaign.seed import Plan
from bot.sandbox.campaign.server import CampaignServer
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.slack.text import plain
from bot.sandbox.webhook import signed
from bot.settings_loading import parse
from tests.flows.sent import assert_all_valid
from tests.free_port import free_port
from tests.waiting import until

PARIS = ZoneInfo("Europe/Paris")
WORKFLOW = "mcSynch_mcExec1"
SECRET = "whsec_" + base64.b64encode(b"a secret of the tests, 24 b").decode()
PATIENCE_SECONDS = 20.0
TICK_SECONDS = 0.005

ENVIRONMENT = {
    "MCSYNC_SLACK_BOT_TOKEN": "xoxb-sandbox",
    "MCSYNC_SLACK_APP_TOKEN": "xapp-sandbox",
    "MCSYNC_SLACK_SIGNING_SECRET": "sandbox-signing-secret",
    "MCSYNC_CAMPAIGN_PROD_PASSWORD": "sandbox",
    "MCSYNC_CAMPAIGN_PROD_WEBHOOK_SECRET": SECRET,
}


@dataclass
class HandClock:
    """Rule time that only a test turns; machine time as it is."""

    at: datetime

    def now(self) -> datetime:
        """Tell rule time."""
        return self.at

    def machine_now(self) -> datetime:
        """Tell machine time."""
        return datetime.now(UTC)


@dataclass
class Town(Assembly):
    """The program and its surroundings, opened together.

    Attributes:
        folder: where the database lies.
        socket_mode: how Slack reaches the program.
        slack_changes: keys of `[slack]` that differ from the usual.
        campaign_changes: keys of `[[campaign]]` that differ from the usual.
        execution_changes: keys of `[[campaign.execution]]` that differ from the usual.
        tables: further tables of the configuration, such as `[diagnosis]`.
        ims: how to get a bearer token, with the stand-in's own address filled in.
        environment: secrets that differ from the usual.
        store_url: another database than a file in the folder.
        start: rule time at the beginning.
        accounts: the execution instances, each with its archiving workflow.
        metrics: what is measured, where a test counts the log as well.
    """

    folder: Path
    socket_mode: bool = False
    slack_changes: Mapping[str, Any] = field(default_factory=dict)
    campaign_changes: Mapping[str, Any] = field(default_factory=dict)
    execution_changes: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)
    ims: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    store_url: str = ""
    # Not on a whole second: no real clock is, and the store rounds to milliseconds.
    start: datetime = datetime(2026, 11, 24, 5, 52, 0, 123_456, tzinfo=PARIS)
    accounts: tuple[str, ...] = ("mcExec1",)
    metrics: Metrics | None = None

    def _open(self) -> None:
        """Open the stand-ins, then the program."""
        self.clock = HandClock(self.start.astimezone(UTC))
        self._http = self._stack.enter_context(requests.Session())
        self._http.trust_env = False
        self.port = free_port()
        self.slack = self._stack.enter_context(
            SlackServer(
                mode="socket" if self.socket_mode else "http",
                request_url=f"http://127.0.0.1:{self.port}/slack/events",
                log=self.folder / "slack.jsonl",
            )
        )
        self.campaign = self._stack.enter_context(
            CampaignServer(Plan(accounts=self.accounts), clock=self.clock.now)
        )
        self.program: Program | None = None
        self.open_program()
        self._stack.callback(self.close_program)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all of it; all that was sent to Slack must be what Slack takes."""
        super().__exit__(kind, error, trace)
        if kind is None:
            assert_all_valid(self.folder / "slack.jsonl")

    def open_program(self) -> Program:
        """Start the program, as at first or again after it was closed."""
        content = {
            **self.tables,
            "slack": {
                "mode": "socket" if self.socket_mode else "http",
                "api_url": self.slack.api_url,
                "channel": "C0OPS",
                "approvers": ["S0ADMINS"],
                "administrators": ["U0ADA"],
                **self.slack_changes,
            },
            "store": {"url": self.store_url or f"sqlite:///{self.folder / 'mcsync.db'}"},
            "web": {"listen": f"127.0.0.1:{self.port}"},
            "campaign": [
                {
                    "name": "prod",
                    "url": self.campaign.url,
                    "login": "mcsync",
                    "zone": "Europe/Paris",
                    "restart": "03:30",
                    "execution": [
                        {
                            "account": account,
                            "url": self.campaign.rt_url(account),
                            "restart": "06:00:00",
                            "zone": "Europe/Paris",
                            "tracking": "00:00",
                            **self.execution_changes,
                        }
                        for account in self.accounts
                    ],
                    **(
                        {"ims": {"token_url": f"{self.campaign.url}/ims/token", **self.ims}}
                        if self.ims
                        else {}
                    ),
                    **self.campaign_changes,
                }
            ],
        }
        settings = parse(content, {**ENVIRONMENT, **self.environment})
        self.program = build(settings, self.clock, bell_seconds=0.02, metrics=self.metrics)
        self.program.open()
        return self.program

    def close_program(self) -> None:
        """Stop the program as SIGTERM does."""
        if self.program is not None:
            self.program.close()
            self.program = None

    # --- Time -------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Wait until nothing is due at this moment of rule time."""
        self.wait_until(lambda: self.health()["due"] == 0)

    def turn(self, **spans: float) -> None:
        """Turn the clock by `seconds`, `minutes` or `hours`, and let the program do what falls due."""
        self.clock.at += timedelta(**spans)
        self.settle()

    def turn_to(self, hour: int, minute: int, second: int = 0) -> None:
        """Turn the clock to a time of the day in Paris, and let the program do what falls due."""
        local = self.clock.at.astimezone(PARIS).replace(hour=hour, minute=minute, second=second)
        self.clock.at = local.astimezone(UTC)
        self.settle()

    def turn_until(self, holds: Callable[[], bool], *, seconds: float = 5, most: float = 3600) -> None:
        """Turn the clock in small steps until *holds*."""
        end = self.clock.at + timedelta(seconds=most)
        self.settle()
        while not holds():
            assert self.clock.at < end, f"in vain until {self.clock.at}; the card reads:\n{self.card_text()}"
            self.turn(seconds=seconds)

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Wait, in machine time, until *holds*."""
        until(
            holds,
            lambda: f"the card reads\n{self.card_text()}",
            seconds=PATIENCE_SECONDS,
            tick=TICK_SECONDS,
        )

    # --- Looking ----------------------------------------------------------------------------------

    def health(self) -> dict[str, Any]:
        """Read /healthz."""
        answer: dict[str, Any] = self._http.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).json()
        return answer

    def messages(self) -> list[dict[str, Any]]:
        """List the messages of the channel."""
        shown: list[dict[str, Any]] = self._look("messages")["messages"]
        return shown

    def card_text(self) -> str:
        """Read the only card as a person does; `""` when there is none."""
        return "\n".join(f"{plain(m.get('blocks') or [], m['text'])}\n{m['text']}" for m in self.messages())

    def told(self, user: str) -> list[str]:
        """List what only one person was told."""
        return [one["text"] for one in self._look(f"ephemerals?user={user}")["ephemerals"]]

    def modal(self, user: str) -> dict[str, Any] | None:
        """Look at the topmost modal on somebody's screen."""
        shown: list[dict[str, Any]] = self._look(f"views?user={user}")["modals"]
        return shown[-1] if shown else None

    def modal_text(self, user: str) -> str:
        """Read the topmost modal as a person does; `""` when there is none."""
        view = self.modal(user)
        return plain(view["blocks"], "") if view else ""

    def _look(self, lever: str) -> dict[str, Any]:
        answer: dict[str, Any] = self._http.get(f"{self.slack.url}/_sandbox/{lever}", timeout=5).json()
        return answer

    def incidents(self) -> tuple[Incident, ...]:
        """List all incidents, latest first."""
        assert self.program is not None
        with self.program.service.office.store.read() as tx:
            return tx.incidents(open_only=False)

    def proposal(self) -> Proposal:
        """Read the latest proposal of the latest incident."""
        assert self.program is not None
        with self.program.service.office.store.read() as tx:
            found = tx.proposal(tx.incidents(open_only=False)[0].proposal_id)
        assert found is not None
        return found

    def audit_events(self) -> list[str]:
        """List the events on record, oldest first; the chain must be sound."""
        assert self.program is not None
        with self.program.service.office.store.read() as tx:
            entries = tx.audit()
        assert list(flaws(entries)) == []
        return [entry.deed.event.value for entry in entries]

    def world(self) -> dict[str, Any]:
        """Look behind Campaign."""
        answer: dict[str, Any] = self._http.get(f"{self.campaign.url}/_sandbox/world", timeout=5).json()
        return answer

    def workflow(self) -> dict[str, Any]:
        """Look at the archiving workflow from behind."""
        found: dict[str, Any] = next(one for one in self.world()["workflows"] if one["name"] == WORKFLOW)
        return found

    def writes(self) -> list[dict[str, Any]]:
        """List the writes that Campaign accepted."""
        found: list[dict[str, Any]] = self._http.get(
            f"{self.campaign.url}/_sandbox/writes", timeout=5
        ).json()["writes"]
        return found

    # --- Acting -----------------------------------------------------------------------------------

    def lever(self, name: str, **order: object) -> dict[str, Any]:
        """Turn a lever of Campaign."""
        answer: dict[str, Any] = self._http.post(
            f"{self.campaign.url}/_sandbox/{name}", json=order, timeout=10
        ).json()
        return answer

    def slack_lever(self, name: str, **order: object) -> dict[str, Any]:
        """Turn a lever of Slack."""
        answer: dict[str, Any] = self._http.post(
            f"{self.slack.url}/_sandbox/{name}", json=order, timeout=20
        ).json()
        return answer

    def type(self, user: str, text: str) -> str:
        """Type a slash command; return what the person is answered."""
        before = len(self.told(user))
        answer = self.slack_lever("command", user=user, text=text)
        assert answer.get("ok"), answer
        return "\n".join(self.told(user)[before:])

    def press(self, user: str, action_id: str) -> dict[str, Any]:
        """Press a button of the only card."""
        return self.slack_lever("press", user=user, ts=self.messages()[-1]["ts"], action_id=action_id)

    def deny(self, user: str, reason: str = "Not today.") -> dict[str, Any]:
        """Press *Deny* and give a reason."""
        pressed = self.press(user, "mcsync_deny")
        assert pressed["ok"], pressed
        view = self.modal(user)
        assert view is not None
        state = {"mcsync_reason": {"mcsync_text": reason}}
        return self.slack_lever("submit", user=user, view_id=view["id"], state=state)

    def report(self, *, at: datetime, log_id: str, message: str = "m", **changes: str) -> requests.Response:
        """Deliver a webhook, signed as Standard Webhooks says."""
        body = json.dumps(
            {
                "workflow": WORKFLOW,
                "workflow_id": "4900",
                "activity": "soapImport",
                "message": message,
                "logged_at": at.isoformat(),
                "log_id": log_id,
                **changes,
            }
        ).encode()
        headers = signed(body, identifier="m1", seconds=time.time(), secret=SECRET)
        url = f"http://127.0.0.1:{self.port}/webhooks/campaign/prod"
        return self._http.post(url, data=body, headers=headers, timeout=5)

    # --- The way to a place -----------------------------------------------------------------------

    def approval(self) -> str:
        """Name the first button that approves."""
        shown = [element for block in self.messages()[-1]["blocks"] for element in block.get("elements", ())]
        ids = [element.get("action_id", "") for element in shown]
        return next((one for one in ids if one.startswith("mcsync_approve")), "mcsync_approve")

    def prove(self) -> None:
        """Let the next run pass and the next restart be survived."""
        self.turn_until(lambda: self.proposal().run_passed_at is not None, seconds=60, most=7200)
        self.turn(hours=24)
        self.turn(hours=1)
        self.turn_until(lambda: self.proposal().stage == "proved", seconds=60, most=3 * 3600)

    def collide(self) -> None:
        """Let the run of 06:00 meet the restart, and let a poll find it."""
        self.settle()
        self.turn_to(6, 0, 20)
        self.wait_until(lambda: bool(self.workflow()["failed"]))
        self.turn(seconds=61)
        assert len(self.messages()) == 1, self.messages()

    def ask(self, action_id: str = "mcsync_shift_5") -> None:
        """Collide, then let Sam ask for a change."""
        self.collide()
        pressed = self.press("U0SAM", action_id)
        assert pressed["ok"], pressed
        self.settle()

    def approve(self) -> None:
        """Let Ada approve what waits."""
        pressed = self.press("U0ADA", self.approval())
        assert pressed["ok"], pressed
        self.settle()
