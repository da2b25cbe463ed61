"""The machine's clock, and the one that a file turns."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.gateways.clock import MachineClock, OffsetClock, clock_from
from bot.service.ports import Clock

A_MOMENT = timedelta(seconds=5)


def assert_ahead(clock: Clock, seconds: float) -> None:
    assert abs(clock.now() - datetime.now(UTC) - timedelta(seconds=seconds)) < A_MOMENT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clock"


def test_both_times_of_the_machine_are_utc_and_the_same() -> None:
    clock = MachineClock()

    assert clock.now().tzinfo is UTC
    assert timedelta() <= clock.machine_now() - clock.now() + A_MOMENT < 2 * A_MOMENT


def test_machine_time_runs_on_between_two_calls() -> None:
    clock = MachineClock()
    before = clock.machine_now()

    assert before <= clock.machine_now()


@pytest.mark.parametrize(
    ("text", "seconds"), [("3600", 3600), ("-90.5\n", -90.5), (" 1e3 ", 1000), ("0", 0), ("86400.000", 86400)]
)
def test_the_file_turns_rule_time_only(path: Path, text: str, seconds: float) -> None:
    path.write_text(text, encoding="ascii")
    clock = OffsetClock(path)

    assert_ahead(clock, seconds)
    assert abs(clock.machine_now() - datetime.now(UTC)) < A_MOMENT
    assert clock.now().tzinfo is UTC


def test_a_change_of_the_same_length_counts_at_once(path: Path) -> None:
    clock = OffsetClock(path)
    for seconds in (1000, 2000, 3000, 4000):
        path.write_text(str(seconds), encoding="ascii")
        assert_ahead(clock, seconds)


def test_an_offset_can_go_back_to_zero(path: Path) -> None:
    path.write_text("7200", encoding="ascii")
    clock = OffsetClock(path)
    assert_ahead(clock, 7200)

    path.write_text("0", encoding="ascii")

    assert_ahead(clock, 0)


@pytest.mark.parametrize(
    "content",
    [b"", b"-", b"12:00", b"nan", b"inf", b"-1e300", b"9" * 5000, "٣".encode(), b"\xff\xfe", b"1 2"],
)
def test_a_text_that_is_no_offset_keeps_the_last_one(path: Path, content: bytes) -> None:
    path.write_text("3600", encoding="ascii")
    clock = OffsetClock(path)
    assert_ahead(clock, 3600)

    path.write_bytes(content)
    assert_ahead(clock, 3600)

    path.write_text("60", encoding="ascii")
    assert_ahead(clock, 60)


def test_a_missing_file_keeps_the_last_offset(path: Path) -> None:
    clock = OffsetClock(path)
    assert_ahead(clock, 0)

    path.write_text("600", encoding="ascii")
    assert_ahead(clock, 600)

    path.unlink()
    assert_ahead(clock, 600)


def test_the_environment_chooses_the_clock(path: Path) -> None:
    path.write_text("500", encoding="ascii")

    assert isinstance(clock_from({}), MachineClock)
    assert isinstance(clock_from({"MCSYNC_CLOCK_FILE": ""}), MachineClock)
    assert_ahead(clock_from({"MCSYNC_CLOCK_FILE": str(path)}), 500)
