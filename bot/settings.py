"""The configuration as the rest of the program is given it: frozen values, and no secret in any `repr`.

How they are read is `bot/settings_loading.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from bot.domain.errors import NotFound
from bot.domain.instance import Instance
from bot.domain.policy import Roles


@dataclass(frozen=True)
class SlackSettings:
    """How to reach Slack, and who may do what.

    Attributes:
        mode: `socket` or `http`.
        api_url: base of the Web API, ending in a slash.
        channel: where cards go.
        command: the slash command, with its slash.
        language: which language the channel reads, one of `bot.languages.available`.
        thread_broadcast: whether what is told in a thread is shown in the channel as well.
        roles: requesters, approvers, administrators.
        expiry: how long a proposal waits for a decision.
        bot_token: `xoxb-…`.
        app_token: `xapp-…`, needed in socket mode.
        signing_secret: needed in http mode.
    """

    mode: Literal["socket", "http"]
    api_url: str
    channel: str
    command: str
    language: str
    thread_broadcast: bool
    roles: Roles
    expiry: timedelta
    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)


@dataclass(frozen=True)
class ImsSettings:
    """How to get a bearer token from Adobe's IMS.

    Attributes:
        token_url: the client-credentials endpoint.
        client_id: as issued.
        scope: space- or comma-separated, as issued.
    """

    token_url: str
    client_id: str
    scope: str


@dataclass(frozen=True)
class CampaignSettings:
    """One marketing server: what we watch on it and how to reach it.

    Attributes:
        instance: the rules' view of it.
        url: its base URL.
        login: the operator, `""` with IMS.
        secret: the operator's password or the IMS client secret.
        ims: `None` with a login.
        ca_file: a private certificate authority, if any.
        deadline: how long one call may take in all.
        webhook_secrets: `whsec_…` strings that are valid now; empty closes the webhook.
        webhook_secret_file: where they were read, if in a file: it may be changed while the bot runs.
        probe_urls: RT's base URL by workflow.
    """

    instance: Instance
    url: str
    login: str
    secret: str = field(repr=False)
    ims: ImsSettings | None
    ca_file: Path | None
    deadline: timedelta
    webhook_secrets: tuple[str, ...] = field(repr=False)
    webhook_secret_file: Path | None
    probe_urls: Mapping[str, str]


@dataclass(frozen=True)
class StoreSettings:
    """Where the database is, and how to get in.

    Attributes:
        url: such as `sqlite:///mcsync.db`.
        password: of a PostgreSQL user; `""` where none is needed.
    """

    url: str = field(repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Settings:
    """Everything that `mcsync run` needs to know.

    Attributes:
        slack: see `SlackSettings`.
        store: where the database is.
        host: where the web server listens.
        port: 0 takes any free port.
        campaigns: the marketing servers.
        phrases: further words that say "empty return" in a journal.
    """

    slack: SlackSettings
    store: StoreSettings
    host: str
    port: int
    campaigns: tuple[CampaignSettings, ...]
    phrases: tuple[str, ...] = ()

    def campaign(self, name: str) -> CampaignSettings:
        """Find one marketing server.

        Raises:
            NotFound: none has that name.
        """
        for campaign in self.campaigns:
            if campaign.instance.name == name:
                return campaign
        raise no_such_instance(name, (campaign.instance.name for campaign in self.campaigns))


def no_such_instance(name: str, known: Iterable[str]) -> NotFound:
    """Say that no marketing server has that name, and which names there are."""
    return NotFound(f"There is no instance {name} in the configuration. There is: {', '.join(known)}.")
