"""A slow and obvious second opinion on schedules: walk every minute, look at the wall clock, ask the rules.

It shares nothing with `bot/domain`: it splits the text by itself, knows zones only through `zoneinfo`, and
its rules are written from the description of the form, not from our code. Whole minutes only.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
CHUNK = timedelta(minutes=15)

Says = Callable[[datetime], bool]


def rules_of(text: str) -> Says:
    """Tell, for a naive wall-clock minute, whether the text says "run now" (the count of runs left out)."""
    keys = dict(re.findall(r"(\S+)='([^']*)'", text))
    minutes = _minutes(keys)
    days: dict[date, bool] = {}

    def says(wall: datetime) -> bool:
        if wall.hour * 60 + wall.minute not in minutes:
            return False
        day = wall.date()
        if day not in days:
            days[day] = _is_day(keys, day)
        return days[day]

    return says


def runs(text: str, zone: ZoneInfo, start: datetime, end: datetime) -> dict[datetime, str | None]:
    """Walk each minute and give every run with its mark, `None`, `dst-gap` or `dst-overlap`."""
    keys = dict(re.findall(r"(\S+)='([^']*)'", text))
    says = rules_of(text)
    if keys["m_iValidMode"] != "3":
        return dict(_walk(says, zone, start, end))
    since = datetime.fromisoformat(f"{keys['m_tmIterDate']} {keys['m_tmIterTime'] or '00:00:00.000'}")
    left = int(keys["m_iMaxIter"])
    kept: dict[datetime, str | None] = {}
    walk = _walk(lambda wall: wall >= since and says(wall), zone, since.replace(tzinfo=UTC) - 2 * DAY, end)
    for at, mark in walk:
        wall = at.astimezone(zone)
        second_time = mark == "dst-overlap" and wall.fold == 1
        if not second_time:
            if not left:
                break
            left -= 1
        if at >= start:
            kept[at] = mark
    return kept


def daily(at: str, zone: ZoneInfo, start: datetime, end: datetime) -> dict[datetime, str | None]:
    """Give every restart at a wall-clock time such as `06:17`."""
    hour, minute = (int(part) for part in at.split(":"))
    return dict(_walk(lambda wall: (wall.hour, wall.minute) == (hour, minute), zone, start, end))


def changes(zone: ZoneInfo, year: int) -> list[datetime]:
    """List the UTC days of a year on which the zone's offset changes."""
    noon = datetime(year, 1, 1, 12, tzinfo=UTC)
    days = [noon + DAY * number for number in range(365)]
    return [
        day for day in days if day.astimezone(zone).utcoffset() != (day + DAY).astimezone(zone).utcoffset()
    ]


def _walk(
    says: Says, zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[tuple[datetime, str | None]]:
    pushed: set[datetime] = set()
    before = _offset(zone, start - DAY)
    for at, offset in _offsets(zone, start - DAY, end):  # a gap may push a run as far as a day ahead
        wall = at + offset
        if offset > before:
            gap = offset - before
            skipped = (wall - MINUTE * number for number in range(1, gap // MINUTE + 1))
            pushed |= {missing + gap - offset for missing in skipped if says(missing)}
        before = offset
        if says(wall):
            mark = _twice(wall, zone)
        elif at in pushed:
            mark = "dst-gap"
        else:
            continue
        if at.replace(tzinfo=UTC) >= start:
            yield at.replace(tzinfo=UTC), mark


def _offsets(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, timedelta]]:
    """Give each minute, in UTC without saying so, and its offset.

    No zone changes twice within a quarter of an hour, so equal offsets at both ends hold in between.
    """
    while start < end:
        offset = _offset(zone, start)
        steady = _offset(zone, start + CHUNK) == offset
        for step in range(min(15, (end - start) // MINUTE)):
            minute = start + MINUTE * step
            yield minute.replace(tzinfo=None), offset if steady else _offset(zone, minute)
        start += CHUNK


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _twice(wall: datetime, zone: ZoneInfo) -> str | None:
    """Say whether the wall shows this time twice."""
    first = wall.replace(tzinfo=zone, fold=0).utcoffset()
    second = wall.replace(tzinfo=zone, fold=1).utcoffset()
    assert first is not None
    assert second is not None
    return "dst-overlap" if first > second else None


def _minutes(keys: dict[str, str]) -> set[int]:
    count = int(keys["m_vtmTime"])
    if count:
        return {_minute(keys[f"m_vtmTime[{index}]"]) for index in range(count)}
    if keys["m_iTimeMode"] == "1":
        return {_minute(keys["m_tmFixedTime"])}
    span = 0
    for number, unit in re.findall(r"(\d+)(h|mn)", keys["m_tmSpanTime"]):
        span += int(number) * {"h": 60, "mn": 1}[unit]
    minute = _minute(keys["m_tmStartTime"] or "00:00")
    last = _minute(keys["m_tmStopTime"] or "00:00") or 24 * 60 - 1
    found = set()
    while minute <= last:
        found.add(minute)
        minute += span
    return found


def _minute(text: str) -> int:
    hours, minutes = text.split(":")[:2]
    return int(hours) * 60 + int(minutes)


def _is_day(keys: dict[str, str], day: date) -> bool:
    single = _date(keys["m_tmFixedDay"])
    first, last = _date(keys["m_tmStartDate"]), _date(keys["m_tmStopDate"])
    if keys["m_iValidMode"] == "2" and ((first and day < first) or (last and day > last)):
        return False
    if single:
        return day == single
    return _is_month(keys, day) and _is_week(keys, day) and _is_chosen(keys, day)


def _is_month(keys: dict[str, str], day: date) -> bool:
    return keys["m_iMonthMode"] != "2" or keys[f"m_abMonth[{day.month - 1}]"] == "1"


def _is_week(keys: dict[str, str], day: date) -> bool:
    origin = _date(keys["m_tmOrgDate"])
    if keys["m_iWeekMode"] != "2" or keys["m_iSpanWeek"] == "1" or origin is None:
        return True
    weeks = ((day - timedelta(day.weekday())) - (origin - timedelta(origin.weekday()))).days // 7
    return day >= origin and weeks % int(keys["m_iSpanWeek"]) == 0


def _is_chosen(keys: dict[str, str], day: date) -> bool:
    origin = _date(keys["m_tmOrgDate"]) or day
    weekday = day.weekday() == int(keys["m_iWeekDay"])
    every = int(keys["m_iSpanDay"]) or 1
    forms = {
        "1": True,
        "2": day.isoweekday() < 6,
        "3": every == 1 or (day >= origin and (day - origin).days % every == 0),
        "4": keys[f"m_abDay[{day.weekday()}]"] == "1",
        "5": (day + DAY).day == 1,
        "6": day.day == int(keys["m_iMonthDay"]),
        "7": weekday and (day.day - 1) // 7 == int(keys["m_iPosDay"]),
    }
    if keys["m_iPosDay"] == "4":
        forms["7"] = weekday and (day + 7 * DAY).month != day.month
    return forms[keys["m_iDayMode"]]


def _date(text: str) -> date | None:
    return date.fromisoformat(text.replace("/", "-")) if text > "0002" else None
