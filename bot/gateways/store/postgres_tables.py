"""Makes a PostgreSQL schema ours: checks whose it is, applies and records pending migrations."""

from bot.domain.errors import StoreError, StoreOutdated
from bot.gateways.store import postgres_text
from bot.gateways.store.migrations import Migration
from bot.gateways.store.postgres_connections import Connection

_RECORD = "mcsync_migrations"
_CREATE_RECORD = (
    b"CREATE TABLE mcsync_migrations (name TEXT NOT NULL PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL)"
)
_ADD_RECORD = b"INSERT INTO mcsync_migrations (name, applied_at) VALUES (%s, now())"
_RECORDS = b"SELECT name FROM mcsync_migrations"

_TABLES = """
SELECT tables.relname AS name FROM pg_catalog.pg_class AS tables
WHERE tables.relnamespace = current_schema()::regnamespace AND tables.relkind IN ('r', 'p')
AND NOT EXISTS (
    SELECT 1 FROM pg_catalog.pg_depend AS part WHERE part.objid = tables.oid AND part.deptype = 'e'
)
ORDER BY tables.relname
"""
"""The tables of our schema that no extension brought."""


def schema(connection: Connection, place: str) -> str:
    """Name the schema in which our tables are.

    Raises:
        StoreError: there is none.
    """
    row = connection.execute("SELECT current_schema() AS name").fetchone()
    if row is None or row["name"] is None:
        raise StoreError(
            f"The schema in which mcsync should work does not exist in the database {place}: create it first."
        )
    return str(row["name"])


def prepare(connection: Connection, place: str, migrations: tuple[Migration, ...]) -> None:
    """Bring the tables up to date, inside a transaction in which nobody else writes.

    Raises:
        StoreError: the schema is another program's, or a newer mcsync's; it was not changed.
        psycopg.Error: whatever else PostgreSQL says.
    """
    applied = _applied(connection, place, migrations)
    if applied is None:
        connection.execute(_CREATE_RECORD)
    for migration in migrations:
        if migration.name in (applied or ()):
            continue
        for text in migration.statements:
            connection.execute(postgres_text.table(text).encode())
        for table in migration.append_only:
            for text in postgres_text.append_only(table):
                connection.execute(text.encode())
        connection.execute(_ADD_RECORD, (migration.name,))


def check_ready(connection: Connection, place: str, migrations: tuple[Migration, ...]) -> None:
    """Make sure that the schema is what this version would have made of it; nothing is written.

    Raises:
        StoreError: it is another program's, or another version's.
        psycopg.Error: whatever else PostgreSQL says.
    """
    applied = _applied(connection, place, migrations) or frozenset()
    if any(migration.name not in applied for migration in migrations):
        raise StoreOutdated(
            f"The database {place} is empty or was written by an older mcsync: look at it with that version, "
            "or start this one on it once. Nothing was changed."
        )


def names(connection: Connection) -> tuple[str, ...]:
    """List the tables of our schema."""
    return tuple(row["name"] for row in connection.execute(_TABLES))


def _applied(connection: Connection, place: str, migrations: tuple[Migration, ...]) -> frozenset[str] | None:
    """Read which migrations were applied, `None` in an empty schema; refuse a schema that is not ours."""
    tables = names(connection)
    if _RECORD not in tables:
        if tables:
            raise StoreError(
                f"The database {place} belongs to another program (it has the table {tables[0]}): give "
                "mcsync a database or a schema of its own. Nothing was changed."
            )
        return None
    applied = frozenset(row["name"] for row in connection.execute(_RECORDS))
    if unknown := sorted(applied - {migration.name for migration in migrations}):
        raise StoreError(
            f"The database {place} was written by a newer mcsync (it knows {', '.join(unknown)}): run that "
            "version again, or restore a backup from before. Nothing was changed."
        )
    return applied
