"""The three programs of the sandbox as processes: the stand-in Slack, the stand-in Campaign, and the bot.

The bot runs as in production and is reached only through its sockets; nothing of it is imported here. All
three read rule time from one file, whose offset `SandboxClock` moves. Several threads may use a `Sandbox`.
"""

import os
import socket
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from bot.sandbox.assembly import Assembly
from bot.sandbox.clock import SandboxClock
from bot.sandbox.process import Process, Stuck
from bot.sandbox.scenes import COLLISION, SCENES, Surroundings, configuration

WEBHOOK_SECRET = "whsec_c2FuZGJveC1zZWNyZXQtb2YtdGhlLXdlYmhvb2s="  # noqa: S105 - the sandbox's own
PATIENCE_SECONDS, ANSWER_SECONDS = 30.0, 10.0
TICK_SECONDS, LONGEST_TICK_SECONDS = 0.01, 0.05
"""How soon it looks again at first, and after it has looked for a while."""

SLACK, CAMPAIGN, BOT = "slack", "campaign", "bot"
RUNNING, FROZEN, STARTING, STOPPED = "running", "frozen", "starting", "stopped"


class Sandbox(Assembly):
    """The three programs, started together and stopped together.

    Args:
        keep: where the database and the logs stay; `None` throws them away.
        seed: of everything random.
        socket_mode: whether the bot connects by Socket Mode instead of signed HTTP.
        start: rule time at the beginning, instead of the scenario's own.
        bell: how often the bot looks for due work, seconds.
        scenario: one of `scenes.SCENES`.
        campaign_ahead: seconds by which Campaign's clock is ahead of everybody else's.
        bot_program: the module that is run as the bot, and words before all others.

    Attributes:
        scene: what the scenario is about.
        scenario: its name.
        patience_seconds: how long it waits for something, machine time.
        answer_seconds: how long one of the programs may take to answer.
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
        campaign_ahead: float = 0.0,
        bot_program: tuple[str, ...] = ("bot.cli",),
    ) -> None:
        self.scene = SCENES[scenario]
        self.scenario = scenario
        self.patience_seconds = PATIENCE_SECONDS
        self.answer_seconds = ANSWER_SECONDS
        self._keep = keep
        self._seed = seed
        self._mode = "socket" if socket_mode else "http"
        self._start = start
        self._bell = bell
        self._campaign_ahead = campaign_ahead
        self._bot_program = bot_program
        self._http = requests.Session()
        self._http.trust_env = False
        self._processes: dict[str, Process] = {}
        self._bot_state = STOPPED

    def _open(self) -> None:
        if self._keep is None:
            self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="mcsync-")))
        else:
            self._keep.mkdir(parents=True, exist_ok=True)
            self.folder = self._keep.resolve()
        self._stack.callback(self._http.close)
        start = self._start or self.scene.start(datetime.now(UTC))
        self._campaign_clock = self.folder / "clock-of-campaign"
        self.clock = SandboxClock(
            self.folder / "clock", start.astimezone(UTC), ahead=(self._campaign_clock, self._campaign_ahead)
        )
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
        self._describe(*ports[:2])
        for name in (SLACK, CAMPAIGN):
            self._processes[name].launch()
        for name in (SLACK, CAMPAIGN):
            self._processes[name].await_first_line()
        self.start_bot()

    def _describe(self, slack: int, campaign: int) -> None:
        """Describe the three processes; nothing is started yet."""
        lines = {
            SLACK: f"sandbox-slack --port {slack} --seed {self._seed} --mode {self._mode} "
            f"--request-url {self.bot_url}/slack/events --log",
            CAMPAIGN: f"sandbox-campaign --port {campaign} --seed {self._seed} --scenario {self.scenario} "
            "--journal",
            BOT: f"run --log json --bell {self._bell} --config",
        }
        paths = {
            SLACK: self.folder / "slack.jsonl",
            CAMPAIGN: self.folder / "campaign.jsonl",
            BOT: self.configuration,
        }
        for name, line in lines.items():
            environment = self.environment()
            if name == CAMPAIGN:
                environment["MCSYNC_CLOCK_FILE"] = str(self._campaign_clock)
            program = self._bot_program if name == BOT else ("bot.cli",)
            words = (*line.split(), str(paths[name]))
            process = Process(name, self.folder, words, environment, program=program)
            self._processes[name] = process
            self._stack.callback(process.stop)

    # --- The bot ----------------------------------------------------------------------------------

    def start_bot(self) -> None:
        """Start the bot, as at first or after it was killed, and wait until it is well."""
        if self.bot_state != STOPPED:
            return
        self._bot_state = STARTING
        try:
            self._processes[BOT].launch()
            self._processes[BOT].await_first_line()
            self.wait_until(self.is_well, "the bot to be well")
        except Stuck:
            self.kill_bot()
            raise
        self._bot_state = RUNNING

    @property
    def bot_state(self) -> str:
        """Tell whether the bot is `starting`, `running`, `frozen`, or `stopped` by whatever ended it."""
        is_gone = self._bot_state in (RUNNING, FROZEN) and not self._processes[BOT].is_alive
        return STOPPED if is_gone else self._bot_state

    def kill_bot(self) -> None:
        """End the bot at once, as a power cut does."""
        self._bot_state = STOPPED
        self._processes[BOT].kill()

    def freeze_bot(self) -> None:
        """Let the bot stand still: its sockets stay open, and nobody answers."""
        if self.bot_state == RUNNING:
            self._bot_state = FROZEN
            self._processes[BOT].freeze()

    def thaw_bot(self) -> None:
        """Let a bot that stands still go on."""
        if self.bot_state == FROZEN:
            self._processes[BOT].thaw()
            self._bot_state = RUNNING

    def freeze_slack(self) -> None:
        """Let Slack stand still: its connections stay open, and nothing comes over them."""
        self._processes[SLACK].freeze()

    def thaw_slack(self) -> None:
        """Let Slack go on."""
        self._processes[SLACK].thaw()

    def bot_process(self) -> int:
        """Tell the number of the bot's process; 0 while there is none."""
        return self._processes[BOT].number

    def environment(self) -> dict[str, str]:
        """Write what the programs find in their environment: the clock and the sandbox's own secrets."""
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
        url = f"{self.bot_url}/healthz"
        answer: dict[str, Any] = self._http.get(url, timeout=self.answer_seconds).json()
        return answer

    def deliver(self, body: bytes, headers: dict[str, str]) -> int:
        """Send a webhook to the bot as Campaign's monitoring workflow does."""
        url = f"{self.bot_url}/webhooks/campaign/prod"
        return self._http.post(url, data=body, headers=headers, timeout=5).status_code

    def _ask(self, url: str, order: dict[str, Any]) -> dict[str, Any]:
        seconds = self.answer_seconds
        response = (
            self._http.post(url, json=order, timeout=seconds)
            if order
            else self._http.get(url, timeout=seconds)
        )
        answer: dict[str, Any] = response.json()
        return answer

    def is_well(self) -> bool:
        """Tell whether the bot lives and has its way to Slack."""
        try:
            health = self.health()
        except requests.RequestException:
            return False
        return bool(health.get("ok")) and health.get("slack") != "disconnected"

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
        """Tell when the bot has something to do next: now while it works, `None` for never or when out."""
        if self.bot_state != RUNNING:
            return None
        told: list[dict[str, Any]] = []

        def tells() -> bool:
            told[:] = [self.health()]
            return told[0]["due"] is not None

        self.wait_until(tells, "the bot's store to answer")
        # Time passes by itself too: something may have fallen due since somebody saw it settled.
        at = told[0]["now"] if told[0]["due"] else told[0]["next_due"]
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
        deadline, pause = time.monotonic() + self.patience_seconds, TICK_SECONDS
        while not holds():
            for process in self._processes.values():
                if not process.is_alive and (process.name != BOT or self._bot_state != STOPPED):
                    raise Stuck(f"{process.name} has ended.\n{process.log()}")
            if time.monotonic() > deadline:
                raise Stuck(f"Waited {self.patience_seconds:.0f} s in vain for {what}.")
            time.sleep(pause)
            pause = min(LONGEST_TICK_SECONDS, pause * 1.2)

    def wait(self) -> None:
        """Wait until Ctrl-C, or until one of the stand-ins ends; the bot may come and go."""
        try:
            while all(self._processes[name].is_alive for name in (SLACK, CAMPAIGN)):
                time.sleep(0.2)  # no program tells another that it ended
        except KeyboardInterrupt:
            return


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in taken]
