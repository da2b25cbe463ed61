"""From a webhook to the card in the channel, while Campaign takes its time for every answer."""

import time
from collections.abc import Iterator
from datetime import UTC
from statistics import median

from tests.bench.effort import Effort
from tests.bench.figures import percentile
from tests.bench.program import Program, wait_until
from tests.bench.row import Aim, Row
from tests.bench.stage import AFTER_RESTART, BEFORE_RESTART, Stage, Watched, report

ANSWERS_IN_SECONDS = 0.05
SAMPLES, SAMPLES_SHORT = 40, 4


def measure(effort: Effort) -> Iterator[Row]:
    """Let the runs of many instances fail at once, then report one after the other."""
    count = SAMPLES_SHORT if effort.short else SAMPLES
    # Polled so rarely that every failure is first heard of by its webhook.
    watched = [Watched(f"prod{number}", f"mcExec{number}", poll="2h") for number in range(1, count + 1)]
    with (
        Stage(watched=watched, accounts=count, history_days=1, start=BEFORE_RESTART) as stage,
        Program("tests.bench.client") as client,
        Program("tests.bench.floors.network_waits", stage.campaign_url, f"{stage.slack_url}/api/") as floor,
    ):
        stage.clock.jump(AFTER_RESTART.astimezone(UTC))
        wait_until(lambda: stage.failed_workflows() == count, "every run to fail")
        stage.settle()
        stage.campaign("settings", slow_seconds=ANSWERS_IN_SECONDS)
        ours, waits = [], []
        for one in watched:
            ours.append(_card(stage, client, one))
            waits.append(float(floor.ask({"workflow": f"mcSynch_{one.account}"})["ms"]))
    slowest, waited = percentile(ours, 0.95), median(waits)
    yield Row(
        "card-p95",
        f"webhook to card, Campaign answering in 50 ms: p95 of {count}, beyond the network's waits",
        slowest - waited,
        "ms",
        aim=Aim(150, "ms"),
        bound="processor time: the search of 400 days behind each offer, and whatever else the machine does",
        ours=slowest,
        floor=waited,
        own_unit="ms",
        against="the same questions to Campaign and the same post, by bare requests and lxml (median)",
    )


def _card(stage: Stage, client: Program, watched: Watched) -> float:
    """Report one failure; return how long it took until the card stood in the channel, ms."""
    workflow = f"mcSynch_{watched.account}"
    began = time.time()
    report(stage, client, watched)
    posted: list[float] = []

    def has_card() -> bool:
        posted.extend(
            float(message["ts"])
            for message in stage.slack("messages")["messages"]
            if f"{workflow} on " in message["text"]
        )
        return bool(posted)

    wait_until(has_card, f"the card of {workflow}")
    return 1000 * (posted[0] - began)
