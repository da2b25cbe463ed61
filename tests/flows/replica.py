"""The real bot as a process of its own, on a machine whose clock is set wrongly.

Run as `python -m tests.flows.replica FOLDER SECONDS`: what to be is in `mcsync.json`, the secrets are
in the environment.
"""

import json
import os
import signal
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import app, logs
from bot.settings_loading import parse


class WrongClock:
    """A machine's clock that is ahead or behind."""

    def __init__(self, wrong: timedelta) -> None:
        self._wrong = wrong

    def now(self) -> datetime:
        """Tell rule time, as this machine has it."""
        return datetime.now(UTC) + self._wrong

    def machine_now(self) -> datetime:
        """Tell machine time, as this machine has it."""
        return self.now()


def main(folder: str, seconds: str) -> None:
    """Run until SIGTERM."""
    logs.configure(style="json", level="info")
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    settings = parse(json.loads((Path(folder) / "mcsync.json").read_text(encoding="utf-8")), os.environ)
    program = app.build(settings, WrongClock(timedelta(seconds=float(seconds))))
    program.open()
    print(f"open {os.getpid()}", flush=True)  # noqa: T201 - whoever started us waits for it
    stopped.wait()
    program.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
