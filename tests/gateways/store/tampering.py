"""A hand in the database: what somebody does to a copy of the file who knows SQLite and not our rules."""

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

Hand = Callable[[sqlite3.Connection], object]


def tampered(source: Path, target: Path, *hands: Hand) -> Path:
    """Copy a database, take its guards away, let *hands* do what they like, and put the guards back."""
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
        original.backup(copy)
        guards = copy.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('audit', 'seals')"
        ).fetchall()
        assert guards, "nothing keeps the rows of the record from being changed"
        for name, _ in guards:
            copy.execute(f"DROP TRIGGER {name}")
        for hand in hands:
            hand(copy)
        for _, sql in guards:
            copy.execute(sql)
        copy.commit()
    return target


def damage_pages(path: Path, count: int) -> None:
    """Overwrite the last pages of a database, as a disk in trouble does; somebody may be using it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek(-count * size, os.SEEK_END)
        file.write(b"\xa5" * count * size)


def remove(*sequences: int) -> Hand:
    """Remove entries."""
    return lambda copy: copy.executemany(
        "DELETE FROM audit WHERE sequence = ?", [(one,) for one in sequences]
    )


def cut_after(sequence: int) -> Hand:
    """Cut the end off."""
    return lambda copy: copy.execute("DELETE FROM audit WHERE sequence > ?", (sequence,))


def swap(one: int, other: int) -> Hand:
    """Let two entries change places, whole."""

    def hand(copy: sqlite3.Connection) -> None:
        for before, after in ((one, -1), (other, one), (-1, other)):
            copy.execute("UPDATE audit SET sequence = ? WHERE sequence = ?", (after, before))

    return hand


def change(sequence: int, **fields: object) -> Hand:
    """Change fields of what an entry says."""

    def hand(copy: sqlite3.Connection) -> None:
        (body,) = copy.execute("SELECT body FROM audit WHERE sequence = ?", (sequence,)).fetchone()
        forged = json.dumps(json.loads(body) | fields)
        copy.execute("UPDATE audit SET body = ? WHERE sequence = ?", (forged, sequence))

    return hand


def overwrite(table: str, column: str, sequence: int, value: object) -> Hand:
    """Put anything into a column."""
    statement = f"UPDATE {table} SET {column} = ? WHERE sequence = ?"  # noqa: S608 - our own tests' words
    return lambda copy: copy.execute(statement, (value, sequence))
