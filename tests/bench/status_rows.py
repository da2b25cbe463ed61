"""`/mcsync status` over signed HTTP: against an echo, and against itself when nothing else goes on."""

import threading
from collections.abc import Iterator

from bot.sandbox.programs import WEBHOOK_SECRET
from tests.bench.effort import Effort
from tests.bench.figures import Pair, alternate, percentile
from tests.bench.program import Program
from tests.bench.row import Aim, Row, ratio_row
from tests.bench.stage import SIGNING_SECRET, WORKFLOW, Burst, Stage, burst

CROWD = 16
HANG_SECONDS = 10.0
WEBHOOKS_PER_SECOND = 1000 / 60
ECHO = "Bolt's echo, same server and signature check"
QUIET = "itself when quiet"
BOUND = (
    "beyond the echo: from the words to the kept answer, in whose language, a longer answer, trace and "
    "figures; the rest is in some hundred calls, and in colder caches"
)


def measure(effort: Effort) -> Iterator[Row]:
    """Measure alone, in a crowd, and while Campaign hangs under a flood of webhooks."""
    with (
        Stage() as stage,
        Program("tests.bench.floors.echo", SIGNING_SECRET) as echo,
        Program("tests.bench.client") as client,
        Program("tests.bench.client") as flooder,
    ):
        ours = _Asker(client, stage.port, effort.seconds)
        floor = _Asker(client, int(echo.first_line), effort.seconds)
        yield from _alone(alternate(effort.pairs, ours.alone, floor.alone))
        yield from _crowded(alternate(effort.pairs, ours.crowded, floor.crowded))
        quiet = [ours.alone() for _ in range(effort.pairs)]
        with _Trouble(stage, flooder, effort):
            busy = [ours.alone() for _ in range(effort.pairs)]
        yield from _troubled(list(zip(busy, quiet, strict=True)))


class _Asker:
    def __init__(self, client: Program, port: int, seconds: float) -> None:
        self._client = client
        self._port = port
        self._seconds = seconds

    def alone(self) -> Burst:
        return self._burst(1)

    def crowded(self) -> Burst:
        return self._burst(CROWD)

    def _burst(self, clients: int) -> Burst:
        return burst(
            self._client,
            port=self._port,
            kind="slack",
            secret=SIGNING_SECRET,
            text="status",
            clients=clients,
            seconds=self._seconds,
        )


class _Trouble:
    """Every call to Campaign hangs, and webhooks come in all the time."""

    def __init__(self, stage: Stage, flooder: Program, effort: Effort) -> None:
        self._stage = stage
        seconds = effort.pairs * effort.seconds * 1.2 + 1
        self._flood = threading.Thread(target=self._send, args=(flooder, seconds))
        self._sent: Burst | None = None

    def _send(self, flooder: Program, seconds: float) -> None:
        self._sent = burst(
            flooder,
            port=self._stage.port,
            kind="campaign",
            secret=WEBHOOK_SECRET,
            text=WORKFLOW,
            seconds=seconds,
            per_second=WEBHOOKS_PER_SECOND,
            warm_up=1,
        )

    def __enter__(self) -> None:
        self._stage.campaign("settings", slow_seconds=HANG_SECONDS)
        self._flood.start()

    def __exit__(self, *_: object) -> None:
        self._flood.join()
        self._stage.campaign("settings", slow_seconds=0.0)
        assert self._sent is not None, "the flood of webhooks dried up"


def _alone(pairs: list[tuple[Burst, Burst]]) -> Iterator[Row]:
    what = "answer to `/mcsync status`, signed HTTP, 1 client"
    yield ratio_row(
        "status-1-p50",
        f"{what}: p50",
        _percentiles(pairs, 0.5),
        "ms",
        against=ECHO,
        aim=Aim(1.5, "×"),
        bound=BOUND,
    )
    yield ratio_row("status-1-p99", f"{what}: p99", _percentiles(pairs, 0.99), "ms", against=ECHO)


def _crowded(pairs: list[tuple[Burst, Burst]]) -> Iterator[Row]:
    what = f"answer to `/mcsync status`, signed HTTP, {CROWD} clients"
    rates = [Pair(ours.per_second, floor.per_second) for ours, floor in pairs]
    yield ratio_row(
        "status-16-rate",
        f"{what}: rate",
        rates,
        "/s",
        against=ECHO,
        aim=Aim(0.5, "×", at_least=True),
        bound=BOUND,
    )
    slowest = _percentiles(pairs, 0.99)
    told = ratio_row("", "", slowest, "ms", against=ECHO)
    yield Row(
        "status-16-p99",
        f"{what}: p99",
        told.ours or 0.0,
        "ms",
        aim=Aim(100, "ms"),
        bound=BOUND,
        ours=told.ours,
        floor=told.floor,
        own_unit="ms",
        against=ECHO,
    )


def _troubled(pairs: list[tuple[Burst, Burst]]) -> Iterator[Row]:
    what = "the same, 1 client, while every Campaign call hangs for 10 s and 1,000 webhooks a minute come"
    yield ratio_row(
        "status-troubled-p99",
        f"{what}: p99",
        _percentiles(pairs, 0.99),
        "ms",
        against=QUIET,
        aim=Aim(3, "×"),
        bound="each webhook makes the kept answer old, so that it is made anew from the store",
    )
    every = [one for busy, _ in pairs for one in busy.ms]
    yield Row(
        "status-troubled-p999",
        f"the same: p99.9 of {len(every):,}",
        percentile(every, 0.999),
        "ms",
        aim=Aim(300, "ms"),
    )


def _percentiles(pairs: list[tuple[Burst, Burst]], share: float) -> list[Pair]:
    return [Pair(percentile(ours.ms, share), percentile(floor.ms, share)) for ours, floor in pairs]
