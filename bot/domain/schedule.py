"""What a scheduler's `<period>` means: times of day, days, and how long it counts, as frozen values.

The text itself is `bot/domain/period.py`, the times of day `bot/domain/times.py`, the walk over days
`bot/domain/days.py`, and the instants in a zone `bot/domain/recurrence.py`. A form that we do not surely
understand is refused by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from bot.domain.days import (
    EVERY_MONTH,
    LAST_POSITION,
    WEEK,
    WORKING_WEEK,
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
from bot.domain.errors import UnreadableSchedule
from bot.domain.period import MONTH_FLAGS, WEEKDAY_FLAGS, Period, read_period
from bot.domain.sentence import say
from bot.domain.times import MIDNIGHT, FixedTime, Interval, Slots, TimeList, Times, slots_of

LONGEST_MONTH = 31
SHORTEST_INTERVAL = timedelta(minutes=1)
"""Campaign itself looks every 20 s only, and Adobe advises 15 minutes and more."""

_BETWEEN_DATES, _AT_MOST = 2, 3
_EVERY_N_WEEKS = 2
_CHOSEN_MONTHS = 2


@dataclass(frozen=True)
class Limit:
    """At most so many runs.

    Attributes:
        at_most: `m_iMaxIter`.
        since: the local moment, without a zone, from which runs are counted.
    """

    at_most: int
    since: datetime


@dataclass(frozen=True)
class Schedule:
    """A `<period>` that we understand. Two schedules are equal when their texts are.

    Attributes:
        text: the text, byte for byte.
        times: the times of day.
        days: the days.
        limit: how many runs there may be at most, or `None`.
    """

    text: str
    times: Times = field(compare=False)
    days: Days = field(compare=False)
    limit: Limit | None = field(compare=False)
    slots: Slots = field(compare=False, repr=False)
    _period: Period = field(compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> "Schedule":
        """Understand a `<period>` text.

        Raises:
            UnreadableSchedule: the text has a form that we refuse; the error names the key and the reason.
        """
        period = read_period(text)
        times = _times(period)
        return cls(text, times, _days(period), _limit(period), slots_of(times), period)

    def edited(self, changes: Mapping[str, str]) -> "Schedule":
        """Change the values of the named keys and keep every other byte.

        Raises:
            UnreadableSchedule: a key is not there, or the result is a form that we refuse.
        """
        return Schedule.parse(self._period.edited(changes))

    def value(self, key: str) -> str:
        """Read the text of one key, such as `m_tmStartTime`.

        Raises:
            KeyError: the key is not there.
        """
        return self._period[key]


def _times(period: Period) -> Times:
    """Read the times of day.

    `m_iTimeMode` is 1 for one fixed time and 3 for several times a day. A list of times that is not empty
    is those several times; where a fixed time stands beside it, the text says two things.
    """
    mode = period.number("m_iTimeMode")
    if mode not in {1, 3}:
        raise UnreadableSchedule(
            "m_iTimeMode", say("{mode} is neither 1 (a fixed time) nor 3 (several times a day)", mode=mode)
        )
    fixed = period.time("m_tmFixedTime")
    if count := period.number("m_vtmTime"):
        if mode == 1 and fixed not in {None, MIDNIGHT}:
            raise UnreadableSchedule("m_vtmTime", say("there is a list of times beside a fixed time"))
        return TimeList(tuple(_required_time(period, f"m_vtmTime[{index}]") for index in range(count)))
    if mode == 1:
        return FixedTime(_required_time(period, "m_tmFixedTime"))
    every = period.span("m_tmSpanTime")
    if every < SHORTEST_INTERVAL:
        raise UnreadableSchedule(
            "m_tmSpanTime", say("an interval of {interval} is shorter than a minute", interval=str(every))
        )
    first = period.time("m_tmStartTime") or MIDNIGHT
    last = period.time("m_tmStopTime") or None
    if last == MIDNIGHT:  # the product writes both '' and midnight for "until the end of the day"
        last = None
    if last is not None and last < first:
        raise UnreadableSchedule(
            "m_tmStopTime", say("{time} is before the start at {first}", time=str(last), first=str(first))
        )
    return Interval(every, first, last)


def _days(period: Period) -> Days:
    first, last = None, None
    mode = period.number("m_iValidMode")
    if mode not in {1, 2, 3}:
        raise UnreadableSchedule(
            "m_iValidMode", say("{mode} is not 1 (always), 2 (between dates) or 3 (at most)", mode=mode)
        )
    if mode == _BETWEEN_DATES:
        first, last = period.date("m_tmStartDate"), period.date("m_tmStopDate")
        if first is None and last is None:
            raise UnreadableSchedule(
                "m_tmStartDate", say("the schedule counts between two dates and has neither")
            )
        if first and last and last < first:
            raise UnreadableSchedule(
                "m_tmStopDate", say("{last} is before the start on {first}", last=str(last), first=str(first))
            )
    if day := period.date("m_tmFixedDay"):
        if period.number("m_iTimeMode") != 1:
            raise UnreadableSchedule("m_tmFixedDay", say("a single date goes with a fixed time only"))
        return Days(OneDay(day), first=first, last=last)
    weeks = _weeks(period)
    return Days(
        _day_rule(period),
        every_n_weeks=weeks,
        week_origin=_origin(period) if weeks > 1 else None,
        months=_months(period),
        first=first,
        last=last,
    )


def _day_rule(period: Period) -> DayRule:
    mode = period.number("m_iDayMode")
    rule: DayRule
    match mode:
        case 1:
            rule = EveryDay()
        case 2:
            rule = Weekdays(WORKING_WEEK)
        case 3:
            n = _at_least_one(period, "m_iSpanDay")
            rule = EveryNDays(n, _origin(period)) if n > 1 else EveryDay()
        case 4:
            rule = Weekdays(_chosen(period, WEEKDAY_FLAGS, "m_abDay", say("no weekday is chosen")))
        case 5:
            rule = LastDayOfMonth()
        case 6:
            rule = _day_of_month(period)
        case 7:
            rule = _nth_weekday(period)
        case _:
            raise UnreadableSchedule(
                "m_iDayMode", say("{mode} is not a form of days that we know", mode=mode)
            )
    return rule


def _day_of_month(period: Period) -> DayOfMonth:
    n = _at_least_one(period, "m_iMonthDay")
    if n > LONGEST_MONTH:
        raise UnreadableSchedule("m_iMonthDay", say("no month has a day {number}", number=n))
    return DayOfMonth(n)


def _nth_weekday(period: Period) -> NthWeekday:
    """Read the form 7; its number is our inference, as sources list its two keys right after form 6."""
    position, weekday = period.number("m_iPosDay"), period.number("m_iWeekDay")
    if position > LAST_POSITION:
        raise UnreadableSchedule(
            "m_iPosDay", say("{position} is not 0 to 3 (first to fourth) or 4 (last)", position=position)
        )
    if weekday >= WEEK:
        raise UnreadableSchedule("m_iWeekDay", say("{weekday} is not a weekday from 0 to 6", weekday=weekday))
    return NthWeekday(position, weekday)


def _weeks(period: Period) -> int:
    mode = period.number("m_iWeekMode")
    if mode not in {0, 1, 2}:
        raise UnreadableSchedule("m_iWeekMode", say("{mode} is not a form of weeks that we know", mode=mode))
    return _at_least_one(period, "m_iSpanWeek") if mode == _EVERY_N_WEEKS else 1


def _months(period: Period) -> frozenset[int]:
    mode = period.number("m_iMonthMode")
    if mode not in {0, 1, 2}:
        raise UnreadableSchedule(
            "m_iMonthMode", say("{mode} is not a form of months that we know", mode=mode)
        )
    if mode != _CHOSEN_MONTHS:
        return EVERY_MONTH
    chosen = _chosen(period, MONTH_FLAGS, "m_abMonth", say("no month is chosen"))
    return frozenset(index + 1 for index in chosen)


def _limit(period: Period) -> Limit | None:
    if period.number("m_iValidMode") != _AT_MOST:
        return None
    at_most = _at_least_one(period, "m_iMaxIter")
    day = period.date("m_tmIterDate")
    if day is None:
        raise UnreadableSchedule(
            "m_tmIterDate", say("runs are counted, and the date to count from is missing")
        )
    return Limit(at_most, datetime.combine(day, period.time("m_tmIterTime") or MIDNIGHT))


def _at_least_one(period: Period, key: str) -> int:
    n = period.number(key)
    if n < 1:
        raise UnreadableSchedule(key, say("{number} is less than one", number=n))
    return n


def _origin(period: Period) -> date:
    day = period.date("m_tmOrgDate")
    if day is None:
        raise UnreadableSchedule("m_tmOrgDate", say("the date to count from is missing"))
    return day


def _chosen(period: Period, flags: tuple[str, ...], key: str, complaint: str) -> frozenset[int]:
    chosen = frozenset(index for index, flag in enumerate(flags) if period.flag(flag))
    if not chosen:
        raise UnreadableSchedule(key, complaint)
    return chosen


def _required_time(period: Period, key: str) -> time:
    moment = period.time(key)
    if moment is None:
        raise UnreadableSchedule(key, say("the time of day is missing"))
    return moment
