"""What the commands of the command line share: the configuration's option, and how an error is told."""

import sys
from pathlib import Path
from typing import NoReturn

import click

from bot.domain.errors import McsyncError

UNUSABLE = 2
"""Exit status for input or configuration that cannot be used."""

configuration = click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path),
    default=Path("mcsync.toml"),
    show_default=True,
    help="The configuration file.",
)


def fail(error: McsyncError) -> NoReturn:
    """Tell an error as its sentence on standard error, and end."""
    click.echo(str(error), err=True)
    sys.exit(UNUSABLE)
