"""The three programs of the sandbox as processes: the stand-in Slack, the stand-in Campaign, and the bot.

The bot runs as in production and is reached only through its sockets; nothing of it is imported here. All
three read rule time from one file, whose offset `SandboxClock` moves.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

import requests

ZONE = ZoneInfo("Europe/Paris")
WEBHOOK_SECRET = "whsec_c2FuZGJveC1zZWNyZXQtb2YtdGhlLXdlYmhvb2s="  # noqa: S105 - the sandbox's own
PATIENCE_SECONDS = 30.0
TICK_SECONDS = 0.02

CONFIGURATION = """\
[slack]
mode = "{mode}"
api_url = "{slack}/api/"
channel = "C0OPS"
approvers = ["S0ADMINS"]
administrators = ["U0ADA"]

[store]
url = "sqlite:///{database}"

[web]
listen = "127.0.0.1:{port}"

[[campaign]]
name = "prod"
url = "{campaign}"
login = "mcsync"
zone = "Europe/Paris"
restart = "03:30"
poll = "60s"

[[campaign.execution]]
account = "mcExec1"
url = "{campaign}/rt/mcExec1"
restart = "06:00:00"
zone = "Europe/Paris"
tracking = "00:00"
"""


class SandboxClock:
    """Rule time of the sandbox: machine time and an offset in a file that all three programs read.

    Args:
        path: the file.
        start: what rule time shall be when the sandbox opens.
    """

    def __init__(self, path: Path, start: datetime) -> None:
        self.path = path
        self._start = start
        self._offset = timedelta()

    def open(self) -> None:
        """Write the first offset."""
        self._move(self._start - datetime.now(UTC))

    def now(self) -> datetime:
        """Tell rule time, UTC."""
        return datetime.now(UTC) + self._offset

    def jump(self, to: datetime) -> None:
        """Move rule time forward to *to*; it never goes back."""
        self._move(max(self._offset, to - datetime.now(UTC)))

    def _move(self, offset: timedelta) -> None:
        self._offset = offset
        fresh = self.path.with_suffix(".new")
        fresh.write_text(f"{offset.total_seconds():.3f}", encoding="ascii")
        fresh.replace(self.path)


class Sandbox:
    """The three programs, started together and stopped together.

    Args:
        keep: where the database and the logs stay; `None` throws them away.
        seed: of everything random.
        socket_mode: whether the bot connects by Socket Mode instead of signed HTTP.
        start: rule time at the beginning; 05:52 tomorrow in Paris unless given.
        bell: how often the bot looks for due work, seconds.
    """

    def __init__(
        self,
        *,
        keep: Path | None = None,
        seed: int = 1,
        socket_mode: bool = False,
        start: datetime | None = None,
        bell: float = 0.1,
    ) -> None:
        self._keep = keep
        self._seed = seed
        self._mode = "socket" if socket_mode else "http"
        self._start = start
        self._bell = bell
        self._stack = ExitStack()
        self._http = requests.Session()
        self._http.trust_env = False
        self.processes: dict[str, subprocess.Popen[str]] = {}

    def __enter__(self) -> Self:
        """Start all three and wait until each answers."""
        try:
            self._open()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop all three."""
        self._stack.close()

    def _open(self) -> None:
        if self._keep is None:
            self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="mcsync-")))
        else:
            self._keep.mkdir(parents=True, exist_ok=True)
            self.folder = self._keep.resolve()
        self._stack.callback(self._http.close)
        start = self._start or _early_tomorrow()
        self.clock = SandboxClock(self.folder / "clock", start.astimezone(UTC))
        self.clock.open()
        ports = _free_ports(3)
        self.slack_url, self.campaign_url, self.bot_url = (f"http://127.0.0.1:{port}" for port in ports)
        self.configuration = self.folder / "mcsync.toml"
        self.configuration.write_text(
            CONFIGURATION.format(
                mode=self._mode,
                slack=self.slack_url,
                campaign=self.campaign_url,
                port=ports[2],
                database=self.folder / "mcsync.db",
            ),
            encoding="utf-8",
        )
        request_url = f"{self.bot_url}/slack/events"
        self.start(
            "slack",
            "sandbox-slack",
            "--port",
            str(ports[0]),
            "--mode",
            self._mode,
            "--request-url",
            request_url,
            "--log",
            str(self.folder / "slack.jsonl"),
            "--seed",
            str(self._seed),
        )
        self.start(
            "campaign",
            "sandbox-campaign",
            "--port",
            str(ports[1]),
            "--seed",
            str(self._seed),
            "--journal",
            str(self.folder / "campaign.jsonl"),
        )
        self.start_bot()

    def start_bot(self) -> None:
        """Start the bot, as at first or after it was killed, and wait until it is well."""
        self.start(
            "bot", "run", "--config", str(self.configuration), "--log", "json", "--bell", str(self._bell)
        )
        self.wait_until(self._is_well, "the bot to be well")

    def start(self, name: str, *words: str) -> None:
        """Start one program and wait for its first line, which says that it listens."""
        log = (self.folder / f"{name}.log").open("a", encoding="utf-8")
        process = subprocess.Popen(  # noqa: S603 - our own program, our own words
            [sys.executable, "-m", "bot.cli", *words],
            stdout=subprocess.PIPE,
            stderr=log,
            stdin=subprocess.DEVNULL,
            text=True,
            env=self._environment(),
        )
        log.close()
        self.processes[name] = process
        self._stack.callback(_stop, process)
        assert process.stdout is not None
        if not process.stdout.readline():
            raise RuntimeError(
                f"{name} did not start:\n{(self.folder / f'{name}.log').read_text(encoding='utf-8')}"
            )

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MCSYNC_")}
        return {
            **kept,
            "PYTHONUNBUFFERED": "1",
            "MCSYNC_CLOCK_FILE": str(self.clock.path),
            "MCSYNC_SLACK_BOT_TOKEN": "xoxb-sandbox",
            "MCSYNC_SLACK_APP_TOKEN": "xapp-sandbox",
            "MCSYNC_SLACK_SIGNING_SECRET": "sandbox-signing-secret",
            "MCSYNC_CAMPAIGN_PROD_PASSWORD": "sandbox",
            "MCSYNC_CAMPAIGN_PROD_WEBHOOK_SECRET": WEBHOOK_SECRET,
        }

    # --- Talking to the three ---------------------------------------------------------------------

    def slack(self, lever: str, **order: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Act as a person in Slack, or look at the channel (no order: GET)."""
        return self._ask(f"{self.slack_url}/_sandbox/{lever}", order)

    def campaign(self, lever: str, **order: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Turn a lever of Campaign, or look behind it (no order: GET)."""
        return self._ask(f"{self.campaign_url}/_sandbox/{lever}", order)

    def health(self) -> dict[str, Any]:
        """Read the bot's /healthz."""
        answer: dict[str, Any] = self._http.get(f"{self.bot_url}/healthz", timeout=5).json()
        return answer

    def deliver(self, body: bytes, headers: dict[str, str]) -> int:
        """Send a webhook to the bot as Campaign's monitoring workflow does."""
        url = f"{self.bot_url}/webhooks/campaign/prod"
        return self._http.post(url, data=body, headers=headers, timeout=5).status_code

    def _ask(self, url: str, order: dict[str, Any]) -> dict[str, Any]:
        response = self._http.post(url, json=order, timeout=10) if order else self._http.get(url, timeout=10)
        answer: dict[str, Any] = response.json()
        return answer

    def _is_well(self) -> bool:
        try:
            return bool(self.health().get("ok"))
        except requests.RequestException:
            return False

    # --- Time -------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Wait until the bot has nothing left to do at this moment of rule time."""
        self.wait_until(lambda: self.health()["due"] == 0, "the bot to finish what is due")

    def jump(self, to: datetime) -> None:
        """Move rule time to *to*, and wait until the bot has done what fell due."""
        self.clock.jump(to)
        self.settle()

    def next_event(self) -> datetime:
        """Tell when something happens next, in the bot or in Campaign."""
        candidates = [self.health()["next_due"], self.campaign("next").get("at")]
        return min(datetime.fromisoformat(at) for at in candidates if at)

    def advance(self) -> None:
        """Jump to the next event."""
        self.jump(max(self.next_event(), self.clock.now()))

    def wait_until(self, holds: Any, what: str) -> None:  # noqa: ANN401 - any callable
        """Wait, in machine time, until *holds* says so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            for name, process in self.processes.items():
                if process.poll() is not None:
                    log = (self.folder / f"{name}.log").read_text(encoding="utf-8")
                    raise RuntimeError(f"{name} ended with {process.returncode}:\n{log}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Waited {PATIENCE_SECONDS:.0f} s in vain for {what}.")
            time.sleep(TICK_SECONDS)

    def wait(self) -> None:
        """Wait until Ctrl-C, or until one of the three ends."""
        try:
            while all(process.poll() is None for process in self.processes.values()):
                time.sleep(0.5)
        except KeyboardInterrupt:
            return

    def addresses(self) -> str:
        """Say where everything is."""
        return (
            f"Slack    {self.slack_url}\nCampaign {self.campaign_url}\nmcsync   {self.bot_url}\n"
            f"Files    {self.folder}\nCtrl-C stops all three."
        )


def _early_tomorrow() -> datetime:
    tomorrow = datetime.now(ZONE) + timedelta(days=1)
    return tomorrow.replace(hour=5, minute=52, second=0, microsecond=0)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in taken]


def _stop(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(12)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout is not None:
        process.stdout.close()
