"""`mcsync db`: back the database up while it is in use, put a backup in its place, and examine it.

Needs neither Slack nor Campaign, and no secret but the database's own.
"""

from pathlib import Path
from typing import TextIO

from bot.domain.errors import StoreOutdated
from bot.gateways.store import create_store
from bot.service.health import examine_record

NOT_SOUND = 3
"""Exit status: the database was examined, and it is damaged."""


def backup(store_url: str, file: Path, out: TextIO, *, password: str = "") -> int:
    """Copy the database to *file* while it is in use; a file there is replaced at the end.

    Returns:
        The exit status.

    Raises:
        ConfigurationError: *store_url* is not supported.
        StoreError: the copy could not be made; a file of that name is as it was.
    """
    create_store(store_url, password=password).backup(file)
    out.write(f"Written: {file}, {file.stat().st_size} bytes, whole and sound.\n")
    return 0


def restore(store_url: str, file: Path, out: TextIO, *, password: str = "") -> int:
    """Put the backup *file* in the place of the database; mcsync must not run.

    Returns:
        The exit status.

    Raises:
        ConfigurationError: *store_url* is not supported.
        StoreError: the backup is not a sound one, or the database is in use; nothing was changed.
    """
    former = create_store(store_url, password=password).restore(file)
    out.write(f"Restored from {file}.\n")
    if former is not None:
        out.write(f"What was there is kept as {former}.\n")
    return 0


def check(store_url: str, out: TextIO, *, password: str = "") -> int:
    """Examine the database, then the record of who did what in it; nothing is changed.

    Returns:
        The exit status.

    Raises:
        ConfigurationError: *store_url* is not supported.
        StoreError: there is no database, or it is not one of this version.
    """
    store = create_store(store_url, password=password)
    outdated = record = ""
    try:
        store.open_as_it_is()
    except StoreOutdated as error:
        outdated = str(error)
    try:
        flaws = list(store.flaws())
        if not outdated and not flaws:
            with store.read() as tx:
                found = examine_record(tx)
            flaws += found.flaws
            record = f"The record is sound: {found.entries} entries.\n"
    finally:
        store.close()
    if flaws:
        out.writelines(f"{flaw}\n" for flaw in flaws)
        out.write("Not sound. Stop mcsync, keep the database aside and restore the latest backup.\n")
        return NOT_SOUND
    out.write(f"{outdated}\n" if outdated else "The database is sound, and its tables are of this version.\n")
    out.write(record)
    return 0
