"""The text of `<period>`: 43 `key='value'` pairs that we read by name and write back byte for byte.

What the values mean is `bot/domain/schedule.py`; in here they are text, dates, times and whole numbers.
The text is data: nothing in it is ever evaluated. Facts: Adobe's KA-15248 and public exports of schedulers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise

from bot.domain.errors import UnreadableSchedule
from bot.domain.sentence import say

WEEKDAY_FLAGS = tuple(f"m_abDay[{index}]" for index in range(7))
MONTH_FLAGS = tuple(f"m_abMonth[{index}]" for index in range(12))
NUMBERS = (
    "m_iDayMode",
    "m_iMaxIter",
    "m_iMonthDay",
    "m_iMonthMode",
    "m_iPosDay",
    "m_iSpanDay",
    "m_iSpanWeek",
    "m_iTimeMode",
    "m_iValidMode",
    "m_iWeekDay",
    "m_iWeekMode",
)
DATES = ("m_tmFixedDay", "m_tmIterDate", "m_tmOrgDate", "m_tmStartDate", "m_tmStopDate")
TIMES = ("m_tmFixedTime", "m_tmIterTime", "m_tmStartTime", "m_tmStopTime")
KEYS = frozenset(
    (
        "m_abDay",
        *WEEKDAY_FLAGS,
        "m_abMonth",
        *MONTH_FLAGS,
        *NUMBERS,
        *DATES,
        *TIMES,
        "m_tmSpanTime",
        "m_vtmTime",
    )
)
"""The 43 keys that every `<period>` has; a list of times adds `m_vtmTime[0]` and so on."""

LONGEST_TEXT = 65_536
"""Characters. A day has 1,440 minutes, so even a list with every one of them stays below this."""

_SHOWN = 40
"""As much of a foreign text as an error repeats."""

_PAIR = re.compile(r"([^\s='\"<>]+)='([^']*)'")
_NUMBER = re.compile(r"[0-9]{1,9}")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?")
_DATE = re.compile(r"([0-9]{4})([-/])([0-9]{2})\2([0-9]{2})")
_SPAN = re.compile(r"(?:([0-9]{1,6})h)?(?:([0-9]{1,6})mn)?(?:([0-9]{1,6})s)?")
_LIST_ENTRY = re.compile(r"m_vtmTime\[(0|[1-9][0-9]{0,5})\]")


@dataclass(frozen=True)
class Period:
    """A `<period>` text with the place of each value in it.

    Attributes:
        text: the text, byte for byte as stored.
        places: for each key, the beginning and the end of its value in the text.
    """

    text: str
    places: Mapping[str, tuple[int, int]]

    def __getitem__(self, key: str) -> str:
        start, end = self.places[key]
        return self.text[start:end]

    def number(self, key: str) -> int:
        """Read a whole number that is not negative.

        Raises:
            UnreadableSchedule: it is none.
        """
        value = self[key]
        if not _NUMBER.fullmatch(value):
            raise UnreadableSchedule(
                key, say("{value} is not a whole number from 0 up", value=_quoted(value))
            )
        return int(value)

    def flag(self, key: str) -> bool:
        """Read `0` or `1`.

        Raises:
            UnreadableSchedule: it is neither.
        """
        value = self[key]
        if value not in {"0", "1"}:
            raise UnreadableSchedule(key, say("{value} is neither 0 nor 1", value=_quoted(value)))
        return value == "1"

    def time(self, key: str) -> time | None:
        """Read a local time of day, `HH:MM:SS.mmm`; empty means none.

        Raises:
            UnreadableSchedule: it is no time of day.
        """
        value = self[key]
        if not value:
            return None
        match = _TIME.fullmatch(value)
        if match:
            hours, minutes, seconds, milliseconds = (int(part or 0) for part in match.groups())
            try:
                return time(hours, minutes, seconds, milliseconds * 1000)
            except ValueError:
                pass
        raise UnreadableSchedule(
            key, say("{value} is not a time of day such as 00:05:00.000", value=_quoted(value))
        )

    def date(self, key: str) -> date | None:
        """Read a local date, `YYYY-MM-DD` or `YYYY/MM/DD`; empty and any date of year 1 mean none.

        Raises:
            UnreadableSchedule: it is no date.
        """
        value = self[key]
        if not value:
            return None
        match = _DATE.fullmatch(value)
        if match:
            try:
                day = date(int(match[1]), int(match[3]), int(match[4]))
            except ValueError:
                pass
            else:
                return None if day.year == 1 else day
        raise UnreadableSchedule(key, say("{value} is not a date such as 2027-03-28", value=_quoted(value)))

    def span(self, key: str) -> timedelta:
        """Read an interval such as `1h`, `15mn` or `0s`.

        Raises:
            UnreadableSchedule: it is none, or negative.
        """
        value = self[key]
        match = _SPAN.fullmatch(value)
        if not value or not match:
            raise UnreadableSchedule(
                key, say("{value} is not an interval such as 1h or 15mn", value=_quoted(value))
            )
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)

    def edited(self, changes: Mapping[str, str]) -> str:
        """Write the text with other values for the named keys and every other byte as it was.

        Raises:
            UnreadableSchedule: a key is not in the text, or a value would break the text.
        """
        for key, value in changes.items():
            if key not in self.places:
                raise UnreadableSchedule(key, say("is not in the schedule, so it cannot be changed"))
            if "'" in value:
                raise UnreadableSchedule(key, say("a value cannot hold a quotation mark"))
        pieces = []
        done = 0
        for start, end, key in sorted((*self.places[key], key) for key in changes):
            pieces += [self.text[done:start], changes[key]]
            done = end
        return "".join((*pieces, self.text[done:]))


def read_period(text: str) -> Period:
    """Find every pair of a `<period>` text and check each value for its form, used or not.

    Blank space around and between the pairs is kept. The order of the keys does not matter.

    Raises:
        UnreadableSchedule: a key is unknown, missing or there twice, a value is malformed, or the text
            is not made of pairs.
    """
    if len(text) > LONGEST_TEXT:
        raise UnreadableSchedule("", say("it is longer than {number} characters", number=LONGEST_TEXT))
    period = Period(text, _places(text))
    for key in sorted(KEYS - period.places.keys()):
        raise UnreadableSchedule(key, say("is missing"))
    _check_list(period)
    if (period["m_abDay"], period["m_abMonth"]) != ("7", "12"):
        key = "m_abMonth" if period["m_abDay"] == "7" else "m_abDay"
        raise UnreadableSchedule(
            key, say("{value} is not the number of its entries", value=_quoted(period[key]))
        )
    for key in period.places:
        if key in NUMBERS:
            period.number(key)
        elif key in DATES:
            period.date(key)
        elif key in TIMES or key.startswith("m_vtmTime["):
            period.time(key)
        elif key in WEEKDAY_FLAGS or key in MONTH_FLAGS:
            period.flag(key)
    period.span("m_tmSpanTime")
    return period


def written_time(moment: time) -> str:
    """Write a time of day as `<period>` does, `HH:MM:SS.mmm`."""
    return moment.isoformat(timespec="milliseconds")


def _places(text: str) -> dict[str, tuple[int, int]]:
    matches = list(_PAIR.finditer(text))
    if not matches:
        raise UnreadableSchedule("", say("it holds no key='value' pair"))
    borders = [text[: matches[0].start()], text[matches[-1].end() :]]
    between = [text[left.end() : right.start()] for left, right in pairwise(matches)]
    for rest in (*borders, *between):
        if rest.strip(" \t\r\n"):
            raise UnreadableSchedule("", say("{text} is not a key='value' pair", text=_quoted(rest.strip())))
    places: dict[str, tuple[int, int]] = {}
    for match, gap in zip(matches, [" ", *between], strict=True):
        key = match[1]
        if key not in KEYS and not _LIST_ENTRY.fullmatch(key):
            raise UnreadableSchedule(key[:_SHOWN], say("is not a key that we know"))
        if key in places:
            raise UnreadableSchedule(key, say("is there twice"))
        if not gap:
            raise UnreadableSchedule(key, say("is not set apart from the pair before it"))
        places[key] = match.span(2)
    return places


def _check_list(period: Period) -> None:
    """See that `m_vtmTime` counts its entries, before anything is made as long as it says."""
    count = period.number("m_vtmTime")
    entries = {key for key in period.places if key.startswith("m_vtmTime[")}
    if len(entries) > count:
        raise UnreadableSchedule(
            "m_vtmTime",
            say("it says {count} entries, and the text has {number}", count=count, number=len(entries)),
        )
    for index in range(min(count, len(entries) + 1)):
        if f"m_vtmTime[{index}]" not in entries:
            raise UnreadableSchedule(f"m_vtmTime[{index}]", say("is missing"))


def _quoted(value: str) -> str:
    return repr(value if len(value) <= _SHOWN else value[:_SHOWN] + "…")


def differences(before: str, after: str) -> tuple[tuple[str, str, str], ...]:
    """List the keys whose values differ between two texts, each with the value before and after.

    Neither text needs to be one that we understand; a key that is missing has the value `-`.
    """
    old, new = dict(_PAIR.findall(before)), dict(_PAIR.findall(after))
    return tuple(
        (key, old.get(key, "-"), new.get(key, "-"))
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    )
