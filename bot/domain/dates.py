"""Reading the dates that people paste: any order, any of the console's languages, with or without an offset.

A date is read in two steps, since `03/04/2026` does not tell its order: `find_date` takes a date apart,
and `Order` says, once for a whole text, which number is the day. Every pattern is bounded.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.domain.chain import fold

SEARCHED = 160
"""Characters at the beginning of a line in which its date is looked for."""

_MONTHS = (
    "january jan janvier janv januar jän enero ene janeiro gennaio gen januari",
    "february feb february février févr fev februar febrero fevereiro febbraio febr februari",
    "march mar mars märz mrz marzo março marc maart mrt",
    "april apr avril avr abril abr aprile",
    "may mai mayo maio maggio mag mei maj",
    "june jun juin juni junio junho giugno giu",
    "july jul juillet juil juli julio julho luglio lug",
    "august aug août aout agosto ago augustus augusti",
    "september sep sept septembre septiembre setembro set settembre",
    "october oct octobre oktober okt octubre outubro out ottobre ott",
    "november nov novembre noviembre novembro",
    "december dec décembre déc dezember dez diciembre dic dezembro dicembre",
)
MONTHS = {fold(name): number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
"""Names and short names of the months in the console's languages, folded."""

_AFTERNOON = frozenset({"pm", "p.m", "p.m.", "下午", "午後", "오후", "晚上", "em", "e.m."})
_BEFORE_NOON = frozenset({"am", "a.m", "a.m.", "上午", "午前", "오전", "凌晨", "早上", "fm", "f.m."})

_MONTHS_IN_A_YEAR = 12
_NOON = 12
_FULL_YEAR = 4
_SHORT_YEAR = 2
_FIRST_YEAR, _LAST_YEAR = 1990, 2199
_LARGEST_OFFSET = timedelta(hours=16)

_HALF = r"(?:上午|下午|午前|午後|오전|오후|凌晨|早上|晚上)"
_TIME = (
    rf"(?P<half>{_HALF})?\s?(?P<hour>[0-9]{{1,2}})\s?(?:[:h.]|時|时|点|點|시)\s?(?P<minute>[0-9]{{2}})"
    r"(?:\s?(?:[:.m]|分|분)\s?(?P<second>[0-9]{2})"
    r"(?:(?:\.|[,:](?=[0-9]{3}(?![0-9,;])))(?P<fraction>[0-9]{1,9}))?(?:秒|초|s(?![a-z]))?|分|분)?"
    r"(?:\s?(?P<suffix>[AaPp]\.?[Mm]\b\.?))?"
    r"(?P<offset>\s?(?:Z|UTC|GMT)\b|\s?[+-][0-9]{2}:?[0-9]{2}(?![0-9:])|[+-][0-9]{2}(?![0-9:]))?"
)
_GAP = (
    rf"(?:T|(?={_HALF})|"
    r"[\s,;|\"'\]]{1,5}(?:à\s|at\s|um\s|às\s|a\slas\s|alle\s|om\s|kl\.?\s)?)"
)
_NUMBERS = re.compile(
    r"(?<![0-9A-Za-z])(?P<first>[0-9]{1,4})(?P<mark>[./-]|年|년)\s?(?P<second_number>[0-9]{1,2})(?:[./-]|月|월)\s?"
    rf"(?P<third>[0-9]{{1,4}})(?:日|일|\.)?{_GAP}(?:\([^()]{{1,4}}\)\s?)?{_TIME}"
)
_PLAIN = re.compile(
    r"([0-9]{1,4})([./-])([0-9]{1,2})[./-]([0-9]{1,4})[ T]([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?=\t|;\D|$)"
)
_DAY_MONTH = re.compile(
    r"(?<![0-9A-Za-z])(?P<day>[0-9]{1,2})\.?(?:er|º)?[\s-](?:de\s|of\s)?(?P<name>[^\W\d_]{3,12})\.?[\s,-]{1,2}(?:de\s)?"
    rf"(?P<year>[0-9]{{4}}){_GAP}{_TIME}"
)
_MONTH_DAY = re.compile(
    rf"(?<![0-9A-Za-z])(?P<name>[^\W\d_]{{3,12}})\.?\s(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>[0-9]{{4}}){_GAP}{_TIME}"
)
_ONLY_TIME = re.compile(rf"(?<![0-9A-Za-z:]){_TIME}(?=[\s,;|\])\"']|$)")


class Order(StrEnum):
    """Which of three numbers is the day."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class Stamp(NamedTuple):
    """A date as it was written.

    Attributes:
        numbers: year, month and day when they are sure; otherwise the first number, the second and the year;
            empty for a time without a date.
        sure: whether the order is sure.
        clock: the time of day.
        twelve: whether it was written with am or pm.
        offset: from UTC, `None` for a local time.
        start: where it begins in the line.
        end: where it ends.
    """

    numbers: tuple[int, ...]
    sure: bool
    clock: time
    twelve: bool
    offset: timedelta | None
    start: int
    end: int


def find_date(line: str) -> Stamp | None:
    """Find the first date with a time in the beginning of *line*; `None` when there is none."""
    if found := _PLAIN.match(line):
        return _of_plain(found)
    head = line[:SEARCHED]
    if found := _NUMBERS.search(head):
        numbers, sure = _ordered(*found.group("first", "mark", "second_number", "third"))
        return _stamp(found, numbers, sure=sure)
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        if (found := pattern.search(head)) and (month := MONTHS.get(fold(found["name"]))):
            return _stamp(found, (int(found["year"]), month, int(found["day"])), sure=True)
    return None


def find_time(line: str) -> Stamp | None:
    """Find a time without a date at the very beginning of *line*, seconds included."""
    found = _ONLY_TIME.match(line[:SEARCHED])
    if found is None or found["second"] is None:
        return None
    return _stamp(found, (), sure=True)


def find_order(stamps: Sequence[Stamp]) -> Order:
    """Tell the order of unsure dates from all of them: what is possible, then what keeps them close."""
    unsure = [stamp for stamp in stamps if not stamp.sure]
    if any(stamp.numbers[0] > _MONTHS_IN_A_YEAR for stamp in unsure):
        return Order.DAY_FIRST
    if any(stamp.numbers[1] > _MONTHS_IN_A_YEAR for stamp in unsure):
        return Order.MONTH_FIRST
    spans = {order: _span(unsure, order) for order in Order}
    if spans[Order.DAY_FIRST] != spans[Order.MONTH_FIRST]:
        return min(spans, key=spans.__getitem__)
    return Order.MONTH_FIRST if any(stamp.twelve for stamp in unsure) else Order.DAY_FIRST


def instant(stamp: Stamp, zone: ZoneInfo, order: Order, day: date | None) -> datetime | None:
    """Turn a written date into UTC; `None` when there is no such date, or no date at all.

    A local time that happens twice is taken as the first one, and one that does not exist moves forward.
    """
    when = _day(stamp, order) if stamp.numbers else day
    if when is None or not _FIRST_YEAR <= when.year <= _LAST_YEAR:
        return None
    place = zone if stamp.offset is None else timezone(stamp.offset)
    return datetime.combine(when, stamp.clock, place).astimezone(UTC)


def _of_plain(found: re.Match[str]) -> Stamp | None:
    """Take apart the commonest form of a date, which needs no more looking at."""
    first, mark, second, third, hour, minute, seconds = found.groups()
    numbers, sure = _ordered(first, mark, second, third)
    try:
        clock = time(int(hour), int(minute), int(seconds))
    except ValueError:
        return None
    return Stamp(numbers, sure, clock, twelve=False, offset=None, start=0, end=found.end())


def _ordered(first: str, mark: str, second: str, third: str) -> tuple[tuple[int, int, int], bool]:
    """Put three numbers into the order of a `Stamp`, and tell whether it is sure."""
    if len(first) == _FULL_YEAR or mark in "年년":
        return (_year(first), int(second), int(third)), True
    if mark == ".":  # only languages that put the day first write dots
        return (_year(third), int(second), int(first)), True
    return (int(first), int(second), _year(third)), False


def _year(digits: str) -> int:
    return int(digits) + 2000 if len(digits) <= _SHORT_YEAR else int(digits)


def _stamp(found: re.Match[str], numbers: tuple[int, ...], *, sure: bool) -> Stamp | None:
    told = found.group("half", "suffix", "hour", "minute", "second", "fraction", "offset")
    half = (told[0] or told[1] or "").lower()
    hour, minute, second = int(told[2]), int(told[3]), int(told[4] or 0)
    if half and half in _AFTERNOON and hour < _NOON:
        hour += _NOON
    elif half and half in _BEFORE_NOON and hour == _NOON:
        hour = 0
    try:
        clock = time(hour, minute, second, int(told[5].ljust(6, "0")[:6]) if told[5] else 0)
    except ValueError:
        return None
    return Stamp(
        numbers=numbers,
        sure=sure,
        clock=clock,
        twelve=bool(half),
        offset=_offset(told[6]) if told[6] else None,
        start=found.start(),
        end=found.end(),
    )


def _offset(text: str) -> timedelta:
    sign, digits = text.strip()[0], text.strip()[1:].replace(":", "").ljust(4, "0")
    if sign not in "+-":
        return timedelta(0)
    size = min(timedelta(hours=int(digits[:2]), minutes=int(digits[2:])), _LARGEST_OFFSET)
    return -size if sign == "-" else size


def _day(stamp: Stamp, order: Order) -> date | None:
    if stamp.sure:
        year, month, day = stamp.numbers
    elif order is Order.DAY_FIRST:
        day, month, year = stamp.numbers
    else:
        month, day, year = stamp.numbers
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _span(stamps: Iterable[Stamp], order: Order) -> int:
    """Count the days between the first and the last date; a journal is a few days long."""
    days = [day.toordinal() for stamp in stamps if (day := _day(stamp, order))]
    return max(days) - min(days) if days else 0
