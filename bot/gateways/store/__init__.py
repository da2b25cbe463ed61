"""The database: everything mcsync remembers. The only place with SQL, sqlite3, sqlite_utils and psycopg.

`sql_store` is the store for the use cases, made of `transactions`, `due_work`, `reading` and `writing`; by
`together` those who write at one moment share a transaction. `engine` is the wall behind which each database
has its own files (`sqlite*`, `postgres*`). `migrations` is the history of the tables, `codec` how values
travel, `location` what `store.url` may say.
"""

from collections.abc import Callable
from datetime import datetime

from bot.domain.errors import ConfigurationError
from bot.gateways.store.engine import Engine
from bot.gateways.store.location import is_postgresql, sqlite_path
from bot.gateways.store.logon_bars import StoredLogonBars
from bot.gateways.store.process_names import name_process
from bot.gateways.store.revisions import UNHEARD_SECONDS
from bot.gateways.store.sql_store import SqlStore
from bot.gateways.store.sqlite import SqliteEngine

__all__ = ["SqlStore", "StoredLogonBars", "create_store", "name_process"]


def create_store(
    url: str,
    on_commit_of_work: Callable[[datetime | None], None] | None = None,
    *,
    password: str = "",
    unheard_seconds: float = UNHEARD_SECONDS,
) -> SqlStore:
    """Construct the store that *url* names, without touching it: `open` does.

    Args:
        url: `sqlite:///relative.db`, `sqlite:////absolute/path.db` or `postgresql://user@host:5432/database`,
            the latter with libpq's options after a question mark.
        on_commit_of_work: see `Transactions`.
        password: of a PostgreSQL user, `""` where the server asks for none.
        unheard_seconds: see `Transactions`.

    Raises:
        ConfigurationError: *url* is not supported, or needs an extra that is not installed.
    """
    return SqlStore(_engine(url, password), on_commit_of_work, unheard_seconds=unheard_seconds)


def _engine(url: str, password: str) -> Engine:
    if not is_postgresql(url):
        return SqliteEngine(sqlite_path(url))
    try:
        # Only who names such a database needs its library.
        from bot.gateways.store.postgres import PostgresEngine  # noqa: PLC0415 - see above
        from bot.gateways.store.postgres_connections import Address  # noqa: PLC0415 - see above
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            (f"store.url: install the extra for PostgreSQL, mcsync[postgres] ({error.name} is missing)",)
        ) from error
    return PostgresEngine(Address(url, password))
