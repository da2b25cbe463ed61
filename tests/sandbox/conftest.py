"""A Campaign stand-in whose time is turned by hand, and a client that is logged on to it."""

from collections.abc import Iterator

import pytest

from bot.sandbox.campaign.seed import Plan
from bot.sandbox.campaign.server import CampaignServer
from tests.sandbox.soap_client import HandClock, SoapClient, utc


@pytest.fixture
def clock() -> HandClock:
    """A Sunday, half an hour before the execution instance's restart at 06:00 in Paris."""
    return HandClock(utc("2026-11-22 04:30"))


@pytest.fixture
def campaign(clock: HandClock) -> Iterator[CampaignServer]:
    """A running stand-in with a day of history; Start takes 6 s of rule time, Stop 8 s."""
    with CampaignServer(Plan(history_days=1), clock=clock) as server:
        server.world.settings.start_seconds = 6
        server.world.settings.stop_seconds = 8
        yield server


@pytest.fixture
def stranger(campaign: CampaignServer) -> Iterator[SoapClient]:
    """A client that has not logged on."""
    client = SoapClient(campaign.url)
    with client.http:
        yield client


@pytest.fixture
def soap(stranger: SoapClient) -> SoapClient:
    """A client that has logged on."""
    stranger.log_on()
    return stranger
