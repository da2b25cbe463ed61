"""Two real replicas share one PostgreSQL; one of them is killed in the midst of its work."""

import time
from pathlib import Path

from tests.flows.fleet import APART, Fleet
from tests.postgres import fresh_url

MOST_SECONDS = 15.0
"""On a quiet machine it is about three; what counts here is that nobody waits for a lease of twenty."""


def test_a_replica_that_is_killed_loses_nothing_and_the_other_soon_goes_on(tmp_path: Path) -> None:
    with Fleet(tmp_path, fresh_url(), replicas=2, instances=2, workflows=6) as fleet:
        failing = [(server, fleet.archiving(server)[1:]) for server in fleet.servers]
        for server, workflows in failing:
            server.world.settings.slow_seconds = 0.1
            fleet.cut_off(server, workflows)
        fleet.wait_until(lambda: fleet.looked_at() == 12, "a first look at every workflow")
        for server, workflows in failing:
            fleet.fail(server, workflows, report=True)
        fleet.kill(fleet.fleet[0])
        fleet.shift(fleet.archiving(fleet.servers[0])[0].name, "+5")
        fleet.start(fleet.fleet[0], wait=False)
        time.sleep(APART)  # closer ones count as one failure
        for server, workflows in failing:
            fleet.fail(server, workflows, report=False)
        fleet.wait_until(lambda: fleet.verified() == 1, "the shift to be verified")
        fleet.wait_until_sound(60)

        assert sum(fleet.recorded().values()) == 20
        assert all(seconds < MOST_SECONDS for seconds in fleet.failovers)
        assert len([write for server in fleet.servers for write in server.world.writes]) == 1
