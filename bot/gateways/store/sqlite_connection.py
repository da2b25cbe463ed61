"""Opens a connection to a SQLite file the way we need it."""

import sqlite3
from pathlib import Path

from sqlite_utils import Database

PATIENCE_SECONDS = 10.0
"""How long to wait for another process, or for our own threads, before saying so."""


def connect(path: Path, *, create: bool = False, patience_seconds: float = PATIENCE_SECONDS) -> Database:
    """Connect to the file *path*.

    Args:
        path: the file.
        create: whether a missing file is created. Otherwise it is an error, so that a file that was taken
            away while mcsync runs is noticed and not replaced by an empty one.
        patience_seconds: how long a statement waits for another process.

    Raises:
        sqlite3.Error: the file cannot be opened.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}",
        uri=True,
        timeout=patience_seconds,
        isolation_level=None,  # transactions begin where we say so
        check_same_thread=False,  # so that closing may close it; a session keeps to its thread by itself
    )
    try:
        database = Database(connection, execute_plugins=False)
        # In WAL mode anything less may lose the last commits with the power: approvals are among them.
        database.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return database
