"""The three programs of the sandbox as processes: the stand-in Slack, the stand-in Campaign, and the bot.

The bot runs as in production and is reached only through its sockets; nothing of it is imported here. All
three read rule time from one file, whose offset `SandboxClock` moves. Several threads may use a `Sandbox`.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from bot.sandbox.clock import SandboxClock
from bot.sandbox.scenes import COLLISION, SCENES, Surroundings, configuration

WEBHOOK_SECRET = "whsec_c2FuZGJveC1zZWNyZXQtb2YtdGhlLXdlYmhvb2s="  # noqa: S105 - the sandbox's own
PATIENCE_SECONDS = 30.0
TICK_SECONDS = 0.01
RUNNING, FROZEN, STOPPED = "running", "frozen", "stopped"


class Stuck(Exception):
    """Something did not happen in time; the text says what."""


class Sandbox:
    """The three programs, started together and stopped together.

    Args:
        keep: where the database and the logs stay; `None` throws them away.
        seed: of everything random.
        socket_mode: whether the bot connects by Socket Mode instead of signed HTTP.
        start: rule time at the beginning, instead of the scenario's own.
        bell: how often the bot looks for due work, seconds.
        scenario: one of `scenes.SCENES`.

    Attributes:
        scene: what the scenario is about.
        scenario: its name.
        processes: the programs that are meant to run, by name.
    """

    def __init__(
        self,
        *,
        keep: Path | None = None,
        seed: int = 1,
        socket_mode: bool = False,
        start: datetime | None = None,
        bell: float = 0.02,
        scenario: str = COLLISION,
    ) -> None:
        self.scene = SCENES[scenario]
        self.scenario = scenario
        self._keep = keep
        self._seed = seed
        self._mode = "socket" if socket_mode else "http"
        self._start = start
        self._bell = bell
        self._stack = ExitStack()
        self._http = requests.Session()
        self._http.trust_env = False
        self.processes: dict[str, subprocess.Popen[str]] = {}
        self._frozen = False

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
        start = self._start or self.scene.start(datetime.now(UTC))
        self.clock = SandboxClock(self.folder / "clock", start.astimezone(UTC))
        self.clock.open()
        ports = _free_ports(3)
        self.slack_url, self.campaign_url, self.bot_url = (f"http://127.0.0.1:{port}" for port in ports)
        self.configuration = self.folder / "mcsync.toml"
        self.configuration.write_text(
            configuration(
                self.scene,
                Surroundings(
                    self._mode, self.slack_url, self.campaign_url, ports[2], str(self.folder / "mcsync.db")
                ),
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
            "--scenario",
            self.scenario,
        )
        self.start_bot()

    def start_bot(self) -> None:
        """Start the bot, as at first or after it was killed, and wait until it is well."""
        self.start(
            "bot", "run", "--config", str(self.configuration), "--log", "json", "--bell", str(self._bell)
        )
        self.wait_until(self._is_well, "the bot to be well")

    @property
    def bot_state(self) -> str:
        """Tell whether the bot runs: `running`, `frozen`, or `stopped` by whatever ended it."""
        process = self.processes.get("bot")
        if process is None or process.poll() is not None:
            return STOPPED
        return FROZEN if self._frozen else RUNNING

    def kill_bot(self) -> None:
        """End the bot at once, as a power cut does."""
        process = self.processes.pop("bot", None)
        if process is not None:
            process.kill()
            process.wait()
        self._frozen = False

    def freeze_bot(self) -> None:
        """Let the bot stand still: its sockets stay open, and nobody answers."""
        if self.bot_state == RUNNING:
            self._frozen = True
            self.processes["bot"].send_signal(signal.SIGSTOP)

    def thaw_bot(self) -> None:
        """Let a bot that stands still go on."""
        if self.bot_state == FROZEN:
            self.processes["bot"].send_signal(signal.SIGCONT)
            self._frozen = False

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
            raise Stuck(f"{name} did not start:\n{(self.folder / f'{name}.log').read_text(encoding='utf-8')}")

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
        """Wait until the bot, if it runs, has nothing left to do at this moment of rule time."""
        self.wait_until(self._has_nothing_due, "the bot to finish what is due")

    def _has_nothing_due(self) -> bool:
        if self.bot_state != RUNNING:
            return True
        try:
            return bool(self.health()["due"] == 0)
        except requests.RequestException:
            return False

    def jump(self, to: datetime) -> None:
        """Move rule time to *to*, and wait until the bot has done what fell due."""
        self.clock.jump(to)
        self.settle()

    def next_event(self) -> datetime:
        """Tell when something happens next, in the bot or in Campaign."""
        return min(at for at in (self.next_due(), self.next_of_campaign()) if at is not None)

    def next_due(self) -> datetime | None:
        """Tell when the bot has something to do next, `None` for never or while it is out."""
        if self.bot_state != RUNNING:
            return None
        at = self.health()["next_due"]
        return datetime.fromisoformat(at) if at else None

    def next_of_campaign(self) -> datetime | None:
        """Tell when something happens next in Campaign, `None` for never."""
        at = self.campaign("next").get("at")
        return datetime.fromisoformat(at) if at else None

    def advance(self) -> None:
        """Jump to the next event."""
        self.jump(max(self.next_event(), self.clock.now()))

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait, in machine time, until *holds* says so.

        Raises:
            Stuck: it did not in time, or one of the programs ended.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            for name, process in self.processes.items():
                if process.poll() is not None:
                    log = (self.folder / f"{name}.log").read_text(encoding="utf-8")
                    raise Stuck(f"{name} ended with {process.returncode}:\n{log}")
            if time.monotonic() > deadline:
                raise Stuck(f"Waited {PATIENCE_SECONDS:.0f} s in vain for {what}.")
            time.sleep(TICK_SECONDS)

    def wait(self) -> None:
        """Wait until Ctrl-C, or until one of the stand-ins ends; the bot may come and go."""
        try:
            while all(self.processes[name].poll() is None for name in ("slack", "campaign")):
                time.sleep(0.2)
        except KeyboardInterrupt:
            return


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in taken]


def _stop(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
        process.send_signal(signal.SIGCONT)  # one that was frozen hears nothing else
        try:
            process.wait(12)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout is not None:
        process.stdout.close()
