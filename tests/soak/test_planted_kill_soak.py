"""Bugs that only a kill brings to light, planted in a copy of the program, and found."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flows.boundaries import Killing
from tests.flows.breaches import Promise
from tests.flows.toll import BETWEEN, Mark

pytestmark = pytest.mark.soak

ROOT = Path(__file__).parent.parent.parent
WRITE = Mark("xtk:persist#Write", 1, BETWEEN)

INTENT_AFTER_THE_STEP = """
_record, _really_do = Changes._take, Changes._do


def _do_before_it_is_recorded(self, proposal, decision, workflow, now):
    done = _really_do(self, StepRecord(decision.step, now), workflow, proposal)
    Changes._do = lambda *_: done
    try:
        return _record(self, proposal, decision, workflow, now)
    finally:
        Changes._do = _really_do


Changes._take = _do_before_it_is_recorded
"""

PRESS_BEFORE_THE_DISK = """
import threading

_keep = Approvals.submit


def _keep_later(self, **press):
    threading.Timer(0.5, _keep, (self,), press).start()
    return True


Approvals.submit = _keep_later
"""

BUGS: dict[str, tuple[str, str, Callable[[Killing], None], Promise]] = {
    "a step is recorded after it was taken": (
        "bot/service/changes.py",
        INTENT_AFTER_THE_STEP,
        lambda killing: killing.at(WRITE),
        Promise.APPROVED,
    ),
    "a press is acknowledged before it is on disk": (
        "bot/service/approvals.py",
        PRESS_BEFORE_THE_DISK,
        lambda killing: killing.at_the_press(),
        Promise.KEPT,
    ),
}


@pytest.mark.parametrize("name", BUGS)
def test_a_bug_that_only_a_kill_shows_is_found(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, planted, kill, promise = BUGS[name]
    tree = tmp_path / "tree"
    for package in ("bot", "commands"):
        shutil.copytree(ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manifest.yml", tree)
    with (tree / path).open("a", encoding="utf-8") as module:
        module.write(planted)
    monkeypatch.chdir(tree)  # `python -m bot.cli` takes the package from there

    with Killing(tmp_path / "kept") as killing:
        kill(killing)

    assert any(str(promise) in breach for breach in killing.tally.breaches), killing.tally
