"""From `mcsync.toml` and the environment to the frozen values of `bot/settings.py`, or every problem at once.

Nothing is read on import; `load` is given the path and the environment. What the file may say is
`bot/settings_file.py`; secrets come by `bot/settings_secrets.py`, never from the file itself.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot import settings_file
from bot.domain.errors import ConfigurationError
from bot.domain.instance import Instance
from bot.domain.policy import Roles
from bot.settings import (
    CampaignSettings,
    ImsSettings,
    Settings,
    SlackSettings,
    StoreSettings,
    no_such_instance,
)
from bot.settings_file import CampaignTable, SlackTable
from bot.settings_instance import instance_of
from bot.settings_secrets import CampaignSecrets, Secrets, SlackSecrets, variable_part


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
    raise no_such_instance(name, (table.name for table in file.campaign))


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
