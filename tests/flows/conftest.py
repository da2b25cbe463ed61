"""Fixtures of the flows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.town import Town


@pytest.fixture(name="town")
def _town(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path) as town:
        yield town


@pytest.fixture(name="either_town", params=["http", "socket"])
def _either_town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path, socket_mode=request.param == "socket") as town:
        yield town
