from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.restart import Restart, RestartWindow, restarts
from bot.domain.strip import draw_strip, strip_around

PARIS = ZoneInfo("Europe/Paris")


def restart(at: time = time(6), zone: ZoneInfo = PARIS) -> Restart:
    day = datetime(2027, 1, 10, tzinfo=UTC)
    return next(restarts(RestartWindow(at, zone), day, day + timedelta(days=1)))


def drawn(*runs: str) -> str:
    instants = [datetime.fromisoformat(f"2027-01-10T{run}").replace(tzinfo=PARIS) for run in runs]
    return draw_strip(restart(), instants, PARIS)


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        (["06:05"], "05:59 ▓▓▓ 06:04 ·· 06:05 ✓ +60 s"),
        (["06:10"], "05:59 ▓▓▓ 06:04 ·· 06:10 ✓ +6 min"),
        (["06:04"], "05:59 ▓▓▓ 06:04 ·· 06:04 ✓ +0 s"),
        (["06:00"], "05:59 ▓ 06:00 ✗ ▓ 06:04"),
        (["05:59:30"], "05:59 ▓ 05:59:30 ✗ ▓ 06:04"),
        (["06:02", "06:00:07"], "05:59 ▓ 06:00:07 ✗ ▓ 06:02 ✗ ▓ 06:04"),
        (
            ["05:50", "06:05", "06:20"],
            "05:50 ✓ -9 min ·· 05:59 ▓▓▓ 06:04 ·· 06:05 ✓ +60 s ·· 06:20 ✓ +16 min",
        ),
        ([], "05:59 ▓▓▓ 06:04"),
    ],
)
def test_the_strip_shows_the_restart_and_the_runs_around_it(runs: list[str], expected: str) -> None:
    assert drawn(*runs) == expected


def test_the_strip_is_written_in_the_zone_that_is_asked_for() -> None:
    run = datetime(2027, 1, 10, 5, 5, tzinfo=UTC)
    assert draw_strip(restart(), [run], ZoneInfo("UTC")) == "04:59 ▓▓▓ 05:04 ·· 05:05 ✓ +60 s"


def test_a_restart_with_seconds_keeps_them() -> None:
    assert draw_strip(restart(time(6, 0, 30)), [], PARIS) == "05:59:30 ▓▓▓ 06:04:30"


def around(clock: str, *offsets: int) -> str:
    at = datetime.fromisoformat(f"2027-01-10T{clock}").replace(tzinfo=PARIS)
    return strip_around([RestartWindow(time(6), PARIS), RestartWindow(time(18), PARIS)], at, offsets, PARIS)


def test_the_hour_around_a_restart_shows_where_a_run_failed_and_where_it_could_be() -> None:
    assert around("06:00:02", 5, 10) == ("05:59 ▓ 06:00:02 ✗ ▓ 06:04 ·· 06:05 ✓ +60 s ·· 06:10 ✓ +6 min")
    assert around("18:01:00").startswith("17:59 ▓ 18:01 ✗")


def test_a_run_far_from_any_restart_has_no_strip() -> None:
    assert around("07:00:00", 5) == around("05:29:59") == ""
    assert around("06:30:00").endswith("06:30 ✓ +26 min")
