"""Every planted bug is found on a day that is made for it, and by chance in any order of events."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.flows.day import Broken, Day
from tests.flows.model import AnyOrder
from tests.flows.planted import BUGS, Bug

pytestmark = pytest.mark.soak

UNTIL_FOUND = settings(
    max_examples=300,
    stateful_step_count=30,
    deadline=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_found_on_its_day(bug: Bug, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bug.plant(monkeypatch)

    with pytest.raises(Broken) as found, Day(tmp_path) as day:
        bug.script(day)

    assert found.value.promise is bug.promise


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_the_day_of_a_bug_passes_without_it(bug: Bug, tmp_path: Path) -> None:
    with Day(tmp_path) as day:
        bug.script(day)


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_found_by_chance(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    bug.plant(monkeypatch)

    with pytest.raises(Broken):
        run_state_machine_as_test(AnyOrder, settings=UNTIL_FOUND)
