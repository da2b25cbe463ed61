"""Reading 500 new lines of a journal: processor time of our gateway against the barest parse."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bot.sandbox.clock import SandboxClock
from tests.bench.effort import Effort
from tests.bench.figures import Pair, alternate
from tests.bench.program import NotMeasurable, Program
from tests.bench.row import Aim, Row, ratio_row
from tests.bench.stage import FAR_FROM_RESTARTS, PARIS, free_ports

HISTORY_DAYS = 10
READINGS = 9
LINES = 500


def measure(effort: Effort) -> Iterator[Row]:
    """Measure both against one stand-in with a long past."""
    with tempfile.TemporaryDirectory(prefix="mcsync-bench-") as folder:
        clock = SandboxClock(Path(folder) / "clock", FAR_FROM_RESTARTS)
        clock.open()
        environment = {"MCSYNC_CLOCK_FILE": str(clock.path)}
        (port,) = free_ports(1)
        words = f"tests.bench.campaign {port} 1 {HISTORY_DAYS} {PARIS}".split()
        with (
            Program(*words, environment=environment) as campaign,
            Program("tests.bench.our_poll", campaign.first_line) as ours,
            Program("tests.bench.floors.parse_poll", campaign.first_line) as floor,
        ):
            pairs = alternate(effort.pairs, lambda: _cpu_ms(ours), lambda: _cpu_ms(floor))
    yield ratio_row(
        "poll-500",
        f"one poll of {LINES} new journal rows: processor time",
        [Pair(*pair) for pair in pairs],
        "ms",
        against="raw lxml and requests, the same pages, the same values",
        aim=Aim(1.5, "×"),
        bound=(
            "each of three calls takes 500 µs more even without a line: zeep's envelope and answer, a "
            "deadline over the whole request, and a connection of its own, so that no reset is about an idle "
            "one; each of 600 lines takes 0.6 µs more as a value than as a tuple"
        ),
    )


def _cpu_ms(reader: Program) -> float:
    answers = [reader.ask({}) for _ in range(READINGS)]
    if any(answer["lines"] != LINES for answer in answers):
        raise NotMeasurable(f"A reading gave {answers[0]['lines']} lines.")
    return median(float(answer["cpu_ms"]) for answer in answers)
