"""The files that SQLite keeps beside a database, which would damage any other one that came to lie there."""

import fcntl
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.gateways.store.sqlite_connection import connect
from bot.gateways.store.sqlite_errors import BUSY_CODES, primary_code

_PATIENCE_SECONDS = 1.0
_SHARED_MEMORY = "-shm"
_ENDINGS = ("-wal", _SHARED_MEMORY, "-journal")
_LIVING_LOCK = 128
"""The byte of `-shm` that whoever has the database open in WAL mode keeps locked, as SQLite's own file format
says: by it the next one tells whether the last one died."""


def companions(path: Path) -> tuple[Path, ...]:
    """List what lies beside *path* now, whether or not *path* itself exists."""
    return tuple(file for ending in _ENDINGS if (file := _beside(path, ending)).exists())


@contextmanager
def moved_aside(files: Iterable[Path], path: Path, name: Path) -> Iterator[tuple[Path, ...]]:
    """Let *path* and what lies beside it be called after *name*, and give what *files* are called then.

    An `OSError` inside of it takes them back to where they were.
    """
    done: list[tuple[Path, Path]] = []
    try:
        for file in files:
            now = file.rename(_beside(name, file.name.removeprefix(path.name)))
            done.append((now, file))
        yield tuple(now for now, _ in done)
    except OSError:
        for now, file in reversed(done):
            now.rename(file)
        raise


def in_use(path: Path) -> bool:
    """Tell whether anybody has *path* open; where nobody has, it leaves WAL mode.

    A file that is missing or too damaged to be opened may be in use all the same: who had it open before
    goes on with it.

    Raises:
        OSError: the files beside it cannot be looked at.
    """
    if path.is_file():
        try:
            # Leaving WAL mode is allowed only to the last one that has the file open.
            with closing(connect(path, patience_seconds=_PATIENCE_SECONDS)) as database:
                list(database.query("PRAGMA journal_mode = delete"))
        except sqlite3.Error as error:
            if primary_code(error) in BUSY_CODES:
                return True
    return _somebody_lives(_beside(path, _SHARED_MEMORY))


def _somebody_lives(shared_memory: Path) -> bool:
    try:
        file = shared_memory.open("r+b")
    except FileNotFoundError:
        return False
    with file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _LIVING_LOCK)
        except (BlockingIOError, PermissionError):  # POSIX leaves the choice
            return True
    return False


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
