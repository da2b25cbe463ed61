from pathlib import Path

import pytest

from tests.flows.killing import kill_and_look


@pytest.mark.parametrize("seed", range(4))
def test_a_kill_at_any_moment_loses_nothing_and_does_nothing_twice(seed: int, tmp_path: Path) -> None:
    found = kill_and_look(tmp_path, seed, kills=2)

    assert found["kills"] == 2
    assert found["writes"] <= 1
    assert found["cards"] == 1
    assert found["audit"] == []
    assert found["stage"] in {"verified", "failed", "needs-attention"}
    assert found["state"] in {11, 13}
