"""Where the PostgreSQL of a test run lives: whoever leads the run says so, and tidies up after its workers.

A worker may be ended in the midst of its own tidying up.
"""

import os
import tempfile
from pathlib import Path

import pytest

from tests.postgres_home import HOME, remove


def pytest_configure(config: pytest.Config) -> None:
    """Name the place, for this process and for the workers that inherit it; nothing is made yet."""
    if not hasattr(config, "workerinput"):
        os.environ[HOME] = str(Path(tempfile.gettempdir()) / f"mcsync-postgres-{os.getpid()}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what still runs there, and remove it."""
    if not hasattr(config, "workerinput"):
        remove(Path(os.environ.pop(HOME)))
