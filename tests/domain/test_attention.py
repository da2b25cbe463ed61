"""Taking care of an incident, putting it off, opening it again, and how long archiving stood still."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.attention import Care, attend, awaited, reminder, reopened, woken
from bot.domain.errors import Refused
from bot.domain.incident import Incident, IncidentState, paused_at, running_at
from bot.domain.proposal import Stage
from tests.commands import examples

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_somebody_takes_care_of_it_once() -> None:
    mine = attend(examples.incident(), Care.ACKNOWLEDGE, "U0ADA", until=None, now=NOW)

    assert (mine.acknowledged_by, mine.acknowledged_at) == ("U0ADA", NOW)
    with pytest.raises(Refused, match="<@U0ADA> takes care of this already"):
        attend(mine, Care.ACKNOWLEDGE, "U0SAM", until=None, now=NOW)


def test_it_is_put_off_until_a_time_to_come_and_no_further_than_a_week() -> None:
    off = attend(examples.incident(), Care.SNOOZE, "U0SAM", until=NOW + HOUR, now=NOW)

    assert (off.snoozed_by, off.snoozed_until) == ("U0SAM", NOW + HOUR)
    assert attend(off, Care.SNOOZE, "U0ADA", until=NOW + 2 * HOUR, now=NOW).snoozed_by == "U0ADA"
    for until, why in ((None, "time is over"), (NOW, "time is over"), (NOW + 169 * HOUR, "7 days")):
        with pytest.raises(Refused, match=why):
            attend(off, Care.SNOOZE, "U0SAM", until=until, now=NOW)


def test_what_is_closed_is_opened_again_before_anything_else_and_begins_anew() -> None:
    shut = examples.incident(
        state=IncidentState.CLOSED,
        closed_at=NOW,
        closing="The run passed.",
        acknowledged_by="U0ADA",
        acknowledged_at=NOW,
        snoozed_by="U0SAM",
        snoozed_until=NOW,
    )

    for care in (Care.ACKNOWLEDGE, Care.SNOOZE):
        with pytest.raises(Refused, match="closed"):
            attend(shut, care, "U0SAM", until=NOW + HOUR, now=NOW)
    assert attend(shut, Care.REOPEN, "U0SAM", until=None, now=NOW) == examples.incident(reopened_at=NOW)
    with pytest.raises(Refused, match="is open"):
        reopened(examples.incident(), NOW)


def test_a_snooze_ends_when_its_time_has_come_and_the_incident_is_still_open() -> None:
    off = examples.incident(snoozed_by="U0SAM", snoozed_until=NOW)

    assert woken(off, NOW - timedelta(seconds=1)) is None
    assert woken(off, NOW) == examples.incident()
    assert woken(examples.incident(), NOW) is None
    assert woken(examples.incident(state=IncidentState.CLOSED, snoozed_until=NOW), NOW) is None
    assert reminder(off) == (
        "<@U0SAM>: put off until now and still open. mcSynch_mcExec1 stands still until it is started."
    )
    assert "is not paused" in reminder(examples.incident(snoozed_by="U0SAM", paused=False))


def test_a_reminder_says_what_a_change_that_is_being_proved_still_waits_for() -> None:
    verified = examples.proposal(Stage.VERIFIED)

    waits = awaited(verified, examples.PARIS)

    assert waits == "Its change waits for the run of 2026-11-25 06:05:00 Europe/Paris."
    running = examples.incident(snoozed_by="U0SAM", paused=False)
    assert reminder(running, waits).endswith(f"mcSynch_mcExec1 is not paused. {waits}")
    assert awaited(replace(verified, run_passed_at=NOW), examples.PARIS) == (
        "Its change waits for the next restart."
    )
    assert awaited(replace(verified, predicted_run=None), examples.PARIS) == (
        "Its change waits for the next run."
    )
    assert awaited(examples.proposal(Stage.WAITING), examples.PARIS) == awaited(None, examples.PARIS) == ""


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 500)), max_size=20))
@settings(max_examples=60, deadline=None)
def test_standing_still_is_counted_once_however_often_it_is_looked_at(
    looks: list[tuple[bool, int]],
) -> None:
    incident: Incident = examples.incident(paused=False)
    at, before, counted = NOW, False, timedelta()
    for standing, minutes in looks:
        later = at + timedelta(minutes=minutes)
        counted += (later - at) * before
        at, before = later, standing
        incident = paused_at(incident, at) if standing else running_at(incident, at)

    assert incident.standstill(at) == counted
    assert incident.paused is before
