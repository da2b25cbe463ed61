"""Puts a backup in the place of a SQLite file that nobody uses. What stood there is kept beside it."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from bot.domain.errors import StoreError, StoreOutdated
from bot.gateways.store.migrations import Migration
from bot.gateways.store.sqlite_backup import copy
from bot.gateways.store.sqlite_connection import connect
from bot.gateways.store.sqlite_errors import BUSY_CODES, primary_code, translated
from bot.gateways.store.sqlite_tables import check_ready

_PATIENCE_SECONDS = 1.0
_COMPANIONS = ("-wal", "-shm")
"""Files that SQLite keeps beside a database; with another one they would damage it."""


def restore(backup: Path, target: Path, migrations: tuple[Migration, ...]) -> Path | None:
    """Put a copy of *backup* in the place of *target*.

    Args:
        backup: a file that `copy` made; it stays as it is.
        target: the database; it may be missing or damaged, and must not be in use.
        migrations: those of this version.

    Returns:
        Where the former database is now, `None` if there was none.

    Raises:
        StoreError: the backup is not a sound one of this version or an older one, or *target* is in use;
            nothing was changed.
    """
    _check(backup, migrations)
    if target.exists() and target.samefile(backup):
        raise StoreError(f"{target} is the database itself: name the file of a backup.")
    _make_sure_that_nobody_uses(target)
    fresh = target.with_name(target.name + ".restored")
    copy(backup, fresh)
    try:
        return _exchange(target, fresh)
    except OSError as error:
        raise StoreError(f"{target} cannot be replaced: {error.strerror}.") from error
    finally:
        # Where even this is refused, what went wrong before says more.
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def _check(backup: Path, migrations: tuple[Migration, ...]) -> None:
    if not backup.is_file():
        raise StoreError(f"There is no backup {backup}: name a file that `mcsync db backup` wrote.")
    with translated(backup), closing(connect(backup)) as database, suppress(StoreOutdated):
        # An older one is brought up to date by the next start; an empty one has no tables at all.
        if not database.table_names():
            raise StoreError(f"{backup} is empty: name a file that `mcsync db backup` wrote.")
        check_ready(database, backup, migrations)


def _make_sure_that_nobody_uses(target: Path) -> None:
    """Leave WAL mode, which SQLite allows only to the last one that has the file open."""
    if not target.exists():
        return
    try:
        with closing(connect(target, patience_seconds=_PATIENCE_SECONDS)) as database:
            list(database.query("PRAGMA journal_mode = delete"))
    except sqlite3.Error as error:
        if primary_code(error) in BUSY_CODES:
            raise StoreError(
                f"{target} is in use: stop mcsync, then restore. Nothing was changed."
            ) from error
        # Too damaged to be opened: that may be why somebody restores.


def _exchange(target: Path, fresh: Path) -> Path | None:
    former = _former(target) if target.exists() else None
    for ending in ("", *_COMPANIONS):
        present = target.with_name(target.name + ending)
        if present.exists() and former is not None:
            present.rename(former.with_name(former.name + ending))
    fresh.rename(target)
    return former


def _former(target: Path) -> Path:
    """Find a name beside *target* that nothing has."""
    number = 1
    while (found := target.with_name(f"{target.name}.before-restore-{number}")).exists():
        number += 1
    return found
