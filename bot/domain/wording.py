"""A schedule in English words, for cards and the command line."""

from datetime import time, timedelta

from bot.domain.days import (
    EVERY_MONTH,
    WORKING_WEEK,
    DayOfMonth,
    DayRule,
    EveryDay,
    EveryNDays,
    LastDayOfMonth,
    NthWeekday,
    OneDay,
    Weekdays,
)
from bot.domain.schedule import Schedule
from bot.domain.times import FixedTime, Interval, TimeList

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SHORT = 120  # below two minutes, seconds alone say it better
_POSITIONS = ("first", "second", "third", "fourth", "last")


def describe(schedule: Schedule) -> str:
    """Say in a short phrase when a schedule runs, such as `every hour from 00:05`; times are local."""
    days = schedule.days
    parts = [_times(schedule), _rule(days.rule)]
    if days.every_n_weeks > 1:
        parts.append(f"every {days.every_n_weeks} weeks from the week of {days.week_origin}")
    if days.months != EVERY_MONTH:
        parts.append("in " + listed([_MONTHS[month - 1] for month in sorted(days.months)]))
    if days.first:
        parts.append(f"from {days.first}")
    if days.last:
        parts.append(f"until {days.last}")
    if schedule.limit:
        count = schedule.limit.at_most
        parts.append(
            f"at most {count} {'time' if count == 1 else 'times'} from {schedule.limit.since:%Y-%m-%d %H:%M}"
        )
    return ", ".join(part for part in parts if part)


def clock_time(moment: time) -> str:
    """Write a time of day as short as it can be exact: `06:00`, `06:00:30` or `06:00:30.500`."""
    if moment.microsecond:
        return moment.isoformat(timespec="milliseconds")
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


def length(span: timedelta) -> str:
    """Write a length of time in words and figures: `60 s`, `5 min`, `1 h 30 min`."""
    sign = "-" if span < timedelta(0) else ""
    seconds = abs(span) // timedelta(seconds=1)
    if seconds < _SHORT:
        return f"{sign}{seconds} s"
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = [(hours, "h"), (minutes, "min"), (seconds, "s")]
    return sign + " ".join(f"{count} {unit}" for count, unit in parts if count)


def listed(words: list[str]) -> str:
    """Join words as in a sentence: `a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _times(schedule: Schedule) -> str:
    match schedule.times:
        case FixedTime(at):
            daily = "daily " if isinstance(schedule.days.rule, EveryDay) else ""
            return f"{daily}at {clock_time(at)}"
        case TimeList(times):
            return "at " + listed([clock_time(at) for at in sorted(set(times))])
        case Interval(every, first, last):
            until = f" to {clock_time(last)}" if last else ""
            return f"every {_interval(every)} from {clock_time(first)}{until}"


def _interval(every: timedelta) -> str:
    for unit, name in (
        (timedelta(hours=1), "hour"),
        (timedelta(minutes=1), "minute"),
        (timedelta(seconds=1), "second"),
    ):
        if not every % unit:
            count = every // unit
            return name if count == 1 else f"{count} {name}s"
    raise AssertionError(f"{every} is no whole number of seconds")  # pragma: no cover - the text has none


def _rule(rule: DayRule) -> str:
    match rule:
        case EveryDay():
            return ""
        case EveryNDays(n, origin):
            return f"every {n} days from {origin}"
        case Weekdays(chosen) if chosen == WORKING_WEEK:
            return "Monday to Friday"
        case Weekdays(chosen):
            return "on " + listed([_WEEKDAYS[index] for index in sorted(chosen)])
        case LastDayOfMonth():
            return "on the last day of the month"
        case DayOfMonth(n):
            return f"on day {n} of the month"
        case NthWeekday(position, weekday):
            return f"on the {_POSITIONS[position]} {_WEEKDAYS[weekday]} of the month"
        case OneDay(day):
            return f"once on {day}"
