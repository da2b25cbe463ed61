"""SIGTERM against the real process: nothing that was acknowledged is lost, and it ends within ten seconds."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
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
from tests.waiting import until

LONGEST_SECONDS = 10.0
PATIENCE_SECONDS = 60.0
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
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        _, log = self.process.communicate(timeout=PATIENCE_SECONDS)
        return time.monotonic() - began, log


@pytest.fixture(name="running")
def _running(tmp_path: Path) -> Iterator[Running]:
    with CampaignServer() as campaign, SlackServer(mode="socket") as slack:
        text = FILE.format(slack=slack.api_url, campaign=campaign.url, rt=campaign.rt_url(), folder=tmp_path)
        file = tmp_path / "mcsync.toml"
        file.write_text(text, encoding="utf-8")
        words = ["run", "--config", str(file), "--log", "json", "--bell", "0.05"]
        process = subprocess.Popen(
            [sys.executable, "-c", "from bot.cli import main; main()", *words],
            env={**os.environ, **ENVIRONMENT},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            first = re.search(r"port (\d+)", process.stdout.readline())
            assert first is not None
            yield Running(process, int(first[1]), tmp_path, campaign)
        finally:
            process.kill()
            process.communicate()


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
