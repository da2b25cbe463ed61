"""Damaged answers by the thousand: none ends in an exception that is not ours."""

import pytest

from bot.domain.errors import McsyncError
from tests.gateways.campaign import answers
from tests.gateways.campaign.conftest import House, TurnedClock
from tests.gateways.campaign.damage import CALLS, GOOD, mangled, outcome
from tests.gateways.campaign.raw_server import RawServer, head, http, raw

pytestmark = pytest.mark.soak


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("good", GOOD)
def test_damaged_answers_are_answers_or_errors_of_ours(call: str, good: str) -> None:
    with RawServer() as server:
        server.on("xtk:session#Logon", http(200, answers.logon()))
        house = House(server, clock=TurnedClock())
        gateway = house.gateway()
        ends = set()
        for seed in range(500):
            body = mangled(GOOD[good], seed)
            server.on("*", raw(head(200, length=len(body)) + body))
            what = outcome(call, gateway, house)
            ends.add(type(what) if isinstance(what, McsyncError) else object)

    assert ends
    assert good != call or (object in ends and len(ends) > 1)
