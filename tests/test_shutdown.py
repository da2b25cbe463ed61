"""SIGTERM against the real process: nothing that was acknowledged is lost, and it ends within ten seconds."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from bot.gateways.store import create_store
from bot.sandbox.campaign.server import CampaignServer
from bot.sandbox.slack.server import SlackServer
from tests.doctor.stage import FILE
from tests.flows.town import ENVIRONMENT, SECRET, WORKFLOW
from tests.freezer import Freezer
from tests.postgres import fresh_url
from tests.waiting import until

LONGEST_SECONDS = 10.0
PATIENCE_SECONDS = 60.0
NOBODY = "http://127.0.0.1:1"
FAR = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass
class Running:
    """The program in a process of its own, with a Campaign and a Slack."""

    process: "subprocess.Popen[str]"
    port: int
    folder: Path
    campaign: CampaignServer
    taken: list[str] = field(default_factory=list)

    def deliver(self, number: int) -> bool:
        """Deliver a webhook; `False` when nobody takes it."""
        report = {
            "id": f"delivery-{number}",
            "workflow": WORKFLOW,
            "workflow_id": "4900",
            "activity": "soapImport",
            "message": "m",
            "logged_at": "2026-11-24T05:00:03Z",
            "log_id": str(number),
        }
        url = f"http://127.0.0.1:{self.port}/webhooks/campaign/prod"
        headers = {"Authorization": f"Bearer {SECRET}"}
        try:
            answer = requests.post(url, json=report, headers=headers, timeout=5)
        except requests.RequestException:
            return False
        if answer.ok:
            self.taken.append(answer.json()["delivery"])
        return answer.ok

    def terminate(self) -> tuple[float, str]:
        """Send SIGTERM; return after how many seconds it ended, and its log."""
        return terminate(self.process)


def terminate(running: "subprocess.Popen[str]") -> tuple[float, str]:
    """Send SIGTERM; return after how many seconds it ended, and its log."""
    began = time.monotonic()
    running.send_signal(signal.SIGTERM)
    _, log = running.communicate(timeout=PATIENCE_SECONDS)
    return time.monotonic() - began, log


@contextmanager
def process(folder: Path, text: str) -> "Iterator[subprocess.Popen[str]]":
    """Start the program with a configuration; it is killed in the end."""
    file = folder / "mcsync.toml"
    file.write_text(text, encoding="utf-8")
    words = ["run", "--config", str(file), "--log", "json", "--bell", "0.05"]
    found = subprocess.Popen(
        [sys.executable, "-c", "from bot.cli import main; main()", *words],
        env={**os.environ, **ENVIRONMENT},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield found
    finally:
        found.kill()
        found.communicate()


@contextmanager
def running_in(folder: Path, store_url: str = "") -> Iterator[Running]:
    """Start the program with a Campaign and a Slack, and wait until it listens."""
    with CampaignServer() as campaign, SlackServer(mode="socket") as slack:
        text = FILE.format(slack=slack.api_url, campaign=campaign.url, rt=campaign.rt_url(), folder=folder)
        if store_url:
            text = text.replace(f"sqlite:///{folder}/mcsync.db", store_url)
        with process(folder, text) as started:
            assert started.stdout is not None
            first = re.search(r"port (\d+)", started.stdout.readline())
            assert first is not None
            yield Running(started, int(first[1]), folder, campaign)


@pytest.fixture(name="running")
def _running(tmp_path: Path) -> Iterator[Running]:
    with running_in(tmp_path) as found:
        yield found


def wait_until_campaign_hangs(running: Running) -> None:
    """Let Campaign hang, and wait until a call hangs in it."""
    running.campaign.world.settings.slow_seconds = 300
    running.deliver(0)
    until(lambda: running.campaign.open_connections > 0, seconds=PATIENCE_SECONDS)


def test_while_campaign_hangs_it_ends_in_time_and_hands_its_work_back(running: Running) -> None:
    wait_until_campaign_hangs(running)

    seconds, log = running.terminate()

    assert running.process.returncode == 0, log
    assert seconds < LONGEST_SECONDS, log
    last = json.loads(log.splitlines()[-1])
    assert (last["event"], last["ended"]) == ("program.closed", False)
    store = create_store(f"sqlite:///{running.folder}/mcsync.db")
    store.open()
    with closing(store):
        assert store.holders() == ()
        with store.read() as tx:
            assert tx.tally(FAR).due > 0


def test_under_a_flood_everything_that_was_acknowledged_is_kept(running: Running) -> None:
    stop = threading.Event()

    def flood(first: int) -> None:
        for number in range(first, first + 100_000, 1):
            if stop.is_set() or not running.deliver(number):
                return

    threads = [threading.Thread(target=flood, args=(1_000_000 * (worker + 1),)) for worker in range(4)]
    for thread in threads:
        thread.start()
    until(lambda: len(running.taken) >= 30, seconds=PATIENCE_SECONDS)

    seconds, log = running.terminate()
    stop.set()
    for thread in threads:
        thread.join()

    assert running.process.returncode == 0, log
    assert seconds < LONGEST_SECONDS, log
    store = create_store(f"sqlite:///{running.folder}/mcsync.db")
    store.open()
    with closing(store):
        assert store.holders() == ()
        with store.write() as tx:
            lost = [key for key in running.taken if tx.accept_delivery(f"webhook:prod:{key}", FAR, "")]
    assert lost == []


def assert_ended_in_order(ended: "subprocess.Popen[str]", seconds: float, log: str) -> None:
    """See that it ended in time, by itself, and said so in its last line."""
    assert ended.returncode == 0, log
    assert seconds < LONGEST_SECONDS, log
    assert "Traceback" not in log
    assert json.loads(log.splitlines()[-1])["event"] == "program.closed"


def test_while_another_program_keeps_the_database_locked_it_ends_in_time(running: Running) -> None:
    with closing(sqlite3.connect(running.folder / "mcsync.db", isolation_level=None)) as other:
        until(lambda: has_logged_on(running), seconds=PATIENCE_SECONDS)
        other.execute("BEGIN IMMEDIATE")

        seconds, log = running.terminate()

    assert_ended_in_order(running.process, seconds, log)
    until(lambda: not has_logged_on(running), lambda: "it has not logged off")


def has_logged_on(running: Running) -> bool:
    return bool(running.campaign.world.access.sessions)


@pytest.mark.parametrize("what", ["stands still", "is gone"])
def test_while_the_database_is_not_there_it_ends_in_time_and_logs_off(tmp_path: Path, what: str) -> None:
    with Freezer(fresh_url()) as way, running_in(tmp_path, way.url) as running:
        until(lambda: has_logged_on(running), seconds=PATIENCE_SECONDS)
        way.freeze() if what == "stands still" else way.close()

        seconds, log = running.terminate()

        assert_ended_in_order(running.process, seconds, log)
        until(lambda: not has_logged_on(running), lambda: "it has not logged off")


@pytest.fixture(name="silent")
def _silent() -> "Iterator[socket.socket]":
    """Give a listening socket whose connections are taken by the system, and answered by nobody."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(PATIENCE_SECONDS)
        yield listening


def refuse(listening: socket.socket) -> None:
    """Answer one request as a server in trouble does."""
    caller, _ = listening.accept()
    with caller:
        caller.recv(65536)
        caller.sendall(b"HTTP/1.1 500 Trouble\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@pytest.mark.parametrize(("mode", "refusals"), [("socket", 0), ("http", 0), ("socket", 2)])
def test_while_slack_does_not_answer_the_start_it_ends_in_time(
    tmp_path: Path, silent: socket.socket, mode: str, refusals: int
) -> None:
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    text = FILE.format(slack=f"{url}/api/", campaign=url, rt=url, folder=tmp_path)
    with process(tmp_path, text.replace('mode = "socket"', f'mode = "{mode}"')) as started:
        # Two refused tries tell it that Slack does not say who it is; then it asks for a line.
        for _ in range(refusals):
            refuse(silent)
        caller, _ = silent.accept()
        with caller:
            seconds, log = terminate(started)

    assert_ended_in_order(started, seconds, log)


def test_while_the_database_does_not_answer_the_start_it_ends_in_time(
    tmp_path: Path, silent: socket.socket
) -> None:
    text = FILE.format(
        slack="http://127.0.0.1:1/", campaign="http://127.0.0.1:1", rt="http://127.0.0.1:1/", folder=tmp_path
    )
    place = f"postgresql://mcsync@127.0.0.1:{silent.getsockname()[1]}/mcsync?connect_timeout=60"
    with process(tmp_path, text.replace(f"sqlite:///{tmp_path}/mcsync.db", place)) as started:
        caller, _ = silent.accept()
        with caller:
            seconds, log = terminate(started)

    assert_ended_in_order(started, seconds, log)


def test_what_cannot_be_opened_is_told_and_ends_the_start(tmp_path: Path) -> None:
    (tmp_path / "mcsync.db").write_bytes(b"not a database" * 500)
    text = FILE.format(
        slack="http://127.0.0.1:1/", campaign="http://127.0.0.1:1", rt="http://127.0.0.1:1/", folder=tmp_path
    )
    with process(tmp_path, text) as started:
        _, log = started.communicate(timeout=PATIENCE_SECONDS)

    assert started.returncode == 2
    assert "is not a SQLite database" in log
    assert "Traceback" not in log
