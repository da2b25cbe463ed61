"""`mcsync doctor`: examines an installation from its configuration to its webhook, and changes nothing.

One exception: a log-on that Campaign refuses is remembered in the store, as the bot itself would, since three
refusals lock the account (KA-16410). What is judged and how is `bot/domain/checkup.py`.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from bot import settings_loading
from bot.doctor.campaign import examine_campaign
from bot.doctor.slack import examine_slack
from bot.doctor.store import StoreLook
from bot.doctor.web import examine_web
from bot.doctor.webhook import examine_webhook
from bot.domain.checkup import Finding, fine, wrong
from bot.domain.errors import ConfigurationError
from bot.gateways.campaign import LogonBars
from bot.gateways.campaign.transport import Keep
from bot.service.ports import Clock
from bot.settings import StoreSettings


def examine(
    path: Path,
    environment: Mapping[str, str],
    clock: Clock,
    *,
    scopes: Iterable[str],
    keep: Keep | None = None,
) -> Iterator[Finding]:
    """Examine everything, one finding after the other.

    Args:
        path: of `mcsync.toml`.
        environment: the variables.
        clock: the two clocks.
        scopes: what the manifest asks for.
        keep: is shown every answer of Campaign.
    """
    try:
        settings = settings_loading.load(path, environment)
    except ConfigurationError as error:
        for problem in error.problems:
            key, _, says = problem.partition(": ")
            remedy = f"Correct {key} in {path} or its environment variable, as in the README's example."
            yield wrong("configuration", f"{key}: {says}", remedy)
        return
    watched = sum(len(campaign.instance.workflows) for campaign in settings.campaigns)
    yield fine("configuration", f"{path} watches {watched} workflow{'' if watched == 1 else 's'}")
    yield from examine_slack(settings.slack, clock, scopes)
    yield examine_web(settings.host, settings.port)
    # Looked at first, since it knows which log-ons were refused; told in its place.
    with ExitStack() as opened:
        bars, found = _store(settings.store, opened)
        for campaign in settings.campaigns:
            yield from examine_campaign(campaign, clock, bars, keep)
        yield from found
    for campaign in settings.campaigns:
        yield from examine_webhook(campaign)


def _store(settings: StoreSettings, opened: ExitStack) -> tuple[LogonBars | None, tuple[Finding, ...]]:
    """Look at the store; one whose address cannot be used remembers no refused log-on."""
    try:
        look = opened.enter_context(StoreLook(settings.url, settings.password))
    except ConfigurationError as error:
        remedy = "Correct `store.url`, or do what this line says."
        return None, tuple(wrong("store", problem, remedy) for problem in error.problems)
    return look.bars(), look.findings
