"""Whatever bytes come back, what comes out is an answer or one of our errors."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import CampaignError, McsyncError, NotFound, UnreadableDefinition
from tests.gateways.campaign.conftest import House
from tests.gateways.campaign.damage import CALLS, GOOD, mangled, outcome
from tests.gateways.campaign.raw_server import head, raw


@given(
    st.sampled_from(sorted(GOOD)),
    st.sampled_from(sorted(CALLS)),
    st.integers(0, 2**32),
    st.sampled_from([200, 500]),
)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_answer_is_an_answer_or_an_error_of_ours(
    house: House, good: str, call: str, seed: int, status: int
) -> None:
    body = mangled(GOOD[good], seed)
    house.server.on("xtk:queryDef#ExecuteQuery", raw(head(status, length=len(body)) + body))
    house.server.on("xtk:session#GetServerTime", raw(head(status, length=len(body)) + body))
    if not house.opened:
        house.gateway()
    gateway = house.opened[0]

    what = outcome(call, gateway, house)

    if isinstance(what, McsyncError):
        assert isinstance(what, CampaignError | NotFound | UnreadableDefinition)
        assert str(what).strip()


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("good", GOOD)
def test_the_answer_to_another_question_is_no_crash(house: House, call: str, good: str) -> None:
    body = GOOD[good].encode()
    house.server.on("xtk:queryDef#ExecuteQuery", raw(head(200, length=len(body)) + body))
    house.server.on("xtk:session#GetServerTime", raw(head(200, length=len(body)) + body))

    what = outcome(call, house.gateway(), house)

    assert isinstance(what, CampaignError) is (good != call)
