"""From nothing to ready, and the memory it takes, against a program that only has the same libraries."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import requests

import bot.gateways.campaign
from tests.bench.effort import Effort
from tests.bench.figures import Pair, alternate
from tests.bench.program import Program, wait_until
from tests.bench.row import Aim, Row, ratio_row
from tests.bench.stage import SIGNING_SECRET, Stage, burst, free_ports

LIBRARIES = "a program that imports and constructs the same libraries"
CROWD = 16
BOUND = (
    "of the processor time the libraries take 260 ms, our 290 modules 140 more: making 193 frozen values 78, "
    "146 patterns 16, the rest to find, read and run them; then the database, and who we are at Slack"
)
WSDLS = Path(bot.gateways.campaign.__file__).parent / "wsdl"


@dataclass(frozen=True)
class Start:
    """What a start came to.

    Attributes:
        ready_ms: from the start of the process to the first good answer of `/healthz`.
        idle_mb: resident then, once nothing is due.
        loaded_mb: resident after a burst of commands.
    """

    ready_ms: float
    idle_mb: float
    loaded_mb: float


def measure(effort: Effort) -> Iterator[Row]:
    """Start both again and again."""
    with Stage() as stage, Program("tests.bench.client") as client:
        starts = alternate(
            effort.pairs, lambda: _ours(stage, client, effort), lambda: _floor(stage, client, effort)
        )
    for name, what, unit in (
        ("ready_ms", "start to ready", "ms"),
        ("idle_mb", "memory, idle", "MB"),
        ("loaded_mb", f"memory after a burst of {CROWD} clients", "MB"),
    ):
        pairs = [Pair(getattr(ours, name), getattr(floor, name)) for ours, floor in starts]
        yield ratio_row(f"start-{name}", what, pairs, unit, against=LIBRARIES, aim=Aim(1.3, "×"), bound=BOUND)


def _ours(stage: Stage, client: Program, effort: Effort) -> Start:
    stage.bot.end()
    began = time.monotonic()
    stage.bot.start()
    return _start(stage.bot, client, stage.port, began, effort)


def _floor(stage: Stage, client: Program, effort: Effort) -> Start:
    (port,) = free_ports(1)
    database = stage.folder / f"floor-{port}.db"
    began = time.monotonic()
    with Program(
        "tests.bench.floors.libraries", SIGNING_SECRET, str(database), str(WSDLS), str(port)
    ) as floor:
        return _start(floor, client, port, began, effort)


def _start(program: Program, client: Program, port: int, began: float, effort: Effort) -> Start:
    wait_until(lambda: _is_ready(port), "an answer of /healthz")
    ready = time.monotonic() - began
    # What a start leaves to be done is done by then.
    time.sleep(1.0)
    idle = program.memory_mb()
    burst(
        client,
        port=port,
        kind="slack",
        secret=SIGNING_SECRET,
        text="status",
        clients=CROWD,
        seconds=effort.seconds,
    )
    return Start(1000 * ready, idle, program.memory_mb())


def _is_ready(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok
    except requests.ConnectionError:
        return False
