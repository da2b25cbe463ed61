"""The two clocks (`bot.service.ports.Clock`): the machine's, one that can be turned, one that replicas share.

The only production code that asks for the time. What a time means is decided elsewhere.
"""

import math
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from bot.service.ports import Clock

log = structlog.get_logger(__name__)

_SYNCHRONISE_SECONDS = 1.0
_NOTABLE = timedelta(seconds=5)
_LONGEST_OFFSET_SECONDS = 100 * 366 * 86400.0
_LONGEST_OFFSET_BYTES = 64


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
    that costs some 8 µs, and a file's date is too coarse to tell two quick changes apart. While the
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


class SharedClock:
    """The time that all replicas share, kept between two questions by the machine's steady counter.

    Machines may be set wrongly, or set anew at any time: neither moves this clock. What *own* adds to its
    machine time, as a sandbox does, is added here too. Until somebody tells a shared time, it is *own*.

    Args:
        own: the machine's clock, or one that can be turned.
        ask: tells the shared time, or `None` when there is no other than the machine's.
    """

    def __init__(self, own: Clock, ask: Callable[[], datetime | None]) -> None:
        self._own = own
        self._ask = ask
        self._anchor: tuple[datetime, float] | None = None
        self._asked_at = -math.inf
        self._warned = False

    def synchronise(self) -> None:
        """Ask for the shared time, at most once a second.

        Raises:
            StoreError: it cannot be asked for; what was known goes on.
        """
        before = time.monotonic()
        if before - self._asked_at < _SYNCHRONISE_SECONDS:
            return
        self._asked_at = before
        at = self._ask()
        if at is None:
            return
        self._anchor = (at, (before + time.monotonic()) / 2)
        differs = abs(self._own.machine_now() - self.machine_now())
        if differs > _NOTABLE and not self._warned:
            log.warning("clock.differs_from_database", seconds=round(differs.total_seconds(), 1))
        self._warned = differs > _NOTABLE

    def now(self) -> datetime:
        """Tell rule time, UTC."""
        if self._anchor is None:
            return self._own.now()
        return self.machine_now() + (self._own.now() - self._own.machine_now())

    def machine_now(self) -> datetime:
        """Tell the shared time, UTC."""
        if self._anchor is None:
            return self._own.machine_now()
        at, counter = self._anchor
        return at + timedelta(seconds=time.monotonic() - counter)


def clock_from(environ: Mapping[str, str]) -> Clock:
    """Choose: an `OffsetClock` on the file that `MCSYNC_CLOCK_FILE` names, or the machine's clock."""
    path = environ.get("MCSYNC_CLOCK_FILE", "")
    return OffsetClock(Path(path)) if path else MachineClock()


def _read_offset(path: Path) -> timedelta | None:
    try:
        # Without a buffer and a decoder, which take longer than the reading.
        descriptor = os.open(path, os.O_RDONLY)
        try:
            seconds = float(os.read(descriptor, _LONGEST_OFFSET_BYTES))
        finally:
            os.close(descriptor)
    except (OSError, ValueError):
        return None
    # `nan` fails the comparison as well.
    return timedelta(seconds=seconds) if math.fabs(seconds) <= _LONGEST_OFFSET_SECONDS else None
