"""A program under measurement: a process of its own, looked at through `/proc`."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parent.parent.parent
STOP_SECONDS = 15.0
_NOT_KEPT = ("MCSYNC_", "PYTHONDONTWRITEBYTECODE")
"""An installed program has its bytecode: compiling ours at each start is not what is to be measured."""


class NotMeasurable(Exception):
    """A program did not start, or answered what it must not; the text says which."""


class Program:
    """`python -m …`, started on entering and ended on leaving.

    Its first line of output says that it is ready.

    Args:
        words: the module and its arguments.
        environment: what differs from our own environment, which loses what `_NOT_KEPT` begins.
        log: where its error output goes; nowhere by default.
    """

    def __init__(
        self, *words: str, environment: Mapping[str, str] | None = None, log: Path | None = None
    ) -> None:
        self._words = words
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_KEPT)}
        self._environment = {**kept, "PYTHONUNBUFFERED": "1", **(environment or {})}
        self._log = log
        self.first_line = ""

    def __enter__(self) -> Self:
        """Start it; see `start`."""
        self.start()
        return self

    def start(self) -> None:
        """Start it, as at first or again after its end, and wait until it says that it is ready.

        Raises:
            NotMeasurable: it ended without a word.
        """
        errors = self._log.open("ab") if self._log else None
        self._process = subprocess.Popen(
            [sys.executable, "-m", *self._words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors or subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env=self._environment,
        )
        if errors:
            errors.close()
        assert self._process.stdout is not None
        self.first_line = self._process.stdout.readline().strip()
        if not self.first_line:
            self.end()
            told = self._log.read_text(encoding="utf-8")[-2000:] if self._log else ""
            raise NotMeasurable(f"{self._words[0]} did not start. {told}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self.end()

    def end(self) -> None:
        """End it, in good order if it does so in time."""
        process = self._process
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()

    def ask(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Send one line of JSON and read the line that answers it.

        Raises:
            NotMeasurable: it ended instead.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise NotMeasurable(f"{self._words[0]} ended in the middle of a measurement.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def cpu_seconds(self) -> float:
        """Tell how much processor time it has used, all threads together."""
        # The second field is the name in brackets, which may hold blanks.
        fields = (
            Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        )
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """Tell how much memory it holds resident, MB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Wait in machine time until *holds* says so.

    Raises:
        NotMeasurable: it did not in time.
    """
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise NotMeasurable(f"Waited {seconds:.0f} s in vain for {what}.")
        time.sleep(0.01)
