"""`mcsync audit` and `mcsync db`: commands that need the database and nothing else."""

import os
import sys
from pathlib import Path

import click

from bot.cli_words import configuration, fail
from bot.domain.errors import McsyncError


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
    from bot import audit_offline, settings_loading

    try:
        place = settings_loading.load_store(path, os.environ, store_url)
        sys.exit(audit_offline.verify(place.url, last, sys.stdout, password=place.password))
    except McsyncError as error:
        fail(error)


@audit.command()
@configuration
@store
@click.option("--format", "style", type=click.Choice(["json", "csv"]), default="json", show_default=True)
@click.option("--since", metavar="DATE", help="Leave out what happened before, UTC unless told otherwise.")
def export(path: Path, store_url: str | None, style: str, since: str | None) -> None:
    """Print the entries, oldest first. Exit status 3 when some of them cannot be read."""
    from bot import audit_offline, settings_loading

    try:
        begin = audit_offline.read_since(since) if since else None
        place = settings_loading.load_store(path, os.environ, store_url)
        sys.exit(
            audit_offline.export(place.url, style, begin, sys.stdout, sys.stderr, password=place.password)
        )
    except McsyncError as error:
        fail(error)


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
    from bot import database_offline, settings_loading

    try:
        place = settings_loading.load_store(path, os.environ, store_url)
        sys.exit(database_offline.backup(place.url, file, sys.stdout, password=place.password))
    except McsyncError as error:
        fail(error)


@db.command()
@configuration
@store
@_file
def restore(path: Path, store_url: str | None, file: Path) -> None:
    """Put the backup FILE in the place of the database, which is kept beside it. Stop mcsync before."""
    from bot import database_offline, settings_loading

    try:
        place = settings_loading.load_store(path, os.environ, store_url)
        sys.exit(database_offline.restore(place.url, file, sys.stdout, password=place.password))
    except McsyncError as error:
        fail(error)


@db.command()
@configuration
@store
def check(path: Path, store_url: str | None) -> None:
    """Examine the database and the record in it. Exit status 3 when it is damaged."""
    from bot import database_offline, settings_loading

    try:
        place = settings_loading.load_store(path, os.environ, store_url)
        sys.exit(database_offline.check(place.url, sys.stdout, password=place.password))
    except McsyncError as error:
        fail(error)
