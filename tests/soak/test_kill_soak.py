"""Kill -9 at random moments of the main job, one to three times in each."""

from pathlib import Path

import pytest

from tests.flows.killing import kill_and_look

pytestmark = pytest.mark.soak


@pytest.mark.parametrize("seed", range(1000, 1100))
def test_a_kill_at_any_moment_loses_nothing_and_does_nothing_twice(seed: int, tmp_path: Path) -> None:
    found = kill_and_look(tmp_path, seed, kills=1 + seed % 3)

    assert found["writes"] <= 1
    assert found["cards"] == 1
    assert found["audit"] == []
    assert found["stage"] in {"verified", "failed", "needs-attention"}
    assert found["state"] in {11, 13}
