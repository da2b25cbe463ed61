"""From the configuration to what the gateways are given: for whoever builds or examines the program. Pure."""

from bot.gateways.campaign import CampaignConnection, ImsConnection
from bot.settings import CampaignSettings


def campaign_connection(settings: CampaignSettings) -> CampaignConnection:
    """Say how one marketing server is reached."""
    ims = settings.ims
    return CampaignConnection(
        name=settings.instance.name,
        url=settings.url,
        login=settings.login,
        secret=settings.secret,
        ims=ImsConnection(ims.token_url, ims.client_id, ims.scope) if ims else None,
        ca_file=str(settings.ca_file) if settings.ca_file else None,
        deadline_seconds=settings.deadline.total_seconds(),
    )
