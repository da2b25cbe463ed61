"""A thousand instances, each polled every minute by one process: how much of a core that takes."""

import time
from collections.abc import Iterator
from statistics import median

from tests.bench.effort import Effort
from tests.bench.row import Aim, Row
from tests.bench.stage import Stage, Watched

INSTANCES = 1000
MINUTE = 60.0
MINUTES = 3
LONGEST_START = 900.0
ALWAYS_DUE = INSTANCES // 20
"""A poll a minute of each makes some seventeen due in every second, and each waits for its turn."""


def measure(effort: Effort) -> Iterator[Row]:
    """Let real minutes pass, and look at the bot's processor time. The short form has no time for it."""
    if effort.short:
        return
    watched = [Watched(f"prod{number}") for number in range(1, INSTANCES + 1)]
    # At its start the bot reads everybody's journal: a short one, which the stand-in is through with soon.
    with Stage(watched=watched, history_days=1, patience=LONGEST_START, may_wait=ALWAYS_DUE) as stage:
        shares, rates = [], []
        for _ in range(MINUTES):
            spent, calls, began = stage.bot.cpu_seconds(), stage.soap_calls(), time.monotonic()
            time.sleep(MINUTE)
            seconds = time.monotonic() - began
            shares.append(100 * (stage.bot.cpu_seconds() - spent) / seconds)
            rates.append((stage.soap_calls() - calls) * 60 / seconds)
        memory = stage.bot.memory_mb()
    yield Row(
        "fleet",
        f"{INSTANCES:,} instances polled every minute in one process ({median(rates):,.0f} polls a minute, "
        f"{memory:.0f} MB)",
        median(shares),
        "% of a core",
        aim=Aim(15, "% of a core"),
        against="one core",
    )
