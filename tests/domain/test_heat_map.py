"""At which hours of which weekdays runs failed, and at which they will meet a restart."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.heat_map import heat_map

PARIS = ZoneInfo("Europe/Paris")
TUESDAY = datetime(2026, 11, 24, 5, 0, 2, tzinfo=UTC)


def test_moments_are_counted_by_weekday_and_hour_of_the_servers_clock() -> None:
    found = heat_map(PARIS, [TUESDAY, TUESDAY + timedelta(minutes=30)], [TUESDAY + timedelta(days=5)])

    assert found.failures == {(1, 6): 2}
    assert found.collisions == {(6, 6): 1}
    assert found.hours == (6,)
    assert (found.failed_on(1), found.failed_on(2), found.meeting_on(6)) == (2, 0, 1)


def test_a_moment_near_midnight_belongs_to_the_day_of_that_clock() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)

    assert heat_map(PARIS, [late], []).failures == {(2, 0): 1}
    assert heat_map(ZoneInfo("UTC"), [late], []).failures == {(1, 23): 1}


def test_a_quiet_week_is_empty() -> None:
    assert heat_map(PARIS, [], []).empty
    assert heat_map(PARIS, [], []).hours == ()
    assert not heat_map(PARIS, [], [TUESDAY]).empty
