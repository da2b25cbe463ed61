"""A schedule in words, for cards and the command line."""

from datetime import date, time, timedelta

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
from bot.domain.instants import GAP, OVERLAP
from bot.domain.saying import listed
from bot.domain.schedule import Schedule
from bot.domain.sentence import joined, say, say_count
from bot.domain.times import FixedTime, Interval, TimeList

_WEEKDAYS = (
    say("Monday"),
    say("Tuesday"),
    say("Wednesday"),
    say("Thursday"),
    say("Friday"),
    say("Saturday"),
    say("Sunday"),
)
_MONTHS = (
    say("January"),
    say("February"),
    say("March"),
    say("April"),
    say("May"),
    say("June"),
    say("July"),
    say("August"),
    say("September"),
    say("October"),
    say("November"),
    say("December"),
)
_SHORT = 120  # below two minutes, seconds alone say it better
_HOUR, _MINUTE, _SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


def describe(schedule: Schedule) -> str:
    """Say in a short phrase when a schedule runs, such as `every hour from 00:05`; times are local."""
    days = schedule.days
    parts = [_times(schedule), _rule(days.rule)]
    if days.every_n_weeks > 1:
        parts.append(
            say_count(
                "every week from the week of {day}",
                "every {count} weeks from the week of {day}",
                days.every_n_weeks,
                day=str(days.week_origin),
            )
        )
    if days.months != EVERY_MONTH:
        months = listed(_MONTHS[month - 1] for month in sorted(days.months))
        parts.append(say("in {months}", months=months))
    if days.first:
        parts.append(say("from {day}", day=str(days.first)))
    if days.last:
        parts.append(say("until {day}", day=str(days.last)))
    if schedule.limit:
        since = f"{schedule.limit.since:%Y-%m-%d %H:%M}"
        parts.append(
            say_count(
                "at most {count} time from {moment}",
                "at most {count} times from {moment}",
                schedule.limit.at_most,
                moment=since,
            )
        )
    return joined(", ", [part for part in parts if part])


def weekday(day: date) -> str:
    """Name the day of the week."""
    return _WEEKDAYS[day.weekday()]


def clock_time(moment: time) -> str:
    """Write a time of day as short as it can be exact: `06:00`, `06:00:30` or `06:00:30.500`."""
    if moment.microsecond:
        return moment.isoformat(timespec="milliseconds")
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


_CLOCK_CHANGES = {GAP: say("clocks are put forward then"), OVERLAP: say("clocks are put back then")}


def clock_change(mark: str) -> str:
    """Say what makes a time uncertain, of the mark `dst-gap` or `dst-overlap`."""
    return _CLOCK_CHANGES[mark]


def length(span: timedelta) -> str:
    """Write a length of time in words and figures: `60 s`, `5 min`, `1 h 30 min`."""
    seconds = abs(span) // _SECOND
    hours, minutes, left = (0, 0, seconds) if seconds < _SHORT else _split(seconds)
    parts = [
        (hours, say("{number} h", number=hours)),
        (minutes, say("{number} min", number=minutes)),
        (left, say("{number} s", number=left)),
    ]
    said = joined(" ", [part for count, part in parts if count] or [parts[-1][1]])
    return joined("", ["-", said]) if span < timedelta(0) else said


def _split(seconds: int) -> tuple[int, int, int]:
    return seconds // 3600, seconds // 60 % 60, seconds % 60


def _times(schedule: Schedule) -> str:
    match schedule.times:
        case FixedTime(at):
            if isinstance(schedule.days.rule, EveryDay):
                return say("daily at {time}", time=clock_time(at))
            return say("at {time}", time=clock_time(at))
        case TimeList(times):
            return say("at {times}", times=listed(clock_time(at) for at in sorted(set(times))))
        case Interval(every, first, last):
            interval, begins = _interval(every), clock_time(first)
            if last is None:
                return say("{interval} from {first}", interval=interval, first=begins)
            ends = clock_time(last)
            return say("{interval} from {first} to {last}", interval=interval, first=begins, last=ends)


def _interval(every: timedelta) -> str:
    if not every % _HOUR:
        return say_count("every hour", "every {count} hours", every // _HOUR)
    if not every % _MINUTE:
        return say_count("every minute", "every {count} minutes", every // _MINUTE)
    return say_count("every second", "every {count} seconds", every // _SECOND)


def _rule(rule: DayRule) -> str:
    match rule:
        case EveryDay():
            return ""
        case EveryNDays(n, origin):
            return say_count("every day from {day}", "every {count} days from {day}", n, day=str(origin))
        case Weekdays(chosen) if chosen == WORKING_WEEK:
            return say("Monday to Friday")
        case Weekdays(chosen):
            return say("on {weekdays}", weekdays=listed(_WEEKDAYS[index] for index in sorted(chosen)))
        case LastDayOfMonth():
            return say("on the last day of the month")
        case DayOfMonth(n):
            return say("on day {number} of the month", number=n)
        case NthWeekday(position, weekday):
            return _on_the(position, _WEEKDAYS[weekday])
        case OneDay(day):
            return say("once on {day}", day=str(day))


def _on_the(position: int, weekday: str) -> str:
    match position:
        case 0:
            return say("on the first {weekday} of the month", weekday=weekday)
        case 1:
            return say("on the second {weekday} of the month", weekday=weekday)
        case 2:
            return say("on the third {weekday} of the month", weekday=weekday)
        case 3:
            return say("on the fourth {weekday} of the month", weekday=weekday)
        case _:
            return say("on the last {weekday} of the month", weekday=weekday)
