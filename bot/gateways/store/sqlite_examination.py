"""Lets SQLite examine a database: all of it, or whether every page is what it should be."""

import sqlite3

from sqlite_utils import Database

from bot.gateways.store.sqlite_errors import primary_code


def flaws(database: Database) -> tuple[str, ...]:
    """Name what is damaged, nothing when the database is sound."""
    return _found(database, "integrity_check")


def damaged_pages(database: Database) -> tuple[str, ...]:
    """Name what is damaged, without a look at whether each index says what its table says.

    It reads the whole file: 25 ms for 20 MB that the system has in its memory, 0.3 s from a disk.
    """
    return _found(database, "quick_check")


def _found(database: Database, pragma: str) -> tuple[str, ...]:
    try:
        found = tuple(str(row[pragma]) for row in database.query(f"PRAGMA {pragma}"))
    except sqlite3.DatabaseError as error:
        if primary_code(error) != sqlite3.SQLITE_CORRUPT:
            raise
        # Damage so bad that SQLite cannot even finish looking.
        return (str(error),)
    return () if found == ("ok",) else found
