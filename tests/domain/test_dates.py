"""Dates as people paste them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dates import Order, find_date, find_order, find_time, instant

PARIS = ZoneInfo("Europe/Paris")
SIX = datetime(2026, 1, 31, 5, 0, 4, tzinfo=UTC)


def read(line: str, zone: ZoneInfo = PARIS, day: date | None = None) -> datetime | None:
    stamp = find_date(line) or find_time(line)
    return instant(stamp, zone, find_order([stamp] if stamp.numbers else []), day) if stamp else None


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31 06:00:04",
        "2026-01-31T06:00:04",
        "2026-01-31 05:00:04Z",
        "2026-01-31 05:00:04 UTC",
        "2026-01-31T06:00:04+01:00",
        "2026-01-31T00:00:04-0500",
        "2026-01-31 06:00:04+01   00001A2B",
        "2026/01/31 6:00:04",
        "31/01/2026 06:00:04",
        "31/01/26 06:00:04",
        "31.01.2026 06:00:04",
        "31.01.2026, 06:00:04 Uhr",
        "31-01-2026 6:00:04",
        "1/31/2026 6:00:04 AM",
        "1/31/26, 6:00:04 AM",
        "2026-01-31 오전 6:00:04",
        "2026. 1. 31. 오전 6:00:04",
        "2026年1月31日 06:00:04",
        "2026年1月31日上午6:00:04",
        "2026年1月31日 6時00分04秒",
        "2026/1/31 上午 06:00:04",
        "2026/01/31 (土) 6:00:04",
        "Jan 31, 2026, 6:00:04 AM",
        "Saturday, January 31st, 2026 6:00:04 a.m.",
        "Sat, 31 Jan 2026 05:00:04 +0000",
        "31 janv. 2026 06:00:04",
        "31 de janeiro de 2026 às 06:00:04",
        "31. Januar 2026 um 06:00:04",
        "31 gennaio 2026 alle 06:00:04",
        "31/01/2026;06:00:04",
        '"31/01/2026";"06:00:04";soapImport',
        "[2026-01-31 06:00:04] soapImport",
    ],
)
def test_every_way_to_write_it_is_the_same_instant(text: str) -> None:
    assert read(text) == SIX


@pytest.mark.parametrize(
    ("text", "microsecond"),
    [("06:00:04.123", 123_000), ("06:00:04,123 x", 123_000), ("06:00:04,123,x", 0), ("06:00:04,0,x", 0)],
)
def test_fractions_are_told_from_the_next_column(text: str, microsecond: int) -> None:
    assert read(f"2026-01-31 {text}") == SIX.replace(microsecond=microsecond)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "06:00",
        "2026-01-31",
        "2026-13-31 06:00:04",
        "2026-02-30 06:00:04",
        "2026-01-31 24:00:04",
        "2026-01-31 06:60:04",
        "1889-01-31 06:00:04",
        "9999-12-31 23:59:59",
        "99/99/2026 06:00:04",
        "31 foo 2026 06:00:04",
        "IP 10.20.30.40 port 80:80",
        "2026-01-31 x" + " " * 200 + "06:00:04",
    ],
)
def test_what_is_no_date_with_a_time_is_none(text: str) -> None:
    assert read(text) is None


def test_a_number_after_the_time_is_no_offset() -> None:
    assert read("2026-01-31 06:00:04 -12 rows") == SIX
    assert read("2026-01-31 06:00:04 +3 rows") == SIX


def test_twelve_oclock_follows_the_half_of_the_day() -> None:
    assert read("1/31/2026 12:00:04 AM", ZoneInfo("UTC")) == datetime(2026, 1, 31, 0, 0, 4, tzinfo=UTC)
    assert read("1/31/2026 12:00:04 PM", ZoneInfo("UTC")) == datetime(2026, 1, 31, 12, 0, 4, tzinfo=UTC)


def test_a_local_time_is_read_by_the_summer_and_winter_of_its_zone() -> None:
    assert read("2026-07-20 06:00:04") == datetime(2026, 7, 20, 4, 0, 4, tzinfo=UTC)


def test_a_local_time_in_a_gap_moves_forward_and_a_repeated_one_is_the_first() -> None:
    assert read("2026-03-29 02:30:00") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert read("2026-10-25 02:30:00") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_time_without_a_date_needs_a_day() -> None:
    assert read("06:00:04 soapImport") is None
    assert read("06:00:04 soapImport", day=date(2026, 1, 31)) == SIX
    assert find_time("at 06:00:04") is None


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["03/02/2026", "04/02/2026", "05/02/2026"], Order.DAY_FIRST),
        (["2/3/2026", "2/4/2026", "2/5/2026"], Order.MONTH_FIRST),
        (["02/03/2026", "13/03/2026"], Order.DAY_FIRST),
        (["02/03/2026", "02/13/2026"], Order.MONTH_FIRST),
        (["03/04/2026"], Order.DAY_FIRST),
        ([], Order.DAY_FIRST),
    ],
)
def test_the_order_of_day_and_month_is_told_by_all_dates_together(texts: list[str], order: Order) -> None:
    stamps = [stamp for text in texts if (stamp := find_date(f"{text} 06:00:04"))]
    assert len(stamps) == len(texts)
    assert find_order(stamps) is order


def test_am_and_pm_put_the_month_first_where_nothing_else_tells() -> None:
    stamp = find_date("03/04/2026 6:00:04 AM")
    assert stamp is not None
    assert find_order([stamp]) is Order.MONTH_FIRST


@given(st.datetimes(datetime(1990, 1, 2), datetime(2199, 12, 30)))  # noqa: DTZ001 - local times are meant
def test_a_written_instant_is_read_back(moment: datetime) -> None:
    for text in (
        f"{moment:%Y-%m-%d %H:%M:%S}Z",
        f"{moment:%d.%m.%Y %H:%M:%S}Z",
        f"{moment:%b %d, %Y %I:%M:%S %p} Z",
    ):
        assert read(text) == moment.replace(microsecond=0, tzinfo=UTC)


@given(st.text(max_size=80))
def test_any_text_has_a_date_or_none(text: str) -> None:
    for line in (text, f"2026-01-31 06:00:04{text}", f"{text}31/01/2026 06:00"):
        found = read(line, day=date(2026, 1, 31))
        assert found is None or found.tzinfo is UTC
