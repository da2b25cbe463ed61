"""The instants of a bare rule within many stretches at once: a short way that must lead to the same place."""

from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.days import Days, Weekdays
from bot.domain.instants import Rhythm
from bot.domain.times import DAY
from bot.domain.zones import HOUR, instant

MINUTE = 60_000
CHANGES = {
    "Europe/Paris": (date(2026, 10, 25), date(2027, 3, 28)),
    "America/New_York": (date(2026, 11, 1), date(2027, 3, 14)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2027, 4, 4)),
    "Pacific/Apia": (date(2011, 12, 30),),
    "America/Havana": (date(2026, 11, 1), date(2027, 3, 14)),
    "Africa/Casablanca": (date(2026, 2, 15), date(2026, 3, 22)),
    "UTC": (date(2026, 11, 24),),
}


class Between(NamedTuple):
    """A stretch to look into."""

    low: int
    high: int


SLOTS = st.one_of(
    st.integers(0, 59).map(lambda minute: tuple(range(minute * MINUTE, DAY, HOUR))),
    st.lists(st.integers(0, 24 * 60 - 1), min_size=1, max_size=6, unique=True).map(
        lambda minutes: tuple(minute * MINUTE for minute in sorted(minutes))
    ),
)
DAYS = st.sampled_from([Days(), Days(), Days(Weekdays(frozenset({0, 2, 6})))])
PLACES = st.sampled_from([(ZoneInfo(name), day) for name, days in CHANGES.items() for day in days])
AROUND = st.integers(-4 * DAY, 4 * DAY)
STRETCHES = st.lists(st.tuples(AROUND, st.integers(1, 26 * HOUR)), max_size=12)
BORDERS = st.tuples(st.none() | AROUND, st.none() | AROUND)


@settings(max_examples=150, deadline=None)
@given(SLOTS, DAYS, PLACES, STRETCHES, BORDERS)
def test_many_stretches_at_once_hold_what_each_of_them_holds(
    slots: tuple[int, ...],
    days: Days,
    place: tuple[ZoneInfo, date],
    stretches: list[tuple[int, int]],
    borders: tuple[int | None, int | None],
) -> None:
    zone, day = place
    change = instant(datetime(day.year, day.month, day.day, tzinfo=UTC))
    since, until = (None if border is None else change + border for border in borders)
    runs = Rhythm(slots, days, zone, since, until)
    asked = [Between(change + low, change + low + length) for low, length in sorted(stretches)]

    found = list(runs.within(asked))

    assert found == [
        (at, mark, stretch) for stretch in asked for at, mark in runs.instants(stretch.low, stretch.high)
    ]


@settings(max_examples=150, deadline=None)
@given(SLOTS, DAYS, PLACES, AROUND, st.integers(1, 3 * DAY))
def test_a_short_stretch_holds_what_a_long_one_holds_of_it(
    slots: tuple[int, ...], days: Days, place: tuple[ZoneInfo, date], low: int, length: int
) -> None:
    zone, day = place
    start = instant(datetime(day.year, day.month, day.day, tzinfo=UTC)) + low
    runs = Rhythm(slots, days, zone)

    found = list(runs.instants(start, start + length))

    wide = runs.instants(start - 30 * DAY, start + 30 * DAY)
    assert found == [(at, mark) for at, mark in wide if start <= at < start + length]
    assert runs.count(start, start + length) == len(found)
