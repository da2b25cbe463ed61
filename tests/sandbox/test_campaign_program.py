import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.sandbox.campaign.clock import FileClock, clock_from_environment
from bot.sandbox.campaign.seed import Plan
from bot.sandbox.campaign.server import CampaignServer
from tests.sandbox.soap_client import HandClock, SoapClient, result

ROOT = Path(__file__).parents[2]


@contextmanager
def program(*arguments: str, clock_file: Path) -> Iterator[tuple[subprocess.Popen[str], SoapClient]]:
    """Run the stand-in as a program of its own."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "bot.sandbox.campaign", *arguments],
        cwd=ROOT,
        env={**os.environ, "MCSYNC_CLOCK_FILE": str(clock_file)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("Campaign stand-in: http://127.0.0.1:"), line
            client = SoapClient(line.split()[-1])
            with client.http:
                yield process, client
        finally:
            process.kill()


def test_the_program_prints_its_address_obeys_the_clock_file_and_goes_quietly(tmp_path: Path) -> None:
    clock_file, journal = tmp_path / "clock", tmp_path / "campaign.jsonl"
    tomorrow = timedelta(days=1)
    clock_file.write_text(f"{tomorrow.total_seconds():.3f}")
    with program(
        *(
            "--seed",
            "5",
            "--journal",
            str(journal),
            "--rt-restart",
            "07:30",
            "--rt-zone",
            "UTC",
            "--rt-takes",
            "60",
        ),
        clock_file=clock_file,
    ) as (process, soap):
        soap.log_on()
        world = soap.get("/_sandbox/world").json()
        (server_time,) = result(soap.call("xtk:session#GetServerTime"))
        soap.lever("faults", mode="slow", seconds=60)
        process.send_signal(signal.SIGTERM)
        begin = time.monotonic()
        out, err = process.communicate(timeout=5)

    assert time.monotonic() - begin < 1
    assert (process.returncode, out, err) == (0, "", "")
    told = datetime.fromisoformat(server_time.text or "")
    assert abs(told - datetime.now(UTC) - tomorrow) < timedelta(minutes=1)
    assert world["seed"] == 5
    assert world["executions"]["mcExec1"]["restart"] == "07:30:00"
    assert world["executions"]["mcExec1"]["takes"] == 60
    assert [json.loads(line)["action"] for line in journal.read_text().splitlines()] == [
        *("xtk:session#Logon", "xtk:session#GetServerTime"),
    ]


def test_a_start_that_fails_leaves_no_socket_behind() -> None:
    with pytest.raises(KeyError, match="nope"), CampaignServer(scenario="nope"):
        pass


def test_calls_are_recorded_without_their_secrets(tmp_path: Path, clock: HandClock) -> None:
    journal = tmp_path / "campaign.jsonl"
    with CampaignServer(Plan(history_days=0), clock=clock, journal=journal) as server:
        soap = SoapClient(server.url)
        with soap.http:
            soap.log_on(password="hunter2 & <more>")
            soap.log_on()
            token = soap.headers["Cookie"].removeprefix("__sessiontoken=")
            soap.post(in_body(token), {"SOAPAction": "xtk:session#TestCnx"})
            soap.query("xtk:workflow", "@id", where="@internalName = 'sandbox'")
            soap.lever("faults", mode="reset", action="xtk:workflow#Stop")
            with pytest.raises(OSError, match="reset"):
                soap.call("xtk:workflow#Stop", "4900")
            soap.post(b"<a/>", {})
            secrets = [token, soap.headers["X-Security-Token"], "hunter2"]

    text = journal.read_text(encoding="utf-8")
    calls = [json.loads(line) for line in text.splitlines()]
    assert [(call["action"], call["status"]) for call in calls] == [
        ("xtk:session#Logon", 403),
        ("xtk:session#Logon", 200),
        ("xtk:session#TestCnx", 200),
        ("xtk:queryDef#ExecuteQuery", 200),
        ("xtk:workflow#Stop", 0),
        ("", 500),
    ]
    assert not [secret for secret in secrets if secret in text]
    assert ">sandbox<" not in text
    assert "'sandbox'" in calls[3]["body"]
    assert all("***" in call["body"] for call in calls[:3])


def in_body(token: str) -> bytes:
    """Build a call whose session token stands in its body."""
    return (
        "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>"
        f"<TestCnx xmlns='urn:xtk:session'><t>{token}</t></TestCnx></e:Body></e:Envelope>"
    ).encode()


def test_a_clock_file_moves_rule_time_at_once(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    clock = FileClock(path)

    def offset() -> float:
        return (clock() - datetime.now(UTC)).total_seconds()

    assert abs(offset()) < 5
    path.write_text("3600.5\n")
    assert abs(offset() - 3600.5) < 5
    path.write_text("-7200")
    assert abs(offset() + 7200) < 5
    path.write_text("")
    assert abs(offset() + 7200) < 5
    path.unlink()
    assert abs(offset()) < 5


def test_without_the_variable_rule_time_is_machine_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MCSYNC_CLOCK_FILE", raising=False)

    assert abs(clock_from_environment()() - datetime.now(UTC)) < timedelta(seconds=5)
