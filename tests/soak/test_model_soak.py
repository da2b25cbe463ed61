"""The whole program in any order of events, for long, and with calls that take the whole deadline."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.flows.model import QUICK_MODES, SLOW_MODES, AnyOrder

pytestmark = pytest.mark.soak


class AnyOrderSlowly(AnyOrder):
    """The same, with a server that also hangs, trickles and pours."""

    modes = (*QUICK_MODES, *SLOW_MODES, *SLOW_MODES)
    deadline = "1s"


@pytest.mark.parametrize(("machine", "examples"), [(AnyOrder, 200), (AnyOrderSlowly, 60)])
def test_no_order_of_events_breaks_a_promise(machine: type[AnyOrder], examples: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
