"""The bot under measurement with both stand-ins around it, each a process.

They run on the machine's own clock, as in production, in a zone in which no restart is near; only where the
time itself must be turned do they read it from a file, which takes as long as a tenth of an answer.
"""

import json
import socket
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import requests

from bot.sandbox.assembly import Assembly
from bot.sandbox.clock import SandboxClock
from bot.sandbox.programs import WEBHOOK_SECRET
from tests.bench.program import NotMeasurable, Program, wait_until

SIGNING_SECRET = "sandbox-signing-secret"
WORKFLOW = "mcSynch_mcExec1"
PARIS = "Europe/Paris"
FAR_FROM_RESTARTS = datetime(2026, 11, 24, 10, 10, tzinfo=ZoneInfo(PARIS))
"""Nothing restarts and no run begins for a while: what is measured is not the time of the day."""

BEFORE_RESTART = datetime(2026, 11, 24, 5, 52, tzinfo=ZoneInfo(PARIS))
RESTART = datetime(2026, 11, 24, 6, tzinfo=ZoneInfo(PARIS))
AFTER_RESTART = RESTART + timedelta(seconds=12)
"""The run of 06:00 has met the restart and failed, if the bot was idle at `BEFORE_RESTART`."""

_QUIET_HOUR = 10


@dataclass(frozen=True)
class Watched:
    """A marketing instance of the bot's configuration, with one execution instance.

    Attributes:
        name: of the instance.
        account: of the execution instance.
        poll: how often its states are read.
    """

    name: str = "prod"
    account: str = "mcExec1"
    poll: str = "60s"


@dataclass
class Stage(Assembly):
    """The stand-ins and the bot, opened together; the bot is well and idle once that is done.

    Attributes:
        mode: how Slack reaches the bot, `http` or `socket`.
        watched: what the bot watches.
        accounts: how many execution instances, and archiving workflows, the stand-in Campaign has.
        history_days: how many days of journal it has.
        start: rule time at the beginning, which can be turned then; `None` for the machine's own clock.
        bell: how often the bot looks for due work by itself, seconds.
        patience: how long the bot may take until it has nothing left to do, seconds.
        may_wait: how much due work counts as nothing: among very many polls some are always due.
    """

    mode: str = "http"
    watched: Sequence[Watched] = (Watched(),)
    accounts: int = 1
    history_days: int = 5
    start: datetime | None = None
    bell: float = 1.0
    patience: float = 60.0
    may_wait: int = 0

    def _open(self) -> None:
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="mcsync-bench-")))
        self._http = self._stack.enter_context(requests.Session())
        self._http.trust_env = False
        slack, campaign, self.port = free_ports(3)
        self.slack_url, self.campaign_url = (f"http://127.0.0.1:{port}" for port in (slack, campaign))
        self.zone = quiet_zone(datetime.now(UTC))
        environment: dict[str, str] = {}
        if self.start is not None:
            self.zone = PARIS
            self.clock = SandboxClock(self.folder / "clock", self.start.astimezone(UTC))
            self.clock.open()
            environment = {"MCSYNC_CLOCK_FILE": str(self.clock.path)}
        events = f"http://127.0.0.1:{self.port}/slack/events"
        slack_words = f"bot.cli sandbox-slack --port {slack} --mode {self.mode} --request-url {events}"
        self._stack.enter_context(Program(*slack_words.split(), environment=environment))
        campaign_words = f"tests.bench.campaign {campaign} {self.accounts} {self.history_days} {self.zone}"
        self._stack.enter_context(Program(*campaign_words.split(), environment=environment))
        path = self.folder / "mcsync.toml"
        path.write_text(self._configuration(), encoding="utf-8")
        self.bot = Program(
            *f"bot.cli run --log json --bell {self.bell} --config".split(),
            str(path),
            environment=environment | secrets(self.watched),
            log=self.folder / "bot.log",
        )
        self._stack.enter_context(self.bot)
        self.settle()

    def _configuration(self) -> str:
        tables: list[tuple[str, dict[str, object]]] = [
            (
                "[slack]",
                {"mode": self.mode, "api_url": f"{self.slack_url}/api/", "channel": "C0OPS"}
                | {"approvers": ["S0ADMINS"]},
            ),
            ("[store]", {"url": f"sqlite:///{self.folder / 'mcsync.db'}"}),
            ("[web]", {"listen": f"127.0.0.1:{self.port}"}),
        ]
        zone = {"restart": "06:00:00", "zone": self.zone}
        for one in self.watched:
            instance = {"name": one.name, "url": self.campaign_url, "login": "mcsync", "poll": one.poll}
            execution = {"account": one.account, "url": f"{self.campaign_url}/rt/{one.account}"} | zone
            tables.append(("[[campaign]]", {**instance, **zone, "restart": "03:30"}))
            tables.append(("[[campaign.execution]]", {**execution, "tracking": "00:00"}))
        return "".join(
            "\n".join([head, *(f"{key} = {json.dumps(value)}" for key, value in keys.items()), "", ""])
            for head, keys in tables
        )

    def is_idle(self) -> bool:
        """Tell whether the bot is well and has nothing due, or next to nothing."""
        try:
            health = self._http.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).json()
        except requests.ConnectionError:
            return False
        well = bool(health["ok"]) and health["slack"] != "disconnected"
        return well and health["due"] is not None and health["due"] <= self.may_wait

    def settle(self) -> None:
        """Wait until the bot has nothing left to do at this moment of rule time."""
        wait_until(self.is_idle, "the bot to finish what is due", self.patience)

    def jump(self, to: datetime) -> None:
        """Turn rule time to *to*, and let the bot do what falls due."""
        self.clock.jump(to.astimezone(UTC))
        self.settle()

    def next_event(self) -> datetime:
        """Tell when something happens next, in the bot or in Campaign, in rule time."""
        health = self._http.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).json()
        due = health["now"] if health["due"] > self.may_wait else health["next_due"]
        events = (due, self.campaign("next").get("at"))
        return max(self.clock.now(), min(datetime.fromisoformat(at) for at in events if at))

    def failed_workflows(self) -> int:
        """Count the workflows that stand failed."""
        return sum(bool(one["failed"]) for one in self.campaign("world")["workflows"])

    def soap_calls(self) -> int:
        """Count the SOAP calls that Campaign has taken so far."""
        return sum(self.campaign("world")["calls"].values())

    def slack(self, lever: str, **order: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Turn a lever of Slack, or look at it (no order)."""
        return self._ask(f"{self.slack_url}/_sandbox/{lever}", order)

    def campaign(self, lever: str, **order: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Turn a lever of Campaign, or look at it (no order)."""
        return self._ask(f"{self.campaign_url}/_sandbox/{lever}", order)

    def _ask(self, url: str, order: dict[str, Any]) -> dict[str, Any]:
        response = self._http.post(url, json=order, timeout=20) if order else self._http.get(url, timeout=20)
        answer: dict[str, Any] = json.loads(response.content)
        return answer


def quiet_zone(now: datetime) -> str:
    """Name a zone in which it is past ten in the morning *now*, hours from any restart and from midnight."""
    ahead = (_QUIET_HOUR - now.astimezone(UTC).hour + 12) % 24 - 12
    # In these names the sign is turned round (IANA time zone database, file `etcetera`).
    return f"Etc/GMT{-ahead:+d}"


def secrets(watched: Sequence[Watched]) -> dict[str, str]:
    """Write the bot's secrets, which the stand-ins expect."""
    common = {
        "MCSYNC_SLACK_BOT_TOKEN": "xoxb-sandbox",
        "MCSYNC_SLACK_APP_TOKEN": "xapp-sandbox",
        "MCSYNC_SLACK_SIGNING_SECRET": SIGNING_SECRET,
    }
    names = [f"MCSYNC_CAMPAIGN_{one.name.upper()}" for one in watched]
    return (
        common
        | {f"{name}_PASSWORD": "sandbox" for name in names}
        | {f"{name}_WEBHOOK_SECRET": WEBHOOK_SECRET for name in names}
    )


@dataclass(frozen=True)
class Burst:
    """What a burst of requests came to.

    Attributes:
        ms: how long each answer took.
        seconds: how long all of it took.
    """

    ms: list[float]
    seconds: float

    @property
    def per_second(self) -> float:
        """How many answers came in a second."""
        return len(self.ms) / self.seconds


def burst(client: Program, **order: Any) -> Burst:  # noqa: ANN401 - JSON
    """Let *client* send as `tests.bench.client.Order` says.

    Raises:
        NotMeasurable: an answer was no success.
    """
    answer = client.ask(order)
    if "error" in answer:
        raise NotMeasurable(str(answer["error"]))
    return Burst(answer["ms"], answer["seconds"])


def report(stage: Stage, client: Program, watched: Watched) -> None:
    """Send one failure report about the workflow of *watched*."""
    burst(
        client,
        port=stage.port,
        kind="campaign",
        secret=WEBHOOK_SECRET,
        path=f"/webhooks/campaign/{watched.name}",
        text=f"mcSynch_{watched.account}",
        seconds=0.0,
        warm_up=0,
    )


def free_ports(count: int) -> list[int]:
    """Find ports of loopback that nobody listens on."""
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in taken]
