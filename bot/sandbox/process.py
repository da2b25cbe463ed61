"""One program of the sandbox as a process: started, frozen, killed, stopped. Its words go to a log."""

import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

STOP_SECONDS = 12
"""The bot may take ten to finish what is under way."""


class Stuck(Exception):
    """Something did not happen in time; the first line says what."""


class Process:
    """A program that may be started again after it ended.

    Args:
        name: of its log.
        folder: where that lies.
        words: the command line after `mcsync`.
        environment: of the process.
        program: the module that is run, and words before all others.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        words: tuple[str, ...],
        environment: Mapping[str, str],
        *,
        program: tuple[str, ...] = ("bot.cli",),
    ) -> None:
        self.name = name
        self._log = folder / f"{name}.log"
        self._words = (*program, *words)
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None

    @property
    def is_alive(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def number(self) -> int:
        """Its process id, 0 before it was started."""
        return self._process.pid if self._process is not None else 0

    def launch(self) -> None:
        """Start it; `await_first_line` waits until it listens."""
        self.stop()
        with self._log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program, our own words
                [sys.executable, "-m", *self._words],
                stdout=subprocess.PIPE,
                stderr=log,
                stdin=subprocess.DEVNULL,
                text=True,
                env=dict(self._environment),
            )

    def await_first_line(self) -> None:
        """Wait for its first line, which says that it listens.

        Raises:
            Stuck: it ended without one.
        """
        assert self._process is not None
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise Stuck(f"{self.name} did not start.\n{self.log()}")

    def log(self) -> str:
        """Read what it logged."""
        return self._log.read_text(encoding="utf-8") if self._log.exists() else ""

    def freeze(self) -> None:
        """Let it stand still: its sockets stay open, and nobody answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End it in good order, at once where it does not listen."""
        process = self._process
        if process is None:
            return
        if self.is_alive:
            process.terminate()
            self.thaw()  # one that stands still hears nothing else
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        if process.stdout is not None:
            process.stdout.close()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
