"""Kill -9 at every boundary of a change and at random moments, and of the main job at random moments."""

from pathlib import Path

import pytest

from tests.flows.boundaries import Killing, marks
from tests.flows.killing import kill_and_look

pytestmark = pytest.mark.soak

KILLS_EACH, SEEDS = 10, range(20261123, 20261143)
SAVES = 14
"""A change is saved about so often between its approval and its end."""


def test_a_kill_at_every_call_to_campaign_breaks_no_promise(tmp_path: Path) -> None:
    with Killing(tmp_path) as killing:
        calls = killing.calls()
        for mark in marks(calls):
            killing.at(mark)

    assert killing.tally.breaches == []
    assert killing.tally.kills >= 3 * len(calls) - 3


def test_a_kill_at_the_acknowledged_press_loses_no_approval(tmp_path: Path) -> None:
    with Killing(tmp_path) as killing:
        for _ in range(10):
            killing.at_the_press()

    assert killing.tally.breaches == []
    assert killing.tally.kills == 10


def test_a_kill_at_every_save_breaks_no_promise(tmp_path: Path) -> None:
    with Killing(tmp_path) as killing:
        for number in range(1, SAVES + 1):
            killing.at_revision(number)

    assert killing.tally.breaches == []
    assert killing.tally.kills >= SAVES // 2


@pytest.mark.parametrize("seed", SEEDS)
def test_ten_of_two_hundred_kills_at_random_moments_break_no_promise(seed: int, tmp_path: Path) -> None:
    with Killing(tmp_path, seed) as killing:
        while killing.tally.kills < KILLS_EACH:
            killing.at_random(1 + killing.tally.changes % 3)

    assert killing.tally.breaches == []
    assert killing.tally.kills >= KILLS_EACH


@pytest.mark.parametrize("seed", range(1000, 1040))
def test_a_kill_at_any_moment_of_the_main_job_loses_nothing_and_does_nothing_twice(
    seed: int, tmp_path: Path
) -> None:
    found = kill_and_look(tmp_path, seed, kills=1 + seed % 3)

    assert found["writes"] <= 1
    assert found["cards"] == 1
    assert found["audit"] == []
    assert found["stage"] in {"verified", "failed", "needs-attention"}
    assert found["state"] in {11, 13}
