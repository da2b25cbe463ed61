"""Copies and examines a SQLite file while it is in use."""

import os
from contextlib import closing, suppress
from pathlib import Path

from bot.domain.errors import StoreError
from bot.gateways.store.sqlite_companions import companions, in_use, moved_aside
from bot.gateways.store.sqlite_connection import connect
from bot.gateways.store.sqlite_errors import translated
from bot.gateways.store.sqlite_examination import damaged_pages, flaws


def examine(path: Path) -> tuple[str, ...]:
    """Let SQLite examine the whole file; name what is damaged, nothing when it is sound.

    Raises:
        StoreError: the file cannot even be opened.
    """
    with translated(path), closing(connect(path)) as database:
        return flaws(database)


def look_over(path: Path) -> tuple[str, ...]:
    """Let SQLite look at every page of the file; name what is damaged, nothing when it is sound.

    Raises:
        StoreError: the file cannot even be opened.
    """
    with translated(path), closing(connect(path)) as database:
        return damaged_pages(database)


def copy(source: Path, target: Path) -> None:
    """Copy the database *source* to the file *target*, which is replaced only by a whole and sound copy.

    Nobody but its owner may read the copy: it holds all that the database holds.

    Raises:
        StoreError: the copy could not be made; *target* is as it was.
    """
    if target.exists() and target.samefile(source):
        raise StoreError(f"{target} is the database itself: name another file for the backup.")
    partial = target.with_name(target.name + ".partial")
    try:
        if in_use(target):
            raise StoreError(f"{target} is in use as a database: name another file for the backup.")
        partial.unlink(missing_ok=True)
        found = _copy(source, partial)
        if found:
            raise StoreError(f"{source} is damaged ({found[0]}), so no backup was made of it.")
        _replace(target, partial)
    except OSError as error:
        raise StoreError(f"The backup {target} cannot be written: {error.strerror}.") from error
    finally:
        # Where even this is refused, what went wrong before says more.
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _replace(target: Path, partial: Path) -> None:
    """Put *partial* in the place of *target*, beside which nothing of another database may be left."""
    with moved_aside(companions(target), target, target.with_name(target.name + ".former")) as former:
        partial.replace(target)
    for file in former:
        file.unlink()


def _copy(source: Path, partial: Path) -> tuple[str, ...]:
    with translated(source):
        original = connect(source)
    with suppress(OSError):  # SQLite says it better
        # Created by us, so that there is no moment at which somebody else could open it.
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(original), translated(partial), closing(connect(partial)) as duplicate:
        original.conn.backup(duplicate.conn)
        # A backup is one file that stands alone, without a `-wal` beside it.
        duplicate.execute("PRAGMA journal_mode = delete")
        return flaws(duplicate)
