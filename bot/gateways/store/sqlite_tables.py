"""Makes a SQLite file ours: checks whose it is, switches it to WAL, applies pending migrations.

sqlite-utils keeps the record of applied migrations; it neither guards against several starters nor notices a
file that a newer version wrote, so both are done here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database, Migrations

from bot.domain.errors import StoreError, StoreOutdated
from bot.gateways.store.migrations import Migration
from bot.gateways.store.sqlite_errors import damaged
from bot.gateways.store.sqlite_examination import damaged_pages

_MIGRATION_SET = "mcsync"

_APPEND_ONLY = """
CREATE TRIGGER {table}_is_never_{done} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, 'rows of {table} are never {done}'); END
"""


def prepare(database: Database, path: Path, migrations: tuple[Migration, ...]) -> None:
    """Bring the tables of *database* up to date; to be repeated while another starter has it locked.

    Raises:
        StoreError: the file is another program's, or a newer mcsync's, or is damaged; it was not changed.
        sqlite3.Error: whatever else SQLite says, such as that the file is locked.
    """
    history = _history(migrations)
    known = frozenset(migration.name for migration in migrations)
    # Before anything is written, since even switching to WAL changes the file.
    with _transaction(database, "BEGIN"):
        _check_owner(database, history, known, path)
        if damaged_pages(database):
            raise damaged(path)
    _switch_to_wal(database, path)
    with _transaction(database, "BEGIN IMMEDIATE"):
        # Another starter may have been here since: look again now that nobody else can write.
        _check_owner(database, history, known, path)
        history.apply(database)
        # On a read-only disk `BEGIN IMMEDIATE` may succeed; a statement that could write does not.
        database.execute("DELETE FROM _sqlite_migrations WHERE 1 = 0")


def check_ready(database: Database, path: Path, migrations: tuple[Migration, ...]) -> None:
    """Make sure that *database* is what this version would have made of it; nothing is written.

    Raises:
        StoreOutdated: it is an older version's.
        StoreError: the file is another program's, or a newer version's.
        sqlite3.Error: whatever else SQLite says.
    """
    history = _history(migrations)
    with _transaction(database, "BEGIN"):
        _check_owner(database, history, frozenset(migration.name for migration in migrations), path)
        if history.pending(database):
            raise StoreOutdated(
                f"{path} is empty or was written by an older mcsync: look at it with that version, or start "
                "this one on it once. Nothing was changed."
            )


def _history(migrations: tuple[Migration, ...]) -> Migrations:
    history = Migrations(_MIGRATION_SET)
    for migration in migrations:
        history(name=migration.name)(_Step(migration))
    return history


class _Step:
    """A migration in the form that sqlite-utils wants: something callable with a name."""

    def __init__(self, migration: Migration) -> None:
        self.__name__ = migration.name
        self._migration = migration

    def __call__(self, database: Database, /) -> None:
        for statement in self._migration.statements:
            database.execute(statement)
        for table in self._migration.append_only:
            database.execute(_APPEND_ONLY.format(table=table, done="changed", event="UPDATE"))
            database.execute(_APPEND_ONLY.format(table=table, done="removed", event="DELETE"))


def _check_owner(database: Database, history: Migrations, known: frozenset[str], path: Path) -> None:
    """Refuse a file that is not ours; in a transaction, or it could see a starter's work half done."""
    applied = {migration.name for migration in history.applied(database)}
    if unknown := sorted(applied - known):
        raise StoreError(
            f"{path} was written by a newer mcsync (it knows {', '.join(unknown)}): run that version "
            "again, or restore a backup from before. Nothing was changed."
        )
    if not applied and (tables := sorted(set(database.table_names()) - {Migrations.migrations_table})):
        raise StoreError(
            f"{path} belongs to another program (it has the table {tables[0]}): name another file under "
            "`store.url`. Nothing was changed."
        )


def _switch_to_wal(database: Database, path: Path) -> None:
    (row,) = database.query("PRAGMA journal_mode")
    if row["journal_mode"] != "wal":
        (row,) = database.query("PRAGMA journal_mode = wal")
        if row["journal_mode"] != "wal":
            raise StoreError(
                f"{path} lies on a file system that cannot share memory between processes, as network drives "
                "cannot: put it on a local disk."
            )


@contextmanager
def _transaction(database: Database, begin: str) -> Iterator[None]:
    database.execute(begin)
    try:
        yield
        database.commit()
    finally:
        database.rollback()  # does nothing after the commit
