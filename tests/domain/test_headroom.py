"""How much room there is between a restart and the runs around it."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.collision import collisions
from bot.domain.headroom import headroom, tightest
from bot.domain.restart import RestartWindow, restarts
from bot.domain.schedule import Schedule
from tests.periods import every, fixed

PARIS = ZoneInfo("Europe/Paris")
SIX = RestartWindow(time(6), PARIS)
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
TOMORROW = next(restarts(SIX, NOON, NOON + timedelta(days=1)))


def at(hour: int, minute: int, day: int = 25) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


def test_a_run_behind_the_restart_leaves_what_lies_between() -> None:
    found = headroom(Schedule.parse(every("1h", "00:05")), PARIS, TOMORROW)

    assert found.runs == (at(5, 5), at(6, 5))
    assert (found.met, found.margin) == (0, timedelta(seconds=60))


def test_a_run_before_the_restart_can_be_the_nearer_one() -> None:
    found = headroom(Schedule.parse(every("1h", "00:57")), PARIS, TOMORROW)

    assert found.margin == timedelta(minutes=2)


def test_a_run_that_meets_the_restart_leaves_no_room() -> None:
    found = headroom(Schedule.parse(every("1h", "00:00")), PARIS, TOMORROW)

    assert found.runs == (at(5, 0), at(6, 0), at(7, 0))
    assert (found.met, found.margin) == (1, timedelta(0))


def test_far_runs_are_shown_only_where_none_is_near() -> None:
    found = headroom(Schedule.parse(fixed("20:00")), PARIS, TOMORROW)

    assert found.runs == (at(20, 0, 24),)
    assert found.margin == timedelta(hours=9, minutes=59)


def test_a_schedule_without_runs_has_no_margin() -> None:
    found = headroom(Schedule.parse(fixed("20:00", {"m_tmFixedDay": "2020-01-01"})), PARIS, TOMORROW)

    assert (found.runs, found.margin) == ((), None)


def test_the_tightest_restart_of_the_coming_day_is_found() -> None:
    night = RestartWindow(time(3, 30), PARIS)

    found = tightest(Schedule.parse(every("1h", "00:05")), PARIS, (night, SIX), NOON)

    assert found is not None
    assert found.restart == TOMORROW


def test_without_windows_there_is_none() -> None:
    assert tightest(Schedule.parse(every("1h", "00:05")), PARIS, (), NOON) is None


@given(minute=st.integers(0, 59), hours=st.integers(0, 24 * 400))
@settings(max_examples=40, deadline=None)
def test_a_margin_is_zero_where_a_run_meets_the_restart(minute: int, hours: int) -> None:
    schedule, now = Schedule.parse(every("1h", f"00:{minute:02}")), NOON + timedelta(hours=hours)

    found = tightest(schedule, PARIS, (SIX,), now)

    assert found is not None
    met = collisions(schedule, PARIS, (SIX,), found.restart.starts, found.restart.ends)
    assert not met or found.margin == timedelta(0)
    assert found.met == len({one.run.at for one in met})
    assert now < found.restart.ends
