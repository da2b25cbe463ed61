"""Good answers, ways to damage them, and ways to ask for them."""

import random
import re
from collections.abc import Callable

from bot.domain.errors import McsyncError
from bot.gateways.campaign import CampaignGateway
from tests.gateways.campaign import answers
from tests.gateways.campaign.conftest import House

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
