from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.gateways.clock import OffsetClock
from bot.sandbox.campaign.clock import FileClock
from bot.sandbox.clock import SandboxClock

START = datetime(2030, 1, 1, 5, 52, tzinfo=UTC)
MOMENT = timedelta(seconds=5)


@pytest.fixture(name="clock")
def _clock(tmp_path: Path) -> SandboxClock:
    clock = SandboxClock(tmp_path / "clock", START)
    clock.open()
    return clock


def test_all_programs_read_the_same_rule_time(clock: SandboxClock) -> None:
    clock.jump(START + timedelta(hours=3))

    for told in (clock.now(), OffsetClock(clock.path).now(), FileClock(clock.path)()):
        assert abs(told - START - timedelta(hours=3)) < MOMENT


def test_rule_time_never_goes_back(clock: SandboxClock) -> None:
    clock.jump(START + timedelta(days=1))
    clock.jump(START)

    assert clock.now() - START >= timedelta(days=1)


def test_what_was_stamped_by_the_machine_is_told_in_the_rule_time_of_then(clock: SandboxClock) -> None:
    before = datetime.now(UTC)
    clock.jump(START + timedelta(days=2))
    after = datetime.now(UTC)

    assert abs(clock.rule_time(before) - START) < MOMENT
    assert abs(clock.rule_time(after) - START - timedelta(days=2)) < MOMENT
    assert abs(clock.rule_time(before - timedelta(days=1)) - START + timedelta(days=1)) < MOMENT


def test_before_it_is_opened_it_is_the_machines(tmp_path: Path) -> None:
    clock, now = SandboxClock(tmp_path / "clock", START), datetime.now(UTC)

    assert clock.rule_time(now) == now
    assert abs(clock.now() - now) < MOMENT
