"""That what must hold is really looked at: bugs planted on purpose are found, each as what it is.

`tests/soak/test_planted_soak.py` plants all of them, and lets them be found by chance as well.
"""

from pathlib import Path

import pytest

from tests.flows.breaches import Promise
from tests.flows.day import Broken, Day
from tests.flows.planted import BUGS, Bug

QUICK = [BUGS[1], BUGS[2], BUGS[3], BUGS[6]]


@pytest.mark.parametrize("bug", QUICK, ids=str)
def test_a_planted_bug_is_found(bug: Bug, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bug.plant(monkeypatch)

    with pytest.raises(Broken) as found, Day(tmp_path) as day:
        bug.script(day)

    assert found.value.promise is bug.promise


def test_every_promise_has_its_bug() -> None:
    assert {bug.promise for bug in BUGS} == set(Promise)
