"""Every fault mode at every call, once and lastingly, before and after the method ran."""

from itertools import product
from pathlib import Path

import pytest

from tests.flows.test_faults import AT_EVERY_STEP, FINAL, STEPS, end_is_right
from tests.flows.town import Town

pytestmark = pytest.mark.soak

ACTIONS = (*STEPS, "xtk:queryDef#ExecuteQuery", "*")
PLAN = tuple(product(AT_EVERY_STEP, ACTIONS, ("before", "after"), (2, 1000)))


@pytest.mark.parametrize(("mode", "action", "when", "times"), PLAN)
def test_whatever_breaks_the_card_ends_right(
    tmp_path: Path, mode: str, action: str, when: str, times: int
) -> None:
    # Only a server that hangs needs a short deadline; on a loaded machine it would be a fault of its own.
    with Town(tmp_path, campaign_changes={"deadline": "2s" if mode == "slow" else "30s"}) as town:
        town.ask()
        town.lever("faults", action=action, mode=mode, times=times, when=when)
        town.approve()

        town.turn_until(lambda: town.proposal().stage in FINAL, seconds=30, most=7200)

        end_is_right(town, blind=times == 1000 and action in {"*", "xtk:queryDef#ExecuteQuery"})
