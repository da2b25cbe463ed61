"""Starting and stopping: in a thread for tests, as a program for people."""

import json
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from slack_sdk import WebClient
from websockets.sync.client import connect

from bot.sandbox.slack import SlackServer
from bot.sandbox.slack.manifest import Manifest
from bot.sandbox.slack.standin import Installation

PROGRAM = """
from pathlib import Path
from bot.sandbox.slack import serve
def ready(url):
    print(url, flush=True)

serve(0, log=Path("calls.jsonl"), mode="socket", bot_token="xoxb-mine", ready=ready)
"""


def test_two_stand_ins_run_side_by_side_and_stop() -> None:
    before = set(threading.enumerate())
    with SlackServer(seed=1) as one, SlackServer(seed=2, bot_token="xoxb-2") as two:
        assert one.url != two.url
        assert WebClient("xoxb-sandbox", base_url=one.api_url).auth_test()["ok"]
        assert WebClient("xoxb-2", base_url=two.api_url).auth_test()["ok"]
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{one.url}/_sandbox/messages", timeout=1)
    assert set(threading.enumerate()) <= before


def test_it_stops_with_a_connection_open_and_a_call_under_way() -> None:
    took: list[float] = []
    with ExitStack() as stack, SlackServer(mode="socket") as server:
        stack.enter_context(connect(server.standin.open_socket(), proxy=None))
        fault = {"method": "*", "mode": "slow", "seconds": 60}
        requests.post(f"{server.url}/_sandbox/faults", json=fault, timeout=5)
        with pytest.raises(requests.ReadTimeout):
            requests.get(f"{server.api_url}api.test", timeout=0.05)
        started = time.monotonic()
        stack.callback(lambda: took.append(time.monotonic() - started))
    assert took[0] < 4


def test_the_same_seed_gives_the_same_ids() -> None:
    def posted(seed: int) -> str:
        with SlackServer(seed=seed) as server:
            client = WebClient("xoxb-sandbox", base_url=server.api_url)
            block = {"type": "divider"}
            answer = client.chat_postMessage(channel="C0OPS", text="x", blocks=[block])
            return str(answer["message"]["blocks"][0]["block_id"])

    assert posted(7) == posted(7) != posted(8)


def test_a_mode_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match='mode is "http" or "socket"'):
        Installation(Manifest(), mode="pigeon")


def test_as_a_program_it_says_where_it_listens_and_stops_on_a_signal(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        cwd=tmp_path,
        env={"PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        url = program.stdout.readline().strip()
        WebClient("xoxb-mine", base_url=f"{url}/api/").chat_postMessage(channel="C0OPS", text="x")
        program.send_signal(signal.SIGINT)
        program.wait(10)

    [call] = (tmp_path / "calls.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(call) == {"method": "chat.postMessage", "body": {"channel": "C0OPS", "text": "x"}}
