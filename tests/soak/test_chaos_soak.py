"""The campaign of trouble finds every bug that is planted in the running program."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaos.hunt import PLANTS

pytestmark = pytest.mark.soak

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("bug", PLANTS)
def test_a_planted_bug_is_found_by_the_campaign(bug: str) -> None:
    words = [sys.executable, "-m", "tests.chaos", "--seed", "7", "--rounds", "12", "--bug", bug]

    hunt = subprocess.run(words, cwd=ROOT, check=False, capture_output=True, text=True)

    assert hunt.returncode == 1, hunt.stdout + hunt.stderr[-2000:]
    assert "Traceback" not in hunt.stderr
