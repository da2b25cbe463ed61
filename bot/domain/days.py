"""On which local days a schedule runs: the rules for days, weeks and months, and their walk.

Days are plain calendar days without a zone. Times of day are `bot/domain/times.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

WEEK = 7
DECEMBER = 12
EVERY_MONTH = frozenset(range(1, 13))


@dataclass(frozen=True)
class EveryDay:
    """Each day."""


@dataclass(frozen=True)
class EveryNDays:
    """Every *n* days, counted from *origin*, and not before it."""

    n: int
    origin: date


@dataclass(frozen=True)
class Weekdays:
    """Chosen weekdays, 0 is Monday."""

    chosen: frozenset[int]


@dataclass(frozen=True)
class LastDayOfMonth:
    """The last day of the month."""


@dataclass(frozen=True)
class DayOfMonth:
    """Day *n* of the month; a month without it has no run."""

    n: int


@dataclass(frozen=True)
class NthWeekday:
    """The first to fourth (*position* 0 to 3) or last (4) *weekday* (0 is Monday) of the month."""

    position: int
    weekday: int


@dataclass(frozen=True)
class OneDay:
    """A single date; weeks and months do not count."""

    day: date


MonthlyRule = LastDayOfMonth | DayOfMonth | NthWeekday
DayRule = EveryDay | EveryNDays | Weekdays | MonthlyRule | OneDay

LAST_POSITION = 4
WORKING_WEEK = frozenset(range(5))


@dataclass(frozen=True)
class Days:
    """All rules that choose days; a day counts when every one of them agrees.

    Attributes:
        rule: the rule for days.
        every_n_weeks: 1 for every week; otherwise weeks from Monday to Sunday, counted from `week_origin`.
        week_origin: a day of the first week, before which nothing runs; `None` with `every_n_weeks` 1.
        months: the months, 1 is January.
        first: the first day that counts, or `None`.
        last: the last day that counts, or `None`.
    """

    rule: DayRule = field(default_factory=EveryDay)
    every_n_weeks: int = 1
    week_origin: date | None = None
    months: frozenset[int] = EVERY_MONTH
    first: date | None = None
    last: date | None = None

    @cached_property
    def is_every_day(self) -> bool:
        """Tell whether no day is ever left out, so that a run may move across midnight."""
        # Kept, since a look ahead asks for every restart.
        return self == Days()

    def between(self, first: date, last: date) -> Iterator[date]:
        """Walk the days that count from *first* to *last*, both included, in order and lazily.

        The walk leaps over months and weeks that are not chosen, so that a rare day far ahead is found
        at once.
        """
        low, high = max(first, self.first or first), min(last, self.last or last)
        if isinstance(self.rule, OneDay):
            return iter((self.rule.day,) if low <= self.rule.day <= high else ())
        low = max(low, self.week_origin or low)
        if isinstance(self.rule, LastDayOfMonth | DayOfMonth | NthWeekday):
            return self._monthly(self.rule, low, high)
        if isinstance(self.rule, EveryNDays):
            low = max(low, self.rule.origin)
        return self._daily(low, high)

    def _monthly(self, rule: MonthlyRule, low: date, high: date) -> Iterator[date]:
        year, month = low.year, low.month
        while (year, month) <= (high.year, high.month):
            if month in self.months:
                day = _day_in_month(rule, year, month)
                if day and low <= day <= high and not self._days_to_next_week(day):
                    yield day
            year, month = (year, month + 1) if month < DECEMBER else (year + 1, 1)

    def _daily(self, low: date, high: date) -> Iterator[date]:
        chosen = self.rule.chosen if isinstance(self.rule, Weekdays) else None
        step, phase = (
            (self.rule.n, self.rule.origin.toordinal()) if isinstance(self.rule, EveryNDays) else (1, 0)
        )
        ordinal, end = low.toordinal(), high.toordinal()
        while True:
            ordinal += (phase - ordinal) % step
            if ordinal > end:
                return
            day = date.fromordinal(ordinal)
            if day.month not in self.months:
                ordinal += _days_left_in_month(day)
            elif wait := self._days_to_next_week(day):
                ordinal += wait
            else:
                if chosen is None or (ordinal - 1) % WEEK in chosen:
                    yield day
                ordinal += 1

    def _days_to_next_week(self, day: date) -> int:
        """Say how many days to leap to the Monday of the next week that counts; 0 when this one does."""
        if self.week_origin is None:
            return 0
        weeks = (day.toordinal() - 1) // WEEK - (self.week_origin.toordinal() - 1) // WEEK
        missing = -weeks % self.every_n_weeks
        return missing * WEEK - day.weekday() if missing else 0


def _days_in_month(year: int, month: int) -> int:
    if month == DECEMBER:  # its end may be the end of the calendar
        return 31
    return (date(year, month + 1, 1) - timedelta(days=1)).day


def _days_left_in_month(day: date) -> int:
    return _days_in_month(day.year, day.month) - day.day + 1


def _day_in_month(rule: MonthlyRule, year: int, month: int) -> date | None:
    length = _days_in_month(year, month)
    match rule:
        case LastDayOfMonth():
            return date(year, month, length)
        case DayOfMonth(n):
            return date(year, month, n) if n <= length else None
        case NthWeekday(position, weekday):
            first = 1 + (weekday - date(year, month, 1).weekday()) % WEEK
            if position == LAST_POSITION:
                return date(year, month, first + (length - first) // WEEK * WEEK)
            return date(year, month, first + position * WEEK)
