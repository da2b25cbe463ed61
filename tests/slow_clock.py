"""A slow and obvious second opinion on schedules: walk every minute, look at the wall clock, ask the rules.

It shares nothing with `bot/domain`: it splits the text by itself, knows zones only through `zoneinfo`, and
its rules are written from the description of the form, not from our code. Whole minutes only.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
CHUNK = timedelta(minutes=15)


@dataclass(frozen=True)
class Rule:
    """What a text says about the wall clock (the count of runs left out).

    Attributes:
        minutes: the minutes of the day at which a run starts.
        is_day: whether a day counts.
        since: the wall-clock minute at which counting begins.
    """

    minutes: frozenset[int]
    is_day: Callable[[date], bool]
    since: datetime | None = None

    def says(self, wall: datetime) -> bool:
        """Tell whether a run starts when the wall clock shows this."""
        begun = self.since is None or wall >= self.since
        return begun and wall.hour * 60 + wall.minute in self.minutes and self.is_day(wall.date())


def runs(text: str, zone: ZoneInfo, start: datetime, end: datetime) -> dict[datetime, str | None]:
    """Walk each minute and give every run with its mark, `None`, `dst-gap` or `dst-overlap`."""
    keys = dict(re.findall(r"(\S+)='([^']*)'", text))
    rule = Rule(frozenset(_minutes(keys)), cache(lambda day: _is_day(keys, day)))
    if keys["m_iValidMode"] != "3":
        return dict(_walk(rule, zone, start, end))
    since = datetime.fromisoformat(f"{keys['m_tmIterDate']} {keys['m_tmIterTime'] or '00:00:00.000'}")
    left = int(keys["m_iMaxIter"])
    kept: dict[datetime, str | None] = {}
    for at, mark in _walk(replace(rule, since=since), zone, since.replace(tzinfo=UTC) - 2 * DAY, end):
        second_time = mark == "dst-overlap" and at.astimezone(zone).fold == 1
        if not second_time:
            if not left:
                break
            left -= 1
        if at >= start:
            kept[at] = mark
    return kept


def daily(at: str, zone: ZoneInfo, start: datetime, end: datetime) -> dict[datetime, str | None]:
    """Give every restart at a wall-clock time such as `06:17`."""
    return dict(_walk(Rule(frozenset({_minute(at)}), lambda _: True), zone, start, end))


def changes(zone: ZoneInfo, year: int) -> list[datetime]:
    """List the UTC days of a year on which the zone's offset changes."""
    noon = datetime(year, 1, 1, 12, tzinfo=UTC)
    days = [noon + DAY * number for number in range(365)]
    return [
        day for day in days if day.astimezone(zone).utcoffset() != (day + DAY).astimezone(zone).utcoffset()
    ]


def _walk(
    rule: Rule, zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[tuple[datetime, str | None]]:
    pushed: set[datetime] = set()
    before = _offset(zone, start - DAY)
    at = start - DAY  # a gap may push a run as far as a day ahead
    while at < end:
        offset = _offset(zone, at)
        # No zone changes twice within a quarter of an hour, so equal offsets at both ends hold in between.
        steady = offset == before and _offset(zone, at + CHUNK) == offset
        first = (at + offset).hour * 60 + (at + offset).minute
        for step in range(15):
            minute = at + MINUTE * step if not steady or pushed else None
            if not steady and minute:
                offset = _offset(zone, minute)
                if offset > before:
                    pushed |= _pushed(rule, minute, before, offset)
                before = offset
                first = (minute + offset).hour * 60 + (minute + offset).minute - step
            hit = (first + step) % 1440 in rule.minutes
            if not hit and (minute is None or minute not in pushed):
                continue
            minute = minute or at + MINUTE * step
            wall = (minute + offset).replace(tzinfo=None)
            if start <= minute < end and (rule.says(wall) or minute in pushed):
                yield minute, _twice(wall, zone) if rule.says(wall) else "dst-gap"
        at += CHUNK


def _pushed(rule: Rule, at: datetime, before: timedelta, offset: timedelta) -> set[datetime]:
    """List what a gap at an instant pushes forward: each missing minute at which a run would start."""
    gap = offset - before
    missing = [(at + before + MINUTE * number).replace(tzinfo=None) for number in range(gap // MINUTE)]
    return {(wall + gap - offset).replace(tzinfo=UTC) for wall in missing if rule.says(wall)}


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
