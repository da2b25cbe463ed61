"""Whatever bytes come back, what comes out is an answer or one of our errors, in reasonable time."""

import random
import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import CampaignError, McsyncError, NotFound, UnreadableDefinition
from bot.gateways.campaign import CampaignGateway
from tests.gateways.campaign import answers
from tests.gateways.campaign.conftest import House
from tests.gateways.campaign.raw_server import head, raw

GOOD = {
    "statuses": answers.query(answers.collection("workflow", answers.status())),
    "workflow": answers.query(answers.workflow()),
    "journal": answers.query(
        answers.collection("workflowLog", answers.line("1", "2026-01-31 06:00:01.000Z", error="1"))
    ),
    "fault": answers.fault("SOP-330011 Error while executing", "XSV-350063 No data source defined"),
    "time": answers.server_time("2026-01-31 06:00:00.000Z"),
    "accounts": answers.query(answers.collection("extAccount", answers.row("extAccount", id="1", name="a"))),
}
CALLS: dict[str, Callable[[CampaignGateway, House], object]] = {
    "statuses": lambda gateway, _: gateway.statuses(),
    "workflow": lambda gateway, _: gateway.workflow("mcSynch_mcExec1"),
    "journal": lambda gateway, house: gateway.journal("4900", house.clock.at),
    "accounts": lambda gateway, _: gateway.accounts(),
    "time": lambda gateway, _: gateway.server_time(),
}
TAGS = re.compile(r"<[^>]*>")


def mangled(text: str, seed: int) -> bytes:
    """Damage a good answer in one to three places: tags swapped, dropped or doubled, bytes cut or changed."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable mess, no secret
    for _ in range(chance.randint(1, 3)):
        tags = list(TAGS.finditer(text))
        if not tags:
            break
        one, other = chance.choice(tags), chance.choice(tags)
        damage = chance.randrange(6)
        if damage == 0:
            text = text[: one.start()] + text[one.end() :]
        elif damage == 1:
            text = text[: one.start()] + other[0] + text[one.end() :]
        elif damage == 2:
            text = text[: one.end()] + other[0] + text[one.end() :]
        elif damage == 3:
            text = text[: chance.randrange(len(text))]
        elif damage == 4:
            position = chance.randrange(len(text))
            text = text[:position] + chance.choice("<>&'\"/ \x00\ud7ff") + text[position + 1 :]
        else:
            text = text.replace(one[0], one[0].replace("'", '"').upper(), 1)
    return text.encode()


def outcome(call: str, gateway: CampaignGateway, house: House) -> object:
    """Give what the call gives, or the error of ours that it ends in."""
    try:
        return CALLS[call](gateway, house)
    except McsyncError as error:
        return error


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
