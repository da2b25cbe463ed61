"""What came to pass, and what only waited for it."""

from tests.chaos.plan import card
from tests.chaos.trouble import never_met

ORDERED = {"action": "xtk:workflow#Stop", "mode": "503", "when": "after", "times": 2}


def test_a_fault_that_no_call_met_did_not_come_to_pass() -> None:
    fails = card("campaign fails", action="xtk:workflow#Stop", mode="503", when="after", times=2)

    assert never_met(fails, [{**ORDERED, "seconds": 2.6}])
    assert not never_met(fails, [{**ORDERED, "times": 1}])
    assert not never_met(fails, [{**ORDERED, "when": "before"}])
    assert not never_met(fails, [])


def test_what_is_no_fault_came_to_pass_when_it_was_done() -> None:
    assert not never_met(card("kill", out=0), [ORDERED])
    assert not never_met(card("session expires"), [ORDERED])
