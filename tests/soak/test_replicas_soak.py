"""Four replicas on one PostgreSQL, 2,000 failures of 200 workflows, replicas killed -9 all the while."""

import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.sandbox.campaign.server import CampaignServer
from tests.flows.fleet import APART, Fleet
from tests.postgres import fresh_url

pytestmark = pytest.mark.soak

REPLICAS, INSTANCES, WORKFLOWS, ROUNDS = 4, 8, 25, 10
FAILOVER_SECONDS = 5.0


def test_nothing_is_lost_or_done_twice_while_replicas_are_killed(tmp_path: Path) -> None:
    # One workflow of each server stays well: its schedule is moved meanwhile.
    with Fleet(
        tmp_path, fresh_url(), replicas=REPLICAS, instances=INSTANCES, workflows=WORKFLOWS + 1
    ) as fleet:
        failing = {id(server): fleet.archiving(server)[1:] for server in fleet.servers}
        for server in fleet.servers:
            fleet.cut_off(server, failing[id(server)])
        seen = INSTANCES * (WORKFLOWS + 1)
        fleet.wait_until(lambda: fleet.looked_at() == seen, "a first look at every workflow", 300)
        began = time.monotonic()
        over = threading.Event()

        def fail(server: CampaignServer) -> None:
            for turn in range(ROUNDS):
                fleet.fail(server, failing[id(server)], report=turn % 2 == 0)
                time.sleep(APART)  # closer ones count as one failure

        def shift(server: CampaignServer) -> None:
            fleet.shift(fleet.archiving(server)[0].name, "+5")

        def kill() -> int:
            kills = 0
            while not over.is_set():
                replica = fleet.random.choice([one for one in fleet.fleet if one.process is not None])
                fleet.kill(replica)
                kills += 1
                over.wait(fleet.random.uniform(0, 3))
                fleet.start(replica)
                over.wait(fleet.random.uniform(1, 6))
            return kills

        with ThreadPoolExecutor(2 * INSTANCES + 1) as pool:
            killer = pool.submit(kill)
            tasks = [pool.submit(task, server) for server in fleet.servers for task in (fail, shift)]
            try:
                for task in tasks:
                    task.result()
            finally:
                over.set()
            kills = killer.result()
        fleet.wait_until(lambda: fleet.verified() == INSTANCES, "every shift to be verified", 300)
        fleet.wait_until_sound(300)
        took = time.monotonic() - began
        failovers = sorted(fleet.failovers)
        figures = {
            "failures": sum(fleet.recorded().values()),
            "kills": kills,
            "kills while it held work": len(failovers),
            "fail-over, median": f"{statistics.median(failovers):.1f} s",
            "fail-over, longest": f"{failovers[-1]:.1f} s",
            "took": f"{took:.0f} s",
        }
        print(figures)  # noqa: T201 - the figures are the purpose

        assert figures["failures"] == INSTANCES * WORKFLOWS * ROUNDS
        assert sum(len(server.world.writes) for server in fleet.servers) == INSTANCES
        assert failovers[-1] < FAILOVER_SECONDS
