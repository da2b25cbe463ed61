"""The program with a bug planted on purpose: `python -m tests.chaos.buggy NAME run …`."""

import sys

import pytest
from structlog import get_logger

from bot.cli import main
from bot.gateways.campaign import CampaignGateway
from tests.flows.planted import BUGS


def _tell_a_secret(patch: pytest.MonkeyPatch) -> None:
    real = CampaignGateway.statuses

    def loud(self: CampaignGateway) -> object:
        get_logger(__name__).info("campaign.asked", authorization="Bearer xoxb-sandbox")
        return real(self)

    patch.setattr(CampaignGateway, "statuses", loud)


PLANTS = {bug.name: bug.plant for bug in BUGS} | {"a secret is logged": _tell_a_secret}
"""Every bug by its name: those of the flows, and what can be seen in a process only."""

if __name__ == "__main__":
    PLANTS[sys.argv.pop(1)](pytest.MonkeyPatch())
    main()
