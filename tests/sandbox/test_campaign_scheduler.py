from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.campaign.definitions import period
from bot.sandbox.campaign.scheduler import UnreadablePeriod, fires_at, next_fire
from tests.sandbox.soap_client import utc

PARIS = ZoneInfo("Europe/Paris")
# Public exports, one line each, exactly as stored.
DAILY_1240 = period(
    m_iTimeMode="1", m_tmFixedTime="12:40:00.000", m_tmSpanTime="0s", m_tmStopTime="00:00:00.000"
)
QUARTERS_FROM_0013 = period(
    m_tmSpanTime="15mn", m_tmStartTime="00:13:00.000", m_tmStartDate="0001-11-24", m_tmStopDate="0001-11-24"
)
ONE_MONDAY = period(
    **{"m_abDay[0]": "1"},
    m_iDayMode="4",
    m_iMaxIter="1",
    m_iTimeMode="1",
    m_iValidMode="3",
    m_iWeekMode="1",
    m_tmIterDate="2021-11-01",
    m_tmSpanTime="0s",
)


def at(text: str) -> datetime:
    """Read a local time."""
    return datetime.fromisoformat(text)


def times(period_text: str, day: str) -> list[str]:
    """List the minutes of a day at which a schedule fires, by asking for each."""
    midnight = at(f"{day} 00:00")
    minutes = (midnight + timedelta(minutes=minute) for minute in range(1440))
    return [f"{minute:%H:%M}" for minute in minutes if fires_at(period_text, minute)]


def days(period_text: str, first: str, count: int) -> list[str]:
    """List the days from `first` on at which a schedule fires at midnight."""
    start = at(f"{first} 00:00")
    all_days = (start + timedelta(days=day) for day in range(count))
    return [f"{day:%m-%d}" for day in all_days if fires_at(period_text, day)]


def midnight(**changes: str) -> str:
    """Compose a schedule that fires at midnight on some days."""
    return period(m_iTimeMode="1", m_tmFixedTime="00:00:00.000", **changes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DAILY_1240, ["12:40"]),
        (period(m_tmSpanTime="6h", m_tmStartTime="00:05:00.000"), ["00:05", "06:05", "12:05", "18:05"]),
        (period(m_tmSpanTime="6h", m_tmStartTime=""), ["00:00", "06:00", "12:00", "18:00"]),
        (
            period(m_tmStartTime="08:16:00.000", m_tmStopTime="11:16:00.000"),
            ["08:16", "09:16", "10:16", "11:16"],
        ),
        (period(m_tmStartTime="21:30:00.000", m_tmStopTime="00:00:00.000"), ["21:30", "22:30", "23:30"]),
        (period(m_tmSpanTime="9h30mn"), ["00:00", "09:30", "19:00"]),
        (
            period(**{"m_vtmTime": "2", "m_vtmTime[0]": "06:00:00.000", "m_vtmTime[1]": "05:30:30.000"}),
            ["05:30", "06:00"],
        ),
    ],
)
def test_times_of_a_day(text: str, expected: list[str]) -> None:
    assert times(text, "2026-11-22") == expected


def test_hourly_means_24_runs_and_a_quarter_hour_95_after_its_beginning() -> None:
    assert times(period(), "2026-11-22") == [f"{hour:02}:00" for hour in range(24)]
    quarters = times(QUARTERS_FROM_0013, "2026-11-22")
    assert (len(quarters), quarters[0], quarters[-1]) == (96, "00:13", "23:58")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (midnight(), ["11-20", "11-21", "11-22", "11-23", "11-24"]),
        (midnight(m_iDayMode="2"), ["11-20", "11-23", "11-24"]),
        (midnight(m_iDayMode="3", m_iSpanDay="2", m_tmOrgDate="2026-11-21"), ["11-21", "11-23"]),
        (midnight(m_iDayMode="3", m_iSpanDay="1"), ["11-20", "11-21", "11-22", "11-23", "11-24"]),
        (midnight(m_iDayMode="4", **{"m_abDay[0]": "1", "m_abDay[6]": "1"}), ["11-22", "11-23"]),
        (midnight(m_iDayMode="6", m_iMonthDay="24"), ["11-24"]),
        (midnight(m_iDayMode="7", m_iWeekDay="0", m_iPosDay="3"), ["11-23"]),
        (midnight(m_iDayMode="7", m_iWeekDay="1", m_iPosDay="4"), ["11-24"]),
        (midnight(m_iDayMode="7", m_iWeekDay="0", m_iPosDay="4"), []),
        (midnight(m_iWeekMode="2", m_iSpanWeek="2", m_tmOrgDate="2026-11-09"), ["11-23", "11-24"]),
        (midnight(m_iWeekMode="2", m_iSpanWeek="2", m_tmOrgDate="2026-11-24"), ["11-24"]),
        (midnight(m_iMonthMode="2", **{"m_abMonth[10]": "1"}), ["11-20", "11-21", "11-22", "11-23", "11-24"]),
        (midnight(m_iMonthMode="2", **{"m_abMonth[11]": "1"}), []),
        (
            midnight(m_iValidMode="2", m_tmStartDate="2026-11-22", m_tmStopDate="2026/11/23"),
            ["11-22", "11-23"],
        ),
        (midnight(m_iValidMode="2", m_tmStopDate="2026-11-21"), ["11-20", "11-21"]),
        (midnight(m_iValidMode="3", m_iMaxIter="2", m_tmIterDate="2026-11-21"), ["11-21", "11-22"]),
        (midnight(m_tmFixedDay="2026-11-22"), ["11-22"]),
    ],
)
def test_days_from_friday_to_tuesday(text: str, expected: list[str]) -> None:
    assert days(text, "2026-11-20", 5) == expected


def test_the_last_day_of_the_month_and_a_day_that_months_may_lack() -> None:
    assert days(midnight(m_iDayMode="5"), "2026-01-01", 90) == ["01-31", "02-28", "03-31"]
    assert days(midnight(m_iDayMode="6", m_iMonthDay="30"), "2026-01-01", 90) == ["01-30", "03-30"]


def test_runs_are_counted_from_their_moment() -> None:
    text = period(m_iValidMode="3", m_iMaxIter="3", m_tmIterDate="2026-11-22", m_tmIterTime="22:30:00.000")

    assert times(text, "2026-11-22") == ["23:00"]
    assert times(text, "2026-11-23") == ["00:00", "01:00"]
    assert times(ONE_MONDAY, "2021-11-01") == ["00:00"]
    assert times(ONE_MONDAY, "2021-11-08") == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "every hour",
        period(m_iTimeMode="2"),
        period(m_iTimeMode="x"),
        period(m_iTimeMode="1", m_tmFixedTime=""),
        period(m_iTimeMode="1", m_tmFixedTime="25:00:00"),
        period(m_tmSpanTime="0s"),
        period(m_tmSpanTime=""),
        period(m_tmSpanTime="1h and a half"),
        period(m_vtmTime="1"),
        period(m_iDayMode="9"),
        period(m_iDayMode="-1"),
        period(m_iDayMode="3", m_iSpanDay="2"),
        period(m_iDayMode="3", m_iSpanDay="0"),
        period(m_iDayMode="6"),
        period(m_iWeekMode="3"),
        period(m_iMonthMode="3"),
        period(m_iValidMode="4"),
        period(m_iValidMode="3", m_iMaxIter="1"),
        period(m_tmFixedDay="tomorrow"),
    ],
)
def test_what_campaign_does_not_write_is_refused(text: str) -> None:
    with pytest.raises(UnreadablePeriod):
        times(text, "2026-11-22")


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        (period(), "2026-11-22 04:30", "2026-11-22 05:00"),
        (period(), "2026-11-22 05:00", "2026-11-22 06:00"),
        (period(m_tmStartTime="00:05:00.000"), "2026-11-22 04:59:59", "2026-11-22 05:05"),
        (DAILY_1240, "2026-11-22 12:00", "2026-11-23 11:40"),
        # The day of the change to summer time has no 02:30 in Paris; the day after has.
        (period(m_iTimeMode="1", m_tmFixedTime="02:30:00.000"), "2027-03-27 12:00", "2027-03-29 00:30"),
        # The day back has 02:30 twice.
        (period(m_iTimeMode="1", m_tmFixedTime="02:30:00.000"), "2026-10-24 12:00", "2026-10-25 00:30"),
        (period(m_iTimeMode="1", m_tmFixedTime="02:30:00.000"), "2026-10-25 00:30", "2026-10-25 01:30"),
        (
            midnight(m_iDayMode="5", m_iMonthMode="2", **{"m_abMonth[1]": "1"}),
            "2026-11-22 00:00",
            "2027-02-27 23:00",
        ),
    ],
)
def test_the_next_fire(text: str, after: str, expected: str) -> None:
    assert next_fire(text, PARIS, utc(after)) == utc(expected)


def test_a_schedule_that_is_over_has_no_next_fire() -> None:
    assert next_fire(ONE_MONDAY, PARIS, utc("2026-11-22 00:00"), days=20) is None


ZONES = st.sampled_from(
    ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]
)
DAY_RULES: st.SearchStrategy[dict[str, str]] = st.sampled_from(
    [{}, {"m_iDayMode": "2"}, {"m_iDayMode": "5"}, {"m_iDayMode": "4", "m_abDay[2]": "1"}]
)


@settings(deadline=None, max_examples=25)
@given(
    zone=ZONES,
    rule=DAY_RULES,
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    minutes=st.integers(0, 2 * 365 * 24 * 60),
)
def test_the_next_fire_is_the_first_minute_that_fires(
    zone: str, rule: dict[str, str], hour: int, minute: int, minutes: int
) -> None:
    text = period(m_iTimeMode="1", m_tmFixedTime=f"{hour:02}:{minute:02}:00.000", **rule)
    after = utc("2026-01-01 00:00") + timedelta(minutes=minutes)

    found = next_fire(text, ZoneInfo(zone), after)

    assert found is not None
    searched = after + timedelta(minutes=1)
    while not fires_at(text, searched.astimezone(ZoneInfo(zone))):
        searched += timedelta(minutes=1)
    assert found == searched
