"""The webhook's secret, as `mcsync doctor` sees it."""

import binascii
from base64 import b64decode
from collections.abc import Iterator

from bot.domain.checkup import SHORTEST_WEBHOOK_SECRET, Finding, attention, fine
from bot.settings import CampaignSettings
from bot.settings_secrets import WEBHOOK_PREFIX, variable_part

_GENERATE = "python3 -c 'import base64, os; print(\"whsec_\" + base64.b64encode(os.urandom(32)).decode())'"


def examine_webhook(campaign: CampaignSettings) -> Iterator[Finding]:
    """Examine the secrets of one instance's webhook."""
    name = f"{campaign.instance.name}.webhook"
    variable = f"MCSYNC_CAMPAIGN_{variable_part(campaign.instance.name)}_WEBHOOK_SECRET"
    if not campaign.webhook_secrets:
        yield attention(
            name,
            "there is no webhook secret, so failures are found by polling alone",
            f"To hear of them at once, set {variable}; this makes one: {_GENERATE}",
        )
        return
    short = [secret for secret in campaign.webhook_secrets if _bytes(secret) < SHORTEST_WEBHOOK_SECRET]
    if short:
        yield attention(
            name,
            f"a webhook secret has fewer than {SHORTEST_WEBHOOK_SECRET} bytes",
            f"Set a longer one in {variable}; this makes one: {_GENERATE}",
        )
        return
    count = len(campaign.webhook_secrets)
    yield fine(name, "one secret is valid" if count == 1 else f"{count} secrets are valid")


def _bytes(secret: str) -> int:
    try:
        return len(b64decode(secret.removeprefix(WEBHOOK_PREFIX)))
    except binascii.Error:  # pragma: no cover - the configuration refuses it
        return 0
