"""`mcsync diagnose`: from a file or standard input to a verdict, without a server."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from bot.diagnose_offline import diagnose

SENTENCE = "Empty return for method 'Logon' of service 'xtk:session'"
LINE = f"2026-01-20 06:00:04\tsoapImport\t{SENTENCE}\n"
NEEDED = ("--restart", "06:00", "--zone", "Europe/Paris")


def ask(text: str | bytes, *words: str) -> Result:
    return CliRunner().invoke(diagnose, ["-", *(words or NEEDED)], input=text)


def told(text: str | bytes, *words: str) -> dict[str, Any]:
    result = ask(text, *(words or NEEDED), "--json")
    answer: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == (4 if answer["cause"] == "unknown" else 0)
    return answer


def test_the_answer_has_exactly_the_promised_keys() -> None:
    answer = told(LINE)
    assert list(answer) == [
        *("failures", "cause", "confidence", "remedy", "evidence", "excluded", "steps", "sources")
    ]
    assert (answer["failures"], answer["cause"], answer["remedy"]) == (1, "restart-collision", "shift")
    assert answer["confidence"] in ("certain", "likely")
    assert answer["sources"] == ["KA-05406"]
    (distance,) = [fact for fact in answer["evidence"] if fact["kind"] == "distance"]
    assert distance["seconds"] == 4
    assert isinstance(distance["seconds"], int)
    assert {"cause": "credentials", "because": "No line of this failure says XSV-350012."} in answer[
        "excluded"
    ]


def test_a_file_is_read_as_well_as_standard_input(tmp_path: Path) -> None:
    journal = tmp_path / "journal.txt"
    journal.write_text(LINE)
    by_file = CliRunner().invoke(diagnose, [str(journal), *NEEDED, "--json"])
    assert by_file.stdout == ask(LINE, *NEEDED, "--json").stdout
    without_name = CliRunner().invoke(diagnose, [*NEEDED, "--json"], input=LINE)
    assert without_name.stdout == by_file.stdout


def test_an_unknown_cause_ends_with_four() -> None:
    assert told("2026-01-20 06:00:04\tx\tSomething failed")["cause"] == "unknown"
    assert told("2026-01-20 06:00:04\tx\t120 events")["failures"] == 0


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("", NEEDED, "The text is empty."),
        ("hello", NEEDED, "The text holds no journal line"),
        (LINE, ("--restart", "25:00", "--zone", "Europe/Paris"), "25:00"),
        (LINE, ("--restart", "06:00", "--zone", "Europe/Pariss"), "Europe/Pariss"),
        (LINE, (*NEEDED, "--restart-zone", "Mars"), "Mars"),
        (LINE, (*NEEDED, "--takes", "soon"), "soon"),
        (LINE, (*NEEDED, "--date", "yesterday"), "yesterday"),
        (
            LINE.replace("soapImport", "mcSynch_a\tsoapImport"),
            (*NEEDED, "--workflow", "mcSynch_b"),
            "mcSynch_b",
        ),
    ],
)
def test_unusable_input_ends_with_two_and_one_sentence(
    text: str, words: tuple[str, ...], sentence: str
) -> None:
    result = ask(text, *words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["/nowhere/at/all", ".", "a\x00b"])
def test_a_file_that_cannot_be_read_ends_with_two(name: str) -> None:
    result = CliRunner().invoke(diagnose, [name, *NEEDED])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot be read" in result.stderr


@pytest.mark.parametrize("missing", ["--restart", "--zone"])
def test_what_is_needed_is_asked_for(missing: str) -> None:
    words = list(NEEDED)
    index = words.index(missing)
    result = ask(LINE, *words[:index], *words[index + 2 :])
    assert result.exit_code == 2
    assert missing in result.stderr


def test_the_zones_of_journal_and_restart_may_differ() -> None:
    text = LINE.replace("06:00:04", "12:00:04")
    assert told(text, *NEEDED, "--restart-zone", "America/New_York")["cause"] == "restart-collision"
    assert told(text)["cause"] == "rt-unavailable"


def test_the_restart_may_be_repeated_and_its_lengths_chosen() -> None:
    late = LINE.replace("06:00:04", "18:08:00")
    assert told(late, *NEEDED, "--restart", "18:00")["cause"] == "rt-unavailable"
    wide = told(late, *NEEDED, "--restart", "18:00", "--takes", "10m")
    assert wide["cause"] == "restart-collision"
    early = LINE.replace("06:00:04", "05:58:00")
    assert told(early, *NEEDED, "--before", "2m")["cause"] == "restart-collision"
    assert told(LINE.replace("06:00:04", "06:03:30"), *NEEDED, "--margin", "0s")["cause"] == "rt-unavailable"


def test_a_time_without_a_date_is_judged_when_the_date_is_told() -> None:
    text = LINE.replace("2026-01-20 ", "")
    assert told(text)["cause"] == "unknown"
    assert told(text, *NEEDED, "--date", "2026-01-20")["cause"] == "restart-collision"


def test_a_wrong_restart_time_is_noticed() -> None:
    text = "".join(f"2026-01-{day} 04:00:0{day % 5}\tx\t{SENTENCE}\n" for day in range(16, 21))
    answer = told(text)
    assert (answer["failures"], answer["remedy"]) == (5, "check-restart-time")
    assert "is the restart time right?" in json.dumps(answer["evidence"])
    assert 'restart = "04:00:00"' in answer["steps"][0]


def test_without_json_the_same_is_told_in_words() -> None:
    result = ask(LINE)
    assert result.exit_code == 0
    for part in (
        "restart-collision, likely",
        "How we know",
        "What it is not",
        "What to do",
        "KA-05406",
        "1.",
    ):
        assert part in result.stdout
    assert "(0 failures read)" in ask("2026-01-20 06:00:04\tx\t120 events").stdout


def test_the_command_starts_without_the_libraries_of_the_bot() -> None:
    program = "import sys, bot.diagnose_offline; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    heavy = {"zeep", "slack_bolt", "slack_sdk", "lxml", "pydantic", "apscheduler", "sqlite_utils"}
    assert heavy.isdisjoint(result.stdout.split())


HOSTILE = {
    "one endless line": "a",
    "the service again and again": "xtk:session ",
    "the sentence again and again": f"{SENTENCE} ",
    "quotes": "'",
    "fields": '","',
    "dates": "2026-01-20 06:00:04 ",
    "escapes": "&amp;",
    "tags": '<a "',
    "open sections": "<![CDATA[",
    "cells": "<td ",
    "codes": "ABC-123456 ",
    "accounts": "account ",
    "spaces": " ",
    "line ends": "\n",
    "ligatures": "\ufdfa",
    "marks": "a\u0301",
}


XML = '<workflowLog logDate="2026-01-20 05:00:04Z" message="{}"/>'


XML = '<workflowLog logDate="2026-01-20 05:00:04Z" message="{}"/>'


@pytest.mark.parametrize("frame", ["{}", "2026-01-20 06:00:04\tx\t{}", XML], ids=["bare", "line", "XML"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_mebibyte_of_hostile_text_is_answered_soon(name: str, frame: str) -> None:
    text = frame.format((HOSTILE[name] * (2**20 // len(HOSTILE[name])))[: 2**20])
    begun = time.process_time()
    assert ask(text).exit_code in (0, 2, 4)
    assert time.process_time() - begun < 20


@limits(max_examples=40, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_get_a_verdict_or_one_sentence(data: bytes) -> None:
    for raw in (data, LINE.encode() + data):
        result = ask(raw)
        assert result.exit_code in (0, 2, 4)
        assert (result.exit_code == 2) == bool(result.stderr)
