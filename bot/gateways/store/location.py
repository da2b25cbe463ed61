"""Reads `store.url`: where the database is and which engine opens it (pure)."""

from pathlib import Path

from bot.domain.errors import ConfigurationError

_SUPPORTED = (
    "Supported are sqlite:///relative.db, sqlite:////absolute/path.db and "
    "postgresql://user@host:5432/database."
)


def is_postgresql(url: str) -> bool:
    """Tell whether *url* names a PostgreSQL database."""
    return url.startswith(("postgresql://", "postgres://"))


def sqlite_path(url: str) -> Path:
    """Find the file that *url* names.

    Raises:
        ConfigurationError: *url* has another form. The message repeats no more than the scheme, since the
            rest may hold a password.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise ConfigurationError((f"store.url is not an address. {_SUPPORTED}",))
    if scheme != "sqlite":
        raise ConfigurationError(
            (f"store.url begins with {scheme}://, which is not supported. {_SUPPORTED}",)
        )
    if not rest.startswith("/"):
        raise ConfigurationError((f"store.url needs three slashes before the path. {_SUPPORTED}",))
    name = rest.removeprefix("/")
    if not name or name.endswith("/"):
        raise ConfigurationError((f"store.url names no file. {_SUPPORTED}",))
    if name.startswith(":memory:"):
        # Each thread has its own connection, so each would see its own empty memory.
        raise ConfigurationError((f"store.url must name a file, not memory. {_SUPPORTED}",))
    if "?" in name or "#" in name:
        raise ConfigurationError((f"store.url takes no options after the path. {_SUPPORTED}",))
    return Path(name)
