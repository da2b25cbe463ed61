from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.days import (
    EVERY_MONTH,
    DayOfMonth,
    DayRule,
    Days,
    EveryDay,
    EveryNDays,
    LastDayOfMonth,
    NthWeekday,
    OneDay,
    Weekdays,
)

ORIGIN = date(2027, 3, 3)
SOME_DAYS = st.dates(date(2026, 1, 1), date(2029, 12, 31))
RULES: st.SearchStrategy[DayRule] = st.one_of(
    st.just(EveryDay()),
    st.builds(EveryNDays, st.integers(1, 400), SOME_DAYS),
    st.builds(Weekdays, st.frozensets(st.integers(0, 6), min_size=1)),
    st.just(LastDayOfMonth()),
    st.builds(DayOfMonth, st.integers(1, 31)),
    st.builds(NthWeekday, st.integers(0, 4), st.integers(0, 6)),
    st.builds(OneDay, SOME_DAYS),
)


def obviously(days: Days, day: date) -> bool:
    """Decide for one day, without any leap."""
    if (days.first and day < days.first) or (days.last and day > days.last):
        return False
    tomorrow = day + timedelta(days=1)
    match days.rule:
        case OneDay(single):
            return day == single
        case EveryDay():
            fits = True
        case EveryNDays(n, origin):
            fits = day >= origin and (day - origin).days % n == 0
        case Weekdays(chosen):
            fits = day.weekday() in chosen
        case LastDayOfMonth():
            fits = tomorrow.month != day.month
        case DayOfMonth(n):
            fits = day.day == n
        case NthWeekday(position, weekday):
            last = position == 4 and (day + timedelta(days=7)).month != day.month
            fits = day.weekday() == weekday and (last or (position < 4 and (day.day - 1) // 7 == position))
    return fits and day.month in days.months and in_week(days, day)


def in_week(days: Days, day: date) -> bool:
    if not days.week_origin:
        return True
    monday = days.week_origin - timedelta(days=days.week_origin.weekday())
    return day >= days.week_origin and (day - monday).days // 7 % days.every_n_weeks == 0


@settings(max_examples=150, deadline=None)
@given(
    rule=RULES,
    weeks=st.none() | st.tuples(st.integers(1, 60), SOME_DAYS),
    months=st.just(EVERY_MONTH) | st.frozensets(st.integers(1, 12), min_size=1),
    first=st.none() | SOME_DAYS,
    last=st.none() | SOME_DAYS,
    low=SOME_DAYS,
)
def test_the_walk_finds_the_days_that_a_look_at_each_day_finds(
    *,
    rule: DayRule,
    weeks: tuple[int, date] | None,
    months: frozenset[int],
    first: date | None,
    last: date | None,
    low: date,
) -> None:
    n, origin = weeks or (1, None)
    days = Days(rule, every_n_weeks=n, week_origin=origin, months=months, first=first, last=last)
    high = low + timedelta(days=500)
    every_day = (low + timedelta(days=number) for number in range(501))
    assert list(days.between(low, high)) == [day for day in every_day if obviously(days, day)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (LastDayOfMonth(), ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]),
        (DayOfMonth(31), ["2028-01-31", "2028-03-31"]),
        (DayOfMonth(29), ["2028-01-29", "2028-02-29", "2028-03-29", "2028-04-29"]),
        (NthWeekday(0, 0), ["2028-01-03", "2028-02-07", "2028-03-06", "2028-04-03"]),
        (NthWeekday(4, 4), ["2028-01-28", "2028-02-25", "2028-03-31", "2028-04-28"]),
        (OneDay(date(2028, 2, 29)), ["2028-02-29"]),
        (OneDay(date(2027, 2, 28)), []),
    ],
)
def test_days_of_the_month_are_found(rule: DayRule, expected: list[str]) -> None:
    found = Days(rule).between(date(2028, 1, 1), date(2028, 4, 30))
    assert [str(day) for day in found] == expected


def test_every_second_week_counts_from_monday_of_the_origin() -> None:
    days = Days(Weekdays(frozenset({0, 4})), every_n_weeks=2, week_origin=ORIGIN)
    found = list(days.between(date(2027, 3, 1), date(2027, 3, 31)))
    assert [day.day for day in found] == [5, 15, 19, 29]


def test_nothing_comes_before_the_origin() -> None:
    assert next(Days(EveryNDays(7, ORIGIN)).between(date(2020, 1, 1), date(2030, 1, 1))) == ORIGIN


def test_the_walk_ends_with_the_calendar() -> None:
    end = date(9999, 12, 31)
    assert list(Days().between(date(9999, 12, 30), end)) == [date(9999, 12, 30), end]
    assert list(Days(LastDayOfMonth()).between(date(9999, 12, 1), end)) == [end]
    assert list(Days(months=frozenset({11})).between(date(9999, 12, 1), end)) == []


def test_only_the_bare_rule_counts_as_every_day() -> None:
    assert Days().is_every_day
    assert not Days(Weekdays(frozenset(range(7)))).is_every_day
    assert not Days(last=ORIGIN).is_every_day
