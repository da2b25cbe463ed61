"""Rule time of the sandbox: machine time and an offset in a file that all three programs read."""

import threading
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from pathlib import Path


class SandboxClock:
    """Moves rule time by writing its offset, and remembers each move.

    Args:
        path: the file.
        start: what rule time shall be when the sandbox opens.
        ahead: a second file, for a program whose clock is wrong, and by how many seconds it is ahead.
    """

    def __init__(self, path: Path, start: datetime, *, ahead: tuple[Path, float] | None = None) -> None:
        self.path = path
        self._ahead = ahead
        self._start = start
        self._lock = threading.Lock()
        self._moved_at: list[datetime] = []
        self._offsets: list[timedelta] = []

    @property
    def offset(self) -> timedelta:
        """What rule time is ahead of machine time now."""
        return self._offsets[-1] if self._offsets else timedelta()

    def open(self) -> None:
        """Write the first offset."""
        with self._lock:
            machine = datetime.now(UTC)
            self._move(machine, self._start - machine)

    def now(self) -> datetime:
        """Tell rule time, UTC."""
        return datetime.now(UTC) + self.offset

    def jump(self, to: datetime) -> None:
        """Move rule time forward to *to*; it never goes back."""
        with self._lock:
            machine = datetime.now(UTC)
            self._move(machine, max(self.offset, to - machine))

    def rule_time(self, machine: datetime) -> datetime:
        """Tell what rule time was at an instant of machine time, UTC, as in Slack's time stamps."""
        with self._lock:
            index = max(0, bisect_right(self._moved_at, machine) - 1)
            return machine + (self._offsets[index] if self._offsets else timedelta())

    def _move(self, machine: datetime, offset: timedelta) -> None:
        self._moved_at.append(machine)
        self._offsets.append(offset)
        _write(self.path, offset.total_seconds())
        if self._ahead is not None:
            path, seconds = self._ahead
            _write(path, offset.total_seconds() + seconds)


def _write(path: Path, seconds: float) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(f"{seconds:.3f}", encoding="ascii")
    fresh.replace(path)
