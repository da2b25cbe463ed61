"""A store of each kind, for the tests of what every store must do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.gateways.store import SqlStore
from tests.contract.stores import FRESH, Programs


@pytest.fixture(params=sorted(FRESH))
def programs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Programs]:
    """Give programs on one fresh database."""
    found = Programs(FRESH[request.param](tmp_path))
    yield found
    found.close()


@pytest.fixture
def store(programs: Programs) -> SqlStore:
    """Give one open store on a fresh database."""
    return programs.start()
