"""A dozen kills at the boundaries where most is at stake; `tests/soak/test_kill_soak.py` has all of them."""

from pathlib import Path

import pytest

from tests.flows.boundaries import SOAP, Killing, marks
from tests.flows.toll import AFTER, BEFORE, BETWEEN, Mark

READ, STOP, WRITE, START = SOAP
STEPS = [mark for mark in marks((WRITE, STOP, START)) if mark.moment != AFTER]
REST = [Mark(WRITE, 1, AFTER), Mark(READ, 3, BEFORE), Mark(READ, 5, BETWEEN)]


@pytest.mark.parametrize("part", [STEPS, REST], ids=["steps", "between the steps"])
def test_a_kill_at_a_boundary_loses_nothing_and_does_nothing_twice(part: list[Mark], tmp_path: Path) -> None:
    with Killing(tmp_path) as killing:
        for mark in part:
            killing.at(mark)
        if part is REST:
            killing.at_the_press()
            killing.at_random(2)

    assert killing.tally.breaches == []
    assert killing.tally.kills >= len(part)
    assert BEFORE in {mark.moment for mark in part}
