from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import UnreadableSchedule
from bot.domain.zones import instant, load_zone, moment_of, resolve_zone, span_at, spans
from tests.forms import zone_names, zones

PARIS, NEW_YORK, TOKYO = ZoneInfo("Europe/Paris"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("activity", "workflow", "expected"),
    [
        ("", "", PARIS),
        ("_inherit_", "_inherit_", PARIS),
        ("_inherit_", "", PARIS),
        ("", "America/New_York", NEW_YORK),
        ("_inherit_", "America/New_York", NEW_YORK),
        ("America/New_York", "Europe/London", NEW_YORK),
        ("_server_", "America/New_York", PARIS),
        ("_inherit_", "_server_", PARIS),
        ("_database_", "", TOKYO),
        ("_db_", "America/New_York", TOKYO),
        ("_inherit_", "_database_", TOKYO),
    ],
)
def test_the_zone_is_the_activitys_then_the_workflows_then_the_servers(
    activity: str, workflow: str, expected: ZoneInfo
) -> None:
    assert resolve_zone(activity, workflow, server_zone=PARIS, database_zone=TOKYO) is expected


@pytest.mark.parametrize(
    ("activity", "workflow"),
    [
        ("_operator_", ""),
        ("_user_", "Europe/Paris"),
        ("_inherit_", "_operator_"),
        ("Mars/Olympus", ""),
        ("_other_", "Europe/Paris"),
        ("_inherit_", "europe/nowhere"),
        ("+02:00", ""),
    ],
)
def test_the_operators_zone_and_unknown_zones_are_refused(activity: str, workflow: str) -> None:
    with pytest.raises(UnreadableSchedule) as refused:
        resolve_zone(activity, workflow, server_zone=PARIS, database_zone=TOKYO)
    assert refused.value.key == "timezone"


def test_the_database_zone_is_refused_where_it_is_not_configured() -> None:
    with pytest.raises(UnreadableSchedule, match="not configured"):
        resolve_zone("_database_", "", server_zone=PARIS)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "/etc/passwd",
        "../../etc/passwd",
        "America",
        "zone.tab",
        "tzdata.zi",
        "right/Europe/Paris",
        "posix/Europe/Paris",
        "localtime",
        "posixrules",
        "Factory",
        "Europe/Paris\0",
        "Europe/Paris ",
        "é" * 200,
        "\ud800",
        "x" * 5000,
    ],
)
def test_what_is_no_place_is_no_zone(name: str) -> None:
    with pytest.raises(UnreadableSchedule) as refused:
        load_zone(name)
    assert refused.value.key == "timezone"


def test_every_iana_zone_can_be_loaded() -> None:
    assert all(load_zone(name).key == name for name in zone_names())


@settings(max_examples=150, deadline=None)
@given(zones(), st.integers(1, 130 * 365))
def test_spans_tell_the_offset_that_the_zone_database_tells(zone: ZoneInfo, days: int) -> None:
    moment = datetime(1970, 1, 1, 7, 30, tzinfo=UTC) + timedelta(days=days)
    span = span_at(zone, instant(moment))
    assert span.start <= instant(moment) < span.end
    assert timedelta(milliseconds=span.offset) == moment.astimezone(zone).utcoffset()
    for edge, other in ((span.start, span.before), (span.end, span.after)):
        if abs(moment_of(edge) - moment) > timedelta(days=365):
            continue  # further away, an edge may just be where the look ended
        before = moment_of(edge - 1).astimezone(zone).utcoffset()
        after = moment_of(edge).astimezone(zone).utcoffset()
        outside, inside = (before, after) if edge == span.start else (after, before)
        assert timedelta(milliseconds=other) == outside
        assert timedelta(milliseconds=span.offset) == inside


def test_spans_follow_each_other() -> None:
    start, end = (instant(datetime(year, 1, 1, tzinfo=UTC)) for year in (2027, 2029))
    found = list(spans(PARIS, start, end))
    assert [left.end for left in found[:-1]] == [right.start for right in found[1:]]
    assert [span.offset // 3_600_000 for span in found] == [1, 2, 1, 2, 1]
    assert [f"{moment_of(span.end):%Y-%m-%d %H}" for span in found[:2]] == ["2027-03-28 01", "2027-10-31 01"]


@pytest.mark.parametrize("name", zone_names()[::9])
def test_no_change_of_a_decade_is_missed(name: str) -> None:
    zone = ZoneInfo(name)
    start, end = datetime(2020, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
    days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    changing = [day for day, left, right in zip(days, offsets, offsets[1:], strict=False) if left != right]
    ends = [span.end for span in spans(zone, instant(start), instant(end)) if span.after != span.offset]
    assert [
        moment_of(at - 1).replace(hour=0, minute=0, second=0, microsecond=0)
        for at in ends
        if at < instant(end)
    ] == changing
