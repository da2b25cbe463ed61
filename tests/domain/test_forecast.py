from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.collision import collisions
from bot.domain.forecast import Plan, forecast
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from tests.periods import HOURLY, fixed

PARIS, UTC_ZONE = ZoneInfo("Europe/Paris"), ZoneInfo("UTC")
SIX = (RestartWindow(time(6), UTC_ZONE),)
HOUR, EIGHT = Schedule.parse(HOURLY), Schedule.parse(fixed("08:00"))
MARCH = datetime(2027, 3, 20, tzinfo=UTC)


def test_a_forecast_counts_runs_and_restarts_and_lists_collisions() -> None:
    (ahead,) = forecast([Plan("mcSynch_mcExec", EIGHT, PARIS, SIX)], MARCH, 14)
    assert (ahead.name, ahead.runs, ahead.restarts) == ("mcSynch_mcExec", 14, 14)
    assert (ahead.start, ahead.end) == (MARCH, MARCH + timedelta(days=14))
    assert len(ahead.collisions) == 6
    assert ahead.first is not None
    assert ahead.first.run.at == datetime(2027, 3, 28, 6, tzinfo=UTC)


def test_many_workflows_get_what_each_would_get_alone() -> None:
    other = (*SIX, RestartWindow(time(7, 30), PARIS))
    plans = [
        Plan(f"{index}", schedule, zone, windows)
        for index, (schedule, zone, windows) in enumerate(
            (schedule, zone, windows)
            for schedule in (HOUR, EIGHT)
            for zone in (PARIS, UTC_ZONE)
            for windows in (SIX, other, ())
        )
    ]
    together = forecast(plans, MARCH, 21)
    assert [ahead.name for ahead in together] == [plan.name for plan in plans]
    for plan, ahead in zip(plans, together, strict=True):
        assert (ahead,) == forecast([plan], MARCH, 21)
        assert ahead.collisions == collisions(plan.schedule, plan.zone, plan.windows, ahead.start, ahead.end)
        assert ahead.restarts == 21 * len(plan.windows)


def test_restarts_outside_of_the_stretch_are_not_counted_and_still_met() -> None:
    midnight = (RestartWindow(time(0), UTC_ZONE),)
    late = Schedule.parse(fixed("23:59"))
    (ahead,) = forecast([Plan("late", late, UTC_ZONE, midnight)], MARCH, 1)
    assert (ahead.restarts, len(ahead.collisions)) == (1, 1)
    assert ahead.collisions[0].restart.at == MARCH + timedelta(days=1)
