from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.recurrence import Run, bounds, next_run, occurrences, rhythm
from bot.domain.schedule import Schedule
from tests import slow_clock
from tests.forms import days_near_changes, schedules, zones
from tests.periods import HOURLY, at_times, every, fixed, period

PARIS = ZoneInfo("Europe/Paris")
FIVE_DAYS = timedelta(days=5)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def marked(text: str, zone: str, start: str, end: str) -> list[str]:
    """List runs as `HH:MM` in UTC, `?gap` or `?overlap` after the uncertain ones."""
    runs = occurrences(Schedule.parse(text), at(start), at(end), ZoneInfo(zone))
    return [f"{run.at:%H:%M}" + (f"?{run.uncertain[4:]}" if run.uncertain else "") for run in runs]


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_runs_are_those_that_a_walk_over_every_minute_finds(data: st.DataObject) -> None:
    zone = data.draw(zones())
    start = data.draw(days_near_changes(zone))
    text = data.draw(schedules(start))
    expected = slow_clock.runs(text, zone, start, start + FIVE_DAYS)
    found = {
        run.at: run.uncertain for run in occurrences(Schedule.parse(text), start, start + FIVE_DAYS, zone)
    }
    assert found == expected


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_stretch_holds_what_the_whole_holds_there(data: st.DataObject) -> None:
    zone = data.draw(zones())
    day = data.draw(days_near_changes(zone))
    schedule = Schedule.parse(data.draw(schedules(day)))
    whole = list(occurrences(schedule, day - FIVE_DAYS, day + FIVE_DAYS, zone))
    assert whole == sorted(whole, key=lambda run: run.at)
    assert len({run.at for run in whole}) == len(whole)
    low, high = sorted(
        day + timedelta(minutes=data.draw(st.integers(-4000, 4000)), seconds=data.draw(st.integers(0, 59)))
        for _ in range(2)
    )
    part = [run for run in whole if low <= run.at < high]
    assert list(occurrences(schedule, low, high, zone)) == part
    assert rhythm(schedule, zone, high).count(*bounds(low, high)) == len(part)


@pytest.mark.parametrize(
    ("text", "zone", "start", "expected"),
    [
        # Summer time begins: 02:00 to 03:00 do not exist, and 02:30 becomes 03:30.
        (fixed("02:30"), "Europe/Paris", "2027-03-28T00:00", "01:30?gap"),
        (fixed("02:30"), "America/New_York", "2027-03-14T00:00", "07:30?gap"),
        (fixed("02:10"), "Australia/Lord_Howe", "2027-10-02T12:00", "15:40?gap"),
        (fixed("02:30"), "Africa/Casablanca", "2027-03-14T00:00", "02:30?gap"),
        # Summer time ends: 02:30 comes twice.
        (fixed("02:30"), "Europe/Paris", "2027-10-31T00:00", "00:30?overlap 01:30?overlap"),
        (fixed("01:30"), "America/New_York", "2027-11-07T00:00", "05:30?overlap 06:30?overlap"),
        (fixed("01:45"), "Australia/Lord_Howe", "2027-04-03T12:00", "14:45?overlap 15:15?overlap"),
        (fixed("02:30"), "Africa/Casablanca", "2027-02-07T00:00", "01:30?overlap 02:30?overlap"),
        # Hourly runs around the same changes: the run that is pushed forward meets one that is there anyway.
        (every("1h", "00:00", "05:00"), "Europe/Paris", "2027-03-27T23:00", "23:00 00:00 01:00 02:00 03:00"),
        (
            every("1h", "00:00", "05:00"),
            "Europe/Paris",
            "2027-10-30T22:00",
            "22:00 23:00 00:00?overlap 01:00?overlap 02:00 03:00 04:00",
        ),
        (every("1h", "00:30", "03:30"), "America/New_York", "2027-03-14T05:00", "05:30 06:30 07:30"),
        (
            every("1h", "00:30", "03:30"),
            "America/New_York",
            "2027-11-07T04:00",
            "04:30 05:30?overlap 06:30?overlap 07:30 08:30",
        ),
        (
            every("1h", "00:15", "03:15"),
            "Australia/Lord_Howe",
            "2027-10-02T13:00",
            "13:45 14:45 15:45?gap 16:15",
        ),
        (
            every("30mn", "01:00", "02:30"),
            "Australia/Lord_Howe",
            "2027-04-03T13:00",
            "14:00 14:30?overlap 15:00?overlap 15:30 16:00",
        ),
        # Zones without a change in 2027, one of them at an odd offset.
        (fixed("06:00"), "Asia/Kathmandu", "2027-03-28T00:00", "00:15"),
        (every("1h", "06:00", "08:00"), "Asia/Kathmandu", "2027-10-31T00:00", "00:15 01:15 02:15"),
        (fixed("02:30"), "Pacific/Apia", "2027-04-03T12:00", "13:30"),
        (fixed("02:30"), "Pacific/Apia", "2027-09-25T12:00", "13:30"),
        (fixed("02:30"), "UTC", "2027-03-28T00:00", "02:30"),
        (fixed("02:30"), "UTC", "2027-10-31T00:00", "02:30"),
        # A zone that left out a whole day: the run of that day and of the next are one.
        (fixed("12:00"), "Pacific/Apia", "2011-12-30T12:00", "22:00"),
        (
            fixed("12:00", {"m_iDayMode": "6", "m_iMonthDay": "30"}),
            "Pacific/Apia",
            "2011-12-30T12:00",
            "22:00?gap",
        ),
    ],
)
def test_clock_changes_follow_the_rules(text: str, zone: str, start: str, expected: str) -> None:
    end = (at(start) + timedelta(hours=12)).isoformat()[:16]
    assert marked(text, zone, start, end) == expected.split()


def test_an_instant_reached_by_the_gap_and_by_the_clock_is_one_certain_run() -> None:
    assert marked(at_times("02:30", "03:30"), "Europe/Paris", "2027-03-28T00:00", "2027-03-28T12:00") == [
        "01:30"
    ]


def test_the_end_of_a_stretch_does_not_belong_to_it() -> None:
    assert marked(HOURLY, "UTC", "2027-01-01T05:00", "2027-01-01T07:00") == ["05:00", "06:00"]
    assert marked(HOURLY, "UTC", "2027-01-01T06:00", "2027-01-01T06:00") == []
    assert marked(HOURLY, "UTC", "2027-01-01T07:00", "2027-01-01T05:00") == []


def test_runs_are_walked_lazily() -> None:
    ages = occurrences(Schedule.parse(HOURLY), at("2027-01-01"), at("9000-01-01"), PARIS)
    assert [run.at.hour for run in islice(ages, 3)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"m_tmFixedDay": "2299-01-01"}, "2299-01-01T11:40"),
        (
            {"m_iDayMode": "6", "m_iMonthDay": "29", "m_iMonthMode": "2", "m_abMonth[1]": "1"},
            "2028-02-29T11:40",
        ),
        (
            {"m_iWeekMode": "2", "m_iSpanWeek": "5000", "m_tmOrgDate": "2026-12-02"},
            "2122-09-28T10:40",
        ),
        ({"m_iDayMode": "3", "m_iSpanDay": "99999", "m_tmOrgDate": "2026-12-02"}, "2300-09-16T10:40"),
        ({"m_iDayMode": "6", "m_iMonthDay": "30", "m_iMonthMode": "2", "m_abMonth[1]": "1"}, None),
        ({"m_iValidMode": "2", "m_tmStopDate": "2026-12-31"}, None),
        ({"m_iValidMode": "3", "m_iMaxIter": "999999999", "m_tmIterDate": "2017-01-01"}, "2027-01-01T11:40"),
        ({"m_iValidMode": "3", "m_iMaxIter": "3652", "m_tmIterDate": "2017-01-01"}, None),
        ({"m_iValidMode": "3", "m_iMaxIter": "3653", "m_tmIterDate": "2017-01-01"}, "2027-01-01T11:40"),
    ],
)
def test_one_run_far_ahead_is_found_at_once(changes: dict[str, str], expected: str | None) -> None:
    run = next_run(Schedule.parse(period(changes)), PARIS, at("2027-01-01"))
    assert run == (Run(at(expected), None) if expected else None)


def test_the_next_run_may_be_now() -> None:
    now = at("2027-01-01T06:00")
    assert next_run(Schedule.parse(HOURLY), PARIS, now) == Run(now, None)
    assert next_run(Schedule.parse(HOURLY), PARIS, now + timedelta(microseconds=1)) == Run(
        at("2027-01-01T07:00"), None
    )


def test_a_counted_schedule_ends_with_its_last_run() -> None:
    text = every("1h", changes={"m_iValidMode": "3", "m_iMaxIter": "3", "m_tmIterDate": "2027-01-01"})
    later = period({"m_tmIterTime": "22:30:00.000"}, base=text)
    assert marked(text, "Europe/Paris", "2026-12-01T00:00", "2027-02-01T00:00") == ["23:00", "00:00", "01:00"]
    assert marked(later, "Europe/Paris", "2026-12-01T00:00", "2027-02-01T00:00") == [
        "22:00",
        "23:00",
        "00:00",
    ]


def test_the_second_reading_of_a_counted_run_is_not_counted_for_itself() -> None:
    text = fixed("02:30", {"m_iValidMode": "3", "m_iMaxIter": "2", "m_tmIterDate": "2027-10-31"})
    assert marked(text, "Europe/Paris", "2027-10-30T00:00", "2027-11-09T00:00") == [
        "00:30?overlap",
        "01:30?overlap",
        "01:30",
    ]
    once = period({"m_iMaxIter": "1"}, base=text)
    assert marked(once, "Europe/Paris", "2027-10-30T00:00", "2027-11-09T00:00") == [
        "00:30?overlap",
        "01:30?overlap",
    ]


@pytest.mark.parametrize("year", [2, 9998])
def test_the_edges_of_the_calendar_do_no_harm(year: int) -> None:
    start = datetime(year, 1, 1, tzinfo=UTC)
    runs = list(occurrences(Schedule.parse(HOURLY), start, start + timedelta(days=2), PARIS))
    assert len(runs) <= 48
    assert next_run(Schedule.parse(HOURLY), PARIS, datetime(9999, 12, 31, tzinfo=UTC)) is None
