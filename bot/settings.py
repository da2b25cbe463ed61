"""The configuration: `mcsync.toml` and the environment become frozen values, or every problem at once.

Nothing is read on import; `load` is given the path and the environment. What the file may say is
`bot/settings_file.py`; secrets come by `bot/settings_secrets.py`, never from the file itself.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from bot import settings_file
from bot.domain.errors import ConfigurationError, NotFound
from bot.domain.instance import Instance
from bot.domain.policy import Roles
from bot.settings_file import CampaignTable, SlackTable
from bot.settings_instance import instance_of
from bot.settings_secrets import CampaignSecrets, Secrets, SlackSecrets, variable_part

# --- What the rest of the program is given --------------------------------------------------------


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
        raise _no_such_instance(name, (campaign.instance.name for campaign in self.campaigns))


# --- From one to the other ------------------------------------------------------------------------


def load(path: Path, environment: Mapping[str, str]) -> Settings:
    """Read the configuration.

    Raises:
        ConfigurationError: names every problem at once, each with its key.
    """
    return parse(_content(path), environment)


def load_store(path: Path, environment: Mapping[str, str], url: str | None = None) -> StoreSettings:
    """Read `[store]` alone, for whoever looks after the database and has none of the other secrets.

    Args:
        path: of the file; not read when *url* is given.
        environment: where the password may be.
        url: another database than the configured one.

    Raises:
        ConfigurationError: names every problem of the file at once.
    """
    if url:
        return StoreSettings(url, Secrets(environment, []).store({}))
    content = _content(path)
    file, problems = settings_file.read(content)
    password = Secrets(environment, problems).store(_table(content.get("store")))
    if file is None or problems:
        raise ConfigurationError(tuple(problems))
    return StoreSettings(file.store.url, password)


def load_instance(path: Path, name: str) -> Instance:
    """Read the rules' view of one marketing server, for whoever has none of the secrets.

    Raises:
        ConfigurationError: names every problem of the file at once.
        NotFound: none has that name.
    """
    file, problems = settings_file.read(_content(path))
    if file is None:
        raise ConfigurationError(tuple(problems))
    for table in file.campaign:
        if table.name == name:
            return instance_of(table)
    raise _no_such_instance(name, (table.name for table in file.campaign))


def _no_such_instance(name: str, known: Iterable[str]) -> NotFound:
    return NotFound(f"There is no instance {name} in the configuration. There is: {', '.join(known)}.")


def _content(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(
            (f"{path}: there is no such file; copy the example from the README",)
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError((f"{path}: cannot be read ({type(error).__name__})",)) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError((f"{path}: is not valid TOML: {error}",)) from None


def parse(content: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Turn the content of the file into settings.

    Raises:
        ConfigurationError: names every problem at once, each with its key.
    """
    file, problems = settings_file.read(content)
    secrets = Secrets(environment, problems)
    slack, campaigns = content.get("slack"), _tables(content.get("campaign"))
    slack_secrets, password = secrets.slack(_table(slack)), secrets.store(_table(content.get("store")))
    campaign_secrets = [secrets.campaign(table, f"campaign.{i}") for i, table in enumerate(campaigns)]
    problems += _problems_between(campaigns)
    if file is None or problems:
        raise ConfigurationError(tuple(problems))
    host, port = file.web.listen
    return Settings(
        slack=_slack(file.slack, slack_secrets),
        store=StoreSettings(file.store.url, password),
        host=host,
        port=port,
        campaigns=tuple(
            _campaign(table, found) for table, found in zip(file.campaign, campaign_secrets, strict=True)
        ),
        phrases=file.diagnosis.phrases,
    )


def _table(value: object) -> Mapping[str, Any]:
    """Take a table for what it is, anything else for an empty one."""
    return value if isinstance(value, dict) else {}


def _tables(value: object) -> list[Mapping[str, Any]]:
    """List the entries of an array of tables, whatever the file makes of it."""
    return [_table(entry) for entry in value] if isinstance(value, list) else []


def _problems_between(campaigns: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Name what no table shows by itself: names that stand twice, and files that cannot be read."""
    parts: list[str] = []
    for index, table in enumerate(campaigns):
        name, ca_file = table.get("name"), table.get("ca_file")
        if isinstance(name, str):
            if variable_part(name) in parts:
                clash = f"{name} and an earlier name would share their environment variables"
                yield f"campaign.{index}.name: {clash}"
            parts.append(variable_part(name))
        if isinstance(ca_file, str):
            try:
                Path(ca_file).read_bytes()
            except OSError as error:
                yield f"campaign.{index}.ca_file: the file cannot be read ({type(error).__name__})"
        workflows: list[str] = []
        for place, execution in enumerate(_tables(table.get("execution"))):
            workflow = execution.get("workflow") or f"mcSynch_{execution.get('account')}"
            if workflow in workflows:
                yield f"campaign.{index}.execution.{place}.workflow: {workflow} is used twice"
            workflows.append(workflow)


def _slack(table: SlackTable, secrets: SlackSecrets) -> SlackSettings:
    return SlackSettings(
        mode=table.mode,
        api_url=table.api_url.rstrip("/") + "/",
        channel=table.channel,
        command=table.command,
        language=table.language,
        thread_broadcast=table.thread_broadcast,
        roles=Roles(
            table.requesters,
            table.approvers,
            table.administrators,
            table.allow_self_approval,
            table.quorum,
        ),
        expiry=table.expiry,
        bot_token=secrets.bot_token,
        app_token=secrets.app_token,
        signing_secret=secrets.signing_secret,
    )


def _campaign(table: CampaignTable, secrets: CampaignSecrets) -> CampaignSettings:
    instance = instance_of(table)
    addresses = (execution.url.rstrip("/") for execution in table.execution)
    return CampaignSettings(
        instance=instance,
        url=table.url.rstrip("/"),
        login=table.login,
        secret=secrets.own,
        ims=ImsSettings(table.ims.token_url, table.ims.client_id, table.ims.scope) if table.ims else None,
        ca_file=table.ca_file,
        deadline=table.deadline,
        webhook_secrets=secrets.webhooks,
        webhook_secret_file=table.webhook_secret_file,
        probe_urls=dict(
            zip((execution.workflow for execution in instance.executions), addresses, strict=True)
        ),
    )
