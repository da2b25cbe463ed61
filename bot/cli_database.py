"""`mcsync audit` and `mcsync db`: commands that need the database and nothing else."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from bot.cli_words import configuration, fail
from bot.domain.errors import McsyncError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.settings import StoreSettings


def _end_with(path: Path, store_url: str | None, task: "Callable[[StoreSettings], int]") -> NoReturn:
    """Do *task* with the database that is named or configured, and end with its exit status."""
    from bot import settings_loading

    try:
        sys.exit(task(settings_loading.load_store(path, os.environ, store_url)))
    except McsyncError as error:
        fail(error)


@click.group()
def audit() -> None:
    """Examine or export the record of who did what; changes nothing."""


store = click.option(
    "--store", "store_url", metavar="URL", help="Such as sqlite:///mcsync.db.  [default: as configured]"
)


@audit.command()
@configuration
@store
@click.option("--last", metavar="DIGEST", default="", help="The last_digest of a health line in the log.")
def verify(path: Path, store_url: str | None, last: str) -> None:
    """Find entries that were removed, changed or moved. Exit status 3 when the record is not sound."""
    from bot import audit_offline

    _end_with(
        path, store_url, lambda at: audit_offline.verify(at.url, last, sys.stdout, password=at.password)
    )


@audit.command()
@configuration
@store
@click.option("--format", "style", type=click.Choice(["json", "csv"]), default="json", show_default=True)
@click.option("--since", metavar="DATE", help="Leave out what happened before, UTC unless told otherwise.")
def export(path: Path, store_url: str | None, style: str, since: str | None) -> None:
    """Print the entries, oldest first. Exit status 3 when some of them cannot be read."""
    from bot import audit_offline

    try:
        begin = audit_offline.read_since(since) if since else None
    except McsyncError as error:
        fail(error)
    _end_with(
        path,
        store_url,
        lambda at: audit_offline.export(at.url, style, begin, sys.stdout, sys.stderr, password=at.password),
    )


@click.group()
def db() -> None:
    """Back up, restore or examine the database."""


_file = click.argument("file", type=click.Path(path_type=Path))


@db.command()
@configuration
@store
@_file
def backup(path: Path, store_url: str | None, file: Path) -> None:
    """Copy the database to FILE while it is in use."""
    from bot import database_offline

    _end_with(
        path, store_url, lambda at: database_offline.backup(at.url, file, sys.stdout, password=at.password)
    )


@db.command()
@configuration
@store
@_file
def restore(path: Path, store_url: str | None, file: Path) -> None:
    """Put the backup FILE in the place of the database, which is kept beside it. Stop mcsync before."""
    from bot import database_offline

    _end_with(
        path, store_url, lambda at: database_offline.restore(at.url, file, sys.stdout, password=at.password)
    )


@db.command()
@configuration
@store
def check(path: Path, store_url: str | None) -> None:
    """Examine the database and the record in it. Exit status 3 when it is damaged."""
    from bot import database_offline

    _end_with(path, store_url, lambda at: database_offline.check(at.url, sys.stdout, password=at.password))
