"""The composition root: settings become the whole program.

`build` only constructs; nothing outside is touched before `Program.open`, which is `bot/program.py`.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import commands
from bot import manifest
from bot.connections import campaign_connection
from bot.domain.learning import Sighting
from bot.domain.phrases import CONFIGURED, phrase_table
from bot.gateways.campaign import CampaignGateway
from bot.gateways.campaign.probe import Web, probe
from bot.gateways.clock import SharedClock
from bot.gateways.metrics import Metrics
from bot.gateways.scheduler import Scheduler
from bot.gateways.secret_file import SecretFile
from bot.gateways.slack import CachedGroups, CachedLocales, SlackGateway, SocketConnection
from bot.gateways.slack.bolt_app import ask, make_app
from bot.gateways.store import SqlStore, StoredLogonBars, create_store, name_process
from bot.program import Program
from bot.service.back_office import furnish
from bot.service.office import Office
from bot.service.ports import Clock
from bot.service.repeats import Repeats
from bot.service.work import Desk
from bot.settings import CampaignSettings, Settings
from bot.settings_secrets import read_webhook_secrets
from bot.watching import take_vitals, watching
from bot.web.application import build as build_web
from bot.web.serve import WebServer
from bot.web.slack_events import SlackEndpoint
from commands.cards import LOOKS
from commands.grammar import COMMANDS

LISTENERS = 16
"""Bolt's own default of 5 threads lets a handful of slow listeners starve the next acknowledgement."""

SOCKETS = 2
"""Lines to Slack, so that one is up while another is replaced. An app may have ten, among all replicas."""

SPARE_THREADS = 6
"""Threads of the pool beside one per instance, so that a hanging server starves nobody."""


class _Probes:
    """Looks at the execution instances from outside, by the addresses of the configuration.

    Args:
        campaigns: the marketing servers.
        clock: tells when a look was.
    """

    def __init__(self, campaigns: Sequence[CampaignSettings], clock: Clock) -> None:
        self._places = {
            (campaign.instance.name, workflow): (url, campaign.ca_file)
            for campaign in campaigns
            for workflow, url in campaign.probe_urls.items()
        }
        self._clock = clock

    def look(self, instance: str, workflow: str) -> Sighting | None:
        url, ca_file = self._places[instance, workflow]
        at = self._clock.now()
        seen = probe(url, ca_file=str(ca_file) if ca_file else None)
        return None if seen.web is Web.UNKNOWN else Sighting(at, seen.web is Web.PRESENT, seen.utc_offset)


def build(
    settings: Settings, clock: Clock, *, bell_seconds: float = 1.0, metrics: Metrics | None = None
) -> Program:
    """Construct the whole program.

    Args:
        settings: the configuration.
        clock: the two clocks.
        bell_seconds: how often due work is looked for when nobody rings.
        metrics: what is measured; whoever hands it in has the log counted too.
    """

    def wake(due_at: datetime | None) -> None:
        # The steady bell finds what is due later; to look for it now takes as long as to find something.
        if due_at is None or due_at <= shared.now():
            scheduler.ring_now()

    store = create_store(settings.store.url, wake, password=settings.store.password)
    clock = shared = SharedClock(clock, store.time)
    metrics = metrics or Metrics()
    campaigns = {c.instance.name: _campaign(c, store, clock, metrics) for c in settings.campaigns}
    slack = SlackGateway(settings.slack.bot_token, settings.slack.api_url)
    locales = CachedLocales(slack, clock)
    service = furnish(
        Office(
            clock=clock,
            store=store,
            slack=slack,
            directory=CachedGroups(slack, clock),
            locales=locales,
            probe=_Probes(settings.campaigns, clock),
            campaigns=campaigns,
            instances={c.instance.name: c.instance for c in settings.campaigns},
            roles=settings.slack.roles,
            channel=settings.slack.channel,
            expiry=settings.slack.expiry,
            phrases=phrase_table({CONFIGURED: settings.phrases}),
            command=settings.slack.command,
            language=settings.slack.language,
            thread_broadcast=settings.slack.thread_broadcast,
            vitals=lambda: take_vitals(socket, scheduler),
        ),
        LOOKS,
    )
    owner = name_process()
    desk = Desk(store, clock, service.doers(), owner)

    def ring() -> None:
        shared.synchronise()
        desk.ring(scheduler)

    scheduler = Scheduler(
        ring,
        every_seconds=bell_seconds,
        threads=len(campaigns) + SPARE_THREADS,
    )
    listeners = ThreadPoolExecutor(LISTENERS, thread_name_prefix="slack-listener")
    bolt = make_app(
        slack,
        bot_token=settings.slack.bot_token,
        signing_secret=settings.slack.signing_secret,
        api_url=settings.slack.api_url,
        listeners=listeners,
    )
    commands.register(bolt, service)
    repeats = Repeats(store, clock)

    def acknowledged(seconds: float) -> None:
        metrics.acknowledged("slack", seconds)

    socket = (
        SocketConnection(
            bolt,
            settings.slack.app_token,
            settings.slack.api_url,
            count=SOCKETS,
            once=repeats.once,
            timed=acknowledged,
        )
        if settings.slack.mode == "socket"
        else None
    )
    endpoint = (
        SlackEndpoint(
            lambda fields: ask(bolt, fields), settings.slack.signing_secret, repeats.once, acknowledged
        )
        if socket is None
        else None
    )
    secrets = {c.instance.name: _webhook_secrets(c) for c in settings.campaigns}
    web = WebServer(
        build_web(
            accept=service.incidents.accept,
            secrets_of=lambda name: secrets[name]() if name in secrets else (),
            watching=watching(service.office, socket, metrics),
            clock=clock,
            slack=endpoint,
        ),
        settings.host,
        settings.port,
    )
    return Program(
        service=service,
        store=store,
        clock=shared,
        slack=slack,
        campaigns=campaigns,
        scheduler=scheduler,
        desk=desk,
        web=web,
        socket=socket,
        listeners=listeners,
    )


def entrances() -> manifest.Entrances:
    """List what Slack must be told of us before it can reach us: commands, shortcuts, events."""
    return manifest.Entrances(
        commands=tuple(COMMANDS),
        shortcuts={key: (entry.name, entry.does) for key, entry in commands.SHORTCUTS.items()},
        events=tuple(commands.EVENTS),
    )


def _webhook_secrets(settings: CampaignSettings) -> Callable[[], tuple[str, ...]]:
    """Say where an instance's webhook secrets come from: those in a file may change while we run."""
    file = settings.webhook_secret_file
    if file is None:
        return lambda: settings.webhook_secrets
    return SecretFile(file, settings.webhook_secrets, read_webhook_secrets).current


def _campaign(settings: CampaignSettings, store: SqlStore, clock: Clock, metrics: Metrics) -> CampaignGateway:
    def timed(action: str, seconds: float, outcome: str) -> None:
        metrics.called(settings.instance.name, action, seconds, outcome)

    return CampaignGateway(
        campaign_connection(settings),
        workflows=settings.instance.workflows,
        bars=StoredLogonBars(store),
        clock=clock,
        timed=timed,
    )
