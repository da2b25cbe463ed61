from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from bot.domain.restart import Restart, RestartWindow
from bot.domain.safety import Safety, too_often
from bot.domain.schedule import Schedule
from tests import promises
from tests.periods import HOURLY, at_times, every, fixed

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2027, 1, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@settings(max_examples=3, deadline=None)
@given(promises.situations())
def test_proposals_and_refusals_keep_their_promise(situation: promises.Situation) -> None:
    promises.check(situation)


@pytest.mark.parametrize(
    ("text", "zone", "window"),
    [
        (HOURLY, "Australia/Lord_Howe", RestartWindow(time(6), ZoneInfo("UTC"))),
        (fixed("08:00"), "Europe/Paris", RestartWindow(time(6), ZoneInfo("UTC"))),
    ],
)
def test_the_dates_that_matter_keep_their_promise(text: str, zone: str, window: RestartWindow) -> None:
    promises.check(promises.Situation(text, ZoneInfo(zone), (window,), (), START))


def test_the_search_looks_400_days_ahead() -> None:
    once = fixed("06:00", {"m_tmFixedDay": "2028-02-13"})
    safety = Safety(PARIS, (RestartWindow(time(6), PARIS),), (), START)
    assert safety.end == datetime(2028, 2, 14, tzinfo=UTC)
    reason = safety.objection(Schedule.parse(HOURLY), Schedule.parse(once))
    assert reason is not None
    assert "2028-02-13" in reason
    later = Safety(PARIS, (RestartWindow(time(6), PARIS),), (), START - timedelta(days=2))
    assert later.objection(Schedule.parse(once), Schedule.parse(once)) is None


def test_a_changed_number_of_runs_is_an_objection() -> None:
    safety = Safety(PARIS, (), (), START)
    reason = safety.objection(Schedule.parse(HOURLY), Schedule.parse(every("2h")))
    assert reason == "on 2027-01-10 the number of runs would go from 24 to 12"
    assert safety.objection(Schedule.parse(HOURLY), Schedule.parse(every("1h", "00:30"))) is None


def test_a_clock_change_is_no_changed_number_of_runs() -> None:
    safety = Safety(PARIS, (), (), datetime(2027, 3, 1, tzinfo=UTC))
    before, after = Schedule.parse(at_times("02:30", "03:30")), Schedule.parse(at_times("02:30", "05:30"))
    assert safety.objection(before, after) is None


@pytest.mark.parametrize(
    ("text", "expected"), [(every("5mn"), True), (every("6mn"), False), (fixed("06:00"), False)]
)
def test_an_interval_no_longer_than_the_window_clears_nothing(text: str, *, expected: bool) -> None:
    restart = Restart(START, START - MINUTE, START + 4 * MINUTE, None)
    assert bool(too_often(Schedule.parse(text), restart)) is expected
