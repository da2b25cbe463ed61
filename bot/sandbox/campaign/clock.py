"""Rule time: the machine's UTC time plus the offset that the sandbox writes into a file.

Only rule time can be turned. Nothing here is used for deadlines, pauses of a thread or tokens on the wire.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

CLOCK_FILE_VARIABLE = "MCSYNC_CLOCK_FILE"

Clock = Callable[[], datetime]


class FileClock:
    """A clock whose offset in seconds stands in a file, as a decimal number that may be negative.

    The file is read each time: a stat would cost as much, and two writes within one tick of the file system
    would look the same.

    Attributes:
        path: the file, `None` for no offset at all; an absent file means no offset as well.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._offset = timedelta()

    def __call__(self) -> datetime:
        """Return rule time in UTC."""
        if self.path is not None:
            try:
                self._offset = timedelta(seconds=float(self.path.read_text(encoding="ascii")))
            except FileNotFoundError:
                self._offset = timedelta()
            except ValueError:
                # Somebody is just writing it: the offset we know is better than none.
                pass
        return datetime.now(UTC) + self._offset


def clock_from_environment() -> FileClock:
    """Build the clock that `MCSYNC_CLOCK_FILE` names; machine time when the variable is not set."""
    name = os.environ.get(CLOCK_FILE_VARIABLE, "")
    return FileClock(Path(name) if name else None)
