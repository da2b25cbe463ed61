"""Whether the benchmark itself can be believed: its statistics, its verdicts, its table."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench import __main__ as bench
from tests.bench import table
from tests.bench.__main__ import GROUPS
from tests.bench.client import BadAnswer, is_whole
from tests.bench.effort import Effort
from tests.bench.figures import Figures, Pair, alternate, figures, percentile
from tests.bench.floors.minute_search import Away, Timetable, search
from tests.bench.program import NotMeasurable
from tests.bench.row import Aim, Row, amount, ratio_row
from tests.bench.stage import quiet_zone
from tests.bench.table import Circumstances
from tests.bench.thinking_rows import START, WINDOWS, journal
from tests.bench.thinking_rows import plan as planned

WHERE = Circumstances("2026-11-23 06:00", 2, "3.11.7", (1.0, 2.5), 5, short=False)
FAST = ratio_row(
    "fast", "something quick", [Pair(3, 2), Pair(9, 3), Pair(4, 4)], "ms", against="a floor", aim=Aim(2, "×")
)
SLOW = Row("slow", "something slow", 7, "ms", aim=Aim(5, "ms"), bound="It waits.")
COUNTED = Row("calls", "calls to the card", 2, "calls", aim=Aim(2, "calls"), counted=True)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.floats(0, 1))
def test_a_percentile_is_one_of_the_values_and_that_share_does_not_exceed_it(
    values: list[float], share: float
) -> None:
    found = percentile(values, share)

    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9
    assert sum(value < found for value in values) <= max(0.0, share * len(values))


@given(st.datetimes(timezones=st.just(UTC)))
def test_where_nothing_is_turned_it_is_past_ten_in_the_morning(now: datetime) -> None:
    assert now.astimezone(ZoneInfo(quiet_zone(now))).hour == 10


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 0.5)


def test_pairs_are_summed_up_by_medians_and_the_ratio_by_the_median_of_theirs() -> None:
    assert figures([Pair(3, 2), Pair(9, 3), Pair(4, 4)]) == Figures(ours=4, floor=3, ratio=1.5)


def test_ours_and_the_floor_take_turns() -> None:
    order: list[str] = []

    alternate(3, lambda: order.append("ours"), lambda: order.append("floor"))

    assert order == ["ours", "floor"] * 3


@pytest.mark.parametrize(
    ("aim", "figure", "holds"),
    [
        (Aim(1.5, "×"), 1.5, True),
        (Aim(1.5, "×"), 1.51, False),
        (Aim(50, "×", at_least=True), 50, True),
        (Aim(50, "×", at_least=True), 49.9, False),
    ],
)
def test_an_aim_holds_up_to_its_limit(aim: Aim, figure: float, *, holds: bool) -> None:
    assert aim.holds(figure) is holds
    assert Row("a", "b", figure, "×", aim=aim).is_met is holds


def test_only_a_counted_row_fails_a_build() -> None:
    too_many = replace(COUNTED, figure=3)

    assert table.failures([FAST, SLOW, COUNTED]) == []
    assert table.failures([FAST, SLOW, too_many]) == ["calls to the card: 3 calls, and the aim is ≤ 2 calls"]


def test_the_table_for_people_tells_circumstances_results_and_what_bounds_a_missed_aim() -> None:
    shown = table.as_text([FAST, SLOW, COUNTED], WHERE)

    assert "2 cores" in shown
    assert "load 1.0 before and 2.5 after" in shown
    assert "1.50 × ✓" in shown
    assert "7.00 ms ✗" in shown
    assert shown.rstrip().endswith("Missed: something slow. It waits.")


def test_the_table_for_machines_is_json_and_holds_every_row() -> None:
    read = json.loads(json.dumps(table.as_json([FAST, SLOW, COUNTED], WHERE)))

    assert [(row["name"], row["figure"], row["met"]) for row in read["rows"]] == [
        ("fast", 1.5, True),
        ("slow", 7, False),
        ("calls", 2, True),
    ]


def test_a_run_is_compared_with_an_earlier_one_by_the_names_of_its_rows() -> None:
    earlier = table.as_json([replace(FAST, figure=3.0), replace(SLOW, figure=7)], WHERE)

    shown = table.as_text([FAST, SLOW, COUNTED], WHERE, earlier)

    lines = {line.split("  ")[0]: line for line in shown.splitlines()}
    assert "-50 %" in lines["something quick"]
    assert "+0 %" in lines["something slow"]
    assert "new" in lines["calls to the card"]


def test_the_page_has_a_line_for_each_row_and_as_many_cells_as_its_head() -> None:
    page = table.as_page([FAST, SLOW, COUNTED], WHERE)

    lines = [line for line in page.splitlines() if line.startswith("|")]
    assert len(lines) == 2 + 3
    assert len({line.count("|") for line in lines}) == 1


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1.234, "×", "1.23 ×"),
        (51.7, "×", "52 ×"),
        (2, "calls", "2 calls"),
        (0.456, "ms", "0.46 ms"),
        (1234.5, "ms", "1,234 ms"),
        (12.34, "% of a core", "12.3 % of a core"),
    ],
)
def test_amounts_have_as_many_digits_as_they_are_worth(value: float, unit: str, shown: str) -> None:
    assert amount(value, unit) == shown


@pytest.mark.parametrize(
    ("answer", "whole"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Le", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", True),
        (b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", False),
        (b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", True),
    ],
)
def test_an_answer_is_waited_for_until_it_is_whole(answer: bytes, *, whole: bool) -> None:
    assert is_whole(answer) is whole


def test_a_refusal_is_no_measurement() -> None:
    with pytest.raises(BadAnswer, match="401"):
        is_whole(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")


def test_the_search_of_every_minute_knows_the_clock_changes() -> None:
    # Daily at 08:00 in Paris and a restart at 06:00 UTC: they meet in summer only, from 28 March 2027.
    windows = (Away(ZoneInfo("UTC"), 360, 363),)

    found = search(Timetable(ZoneInfo("Europe/Paris"), 0, 8), windows, START.replace(month=3, day=26), 4)

    assert [f"{at:%m-%d %H:%M}" for at in found] == ["03-28 06:00", "03-29 06:00"]


def test_some_of_the_workflows_to_forecast_meet_a_restart_and_some_are_daily() -> None:
    plans = [planned(number) for number in range(1000)]

    assert any(hour is None and minute in range(4) for _, hour, minute in plans)
    assert sum(hour is not None for _, hour, _ in plans) == 100
    assert WINDOWS


def test_the_journal_to_diagnose_has_as_many_lines_as_it_says_and_a_failure_every_morning() -> None:
    lines = journal(1000).splitlines()

    assert len(lines) == 1000
    assert any("06:00" in line and "Empty return" in line for line in lines)


def test_every_group_of_rows_has_a_name_without_blanks() -> None:
    assert all(name.isalpha() for name in GROUPS)


def test_what_could_not_be_measured_is_told_and_only_a_missing_count_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stuck(_effort: Effort) -> list[Row]:
        raise NotMeasurable("It hangs.")

    def count(_effort: Effort) -> list[Row]:
        return [COUNTED]

    def count_too_many(_effort: Effort) -> list[Row]:
        return [replace(COUNTED, figure=3)]

    monkeypatch.setattr("sys.argv", ["bench", "--short"])
    for counting, status in ((count, 0), (count_too_many, 1)):
        monkeypatch.setattr(bench, "GROUPS", {"stuck": stuck, "calls": counting})
        assert bench.main() == status
        assert "stuck could not be measured: It hangs." in capsys.readouterr().err
    monkeypatch.setattr(bench, "GROUPS", {"calls": stuck})
    assert bench.main() == 1
