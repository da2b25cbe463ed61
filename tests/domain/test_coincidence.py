"""Distances to restarts and habits of failures."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.coincidence import habit, nearest
from bot.domain.restart import RestartWindow

PARIS = ZoneInfo("Europe/Paris")
NEW_YORK = ZoneInfo("America/New_York")
ZULU = ZoneInfo("UTC")
WINDOW = RestartWindow(time(6), ZULU)


def at(clock: str, day: int = 20) -> datetime:
    return datetime.combine(datetime(2026, 1, day, tzinfo=UTC), time.fromisoformat(clock), tzinfo=UTC)


@pytest.mark.parametrize(
    ("clock", "seconds", "where"),
    [
        ("06:00:04", 4, "away"),
        ("06:00:00", 0, "away"),
        ("05:59:00", -60, "inside"),
        ("05:58:59", -61, "outside"),
        ("06:02:59", 179, "away"),
        ("06:03:00", 180, "inside"),
        ("06:03:59", 239, "inside"),
        ("06:04:00", 240, "outside"),
        ("17:00:00", 39_600, "outside"),
        ("19:00:00", -39_600, "outside"),
    ],
)
def test_the_nearest_restart_tells_the_signed_distance(clock: str, seconds: float, where: str) -> None:
    found = nearest([WINDOW], at(clock))
    assert found is not None
    assert found.seconds == seconds
    assert ("away" if found.away else "inside" if found.inside else "outside") == where


def test_a_restart_whose_danger_holds_wins_over_a_nearer_one() -> None:
    long = RestartWindow(time(5), ZULU, takes=timedelta(hours=1))
    short = RestartWindow(time(5, 40), ZULU, takes=timedelta(minutes=1), margin=timedelta(0))
    found = nearest([short, long], at("05:45:00"))
    assert found is not None
    assert found.window is long


def test_without_windows_there_is_no_restart() -> None:
    assert nearest([], at("06:00:00")) is None


def test_five_failures_at_the_same_time_are_a_habit() -> None:
    found = habit([at(f"04:00:0{day % 5 + 1}", day) for day in range(16, 21)], [ZULU])
    assert found is not None
    assert (found.at, found.first, found.last, found.days) == (time(4), time(4, 0, 1), time(4, 0, 5), 5)


def test_a_habit_may_lie_around_midnight() -> None:
    found = habit([at("23:59:58", 16), at("00:00:03", 18), at("00:00:01", 19)], [ZULU])
    assert found is not None
    assert (found.first, found.last, found.days) == (time(23, 59, 58), time(0, 0, 3), 3)


def test_the_same_day_three_times_is_no_habit() -> None:
    assert habit([at("04:00:00"), at("04:00:30"), at("04:01:00")], [ZULU]) is None


def test_times_too_far_apart_are_no_habit() -> None:
    assert habit([at("04:00:00", 18), at("04:00:00", 19), at("04:02:01", 20)], [ZULU]) is None


def test_a_habit_is_found_in_the_zone_that_keeps_it_through_a_clock_change() -> None:
    instants = [datetime(2026, 3, day, 10 if day < 8 else 9, 0, 2, tzinfo=UTC) for day in range(5, 11)]
    found = habit(instants, [PARIS, NEW_YORK])
    assert found is not None
    assert (found.zone, found.at) == (NEW_YORK, time(5))
