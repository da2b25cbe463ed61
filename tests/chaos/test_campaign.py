"""The campaign, in two rounds: a bug in the program is found, and without one nothing is blamed."""

import json
import subprocess
import sys
from pathlib import Path

from tests.chaos.buggy import PLANTS as PLANTED
from tests.chaos.hunt import PLANTS, hunt
from tests.chaos.witness import FLAT, FORESEEN, GOES_ON, NO_SECRET, Vitals, vitals_of
from tests.flows.breaches import Promise

ROOT = Path(__file__).parents[2]


def test_a_bug_in_the_running_program_is_found_as_what_it_is() -> None:
    found = hunt("a card is posted twice", 7, 3)

    assert found.is_found, found
    assert found.plant.promise == Promise.CARDS


def test_every_promise_has_its_bug_and_every_bug_can_be_planted() -> None:
    kept = {*map(str, Promise), NO_SECRET, FLAT, FORESEEN, GOES_ON}

    assert {plant.promise for plant in PLANTS.values()} >= kept
    assert set(PLANTS) == set(PLANTED)


def test_what_a_process_may_gain_is_bounded_and_another_process_is_not_compared() -> None:
    before = Vitals(10, threads=16, files=30, kb=80_000)

    assert before.outgrown(Vitals(10, 18, 32, 90_000)) == ""
    assert before.outgrown(Vitals(10, 40, 90, 180_000)) == "24 threads more, 60 files more, 100000 kB more"
    assert before.outgrown(Vitals(11, 40, 90, 180_000)) == ""


def test_the_system_tells_of_a_process() -> None:
    words = [sys.executable, "-c", "print('here', flush=True); input()"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        found = vitals_of(process.pid)
        process.communicate(b"\n")

    assert found.threads == 1
    assert found.kb > 1_000


def test_the_command_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.chaos", "--only", "earthquake:1", "--json", str(tmp_path / "f")]

    ended = subprocess.run(words, cwd=ROOT, check=False, capture_output=True, text=True)

    assert ended.returncode == 2
    assert "there is no attack earthquake" in ended.stderr


def test_a_round_without_a_bug_breaks_no_promise_and_is_written_down_for_machines(tmp_path: Path) -> None:
    path = tmp_path / "chaos.json"
    words = [sys.executable, "-m", "tests.chaos", "--seed", "7", "--only", "kills:0", "--json", str(path)]

    ended = subprocess.run(words, cwd=ROOT, check=False, capture_output=True, text=True)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    (told,) = json.loads(path.read_text())["rounds"]
    assert told["breaches"] == []
    assert told["figures"]["kills"] >= 1
    assert set(told["met"]) <= {line.partition(": ")[2] for line in told["planned"]}
