"""The SQLite store, started and killed for as long as it takes to meet a rare order of events."""

from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.contract.test_store_work_model import Queue
from tests.gateways.store.processes import kill_while_writing, start_together

pytestmark = pytest.mark.soak


def test_hundreds_of_simultaneous_starts_make_one_store_each(tmp_path: Path) -> None:
    start_together(tmp_path, processes=4, rounds=250)


def test_sixty_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    kill_while_writing(tmp_path, times=60)


def test_due_work_behaves_like_its_model_for_long() -> None:
    run_state_machine_as_test(
        Queue, settings=settings(max_examples=1500, stateful_step_count=60, deadline=None)
    )
