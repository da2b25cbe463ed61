"""When the restart that this moment lies in is over."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.calm import over_at
from bot.domain.restart import RestartWindow

PARIS = ZoneInfo("Europe/Paris")
SIX = RestartWindow(time(6), PARIS)
AT_SIX = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
OVER = AT_SIX + timedelta(minutes=4)
"""Three minutes away and one of margin."""


@pytest.mark.parametrize(
    ("seconds", "inside"), [(-61, False), (-60, True), (0, True), (239, True), (240, False), (3600, False)]
)
def test_a_window_begins_before_the_restart_and_ends_after_its_margin(seconds: int, *, inside: bool) -> None:
    assert over_at([SIX], AT_SIX + timedelta(seconds=seconds)) == (OVER if inside else None)


def test_the_last_of_overlapping_windows_counts() -> None:
    later = RestartWindow(time(6, 2), PARIS)

    assert over_at([SIX, later], AT_SIX + timedelta(minutes=1)) == OVER + timedelta(minutes=2)
    assert over_at([later, SIX], AT_SIX + timedelta(minutes=1)) == OVER + timedelta(minutes=2)


def test_without_windows_every_moment_is_calm() -> None:
    assert over_at([], AT_SIX) is None


def test_a_window_in_another_zone_counts_by_its_own_clock() -> None:
    tokyo = RestartWindow(time(14), ZoneInfo("Asia/Tokyo"))

    assert over_at([tokyo], AT_SIX) == OVER


def test_a_restart_that_happens_twice_in_the_night_of_the_change_counts_twice() -> None:
    window = RestartWindow(time(2, 30), PARIS)
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    assert over_at([window], first) == first + timedelta(minutes=4)
    assert over_at([window], first + timedelta(hours=1)) == first + timedelta(hours=1, minutes=4)
    assert over_at([window], first + timedelta(minutes=30)) is None
