"""The machine's clock, and the one that a file turns."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.gateways.clock import MachineClock, OffsetClock, SharedClock, clock_from
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


# --- The clock of replicas ------------------------------------------------------------------------


class Skewed:
    """A machine whose clock is set wrongly, and whose rule time may be turned."""

    def __init__(self, wrong: timedelta, turned: timedelta = timedelta()) -> None:
        self.wrong = wrong
        self.turned = turned

    def now(self) -> datetime:
        """Tell rule time."""
        return self.machine_now() + self.turned

    def machine_now(self) -> datetime:
        """Tell machine time."""
        return datetime.now(UTC) + self.wrong


def near(at: datetime) -> bool:
    return abs(at - datetime.now(UTC)) < A_MOMENT


@pytest.mark.parametrize("seconds", [-30, 30, 86400])
def test_a_machine_that_is_set_wrongly_tells_the_shared_time(seconds: int) -> None:
    own = Skewed(timedelta(seconds=seconds))
    clock = SharedClock(own, lambda: datetime.now(UTC))
    assert not near(clock.now())

    with capture_logs() as logs:
        clock.synchronise()

    assert near(clock.now())
    assert near(clock.machine_now())
    assert [one["event"] for one in logs] == ["clock.differs_from_database"]


def test_a_machine_that_is_set_anew_moves_nothing() -> None:
    own = Skewed(timedelta())
    clock = SharedClock(own, lambda: datetime.now(UTC))
    clock.synchronise()

    own.wrong = timedelta(hours=-1)

    assert near(clock.now())
    assert near(clock.machine_now())


def test_rule_time_that_was_turned_stays_turned() -> None:
    hours = timedelta(hours=5)
    clock = SharedClock(Skewed(timedelta(seconds=-30), turned=hours), lambda: datetime.now(UTC))
    clock.synchronise()

    assert near(clock.now() - hours)
    assert near(clock.machine_now())


def test_without_a_shared_time_the_machine_knows_best() -> None:
    own = Skewed(timedelta(seconds=30))
    clock = SharedClock(own, lambda: None)
    clock.synchronise()

    assert near(clock.now() - own.wrong)
    assert near(clock.machine_now() - own.wrong)


def test_the_shared_time_is_asked_for_once_a_second_at_most() -> None:
    asked: list[None] = []

    def ask() -> datetime:
        asked.append(None)
        return datetime.now(UTC)

    clock = SharedClock(Skewed(timedelta()), ask)
    for _ in range(5):
        clock.synchronise()

    assert len(asked) == 1
