"""What every test of a run shares: a PostgreSQL's place, a log that is put back, examples without a deadline.

Whoever leads the run says where the PostgreSQL lives, and tidies up after its workers: one of them may be
ended in the midst of its own tidying up.
"""

import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import structlog

from bot import logs
from tests.postgres_home import HOME, remove

hypothesis.settings.register_profile("shared machine", deadline=None)
hypothesis.settings.load_profile("shared machine")  # an example that comes late is as good


def pytest_configure(config: pytest.Config) -> None:
    """Name the place, for this process and for the workers that inherit it; nothing is made yet."""
    if not hasattr(config, "workerinput"):
        os.environ[HOME] = str(Path(tempfile.gettempdir()) / f"mcsync-postgres-{os.getpid()}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what still runs there, and remove it."""
    if not hasattr(config, "workerinput"):
        remove(Path(os.environ.pop(HOME)))


@pytest.fixture
def log_as_it_was() -> Iterator[None]:
    """Put the log back as it was, for tests that configure it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs.QUIET}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()
