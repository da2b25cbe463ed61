from datetime import time, timedelta

import pytest

from bot.domain.schedule import Schedule
from bot.domain.wording import clock_time, describe, length
from tests.periods import DAILY, HOURLY, ONE_MONDAY, QUARTER_HOURLY, at_times, every, fixed, period


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HOURLY, "every hour from 00:00"),
        (DAILY, "daily at 12:40"),
        (QUARTER_HOURLY, "every 15 minutes from 00:13"),
        (ONE_MONDAY, "at 00:00, on Monday, at most 1 time from 2021-11-01 00:00"),
        (every("2h", "06:00", "20:00"), "every 2 hours from 06:00 to 20:00"),
        (every("90mn"), "every 90 minutes from 00:00"),
        (every("90s"), "every 90 seconds from 00:00"),
        (every("1mn"), "every minute from 00:00"),
        (at_times("18:00", "06:00", "06:00"), "at 06:00 and 18:00"),
        (at_times("06:00", "12:00", "18:00"), "at 06:00, 12:00 and 18:00"),
        (fixed("06:00", {"m_iDayMode": "2"}), "at 06:00, Monday to Friday"),
        (
            fixed("06:00", {"m_iDayMode": "4", "m_abDay[5]": "1", "m_abDay[6]": "1"}),
            "at 06:00, on Saturday and Sunday",
        ),
        (
            fixed("06:00", {"m_iDayMode": "3", "m_iSpanDay": "3", "m_tmOrgDate": "2027-01-05"}),
            "at 06:00, every 3 days from 2027-01-05",
        ),
        (fixed("06:00", {"m_iDayMode": "5"}), "at 06:00, on the last day of the month"),
        (fixed("06:00", {"m_iDayMode": "6", "m_iMonthDay": "5"}), "at 06:00, on day 5 of the month"),
        (
            fixed("06:00", {"m_iDayMode": "7", "m_iPosDay": "4", "m_iWeekDay": "4"}),
            "at 06:00, on the last Friday of the month",
        ),
        (fixed("06:00", {"m_tmFixedDay": "2027-01-05"}), "at 06:00, once on 2027-01-05"),
        (
            period(
                {
                    "m_iWeekMode": "2",
                    "m_iSpanWeek": "2",
                    "m_tmOrgDate": "2027-01-05",
                    "m_iMonthMode": "2",
                    "m_abMonth[0]": "1",
                    "m_abMonth[2]": "1",
                    "m_iValidMode": "2",
                    "m_tmStartDate": "2027-01-01",
                    "m_tmStopDate": "2027-12-31",
                }
            ),
            (
                "daily at 12:40, every 2 weeks from the week of 2027-01-05, in January and March,"
                " from 2027-01-01, until 2027-12-31"
            ),
        ),
        (
            every("1h", changes={"m_iValidMode": "3", "m_iMaxIter": "9", "m_tmIterDate": "2027-01-01"}),
            "every hour from 00:00, at most 9 times from 2027-01-01 00:00",
        ),
    ],
)
def test_a_schedule_is_said_in_words(text: str, expected: str) -> None:
    assert describe(Schedule.parse(text)) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (time(6), "06:00"),
        (time(6, 0, 30), "06:00:30"),
        (time(6, 0, 30, 500_000), "06:00:30.500"),
    ],
)
def test_times_are_as_short_as_they_can_be_exact(moment: time, expected: str) -> None:
    assert clock_time(moment) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (60, "60 s"),
        (119, "119 s"),
        (120, "2 min"),
        (150, "2 min 30 s"),
        (5400, "1 h 30 min"),
        (-30, "-30 s"),
        (-3600, "-1 h"),
    ],
)
def test_lengths_of_time_are_said_in_figures(seconds: int, expected: str) -> None:
    assert length(timedelta(seconds=seconds)) == expected
