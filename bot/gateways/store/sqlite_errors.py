"""Turns what SQLite says into one sentence that says what to do. The only border for `sqlite3.Error`."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.domain.errors import StoreError
from bot.domain.sentence import filled, say

_PRIMARY = 0xFF  # the low byte of an extended result code is the primary one

_LOCKED = say(
    "Another program keeps {path} locked: end whatever else has it open for writing (a SQLite shell, a copy "
    "job), then try again.",
    path="",
)

_ANY = say("The database {path} refused a statement ({name}: {error}).", path="", name="", error="")

_SENTENCES = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: say(
        "The disk that holds {path} is full, so nothing was saved; what was stored before is whole. Free "
        "some space, then try again.",
        path="",
    ),
    sqlite3.SQLITE_READONLY: say(
        "{path} cannot be written: the user that runs mcsync needs the right to write the file and its "
        "folder, on a disk that is not mounted read-only. Nothing was changed.",
        path="",
    ),
    sqlite3.SQLITE_CANTOPEN: say(
        "{path} cannot be opened: its folder must exist, and the user that runs mcsync needs the right to "
        "write the file and its folder, on a disk that is not mounted read-only.",
        path="",
    ),
    sqlite3.SQLITE_NOTADB: say(
        "{path} is not a SQLite database, or its beginning is damaged. Nothing was changed: name another "
        "file under `store.url`, or stop mcsync, keep this file aside and restore the latest backup.",
        path="",
    ),
    sqlite3.SQLITE_CORRUPT: say(
        "{path} is damaged. Stop mcsync, keep the file aside for inspection and restore the latest backup.",
        path="",
    ),
    sqlite3.SQLITE_IOERR: say(
        "The disk that holds {path} failed to read or write ({name}): look at its free space and its health, "
        "then start mcsync again. What was stored before is whole.",
        name="",
        path="",
    ),
}

BUSY_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
"""Primary codes that go away when the other side ends its transaction."""


def primary_code(error: sqlite3.Error) -> int:
    """Tell SQLite's primary result code, 0 when the error is Python's own."""
    # Python sets the attribute only on errors that SQLite itself reported.
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & _PRIMARY


def refusal(error: sqlite3.Error, path: Path) -> StoreError:
    """Say in one sentence why the database in *path* cannot be used as it is, and what to do."""
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    sentence = _SENTENCES.get(primary_code(error), _ANY)
    return StoreError(filled(sentence, path=str(path), name=name, error=str(error)))


def damaged(path: Path) -> StoreError:
    """Say that the database in *path* is not whole."""
    return StoreError(filled(_SENTENCES[sqlite3.SQLITE_CORRUPT], path=str(path)))


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn any `sqlite3.Error` inside into its `refusal`."""
    try:
        yield
    except sqlite3.Error as error:
        raise refusal(error, path) from error
