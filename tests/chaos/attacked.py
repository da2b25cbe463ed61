"""The three programs of a round, with a gate between the program and Campaign."""

import socket
from datetime import datetime, timedelta
from pathlib import Path

from bot.sandbox.process import Process, Stuck
from bot.sandbox.programs import BOT, RUNNING, Sandbox
from tests.chaos.gate import CommitWatch, Gate

PATIENCE_SECONDS = 120.0
"""How long something may take that takes a moment: the machine may be busy with anything else."""

DEADLINE = "2s"
"""What the program gives Campaign for an answer."""

BELL_SECONDS = 0.04
"""How often the program looks at the clock that only we move."""

ARENAS = "2"
"""As in `docs/mcsync.service`: by default glibc keeps what twenty threads leave apart, as if it leaked."""

ACKNOWLEDGED_WITHIN = 8.0
"""What Slack gives the program for an acknowledgement; the three seconds of the real one are measured
elsewhere."""


class Attacked(Sandbox):
    """A sandbox whose program is attacked.

    Args:
        folder: where the database and the logs stay.
        seed: of the stand-ins.
        socket_mode: whether Slack reaches the program by Socket Mode.
        campaign_ahead: seconds by which Campaign's clock is ahead of the program's.
        program: what is run as the program.
        database: where the store lies; in *folder* unless told.
        more_instances: how many more names the same Campaign is watched under.

    Attributes:
        gate: on the way to Campaign.
        commits: beside the store.
        database: where the store lies.
        kills: how often the program was killed, or found dead.
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
        more_instances: int = 0,
    ) -> None:
        super().__init__(
            keep=folder,
            seed=seed,
            socket_mode=socket_mode,
            campaign_ahead=campaign_ahead,
            bot_program=program,
            bell=BELL_SECONDS,
        )
        self.patience_seconds = self.answer_seconds = PATIENCE_SECONDS
        self.database = database or folder / "mcsync.db"
        self.kills = 0
        self.campaign_ahead = timedelta(seconds=campaign_ahead)
        self._program = program
        self._more_instances = more_instances
        self._is_open = False

    def start_bot(self) -> None:
        """Start the program; somebody may kill it meanwhile, which is no failure."""
        if not self._is_open:
            self._open_gate()
        before = self.kills
        try:
            super().start_bot()
        except Stuck:
            if self.kills == before + 1:  # the end that a failed start comes to anyway
                raise

    def kill_bot(self) -> None:
        """Kill the program."""
        self.kills += 1
        super().kill_bot()

    def is_well(self) -> bool:
        """Tell whether the program lives and has its way to Slack."""
        if not self._processes[BOT].is_alive:
            raise Stuck("It has ended.")
        return super().is_well()

    def next_of_campaign(self) -> datetime | None:
        """Tell when something happens next in Campaign, by our clock."""
        at = super().next_of_campaign()
        return at - self.campaign_ahead if at is not None else None

    @property
    def is_up(self) -> bool:
        """Whether the program runs."""
        return self.bot_state == RUNNING

    def environment(self) -> dict[str, str]:
        """Write what the programs find in their environment."""
        passwords = {f"MCSYNC_CAMPAIGN_{name.upper()}_PASSWORD": "sandbox" for name in self._more_names()}
        return super().environment() | passwords | {"MALLOC_ARENA_MAX": ARENAS}

    def twin(self) -> Process:
        """Start the program once more on the same store, as somebody might by mistake."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        twin = self.configuration.with_name("twin.toml")
        mine = f'listen = "{self.bot_url.removeprefix("http://")}"'
        text = self.configuration.read_text(encoding="utf-8")
        twin.write_text(text.replace(mine, f'listen = "127.0.0.1:{port}"'), encoding="utf-8")
        words = ("run", "--log", "json", "--bell", str(BELL_SECONDS), "--config", str(twin))
        process = Process("twin", self.folder, words, self.environment(), program=self._program)
        process.launch()
        process.await_first_line()
        return process

    def _open_gate(self) -> None:
        """Lead the program's way to Campaign through the gate, and let Slack be patient."""
        self._is_open = True
        self.gate = self._stack.enter_context(Gate(self.campaign_url))
        self.commits = self._stack.enter_context(CommitWatch(self.database))
        text = self.configuration.read_text(encoding="utf-8")
        text = text.replace(self.campaign_url, self.gate.url)
        text = text.replace('poll = "60s"', f'poll = "60s"\ndeadline = "{DEADLINE}"')
        text = text.replace(str(self.folder / "mcsync.db"), str(self.database))
        head, campaign, rest = text.partition("[[campaign]]")
        for name in self._more_names():
            text += "\n" + campaign + rest.replace('name = "prod"', f'name = "{name}"')
        assert head
        self.configuration.write_text(text, encoding="utf-8")
        self.slack("app", patience=ACKNOWLEDGED_WITHIN)

    def _more_names(self) -> tuple[str, ...]:
        return tuple(f"more{number}" for number in range(1, self._more_instances + 1))
