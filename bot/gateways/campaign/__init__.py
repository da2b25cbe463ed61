"""Campaign over SOAP: the only package that knows zeep and lxml. It has no rules, and decides nothing."""

from bot.gateways.campaign.connection import CampaignConnection, ImsConnection
from bot.gateways.campaign.gateway import CampaignGateway
from bot.gateways.campaign.probe import Look, Web, probe
from bot.gateways.campaign.session import LogonBars

__all__ = ["CampaignConnection", "CampaignGateway", "ImsConnection", "LogonBars", "Look", "Web", "probe"]
