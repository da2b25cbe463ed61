"""The webhook's secret, as `mcsync doctor` sees it; one that is too short, the configuration refuses."""

from collections.abc import Iterator

from bot.domain.checkup import Finding, attention, fine
from bot.settings import CampaignSettings
from bot.settings_secrets import HOW_TO_MAKE_ONE, variable_part


def examine_webhook(campaign: CampaignSettings) -> Iterator[Finding]:
    """Examine the secrets of one instance's webhook."""
    name = f"{campaign.instance.name}.webhook"
    variable = f"MCSYNC_CAMPAIGN_{variable_part(campaign.instance.name)}_WEBHOOK_SECRET"
    if not campaign.webhook_secrets:
        yield attention(
            name,
            "there is no webhook secret, so failures are found by polling alone",
            f"To hear of them at once, set {variable}; this makes one: {HOW_TO_MAKE_ONE}",
        )
        return
    count = len(campaign.webhook_secrets)
    yield fine(name, "one secret is valid" if count == 1 else f"{count} secrets are valid")
