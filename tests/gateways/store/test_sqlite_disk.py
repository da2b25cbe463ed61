"""Real full and read-only disks: a file system of a few hundred kilobytes, in a name space of its own."""

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.gateways.store.child import command

ROOT = Path(__file__).parents[3]


def on_a_disk_of(size: str, name: str, folder: Path) -> dict[str, Any]:
    """Run a command of `child` with *folder* being a disk of its own, and return its answer."""
    mount = f"mount -t tmpfs -o size={size} none {shlex.quote(str(folder))}"
    unshared = ["unshare", "-m", "sh", "-c"]
    try:
        allowed = subprocess.run([*unshared, mount], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        allowed = False
    if not allowed:
        pytest.skip("mounting a disk of a test's own needs root on Linux")
    run = subprocess.run(
        [*unshared, f"{mount} && exec {shlex.join(command(name, folder))}"],
        check=False,
        capture_output=True,
        cwd=ROOT,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


def test_a_full_disk_is_named_and_nothing_is_damaged(tmp_path: Path) -> None:
    answer = on_a_disk_of("300k", "fill", tmp_path)
    *refused, backup = answer["said"]
    sentence = (
        f"The disk that holds {tmp_path}/mcsync.db is full, so nothing was saved; what was stored before is "
        "whole. Free some space, then try again."
    )
    assert refused == [sentence] * 3
    assert f"{tmp_path}/backup.db.partial is full" in backup
    assert answer["saved"] > 0
    assert answer["subjects"] == [str(number) for number in range(answer["saved"])]
    assert answer["flaws"] == []
    assert not [name for name in answer["files"] if "backup" in name]


@pytest.mark.parametrize("name", ["read-only", "read-only-after-kill"])
def test_a_read_only_disk_is_named_and_nothing_is_changed(tmp_path: Path, name: str) -> None:
    answer = on_a_disk_of("1m", name, tmp_path)
    (said,) = answer["said"]
    assert said.startswith(f"{tmp_path}/mcsync.db cannot be ")
    assert "on a disk that is not mounted read-only" in said
    assert answer["unchanged"]
