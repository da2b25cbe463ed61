"""The two clocks (`bot.service.ports.Clock`): the machine's, and one whose rule time can be turned.

The only production code that asks for the time. What a time means is decided elsewhere.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.service.ports import Clock

_LONGEST_OFFSET_SECONDS = 100 * 366 * 86400.0


class MachineClock:
    """The machine's clock, for both kinds of time."""

    def now(self) -> datetime:
        """Tell rule time, UTC: here the same as machine time."""
        return datetime.now(UTC)

    def machine_now(self) -> datetime:
        """Tell machine time, UTC."""
        return datetime.now(UTC)


class OffsetClock:
    """A clock whose rule time is machine time plus an offset that somebody else writes into a file.

    The file holds one decimal number of seconds and may change at any time. It is read on every call:
    that costs some 20 µs, and a file's date is too coarse to tell two quick changes apart. While the
    file is missing, empty or not a number of at most a hundred years, the last good offset holds, at
    first 0. A writer replaces the file by a rename, since the first half of a number is a number.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = timedelta()

    def now(self) -> datetime:
        """Tell rule time, UTC."""
        offset = _read_offset(self.path)
        if offset is not None:
            self._offset = offset
        return datetime.now(UTC) + self._offset

    def machine_now(self) -> datetime:
        """Tell machine time, UTC; the offset has no part in it."""
        return datetime.now(UTC)


def clock_from(environ: Mapping[str, str]) -> Clock:
    """Choose: an `OffsetClock` on the file that `MCSYNC_CLOCK_FILE` names, or the machine's clock."""
    path = environ.get("MCSYNC_CLOCK_FILE", "")
    return OffsetClock(Path(path)) if path else MachineClock()


def _read_offset(path: Path) -> timedelta | None:
    try:
        seconds = float(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    # `nan` fails the comparison as well.
    return timedelta(seconds=seconds) if math.fabs(seconds) <= _LONGEST_OFFSET_SECONDS else None
