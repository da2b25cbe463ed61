"""The page's server, without a browser."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.sandbox.listening import listen
from bot.sandbox.page import PageServer
from bot.sandbox.page.board import Board
from bot.sandbox.page.routes import FILES
from bot.sandbox.process import Stuck
from bot.sandbox.programs import Sandbox

ROOT = Path(__file__).parents[2]
TIMEOUT = 15


@pytest.fixture(name="sandbox", scope="module")
def _sandbox() -> Iterator[Sandbox]:
    with Sandbox(socket_mode=True) as sandbox:
        yield sandbox


@pytest.fixture(name="server", scope="module")
def _server(sandbox: Sandbox) -> Iterator[PageServer]:
    with PageServer(sandbox) as server:
        yield server


@pytest.fixture(name="http")
def _http() -> Iterator[requests.Session]:
    with requests.Session() as http:
        http.trust_env = False
        yield http


def pictures(http: requests.Session, server: PageServer, *topics: str) -> dict[str, Any]:
    """Follow the stream until each topic was told once."""
    found: dict[str, Any] = {}
    with http.get(f"{server.url}live", stream=True, timeout=TIMEOUT) as stream:
        topic = ""
        for line in stream.iter_lines(decode_unicode=True):
            if line.startswith("event: "):
                topic = line.removeprefix("event: ")
            elif line.startswith("data: "):
                found[topic] = json.loads(line.removeprefix("data: "))
            if set(topics) <= set(found):
                return found
    raise AssertionError(found)


def order(http: requests.Session, server: PageServer, path: str, **body: object) -> dict[str, Any]:
    answer: dict[str, Any] = http.post(f"{server.url}{path}", json=body, timeout=TIMEOUT).json()
    return answer


def test_the_page_and_all_its_files_are_served_and_name_nothing_elsewhere(
    server: PageServer, http: requests.Session
) -> None:
    page = http.get(server.url, timeout=TIMEOUT)
    assert page.headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"

    for name in re.findall(r'(?:src|href)="(files/[^"]+)"', page.text):
        assert http.get(server.url + name, timeout=TIMEOUT).status_code == 200
    for path in FILES.iterdir():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://\w", text), path.name
        for imported in re.findall(r'from "\./([^"]+)"', text):
            assert (FILES / imported).exists(), (path.name, imported)


def test_the_stream_tells_everything_there_is(server: PageServer, http: requests.Session) -> None:
    told = pictures(http, server, "scene", "slack", "campaign", "time")

    assert told["scene"]["picture"]["scenario"] == "collision"
    assert {person["id"] for person in told["slack"]["picture"]["people"]} >= {"U0SAM", "U0ADA"}
    assert told["campaign"]["picture"]["workflows"][0]["name"] == "mcSynch_mcExec1"
    assert "now" not in told["campaign"]["picture"]
    assert told["time"]["picture"]["bot"] == "running"


def test_the_commands_are_what_the_app_itself_says(
    server: PageServer, http: requests.Session, sandbox: Sandbox
) -> None:
    for _ in range(100):
        commands = pictures(http, server, "scene")["scene"]["picture"]["commands"]
        if commands:
            break
        threading.Event().wait(0.05)

    assert {"name": "trust", "usage": "[instance]"}.items() <= next(
        one for one in commands if one["name"] == "trust"
    ).items()
    assert sandbox.slack("ephemerals")["ephemerals"] == []


def test_deeds_and_levers_are_passed_on(server: PageServer, http: requests.Session, sandbox: Sandbox) -> None:
    said = order(http, server, "slack/say", user="U0SAM", text="hello")
    broken = order(http, server, "campaign/faults", mode="503")
    refused = http.post(f"{server.url}campaign/nothing", json={}, timeout=TIMEOUT)

    assert said["ok"]
    assert [message["text"] for message in sandbox.slack("messages")["messages"]] == ["hello"]
    assert broken["faults"][0]["mode"] == "503"
    assert refused.status_code == 400
    withdrawn = http.delete(f"{server.url}campaign/faults", timeout=TIMEOUT).json()
    assert withdrawn == {"faults": []}
    shown = pictures(http, server, "slack")["slack"]["picture"]["messages"][0]["shown_at"] / 1000
    assert abs(shown - sandbox.clock.now().timestamp()) < 60


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("time/nowhere", b"", 404, "there is no such control"),
        ("time/minutes", b'{"count": 0}', 400, "count must be"),
        ("time/minutes", b'{"count": 1441}', 400, "count must be"),
        ("time/minutes", b"{", 400, "count must be"),
        ("time/minutes", b"[]", 400, "count must be"),
        ("bot/dance", b"", 404, "there is no such control"),
    ],
)
def test_what_is_no_order_is_refused(
    server: PageServer, http: requests.Session, *, path: str, body: bytes, status: int, error: str
) -> None:
    answer = http.post(server.url + path, data=body, timeout=TIMEOUT)

    assert answer.status_code == status
    assert error in answer.json()["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
    ],
)
def test_nobody_but_the_page_may_ask(
    server: PageServer, http: requests.Session, sandbox: Sandbox, headers: dict[str, str]
) -> None:
    answer = http.post(f"{server.url}bot/kill", headers=headers, timeout=TIMEOUT)

    assert answer.status_code == 403
    assert sandbox.bot_state == "running"


def test_time_and_the_bot_obey(server: PageServer, http: requests.Session, sandbox: Sandbox) -> None:
    before = sandbox.clock.now()

    assert order(http, server, "time/minutes", count=3)["ok"]
    server.journeys.wait()
    assert sandbox.clock.now() - before >= server.journeys.progress.end - server.journeys.progress.begin  # type: ignore[union-attr]  # it has begun
    assert order(http, server, "bot/freeze")["ok"]
    assert pictures(http, server, "time")["time"]["picture"]["bot"] == "frozen"
    assert order(http, server, "bot/thaw")["ok"]
    assert pictures(http, server, "time")["time"]["picture"]["bot"] == "running"


def test_a_stand_in_that_is_gone_is_an_answer_too(
    server: PageServer, http: requests.Session, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "slack_url", "http://127.0.0.1:9")

    answer = http.post(f"{server.url}slack/say", json={}, timeout=TIMEOUT)

    assert (answer.status_code, answer.json()["error"]) == (502, "no answer: ConnectionError")


def test_a_picture_that_is_the_same_is_no_news() -> None:
    board = Board()
    board.put("time", {"bot": "running"})
    board.put("time", {"bot": "running"})
    first = board.pictures()["time"]
    board.put("time", {"bot": "frozen"})

    assert (first[0], board.pictures()["time"]) == (1, (2, {"bot": "frozen"}))


def test_a_usual_port_that_is_taken_gives_way_and_a_wanted_one_does_not(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listen(0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr("bot.sandbox.page.server.USUAL_PORT", port)
        with PageServer(sandbox, port=None) as server:
            assert str(port) not in server.url
        with pytest.raises(Stuck, match=f"Port {port} cannot be used"), PageServer(sandbox, port=port):
            pass


def test_the_command_prints_one_address_and_takes_its_programs_along(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "bot.cli",
            "sandbox",
            "--scenario",
            "shadow",
            "--port",
            "0",
            "--keep",
            tmp_path,
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        page = requests.get(address, timeout=TIMEOUT)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        programs = [int(pid) for pid in children.read_text().split()] if children.exists() else []
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=TIMEOUT)

    assert page.ok
    assert (process.returncode, out, err) == (0, "", "")
    assert 'mode = "shadow"' in (tmp_path / "mcsync.toml").read_text(encoding="utf-8")
    for pid in programs:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_the_story_is_told_of_one_scenario_only() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bot.cli", "sandbox", "--story", "--scenario", "dst"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 2
    assert "The story is about collision" in told.stderr
