"""Puts a backup in the place of a SQLite file that nobody uses. What stood there is kept beside it."""

import os
from contextlib import closing, suppress
from pathlib import Path

from bot.domain.errors import StoreError, StoreOutdated
from bot.gateways.store.migrations import Migration
from bot.gateways.store.sqlite_backup import copy
from bot.gateways.store.sqlite_companions import companions, in_use, moved_aside
from bot.gateways.store.sqlite_connection import connect
from bot.gateways.store.sqlite_errors import translated
from bot.gateways.store.sqlite_tables import check_ready


def restore(backup: Path, target: Path, migrations: tuple[Migration, ...]) -> Path | None:
    """Put a copy of *backup* in the place of *target*, with the owner and the rights that *target* had.

    Args:
        backup: a file that `copy` made; it stays as it is.
        target: the database; it may be missing or damaged, and must not be in use.
        migrations: those of this version.

    Returns:
        Where the former database is now, or what was left of it; `None` if there was nothing.

    Raises:
        StoreError: the backup is not a sound one of this version or an older one, or *target* is in use;
            nothing was changed.
    """
    _check(backup, migrations)
    if target.exists() and target.samefile(backup):
        raise StoreError(f"{target} is the database itself: name the file of a backup.")
    fresh = target.with_name(target.name + ".restored")
    try:
        if in_use(target):
            raise StoreError(f"{target} is in use: stop mcsync, then restore. Nothing was changed.")
        copy(backup, fresh)
        _take_after(target, fresh)
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


def _take_after(target: Path, fresh: Path) -> None:
    """Give *fresh* the owner and the rights of *target*: who restores may be another user than mcsync's.

    Of a missing one nothing is known but who owns its folder, in which the bot has to write in any case. Only
    root can give a file away, so for anybody else it is a file of theirs then.
    """
    there, own = target.exists(), fresh.stat()
    wanted = (target if there else target.parent).stat()
    if (own.st_uid, own.st_gid) != (wanted.st_uid, wanted.st_gid) and (there or os.geteuid() == 0):
        try:
            os.chown(fresh, wanted.st_uid, wanted.st_gid)
        except PermissionError as error:
            raise StoreError(
                f"{target} belongs to another user or group: restore as the user that runs mcsync, or as "
                "root. Nothing was changed."
            ) from error
    if there:
        fresh.chmod(wanted.st_mode & 0o777)


def _exchange(target: Path, fresh: Path) -> Path | None:
    """Move what is there aside, its companions first: none of them may ever lie beside another database."""
    there = [*companions(target), *((target,) if target.exists() else ())]
    with moved_aside(there, target, _former(target)) as former:
        fresh.rename(target)
    return former[-1] if former else None


def _former(target: Path) -> Path:
    """Find a name beside *target* that nothing has, nor anything beside it."""
    number = 1
    while (found := target.with_name(f"{target.name}.before-restore-{number}")).exists() or companions(found):
        number += 1
    return found
