from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.collision import agrees, agrees_with_starts, collisions
from bot.domain.restart import RestartWindow
from bot.domain.schedule import Schedule
from tests import slow_clock
from tests.forms import clock_times, days_near_changes, schedules, zones
from tests.periods import HOURLY, at_times, every, fixed, period

PARIS, UTC_ZONE = ZoneInfo("Europe/Paris"), ZoneInfo("UTC")
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
SIX = RestartWindow(time(6), UTC_ZONE, before=MINUTE, takes=3 * MINUTE, margin=MINUTE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def meets(clock: str, window: RestartWindow = SIX) -> bool:
    schedule = Schedule.parse(period({"m_tmFixedTime": f"{clock}.000"}))
    return bool(collisions(schedule, UTC_ZONE, [window], at("2027-01-10"), at("2027-01-11")))


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("05:58:59", False),
        ("05:59:00", True),
        ("06:00:00", True),
        ("06:03:59", True),
        ("06:04:00", False),
    ],
)
def test_a_run_collides_from_before_up_to_but_not_including_the_margins_end(
    clock: str, *, expected: bool
) -> None:
    assert meets(clock) is expected


def test_a_window_without_length_meets_nothing() -> None:
    nothing = timedelta(0)
    assert not meets("06:00:00", RestartWindow(time(6), UTC_ZONE, nothing, nothing, nothing))


def test_a_daily_run_in_paris_meets_a_restart_in_utc_in_summer_only() -> None:
    found = collisions(Schedule.parse(fixed("08:00")), PARIS, [SIX], at("2027-03-20"), at("2027-04-03"))
    assert [f"{collision.run.at:%m-%d %H:%M}" for collision in found] == [
        "03-28 06:00",
        "03-29 06:00",
        "03-30 06:00",
        "03-31 06:00",
        "04-01 06:00",
        "04-02 06:00",
    ]
    assert {collision.gap for collision in found} == {timedelta(0)}


def test_two_zones_that_change_on_different_days_collide_for_some_weeks() -> None:
    new_york = RestartWindow(time(6), ZoneInfo("America/New_York"))
    found = collisions(Schedule.parse(fixed("11:00")), PARIS, [new_york], at("2027-01-01"), at("2028-01-01"))
    days = [f"{collision.run.at:%m-%d}" for collision in found]
    spring = [f"03-{day}" for day in range(14, 28)]
    autumn = ["10-31", *(f"11-0{day}" for day in range(1, 7))]
    assert days == spring + autumn


def test_the_gap_tells_which_came_first() -> None:
    (pair,) = collisions(
        Schedule.parse(period({"m_tmFixedTime": "05:59:30.000"})),
        UTC_ZONE,
        [SIX],
        at("2027-01-10"),
        at("2027-01-11"),
    )
    assert pair.gap == -30 * SECOND


def test_each_reading_of_an_uncertain_run_or_restart_counts() -> None:
    window = RestartWindow(time(1, 30), UTC_ZONE)
    (pair,) = collisions(Schedule.parse(fixed("02:30")), PARIS, [window], at("2027-03-28"), at("2027-03-29"))
    assert (pair.uncertain, pair.gap) == ("dst-gap", timedelta(0))
    twice = RestartWindow(time(2, 30), PARIS)
    found = collisions(
        Schedule.parse(every("1h", "00:30")), UTC_ZONE, [twice], at("2027-10-31"), at("2027-11-01")
    )
    assert [pair.run.at.hour for pair in found] == [0, 1]
    assert {pair.uncertain for pair in found} == {"dst-overlap"}


def test_a_run_in_the_stretch_meets_a_restart_outside_of_it() -> None:
    midnight = RestartWindow(time(0), UTC_ZONE)
    late, early = Schedule.parse(period({"m_tmFixedTime": "23:59:30.000"})), Schedule.parse(fixed("00:02"))
    (pair,) = collisions(late, UTC_ZONE, [midnight], at("2027-01-09T12:00"), at("2027-01-10"))
    assert pair.restart.at == at("2027-01-10")
    (pair,) = collisions(early, UTC_ZONE, [midnight], at("2027-01-10T00:01"), at("2027-01-10T12:00"))
    assert pair.restart.at == at("2027-01-10")


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("06:01", "06:03", [1, 2]),
        ("05:00", "06:03", [0, 1, 2]),
        ("06:01", "07:00", [1, 2, 3]),
        ("06:04", "07:00", []),
    ],
)
def test_a_run_outside_of_the_stretch_is_not_listed(start: str, end: str, minutes: list[int]) -> None:
    schedule = Schedule.parse(every("1mn", "06:00", "06:30"))
    found = collisions(schedule, UTC_ZONE, [SIX], at(f"2027-01-10T{start}"), at(f"2027-01-10T{end}"))
    assert [pair.run.at.minute for pair in found] == minutes


def test_every_pair_is_listed_by_run_and_then_by_restart() -> None:
    windows = [SIX, RestartWindow(time(6, 2), UTC_ZONE)]
    found = collisions(
        Schedule.parse(at_times("06:02", "06:01")), UTC_ZONE, windows, at("2027-01-10"), at("2027-01-11")
    )
    assert [(pair.run.at.minute, pair.restart.at.minute) for pair in found] == [
        (1, 0),
        (1, 2),
        (2, 0),
        (2, 2),
    ]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_collisions_are_those_that_a_walk_over_every_minute_finds(data: st.DataObject) -> None:
    zone, place = data.draw(zones()), data.draw(zones())
    start = data.draw(days_near_changes(zone))
    end = start + timedelta(days=4)
    text, clock = data.draw(schedules(start)), data.draw(clock_times())
    before, takes, margin = (data.draw(st.integers(0, 40)) * MINUTE for _ in range(3))
    window = RestartWindow(time.fromisoformat(clock), place, before, takes, margin)
    runs = slow_clock.runs(text, zone, start, end)
    restarts = slow_clock.daily(clock, place, start - timedelta(days=1), end + timedelta(days=1))
    expected = [
        (run, restart, runs[run] or restarts[restart])
        for run in sorted(runs)
        for restart in sorted(restarts)
        if restart - before <= run < restart + takes + margin
    ]
    found = collisions(Schedule.parse(text), zone, [window], start, end)
    assert [(pair.run.at, pair.restart.at, pair.uncertain) for pair in found] == expected


HOUR = Schedule.parse(HOURLY)
NOW = at("2027-01-10T05:30:00")


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0, True), (60, True), (-60, True), (61, False), (-61, False), (3600, False)]
)
def test_the_servers_next_run_must_be_ours_within_a_minute(seconds: int, *, expected: bool) -> None:
    assert agrees(HOUR, PARIS, NOW, at("2027-01-10T06:00") + seconds * SECOND) is expected


def test_a_server_that_counts_from_the_last_run_does_not_agree() -> None:
    assert not agrees(Schedule.parse(every("1h", "00:13")), PARIS, NOW, at("2027-01-10T06:05"))


def test_a_run_that_was_due_a_moment_ago_may_still_be_announced() -> None:
    just_after = at("2027-01-10T06:00:10")
    assert agrees(HOUR, PARIS, just_after, at("2027-01-10T06:00"))
    assert agrees(HOUR, PARIS, just_after, at("2027-01-10T07:00"))
    assert not agrees(HOUR, PARIS, at("2027-01-10T06:30"), at("2027-01-10T06:00"))


def test_at_a_clock_change_each_reading_may_be_the_servers() -> None:
    nightly = Schedule.parse(fixed("02:30"))
    evening = at("2027-10-30T20:00")
    assert agrees(nightly, PARIS, evening, at("2027-10-31T00:30"))
    assert agrees(nightly, PARIS, evening, at("2027-10-31T01:30"))
    assert not agrees(nightly, PARIS, evening, at("2027-11-02T01:30"))


def test_a_schedule_without_a_next_run_agrees_with_a_server_without_one() -> None:
    over = Schedule.parse(fixed("06:00", {"m_tmFixedDay": "2026-01-01"}))
    assert agrees(over, PARIS, NOW, None)
    assert not agrees(over, PARIS, NOW, at("2027-01-11T05:00"))
    assert not agrees(HOUR, PARIS, NOW, None)


def test_starts_in_the_journal_must_be_the_runs() -> None:
    starts = [at(f"2027-01-10T0{hour}:00:07") for hour in range(1, 6)]
    assert agrees_with_starts(HOUR, PARIS, starts)
    assert agrees_with_starts(HOUR, PARIS, reversed(starts))
    assert not agrees_with_starts(HOUR, PARIS, [start + 5 * MINUTE for start in starts])


def test_a_longer_rhythm_in_the_journal_is_not_the_schedule() -> None:
    hourly = [at(f"2027-01-10T0{hour}:00") for hour in range(1, 6)]
    assert not agrees_with_starts(Schedule.parse(every("30mn")), PARIS, hourly)
    assert not agrees_with_starts(Schedule.parse(every("2h")), PARIS, hourly)


def test_one_start_proves_no_interval() -> None:
    assert not agrees_with_starts(HOUR, PARIS, [at("2027-01-10T05:00")])
    assert not agrees_with_starts(HOUR, PARIS, [])


def test_two_starts_cannot_be_one_run() -> None:
    starts = [at("2027-01-10T05:00:02"), at("2027-01-10T05:00:40"), at("2027-01-10T06:00")]
    assert not agrees_with_starts(HOUR, PARIS, starts)


def test_an_uncertain_run_may_be_missing_in_the_journal() -> None:
    nightly = Schedule.parse(fixed("02:30"))
    starts = [at("2027-10-30T00:30"), at("2027-10-31T01:30"), at("2027-11-01T01:30")]
    assert agrees_with_starts(nightly, PARIS, starts)
