"""Webhook secrets in a file that may be changed while the bot runs."""

from collections.abc import Callable
from pathlib import Path
from threading import Lock

import structlog

log = structlog.get_logger(__name__)

Read = Callable[[str], tuple[str, ...] | None]
"""Read the secrets out of a file's text; `None` when it holds something else."""


class SecretFile:
    """The secrets that a file holds right now.

    It is read anew whenever it was changed or replaced. A file that is missing, empty or holds something else
    closes no door: the last good secrets stay valid, and the log says so once.

    Args:
        path: the file.
        first: what it held when the configuration was read.
        read: see `Read`.
    """

    def __init__(self, path: Path, first: tuple[str, ...], read: Read) -> None:
        self._path = path
        self._read = read
        self._secrets = first
        self._seen: tuple[int, ...] | None = None
        self._lock = Lock()

    def current(self) -> tuple[str, ...]:
        """Give the secrets that are valid now."""
        with self._lock:
            seen = self._look()
            if seen != self._seen:
                self._seen = seen
                self._renew()
            return self._secrets

    def _look(self) -> tuple[int, ...]:
        """Tell one state of the file from another, also after it was replaced."""
        try:
            found = self._path.stat()
        except OSError:
            return ()
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _renew(self) -> None:
        try:
            secrets = self._read(self._path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            secrets = None
        if not secrets:
            log.warning("webhook.secrets_unreadable", file=str(self._path))
            return
        if secrets != self._secrets:
            self._secrets = secrets
            log.info("webhook.secrets_changed", file=str(self._path), valid=len(secrets))
