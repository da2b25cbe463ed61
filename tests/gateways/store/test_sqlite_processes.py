"""Several processes on one SQLite file: starting at once, being killed. `tests/soak` does it for longer."""

from pathlib import Path

from tests.gateways.store.processes import kill_while_writing, start_together


def test_several_starters_at_once_make_one_store(tmp_path: Path) -> None:
    start_together(tmp_path, processes=4, rounds=15)


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    kill_while_writing(tmp_path, times=4)
