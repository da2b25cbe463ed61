"""When a `<period>` fires, read the plain way: minute by minute, in the local time of the workflow's zone.

This is deliberately slow and obvious, and shares nothing with the bot: it is the stand-in's wfserver, and at
the same time the oracle that cleverer readings are tested against. Source of the keys: Adobe's
documentation and public exports. A local time that a clock change skips never fires here; one that comes
twice fires twice.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

PAIR = re.compile(r"([A-Za-z_]+(?:\[\d+\])?)='([^']*)'")
SPAN_PART = re.compile(r"(\d+)(h|mn|s|d)")
SPAN_SECONDS = {"s": 1, "mn": 60, "h": 3600, "d": 86400}
NO_DATE = re.compile(r"|0001[-/]\d\d[-/]\d\d")
FIXED, SEVERAL = "1", "3"
DAY = 86400
MINUTE = timedelta(minutes=1)


class UnreadablePeriod(ValueError):
    """The text says something that this scheduler does not know how to follow."""


def fires_at(period_text: str, local: datetime) -> bool:
    """Tell whether a schedule fires in the minute that `local` lies in.

    Args:
        period_text: the text of `<period>`, `key='value'` pairs.
        local: the wall-clock time in the schedule's zone; its own zone, if any, is ignored. Seconds are cut,
            and so are the seconds of the schedule's times.

    Raises:
        UnreadablePeriod: a value is outside the forms that Campaign documents.
    """
    if local.hour * 60 + local.minute not in _minutes(period_text):
        return False
    return _fires_on(period_text, local.date()) and _valid(period_text, local)


def next_fire(period_text: str, zone: ZoneInfo, after: datetime, *, days: int = 400) -> datetime | None:
    """Find the first firing minute later than `after`, by looking at one minute after the other.

    Args:
        period_text: the text of `<period>`.
        zone: where its times are read.
        after: a UTC instant.
        days: how far to look.

    Returns:
        The UTC instant of the minute's beginning, or `None` when nothing fires in that time.

    Raises:
        UnreadablePeriod: as `fires_at`.
    """
    instant = after.astimezone(UTC).replace(second=0, microsecond=0) + MINUTE
    end = instant + timedelta(days=days)
    while instant < end:
        local = instant.astimezone(zone)
        if not _fires_on(period_text, local.date()):
            # Whole days without a run are skipped to their last hour; a clock change may make it any hour.
            instant += max(MINUTE, timedelta(minutes=(20 - local.hour) * 60))
        elif fires_at(period_text, local):
            return instant
        else:
            instant += MINUTE
    return None


@lru_cache(maxsize=512)
def parse_period(text: str) -> Mapping[str, str]:
    """Read the pairs of a `<period>` text.

    Raises:
        UnreadablePeriod: nothing in it looks like a pair.
    """
    pairs = dict(PAIR.findall(text))
    if not pairs:
        raise UnreadablePeriod("the period has no key='value' pairs")
    return pairs


@lru_cache(maxsize=512)
def _minutes(period_text: str) -> frozenset[int]:
    """Return the minutes of the day, 0 to 1439, at which a schedule fires on a day when it fires at all."""
    keys = parse_period(period_text)
    mode = keys.get("m_iTimeMode", "")
    if mode not in (FIXED, SEVERAL):
        raise UnreadablePeriod(f"m_iTimeMode='{mode}' is not a mode of the scheduler")
    listed = _number(keys, "m_vtmTime")
    if listed:
        return frozenset(_needed_minute(keys, f"m_vtmTime[{index}]") for index in range(listed))
    if mode == FIXED:
        return frozenset({_needed_minute(keys, "m_tmFixedTime")})
    span = _span_seconds(keys.get("m_tmSpanTime", ""))
    first = _second_of_day(keys.get("m_tmStartTime", ""))
    stop = _second_of_day(keys.get("m_tmStopTime", ""))
    last = stop or DAY - 1
    return frozenset(second // 60 for second in range(first, last + 1, span))


@lru_cache(maxsize=4096)
def _fires_on(period_text: str, day: date) -> bool:
    keys = parse_period(period_text)
    fixed_day = _optional_date(keys, "m_tmFixedDay")
    if fixed_day is not None:
        return day == fixed_day
    return _day_fits(keys, day) and _week_fits(keys, day) and _month_fits(keys, day)


def _day_fits(keys: Mapping[str, str], day: date) -> bool:
    mode = _number(keys, "m_iDayMode")
    last_day = monthrange(day.year, day.month)[1]
    match mode:
        case 1:
            return True
        case 2:
            return day.weekday() < 5  # noqa: PLR2004 - Monday to Friday
        case 3:
            return _counts(day, _positive(keys, "m_iSpanDay"), keys, lambda one: one.toordinal())
        case 4:
            return keys.get(f"m_abDay[{day.weekday()}]") == "1"
        case 5:
            return day.day == last_day
        case 6:
            return day.day == _positive(keys, "m_iMonthDay")
        case 7:
            # The number of this form is an inference: sources list its keys right after those of mode 6.
            return _nth_weekday_fits(keys, day, last_day)
        case _:
            raise UnreadablePeriod(f"m_iDayMode='{mode}' is not a mode of the scheduler")


def _nth_weekday_fits(keys: Mapping[str, str], day: date, last_day: int) -> bool:
    """Position 0 to 3 is the first to fourth such weekday of the month, 4 the last one."""
    if day.weekday() != _number(keys, "m_iWeekDay"):
        return False
    position = _number(keys, "m_iPosDay")
    return day.day + 7 > last_day if position == 4 else (day.day - 1) // 7 == position  # noqa: PLR2004 - the last


def _week_fits(keys: Mapping[str, str], day: date) -> bool:
    mode = _number(keys, "m_iWeekMode")
    if mode in (0, 1):
        return True
    if mode == 2:  # noqa: PLR2004 - every n weeks
        # 1 January of year 1 was a Monday, so whole sevens of days are weeks from Monday to Sunday.
        return _counts(day, _positive(keys, "m_iSpanWeek"), keys, lambda one: (one.toordinal() - 1) // 7)
    raise UnreadablePeriod(f"m_iWeekMode='{mode}' is not a mode of the scheduler")


def _month_fits(keys: Mapping[str, str], day: date) -> bool:
    mode = _number(keys, "m_iMonthMode")
    if mode in (0, 1):
        return True
    if mode == 2:  # noqa: PLR2004 - chosen months
        return keys.get(f"m_abMonth[{day.month - 1}]") == "1"
    raise UnreadablePeriod(f"m_iMonthMode='{mode}' is not a mode of the scheduler")


def _valid(period_text: str, local: datetime) -> bool:
    keys = parse_period(period_text)
    mode = _number(keys, "m_iValidMode")
    if mode in (0, 1):
        return True
    if mode == 2:  # noqa: PLR2004 - between two dates
        start, stop = _optional_date(keys, "m_tmStartDate"), _optional_date(keys, "m_tmStopDate")
        return (start or date.min) <= local.date() <= (stop or date.max)
    if mode == 3:  # noqa: PLR2004 - at most n times from a moment on
        begin = datetime.combine(_needed_date(keys, "m_tmIterDate"), _time(keys.get("m_tmIterTime", "")))
        return _count(period_text, begin, local) <= _number(keys, "m_iMaxIter")
    raise UnreadablePeriod(f"m_iValidMode='{mode}' is not a mode of the scheduler")


def _count(period_text: str, begin: datetime, local: datetime) -> float:
    """Count the firing minutes from `begin` to `local`, both included; before `begin` nothing is allowed."""
    here = local.replace(second=0, microsecond=0, tzinfo=None)
    begin = begin.replace(second=0, microsecond=0)
    if here < begin:
        return float("inf")
    limit = _number(parse_period(period_text), "m_iMaxIter")
    count = 0
    day = begin.date()
    while day <= here.date() and count <= limit:
        if _fires_on(period_text, day):
            for minute in sorted(_minutes(period_text)):
                moment = datetime.combine(day, time(minute // 60, minute % 60))
                count += begin <= moment <= here
        day += timedelta(days=1)
    return count


def _number(keys: Mapping[str, str], key: str) -> int:
    text = keys.get(key, "0")
    if not text.isdecimal():
        raise UnreadablePeriod(f"{key}='{text}' is not a number")
    return int(text)


def _positive(keys: Mapping[str, str], key: str) -> int:
    number = _number(keys, key)
    if not number:
        raise UnreadablePeriod(f"{key} must not be 0")
    return number


def _span_seconds(text: str) -> int:
    parts = SPAN_PART.findall(text)
    seconds = sum(int(count) * SPAN_SECONDS[unit] for count, unit in parts)
    if not seconds or "".join(count + unit for count, unit in parts) != text:
        raise UnreadablePeriod(f"m_tmSpanTime='{text}' is not a span")
    return seconds


def _needed_minute(keys: Mapping[str, str], key: str) -> int:
    if not keys.get(key):
        raise UnreadablePeriod(f"{key} is missing")
    return _second_of_day(keys[key]) // 60


def _second_of_day(text: str) -> int:
    at = _time(text)
    return at.hour * 3600 + at.minute * 60 + at.second


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text) if text else time()
    except ValueError as error:
        raise UnreadablePeriod(f"'{text}' is not a time") from error


def _optional_date(keys: Mapping[str, str], key: str) -> date | None:
    """Read a date; empty text and any day of year 1 mean none."""
    text = keys.get(key, "")
    if NO_DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError as error:
        raise UnreadablePeriod(f"{key}='{text}' is not a date") from error


def _needed_date(keys: Mapping[str, str], key: str) -> date:
    day = _optional_date(keys, key)
    if day is None:
        raise UnreadablePeriod(f"{key} is needed to count from")
    return day


def _counts(day: date, every: int, keys: Mapping[str, str], number: Callable[[date], int]) -> bool:
    """Tell whether a day (or its week) is a whole multiple of `every` after the origin, and not before it."""
    if every == 1:
        return True
    origin = _needed_date(keys, "m_tmOrgDate")
    return day >= origin and (number(day) - number(origin)) % every == 0
