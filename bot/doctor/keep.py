"""Keeps Campaign's real answers for a bug report, with secrets taken out before anything reaches the disk."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.domain.errors import McsyncError
from bot.domain.scrub import HIDDEN, scrub

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")
_WITHHELD = frozenset({"xtk:session#Logon", "xtk:session#Logoff"})
"""Their answers hold the session and nothing else worth keeping."""


class FolderUnwritable(McsyncError):
    """The folder of `--save` takes nothing."""


class Folder:
    """A folder of redacted answers, numbered in the order in which they came.

    Args:
        path: created if it is missing, for its owner alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._count = 0

    def open(self) -> None:
        """Create the folder.

        Raises:
            FolderUnwritable: it cannot be created.
        """
        with self._telling():
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep(self, what: str, text: str) -> None:
        """Keep one answer.

        Raises:
            FolderUnwritable: it cannot be written.
        """
        if what in _WITHHELD:
            return
        self._count += 1
        self.write(f"{self._count:02d}-{_UNSAFE.sub('-', what).strip('-')}.xml", text)

    def write(self, name: str, text: str) -> None:
        """Write a file of any other kind, redacted as well.

        Raises:
            FolderUnwritable: it cannot be written.
        """
        file = self._path / name
        with self._telling():
            file.touch(mode=0o600)
            file.write_text(redacted(text), encoding="utf-8")

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise FolderUnwritable(f"The folder {self._path} cannot be written: {error.strerror}.") from error


def redacted(text: str) -> str:
    """Take out what looks like a secret, and people's addresses."""
    return _EMAIL.sub(HIDDEN, scrub(text))
