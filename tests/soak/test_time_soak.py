"""The long searches behind the rules of time: many schedules, many zones, each minute of them."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.recurrence import occurrences
from bot.domain.schedule import Schedule
from tests import promises, slow_clock
from tests.forms import days_near_changes, schedules, zones

if TYPE_CHECKING:
    from datetime import datetime

pytestmark = pytest.mark.soak


@settings(max_examples=10_000, deadline=None)
@given(st.data())
def test_runs_are_those_that_a_walk_over_every_minute_finds(data: st.DataObject) -> None:
    zone = data.draw(zones())
    start: datetime = data.draw(days_near_changes(zone))
    text = data.draw(schedules(start))
    end = start + timedelta(days=data.draw(st.integers(1, 6)))
    expected = slow_clock.runs(text, zone, start, end)
    assert {run.at: run.uncertain for run in occurrences(Schedule.parse(text), start, end, zone)} == expected


@settings(max_examples=400, deadline=None)
@given(promises.situations())
def test_proposals_and_refusals_keep_their_promise(situation: promises.Situation) -> None:
    promises.check(situation)
