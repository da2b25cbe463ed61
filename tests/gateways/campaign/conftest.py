from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.logon_bar import LogonBar
from bot.gateways.campaign import CampaignConnection, CampaignGateway, ImsConnection
from tests.gateways.campaign import answers
from tests.gateways.campaign.raw_server import RawServer, http

PASSWORD = "s3cret & <sharp>"


@dataclass
class TurnedClock:
    """A clock that stands still until a test turns it."""

    at: datetime = datetime(2026, 1, 31, 6, 10, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def machine_now(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class RememberedBars:
    """The store's memory of refusals, shared by every gateway of a test."""

    bars: dict[str, LogonBar] = field(default_factory=dict)

    def get(self, instance: str) -> LogonBar | None:
        return self.bars.get(instance)

    def save(self, bar: LogonBar) -> None:
        self.bars[bar.instance] = bar


@dataclass
class House:
    """A raw server, and gateways to it that share one memory and one clock."""

    server: RawServer
    bars: RememberedBars = field(default_factory=RememberedBars)
    clock: TurnedClock = field(default_factory=TurnedClock)
    workflows: frozenset[str] = frozenset({"mcSynch_mcExec1"})
    opened: list[CampaignGateway] = field(default_factory=list)

    @property
    def connection(self) -> CampaignConnection:
        return CampaignConnection("prod", self.server.url, "mcsync", PASSWORD, deadline_seconds=5.0)

    @property
    def bearer_connection(self) -> CampaignConnection:
        ims = ImsConnection(f"{self.server.url}/ims/token/v3", "client-1", "AdobeID,campaign_sdk")
        return replace(self.connection, ims=ims)

    def gateway(self, connection: CampaignConnection | None = None) -> CampaignGateway:
        """Make one more gateway, as a replica or a restart would."""
        made = CampaignGateway(
            connection or self.connection, workflows=self.workflows, bars=self.bars, clock=self.clock
        )
        self.opened.append(made)
        return made


@pytest.fixture
def house() -> Iterator[House]:
    with RawServer() as server:
        server.on("xtk:session#Logon", http(200, answers.logon()))
        server.on("xtk:session#Logoff", http(200, answers.logoff()))
        house = House(server)
        yield house
        server.on("*", http(200, answers.logoff()))
        for gateway in house.opened:
            gateway.close()
