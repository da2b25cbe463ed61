"""The database: everything mcsync remembers. The only place with SQL, sqlite3 and sqlite_utils.

`sql_store` is the store for the use cases, made of `reading`, `writing` and `statements`. `engine` is the
wall behind which each database has its own files (`sqlite*`). `migrations` is the history of the tables,
`codec` how values travel, `location` what `store.url` may say.
"""

from collections.abc import Callable

from bot.gateways.store.location import sqlite_path
from bot.gateways.store.logon_bars import StoredLogonBars
from bot.gateways.store.sql_store import SqlStore
from bot.gateways.store.sqlite import SqliteEngine

__all__ = ["SqlStore", "StoredLogonBars", "create_store"]


def create_store(url: str, on_commit_of_work: Callable[[], None] | None = None) -> SqlStore:
    """Construct the store that *url* names, without touching it: `open` does.

    Args:
        url: `sqlite:///relative.db` or `sqlite:////absolute/path.db`.
        on_commit_of_work: see `SqlStore`.

    Raises:
        ConfigurationError: *url* is not supported.
    """
    return SqlStore(SqliteEngine(sqlite_path(url)), on_commit_of_work)
