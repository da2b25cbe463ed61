from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.days import (
    DayOfMonth,
    DayRule,
    EveryDay,
    EveryNDays,
    LastDayOfMonth,
    NthWeekday,
    OneDay,
    Weekdays,
)
from bot.domain.errors import UnreadableSchedule
from bot.domain.schedule import Limit, Schedule
from bot.domain.times import FixedTime, Interval, TimeList, time_of_day
from tests.forms import days_near_changes, schedules, zones
from tests.periods import DAILY, HOURLY, ONE_MONDAY, QUARTER_HOURLY, at_times, every, period

MINUTE = 60_000


def test_a_fixed_time_is_read() -> None:
    schedule = Schedule.parse(DAILY)
    assert schedule.times == FixedTime(time(12, 40))
    assert schedule.days.is_every_day
    assert schedule.limit is None
    assert tuple(schedule.slots) == (760 * MINUTE,)


def test_an_interval_is_read() -> None:
    schedule = Schedule.parse(QUARTER_HOURLY)
    assert schedule.times == Interval(timedelta(minutes=15), time(0, 13), None)
    assert len(schedule.slots) == 96
    assert schedule.slots[0] == 13 * MINUTE
    assert schedule.slots[-1] == (23 * 60 + 58) * MINUTE


def test_an_interval_includes_its_stop_time() -> None:
    assert len(Schedule.parse(every("1h", "06:00", "20:00")).slots) == 15
    assert len(Schedule.parse(every("1h", "06:01", "20:00")).slots) == 14
    assert len(Schedule.parse(every("1h", "06:00", "06:00")).slots) == 1


@pytest.mark.parametrize("stop", ["", "00:00:00.000"])
@pytest.mark.parametrize("start", ["", "00:00:00.000"])
def test_an_empty_window_is_the_whole_day(start: str, stop: str) -> None:
    schedule = Schedule.parse(period({"m_tmStartTime": start, "m_tmStopTime": stop}, base=HOURLY))
    assert schedule.times == Interval(timedelta(hours=1), time(), None)
    assert len(schedule.slots) == 24


@pytest.mark.parametrize(
    ("span", "length"),
    [("1h", 3600), ("30mn", 1800), ("90mn", 5400), ("90s", 90), ("1h30mn", 5400), ("1h1mn1s", 3661)],
)
def test_spans_are_read(span: str, length: int) -> None:
    times = Schedule.parse(every(span)).times
    assert isinstance(times, Interval)
    assert times.every == timedelta(seconds=length)


def test_a_list_of_times_is_read_in_any_order_and_each_time_once() -> None:
    schedule = Schedule.parse(at_times("18:00", "06:00", "18:00"))
    assert schedule.times == TimeList((time(18), time(6), time(18)))
    assert tuple(schedule.slots) == (360 * MINUTE, 1080 * MINUTE)


def test_a_list_of_times_counts_where_no_fixed_time_stands_beside_it() -> None:
    changes = {"m_iTimeMode": "1", "m_tmFixedTime": "00:00:00.000"}
    assert isinstance(Schedule.parse(at_times("06:00", changes=changes)).times, TimeList)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, EveryDay()),
        ({"m_iDayMode": "2"}, Weekdays(frozenset(range(5)))),
        ({"m_iDayMode": "3", "m_iSpanDay": "1"}, EveryDay()),
        (
            {"m_iDayMode": "3", "m_iSpanDay": "3", "m_tmOrgDate": "2027-01-05"},
            EveryNDays(3, date(2027, 1, 5)),
        ),
        ({"m_iDayMode": "4", "m_abDay[0]": "1", "m_abDay[6]": "1"}, Weekdays(frozenset({0, 6}))),
        ({"m_iDayMode": "5"}, LastDayOfMonth()),
        ({"m_iDayMode": "6", "m_iMonthDay": "31"}, DayOfMonth(31)),
        ({"m_iDayMode": "7", "m_iPosDay": "4", "m_iWeekDay": "6"}, NthWeekday(4, 6)),
        ({"m_iDayMode": "0", "m_tmFixedDay": "2027-01-05"}, OneDay(date(2027, 1, 5))),
    ],
)
def test_every_rule_for_days_is_read(changes: dict[str, str], rule: DayRule) -> None:
    assert Schedule.parse(period(changes)).days.rule == rule


def test_weeks_months_and_validity_are_read() -> None:
    days = Schedule.parse(
        period(
            {
                "m_iWeekMode": "2",
                "m_iSpanWeek": "2",
                "m_tmOrgDate": "2027-01-05",
                "m_iMonthMode": "2",
                "m_abMonth[0]": "1",
                "m_abMonth[11]": "1",
                "m_iValidMode": "2",
                "m_tmStartDate": "2027-01-01",
                "m_tmStopDate": "2027-12-31",
            }
        )
    ).days
    assert (days.every_n_weeks, days.week_origin) == (2, date(2027, 1, 5))
    assert days.months == {1, 12}
    assert (days.first, days.last) == (date(2027, 1, 1), date(2027, 12, 31))


def test_a_limit_is_read() -> None:
    assert Schedule.parse(ONE_MONDAY).limit == Limit(1, datetime.fromisoformat("2021-11-01"))


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"m_iTimeMode": "0"}, "m_iTimeMode"),
        ({"m_iTimeMode": "2"}, "m_iTimeMode"),
        ({"m_iTimeMode": "4"}, "m_iTimeMode"),
        ({"m_tmFixedTime": ""}, "m_tmFixedTime"),
        ({"m_iTimeMode": "3"}, "m_tmSpanTime"),
        ({"m_iTimeMode": "3", "m_tmSpanTime": "0mn"}, "m_tmSpanTime"),
        ({"m_iTimeMode": "3", "m_tmSpanTime": "59s"}, "m_tmSpanTime"),
        (
            {
                "m_iTimeMode": "3",
                "m_tmSpanTime": "1h",
                "m_tmStartTime": "22:00:00.000",
                "m_tmStopTime": "06:00:00.000",
            },
            "m_tmStopTime",
        ),
        ({"m_vtmTime": "1", "m_vtmTime[0]": "06:00:00.000"}, "m_vtmTime"),
        ({"m_iTimeMode": "3", "m_vtmTime": "1", "m_vtmTime[0]": ""}, "m_vtmTime[0]"),
        ({"m_iTimeMode": "3", "m_tmSpanTime": "1h", "m_tmFixedDay": "2027-01-05"}, "m_tmFixedDay"),
        ({"m_iDayMode": "0"}, "m_iDayMode"),
        ({"m_iDayMode": "8"}, "m_iDayMode"),
        ({"m_iDayMode": "3", "m_iSpanDay": "0"}, "m_iSpanDay"),
        ({"m_iDayMode": "3", "m_iSpanDay": "2"}, "m_tmOrgDate"),
        ({"m_iDayMode": "3", "m_iSpanDay": "2", "m_tmOrgDate": "0001-11-24"}, "m_tmOrgDate"),
        ({"m_iDayMode": "4"}, "m_abDay"),
        ({"m_iDayMode": "6"}, "m_iMonthDay"),
        ({"m_iDayMode": "6", "m_iMonthDay": "32"}, "m_iMonthDay"),
        ({"m_iDayMode": "7", "m_iPosDay": "5"}, "m_iPosDay"),
        ({"m_iDayMode": "7", "m_iWeekDay": "7"}, "m_iWeekDay"),
        ({"m_iWeekMode": "3"}, "m_iWeekMode"),
        ({"m_iWeekMode": "2"}, "m_iSpanWeek"),
        ({"m_iWeekMode": "2", "m_iSpanWeek": "2"}, "m_tmOrgDate"),
        ({"m_iMonthMode": "3"}, "m_iMonthMode"),
        ({"m_iMonthMode": "2"}, "m_abMonth"),
        ({"m_iValidMode": "0"}, "m_iValidMode"),
        ({"m_iValidMode": "4"}, "m_iValidMode"),
        ({"m_iValidMode": "2"}, "m_tmStartDate"),
        (
            {"m_iValidMode": "2", "m_tmStartDate": "2027-02-01", "m_tmStopDate": "2027-01-01"},
            "m_tmStopDate",
        ),
        ({"m_iValidMode": "3", "m_tmIterDate": "2027-01-01"}, "m_iMaxIter"),
        ({"m_iValidMode": "3", "m_iMaxIter": "1"}, "m_tmIterDate"),
    ],
)
def test_a_form_that_we_do_not_know_is_refused_by_name(changes: dict[str, str], key: str) -> None:
    with pytest.raises(UnreadableSchedule) as refused:
        Schedule.parse(period(changes))
    assert refused.value.key == key
    assert key in str(refused.value)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_form_is_kept_byte_for_byte(data: st.DataObject) -> None:
    text = data.draw(schedules(data.draw(days_near_changes(data.draw(zones())))))
    assert Schedule.parse(text).text == text
    assert Schedule.parse(text).edited({}) == Schedule.parse(text)


def test_an_edit_gives_a_new_schedule_and_leaves_the_old_one() -> None:
    before = Schedule.parse(HOURLY)
    after = before.edited({"m_tmStartTime": "00:05:00.000"})
    assert after.times == Interval(timedelta(hours=1), time(0, 5), None)
    assert after.text == HOURLY.replace("m_tmStartTime='00:00:00.000'", "m_tmStartTime='00:05:00.000'")
    assert before.text == HOURLY
    assert after.value("m_tmStartTime") == "00:05:00.000"
    assert after != before


def test_an_edit_into_a_form_that_we_refuse_is_refused() -> None:
    with pytest.raises(UnreadableSchedule) as refused:
        Schedule.parse(HOURLY).edited({"m_tmSpanTime": "0s"})
    assert refused.value.key == "m_tmSpanTime"


@given(st.times())
def test_a_time_of_day_survives_its_count_of_milliseconds(moment: time) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    count = round(
        timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second) / timedelta(milliseconds=1)
    )
    assert time_of_day(count + moment.microsecond // 1000) == moment
