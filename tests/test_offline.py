import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from bot.offline import forecast, shift
from tests.periods import HOURLY, at_times, every, fixed, period

OPTIONS = ("--period-file", "-", "--zone", "Europe/Paris", "--restart", "06:00")
MARCH = ("--from", "2027-03-20")


def ask(command: click.Command, text: str | bytes, *options: str) -> Result:
    return CliRunner().invoke(command, [*OPTIONS, *options], input=text)


def answer(command: click.Command, text: str, *options: str) -> dict[str, Any]:
    result = ask(command, text, *options, "--json")
    assert result.stderr == ""
    assert result.stdout.count("\n") == 1
    read: dict[str, Any] = json.loads(result.stdout)
    return read


def test_a_forecast_lists_what_summer_time_brings() -> None:
    result = ask(forecast, fixed("08:00"), "--restart-zone", "UTC", *MARCH, "--days", "14", "--json")
    assert result.exit_code == 3
    ahead = json.loads(result.stdout)
    assert list(ahead) == ["runs", "restarts", "collisions"]
    assert (ahead["runs"], ahead["restarts"]) == (14, 14)
    assert ahead["collisions"][0] == {
        "run": "2027-03-28T06:00:00Z",
        "restart": "2027-03-28T06:00:00Z",
        "gap_seconds": 0,
        "uncertain": None,
    }
    assert [pair["run"][8:10] for pair in ahead["collisions"]] == ["28", "29", "30", "31", "01", "02"]


def test_a_forecast_without_a_collision_ends_with_status_0() -> None:
    result = ask(forecast, fixed("12:40"), *MARCH, "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (
        0,
        {"runs": 21, "restarts": 21, "collisions": []},
    )


def test_a_forecast_marks_what_a_clock_change_makes_uncertain() -> None:
    (pair,) = answer(
        forecast,
        fixed("02:30"),
        "--restart",
        "01:28",
        "--restart-zone",
        "UTC",
        "--from",
        "2027-03-28",
        "--days",
        "1",
    )["collisions"]
    assert pair["uncertain"] == "dst-gap"
    assert pair["gap_seconds"] == 120


def test_a_forecast_takes_several_restarts_and_their_lengths() -> None:
    ahead = answer(forecast, HOURLY, "--restart", "06:17", "--before", "20m", *MARCH, "--days", "1")
    assert ahead["restarts"] == 2
    assert [pair["gap_seconds"] for pair in ahead["collisions"]] == [0, -17 * 60]
    narrow = ("--before", "0s", "--takes", "30s", "--margin", "0s")
    assert len(answer(forecast, every("1h", "00:01"), *narrow, *MARCH)["collisions"]) == 0
    assert len(answer(forecast, every("1h", "00:01"), "--takes", "1h", *MARCH)["collisions"]) == 21


def test_a_forecast_is_also_a_table_and_a_strip() -> None:
    result = ask(forecast, fixed("08:00"), "--restart-zone", "UTC", *MARCH, "--days", "14")
    assert result.exit_code == 3
    assert result.stdout == (
        "daily at 08:00, Europe/Paris\n"
        "2027-03-20 to 2027-04-03 UTC: 14 runs, 14 restarts, 6 collisions\n"
        "\n"
        "run, Europe/Paris             restart, UTC                  gap\n"
        "Sun 2027-03-28 08:00:00+0200  Sun 2027-03-28 06:00:00+0000  0 s\n"
        "Mon 2027-03-29 08:00:00+0200  Mon 2027-03-29 06:00:00+0000  0 s\n"
        "Tue 2027-03-30 08:00:00+0200  Tue 2027-03-30 06:00:00+0000  0 s\n"
        "Wed 2027-03-31 08:00:00+0200  Wed 2027-03-31 06:00:00+0000  0 s\n"
        "Thu 2027-04-01 08:00:00+0200  Thu 2027-04-01 06:00:00+0000  0 s\n"
        "Fri 2027-04-02 08:00:00+0200  Fri 2027-04-02 06:00:00+0000  0 s\n"
        "\n"
        "05:59 ▓ 06:00 ✗ ▓ 06:04\n"
    )


def test_a_long_table_is_cut_and_says_so() -> None:
    result = ask(forecast, HOURLY, *MARCH, "--days", "30")
    assert "30 collisions" in result.stdout
    assert "and 10 more\n" in result.stdout


def test_a_table_without_a_collision_shows_the_calm_restart() -> None:
    result = ask(forecast, every("1h", "00:05"), *MARCH, "--days", "1")
    assert result.exit_code == 0
    assert "24 runs, 1 restart, 0 collisions" in result.stdout
    assert result.stdout.endswith("\n05:59 ▓▓▓ 06:04 ·· 06:05 ✓ +60 s\n")
    uncertain = ask(forecast, fixed("02:30"), "--restart", "02:30", "--from", "2027-10-31", "--days", "1")
    assert "dst-overlap" in uncertain.stdout


def test_a_shift_proposes_the_minute_phase() -> None:
    result = ask(shift, HOURLY, *MARCH, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["refused"] is None
    assert found["proposals"] == [
        {
            "offset_minutes": offset,
            "safe": True,
            "reason": None,
            "period": HOURLY.replace("m_tmStartTime='00:00", f"m_tmStartTime='00:{offset:02}"),
            "changed_keys": ["m_tmStartTime"],
            "runs_per_day_before": 24,
            "runs_per_day_after": 24,
            "run_after_restart": f"06:{offset:02}:00",
        }
        for offset in (5, 10)
    ]


def test_the_run_after_the_restart_is_told_in_the_restarts_zone() -> None:
    found = answer(shift, HOURLY, "--restart-zone", "Asia/Kathmandu", *MARCH)
    assert found["refused"] == "No run meets a restart in the next 400 days, so there is nothing to move."
    found = answer(shift, every("1h", "00:15"), "--restart-zone", "Asia/Kathmandu", *MARCH)
    assert [option["run_after_restart"] for option in found["proposals"]] == ["06:05:00", "06:10:00"]


def test_a_shift_without_a_safe_offset_gives_the_nearest_slot() -> None:
    found = answer(shift, HOURLY, "--takes", "15m", *MARCH)
    assert [(option["offset_minutes"], option["safe"]) for option in found["proposals"]] == [
        (5, False),
        (10, False),
        (16, True),
    ]


def test_a_shift_that_is_refused_ends_with_status_3() -> None:
    result = ask(shift, every("5mn"), *MARCH, "--json")
    assert result.exit_code == 3
    found = json.loads(result.stdout)
    assert found["refused"].startswith("No minute is safe")
    assert [option["period"] for option in found["proposals"]] == [None, None]
    calm = ask(shift, fixed("12:40"), *MARCH, "--json")
    assert (calm.exit_code, json.loads(calm.stdout)["proposals"]) == (3, [])


def test_a_shift_is_also_a_table_and_strips() -> None:
    assert ask(shift, HOURLY, *MARCH).stdout == (
        "every hour from 00:00, Europe/Paris\n"
        "+5 min    every hour from 00:05; 24 runs a day\n"
        "          m_tmStartTime='00:05:00.000'\n"
        "          05:59 ▓▓▓ 06:04 ·· 06:05 ✓ +60 s\n"
        "+10 min   every hour from 00:10; 24 runs a day\n"
        "          m_tmStartTime='00:10:00.000'\n"
        "          05:59 ▓▓▓ 06:04 ·· 06:10 ✓ +6 min\n"
    )
    warned = ask(shift, every("1h", "06:00", "20:00"), *MARCH).stdout
    assert "          The first run of the day moves from 06:00 to 05:05.\n" in warned
    refused = ask(shift, every("5mn"), *MARCH).stdout
    assert "No minute is safe" in refused
    assert "+5 min    refused: an interval of 5 min is too short to clear a restart of 5 min\n" in refused


def test_the_period_may_come_from_a_file_with_a_newline_at_its_end(tmp_path: Path) -> None:
    for name, end in (("unix", "\n"), ("windows", "\r\n"), ("bare", "")):
        file = tmp_path / name
        file.write_bytes(b"\xef\xbb\xbf" + (HOURLY + end).encode())
        options = ["--period-file", str(file), "--zone", "UTC", "--restart", "06:00", "--json"]
        result = CliRunner().invoke(shift, options)
        (five, _) = json.loads(result.stdout)["proposals"]
        assert five["period"] == HOURLY.replace("m_tmStartTime='00:00", "m_tmStartTime='00:05")


def test_without_a_date_the_look_begins_today() -> None:
    assert answer(forecast, HOURLY, "--days", "1")["runs"] in {23, 24, 25}


@pytest.mark.parametrize(
    "options",
    [
        ("--zone", "Mars/Olympus"),
        ("--zone", ""),
        ("--zone", "../../etc/passwd"),
        ("--restart-zone", "right/UTC"),
        ("--restart", "24:00"),
        ("--restart", "6"),
        ("--restart", "06:00:00:00"),
        ("--before", "1"),
        ("--takes", "-3m"),
        ("--margin", ""),
        ("--takes", "13h"),
        ("--from", "2027-02-29"),
        ("--from", "tomorrow"),
        ("--from", "9999-12-31"),
        ("--period-file", "/nowhere/at/all"),
        ("--period-file", "/"),
        ("--period-file", ""),
    ],
)
@pytest.mark.parametrize("command", [forecast, shift])
def test_unusable_options_end_with_one_sentence(command: click.Command, options: tuple[str, str]) -> None:
    result = ask(command, HOURLY, *options)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith(options[0])
    assert result.stderr.endswith(".\n")


@pytest.mark.parametrize("days", ["0", "-1", "1.5", "many", "99999", "٣"])
def test_unusable_days_end_with_one_sentence(days: str) -> None:
    result = ask(forecast, HOURLY, "--days", days)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        b"\xff\xfe",
        b"\0" * 100,
        HOURLY * 2,
        "x" * 1_000_000,
        period({"m_iTimeMode": "2"}),
        period({"m_tmFixedTime": "25:00:00.000"}),
    ],
)
@pytest.mark.parametrize("command", [forecast, shift])
def test_an_unusable_period_ends_with_one_sentence(command: click.Command, text: str | bytes) -> None:
    result = ask(command, text)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1


def test_a_refused_form_is_named() -> None:
    result = ask(shift, period({"m_iTimeMode": "2"}))
    assert "m_iTimeMode" in result.stderr


def test_a_missing_option_is_a_usage_error() -> None:
    result = CliRunner().invoke(forecast, ["--period-file", "-", "--zone", "UTC"], input=HOURLY)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--restart" in result.stderr


def test_a_list_moves_only_what_collides() -> None:
    (five, _) = answer(shift, at_times("06:00", "12:00"), *MARCH)["proposals"]
    assert five["changed_keys"] == ["m_vtmTime[0]"]


def test_the_commands_start_without_a_server_or_slack() -> None:
    heavy = {"zeep", "lxml", "slack_sdk", "slack_bolt"}
    program = f"import sys, bot.offline; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout == "[]\n"
