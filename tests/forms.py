"""Hypothesis strategies for every form of schedule, every zone, and the days that matter."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

from tests import slow_clock
from tests.periods import at_times, every, fixed

YEARS = range(2024, 2031)
NOT_ZONES = {"localtime", "Factory", "posixrules"}


@cache
def zone_names() -> tuple[str, ...]:
    """List all IANA zones of this system; `localtime` and the like are no zones here."""
    return tuple(sorted(available_timezones() - NOT_ZONES))


def zones() -> st.SearchStrategy[ZoneInfo]:
    """Draw any IANA zone."""
    return st.deferred(lambda: st.sampled_from(zone_names()).map(ZoneInfo))


@st.composite
def days_near_changes(draw: st.DrawFn, zone: ZoneInfo) -> datetime:
    """Draw midnight UTC of a day, more often than not one on which the zone's clock changes."""
    year = draw(st.sampled_from(YEARS))
    changing = slow_clock.changes(zone, year)
    near_a_change = draw(st.sampled_from([True, True, True, False]))
    if changing and near_a_change:
        day = draw(st.sampled_from(changing)) - timedelta(days=draw(st.integers(0, 2)))
    else:
        day = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=draw(st.integers(0, 364)))
    return day.replace(hour=0)


def clock_times() -> st.SearchStrategy[str]:
    """Draw a time of day such as `06:17`, often in the small hours in which clocks change."""
    hours = st.integers(0, 23) | st.integers(0, 4)
    minutes = st.sampled_from([0, 0, 30, 45, 59]) | st.integers(0, 59)
    return st.builds("{:02}:{:02}".format, hours, minutes)


SPANS = (
    "1mn",
    "5mn",
    "7mn",
    "15mn",
    "30mn",
    "45mn",
    "1h",
    "1h",
    "1h",
    "90mn",
    "2h",
    "5h",
    "7h",
    "24h",
    "30h",
)


@st.composite
def intervals(draw: st.DrawFn, changes: dict[str, str] | None = None) -> str:
    """Draw a schedule with an interval."""
    first, last = sorted((draw(clock_times()), draw(clock_times())))
    if draw(st.booleans()):
        last = ""
    return every(draw(st.sampled_from(SPANS)), first, last, changes)


def day_rules(day: datetime) -> st.SearchStrategy[dict[str, str]]:
    """Draw the keys of any rule for days, weeks, months and validity, with its dates around *day*."""
    dates = st.integers(-40, 40).map(lambda number: f"{day + timedelta(days=number):%Y-%m-%d}")
    forms = st.one_of(
        st.just({"m_iDayMode": "1"}),
        st.just({"m_iDayMode": "1"}),
        st.just({"m_iDayMode": "2"}),
        st.builds(
            lambda n, origin: {"m_iDayMode": "3", "m_iSpanDay": str(n), "m_tmOrgDate": origin},
            st.integers(1, 9),
            dates,
        ),
        st.sets(st.integers(0, 6), min_size=1).map(
            lambda chosen: {"m_iDayMode": "4"} | {f"m_abDay[{index}]": "1" for index in chosen}
        ),
        st.just({"m_iDayMode": "5"}),
        st.integers(1, 31).map(lambda n: {"m_iDayMode": "6", "m_iMonthDay": str(n)}),
        st.builds(
            lambda position, weekday: {
                "m_iDayMode": "7",
                "m_iPosDay": str(position),
                "m_iWeekDay": str(weekday),
            },
            st.integers(0, 4),
            st.integers(0, 6),
        ),
    )
    weeks = st.one_of(
        st.just({"m_iWeekMode": "0"}),
        st.just({"m_iWeekMode": "1"}),
        st.builds(
            lambda n, origin: {"m_iWeekMode": "2", "m_iSpanWeek": str(n), "m_tmOrgDate": origin},
            st.integers(1, 4),
            dates,
        ),
    )
    months = st.one_of(
        st.just({"m_iMonthMode": "0"}),
        st.just({"m_iMonthMode": "1"}),
        st.sets(st.integers(0, 11), min_size=4).map(
            lambda chosen: {"m_iMonthMode": "2"} | {f"m_abMonth[{index}]": "1" for index in chosen}
        ),
    )
    validity = st.one_of(
        st.just({"m_iValidMode": "1"}),
        st.just({"m_iValidMode": "1", "m_tmStartDate": "0001-11-24", "m_tmStopDate": "0001/01/01"}),
        st.lists(dates, min_size=2, max_size=2).map(
            lambda two: {"m_iValidMode": "2", "m_tmStartDate": min(two), "m_tmStopDate": max(two)}
        ),
        dates.map(lambda first: {"m_iValidMode": "2", "m_tmStartDate": first}),
        dates.map(lambda last: {"m_iValidMode": "2", "m_tmStopDate": last.replace("-", "/")}),
        st.builds(
            lambda n, since, at: {
                "m_iValidMode": "3",
                "m_iMaxIter": str(n),
                "m_tmIterDate": since,
                "m_tmIterTime": at and f"{at}:00.000",
            },
            st.integers(1, 60),
            dates,
            clock_times() | st.just(""),
        ),
    )
    parts = st.tuples(forms, weeks, months, validity)
    return parts.map(lambda four: {key: value for part in four for key, value in part.items()})


@st.composite
def schedules(draw: st.DrawFn, day: datetime) -> str:
    """Draw a `<period>` of any form, with its dates around *day*."""
    changes = draw(st.just({}) | day_rules(day))
    kind = draw(st.integers(0, 9))
    if kind < 5:
        return draw(intervals(changes))
    if kind < 7:
        return fixed(draw(clock_times()), changes)
    if kind < 9:
        times = draw(st.lists(clock_times(), min_size=1, max_size=12))
        return at_times(*times, changes=changes)
    once = draw(st.integers(-3, 6))
    return fixed(draw(clock_times()), {"m_tmFixedDay": f"{day + timedelta(days=once):%Y-%m-%d}"})
