"""The acknowledgement by Socket Mode, as Slack sees it: from an envelope sent to its acknowledgement."""

import time
from collections.abc import Iterator

import requests

from tests.bench.effort import Effort
from tests.bench.figures import Pair, alternate, percentile
from tests.bench.program import NotMeasurable, Program
from tests.bench.row import Aim, Row, ratio_row
from tests.bench.stage import Stage, free_ports

ADAPTER = "Bolt's echo on Bolt's own socket adapter"
WARM_UP = 20


def measure(effort: Effort) -> Iterator[Row]:
    """Let a stand-in Slack send commands to ours, and another one to the floor."""
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    with (
        Stage("socket") as stage,
        Program(*f"bot.cli sandbox-slack --port {port} --mode socket".split()),
        Program("tests.bench.floors.socket_echo", f"{url}/api/"),
        requests.Session() as http,
    ):
        http.trust_env = False
        pairs = alternate(
            effort.pairs,
            lambda: _acknowledgements(http, stage.slack_url, effort.seconds),
            lambda: _acknowledgements(http, url, effort.seconds),
        )
    for share, name, aim in ((0.5, "p50", Aim(1.3, "×")), (0.99, "p99", None)):
        yield ratio_row(
            f"socket-{name}",
            f"Socket Mode acknowledgement of `/mcsync status`: {name}",
            [Pair(percentile(ours, share), percentile(floor, share)) for ours, floor in pairs],
            "ms",
            against=ADAPTER,
            aim=aim,
            bound=(
                "Bolt's dispatch takes most in both; ours besides the way from the words to the kept answer, "
                "in whose language, a longer answer, and to hand it to a thread"
            ),
        )


def _acknowledgements(http: requests.Session, slack_url: str, seconds: float) -> list[float]:
    """Type one command after the other; return what each acknowledgement took, as Slack measured it, ms."""
    taken: list[float] = []
    end = time.monotonic() + seconds
    while len(taken) < WARM_UP * 2 or time.monotonic() < end:
        order = {"user": "U0SAM", "text": "/mcsync status", "unseen": True}
        answer = http.post(f"{slack_url}/_sandbox/command", json=order, timeout=20).json()
        if not answer["ok"]:
            raise NotMeasurable(f"a command by Socket Mode was not acknowledged: {answer}")
        taken.append(float(answer["ms"]))
    return taken[WARM_UP:]
