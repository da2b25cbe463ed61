"""Fifty people press at once while Campaign hangs: each is acknowledged as soon as Slack wants it."""

from pathlib import Path

import pytest

from tests.flows.test_commands import ACK_MS, press_at_once
from tests.flows.town import Town

pytestmark = pytest.mark.soak


@pytest.mark.parametrize("socket_mode", [False, True])
def test_fifty_presses_at_once_are_acknowledged_in_time(tmp_path: Path, *, socket_mode: bool) -> None:
    with Town(tmp_path, socket_mode=socket_mode) as town:
        answers = press_at_once(town, 50)

        assert [one for one in answers if not one["ok"]] == []
        assert max(one["ms"] for one in answers) < ACK_MS
