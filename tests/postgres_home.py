"""The folder of a test run's PostgreSQL, and how to get rid of it."""

import os
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

HOME = "MCSYNC_TESTS_POSTGRES"
"""The environment variable that names it."""

_STOP_SECONDS = 10.0


def remove(home: Path) -> None:
    """Stop the server that runs in *home*, if any, and remove the folder."""
    if not home.exists():
        return
    with suppress(OSError, ValueError):
        pid = int((home / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])
        # Immediate shutdown: nobody wants its data any more.
        os.kill(pid, signal.SIGQUIT)
        deadline = time.monotonic() + _STOP_SECONDS
        while (home / "postmaster.pid").exists() and time.monotonic() < deadline:
            time.sleep(0.02)  # another's child cannot be waited for
    shutil.rmtree(home, ignore_errors=True)
