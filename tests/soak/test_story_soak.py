"""The story, again and again: by webhook, by polling, over both ways to Slack, with different seeds."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.soak

WAYS = ((), ("--no-webhook",), ("--socket",), ("--socket", "--no-webhook"))


@pytest.mark.parametrize("seed", range(50))
def test_the_story_ends_well(seed: int, tmp_path: Path) -> None:
    words = ["sandbox", "--story", "--seed", str(seed), "--keep", str(tmp_path), *WAYS[seed % len(WAYS)]]

    told = subprocess.run(
        [sys.executable, "-m", "bot.cli", *words], capture_output=True, text=True, timeout=120, check=False
    )

    assert told.returncode == 0, told.stdout + told.stderr
    assert "One failure in, one verified change out, one write" in told.stdout
    for log in tmp_path.glob("*.log"):
        assert "Traceback" not in log.read_text(encoding="utf-8"), log
