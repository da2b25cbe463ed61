"""The configuration: `mcsync.toml` and the environment become frozen values, or every problem at once.

Nothing is read on import; `load` is given the path and the environment. Secrets come from the environment or
from the files that `*_file` keys name, never from the file itself, and no message repeats one.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.domain.chain import fold
from bot.domain.errors import ConfigurationError
from bot.domain.instance import Execution, Instance, Mode
from bot.domain.policy import Roles
from bot.domain.restart import RestartWindow

LONGEST_PHRASE = 80
MOST_PHRASES = 50
"""Each phrase is looked for in every line that is judged."""

_UNITS = {"s": 1, "m": 60, "h": 3600}
_SPAN = re.compile(r"(\d{1,6})\s*([smh])")
_TIME = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
_LISTEN = re.compile(r"(?P<host>[^\s:]+|\[[0-9a-fA-F:]+\]):(?P<port>\d{1,5})")


# --- What the rest of the program is given --------------------------------------------------------


@dataclass(frozen=True)
class SlackSettings:
    """How to reach Slack, and who may do what.

    Attributes:
        mode: `socket` or `http`.
        api_url: base of the Web API, ending in a slash.
        channel: where cards go.
        roles: requesters, approvers, administrators.
        expiry: how long a proposal waits for a decision.
        bot_token: `xoxb-…`.
        app_token: `xapp-…`, needed in socket mode.
        signing_secret: needed in http mode.
    """

    mode: Literal["socket", "http"]
    api_url: str
    channel: str
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
    probe_urls: Mapping[str, str]


@dataclass(frozen=True)
class Settings:
    """Everything that `mcsync run` needs to know.

    Attributes:
        slack: see `SlackSettings`.
        store_url: such as `sqlite:///mcsync.db`.
        host: where the web server listens.
        port: 0 takes any free port.
        campaigns: the marketing servers.
        phrases: further words that say "empty return" in a journal.
    """

    slack: SlackSettings
    store_url: str
    host: str
    port: int
    campaigns: tuple[CampaignSettings, ...]
    phrases: tuple[str, ...] = ()

    def campaign(self, name: str) -> CampaignSettings:
        """Find one marketing server.

        Raises:
            ConfigurationError: none has that name.
        """
        for campaign in self.campaigns:
            if campaign.instance.name == name:
                return campaign
        names = ", ".join(campaign.instance.name for campaign in self.campaigns)
        raise ConfigurationError((f"campaign: there is no instance {name!r}; configured are: {names}",))


# --- What the file may say ------------------------------------------------------------------------


def _span(value: object) -> timedelta:
    match = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError('write a span such as "90s", "3m" or "1h"')
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def _clock_time(value: object) -> time:
    if isinstance(value, time) and value.tzinfo is None:
        return value
    if isinstance(value, str) and _TIME.fullmatch(value.strip()):
        try:
            return time.fromisoformat(value.strip().zfill(5 if value.count(":") == 1 else 8))
        except ValueError:
            pass
    raise ValueError('write a time of day such as "06:00" or "06:00:00"')


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(value) if isinstance(value, str) and value else _no_zone()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return _no_zone()


def _no_zone() -> ZoneInfo:
    raise ValueError('write an IANA zone such as "Europe/Paris"')


def _address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", value):
        raise ValueError("write an address that begins with https:// (or http://)")
    return value


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta():
        raise ValueError("must be longer than 0")
    return value


def _phrase(value: str) -> str:
    folded = fold(value)
    least = 4 if folded.isascii() else 2  # a shorter one would fit lines that say nothing of the kind
    if sum(sign.isalpha() for sign in folded) < least or len(folded) > LONGEST_PHRASE:
        raise ValueError(
            f"write the words as the journal does, 4 letters or more, at most {LONGEST_PHRASE} signs"
        )
    return value


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


Span = Annotated[timedelta, BeforeValidator(_span)]
PositiveSpan = Annotated[timedelta, BeforeValidator(_span), AfterValidator(_positive)]
ClockTime = Annotated[time, BeforeValidator(_clock_time)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Address = Annotated[str, AfterValidator(_address)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
Phrase = Annotated[str, AfterValidator(_phrase)]
SlackId = Annotated[str, Field(pattern=r"^[UWS][A-Z0-9]{2,}$")]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class _SlackTable(_Table):
    mode: Literal["socket", "http"] = "socket"
    api_url: Address = "https://slack.com/api/"
    channel: Annotated[str, Field(pattern=r"^[CG][A-Z0-9]{2,}$")]
    approvers: tuple[SlackId, ...] = ()
    requesters: tuple[SlackId, ...] = ()
    administrators: tuple[SlackId, ...] = ()
    allow_self_approval: bool = False
    expiry: PositiveSpan = timedelta(minutes=60)
    bot_token_file: Path | None = None
    app_token_file: Path | None = None
    signing_secret_file: Path | None = None


class _StoreTable(_Table):
    url: str = "sqlite:///mcsync.db"


class _WebTable(_Table):
    listen: str = "127.0.0.1:8080"


class _DiagnosisTable(_Table):
    phrases: Annotated[tuple[Phrase, ...], Field(max_length=MOST_PHRASES)] = ()


class _ImsTable(_Table):
    token_url: Address
    client_id: str
    scope: str = ""


class _ExecutionTable(_Table):
    account: Id
    workflow: Id | None = None
    url: Address
    restart: Annotated[tuple[ClockTime, ...], BeforeValidator(_listed)]
    zone: Zone
    before: Span = timedelta(minutes=1)
    takes: PositiveSpan = timedelta(minutes=3)
    margin: Span = timedelta(minutes=1)
    tracking: ClockTime | None = None
    probe: bool = True


class _CampaignTable(_Table):
    name: Id
    url: Address
    login: str = ""
    ims: _ImsTable | None = None
    password_file: Path | None = None
    ims_secret_file: Path | None = None
    webhook_secret_file: Path | None = None
    ca_file: Path | None = None
    zone: Zone
    database_zone: Zone | None = None
    restart: Annotated[tuple[ClockTime, ...], BeforeValidator(_listed)] = (time(6),)
    takes: PositiveSpan = timedelta(minutes=3)
    mode: Mode = Mode.PROPOSE
    poll: PositiveSpan = timedelta(seconds=60)
    deadline: PositiveSpan = timedelta(seconds=20)
    execution: Annotated[tuple[_ExecutionTable, ...], Field(min_length=1)]


class _File(_Table):
    slack: _SlackTable
    store: _StoreTable = Field(default_factory=_StoreTable)
    web: _WebTable = Field(default_factory=_WebTable)
    diagnosis: _DiagnosisTable = Field(default_factory=_DiagnosisTable)
    campaign: Annotated[tuple[_CampaignTable, ...], Field(min_length=1)]


# --- From one to the other ------------------------------------------------------------------------


def load(path: Path, environment: Mapping[str, str]) -> Settings:
    """Read the configuration.

    Raises:
        ConfigurationError: names every problem at once, each with its key.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(
            (f"{path}: there is no such file; copy the example from the README",)
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError((f"{path}: cannot be read ({type(error).__name__})",)) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError((f"{path}: is not valid TOML: {error}",)) from None
    return parse(content, environment)


def parse(content: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Turn the content of the file into settings.

    Raises:
        ConfigurationError: names every problem at once, each with its key.
    """
    try:
        file = _File.model_validate(content)
    except ValidationError as error:
        raise ConfigurationError(tuple(_sentence(flaw) for flaw in error.errors())) from None
    problems: list[str] = []
    secrets = _Secrets(environment, problems)
    slack = _slack(file.slack, secrets)
    campaigns = tuple(
        _campaign(table, f"campaign.{index}", secrets, problems) for index, table in enumerate(file.campaign)
    )
    names = [table.name.lower().replace("-", "_") for table in file.campaign]
    problems += [f"campaign.{i}.name: {n!r} is used twice" for i, n in enumerate(names) if n in names[:i]]
    listen = _LISTEN.fullmatch(file.web.listen)
    if listen is None or int(listen["port"]) > 65535:  # noqa: PLR2004 - the greatest port there is
        problems.append('web.listen: write host and port, such as "127.0.0.1:8080"')
    if problems or listen is None:
        raise ConfigurationError(tuple(problems))
    return Settings(
        slack=slack,
        store_url=file.store.url,
        host=listen["host"].strip("[]"),
        port=int(listen["port"]),
        campaigns=campaigns,
        phrases=file.diagnosis.phrases,
    )


def _sentence(flaw: Any) -> str:  # noqa: ANN401 - pydantic's own dictionary
    key = ".".join(str(part) for part in flaw["loc"])
    if flaw["type"] == "extra_forbidden":
        return f"{key}: there is no such key"
    if flaw["type"] == "missing":
        return f"{key}: is missing"
    return f"{key}: {flaw['msg'].removeprefix('Value error, ')}"


class _Secrets:
    """Finds secrets and notes what is missing, without repeating any."""

    def __init__(self, environment: Mapping[str, str], problems: list[str]) -> None:
        self._environment = environment
        self._problems = problems

    def find(self, variable: str, key: str, file: Path | None, *, needed: bool = True) -> str:
        """Read a secret from its file, else from its variable; note a problem if it is needed and absent."""
        value = self._environment.get(variable, "")
        if file is not None:
            try:
                value = file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                self._problems.append(f"{key}: the file cannot be read ({type(error).__name__})")
                return ""
        if not value and needed:
            self._problems.append(f"{key}: set the environment variable {variable} or the key {key}")
        return value


def _slack(table: _SlackTable, secrets: _Secrets) -> SlackSettings:
    return SlackSettings(
        mode=table.mode,
        api_url=table.api_url.rstrip("/") + "/",
        channel=table.channel,
        roles=Roles(table.requesters, table.approvers, table.administrators, table.allow_self_approval),
        expiry=table.expiry,
        bot_token=secrets.find("MCSYNC_SLACK_BOT_TOKEN", "slack.bot_token_file", table.bot_token_file),
        app_token=secrets.find(
            "MCSYNC_SLACK_APP_TOKEN",
            "slack.app_token_file",
            table.app_token_file,
            needed=table.mode == "socket",
        ),
        signing_secret=secrets.find(
            "MCSYNC_SLACK_SIGNING_SECRET",
            "slack.signing_secret_file",
            table.signing_secret_file,
            needed=table.mode == "http",
        ),
    )


def _campaign(table: _CampaignTable, key: str, secrets: _Secrets, problems: list[str]) -> CampaignSettings:
    prefix = f"MCSYNC_CAMPAIGN_{table.name.upper().replace('-', '_')}"
    if bool(table.login) == bool(table.ims):
        problems.append(f"{key}: give either login or ims")
    if table.ims:
        secret = secrets.find(f"{prefix}_IMS_SECRET", f"{key}.ims_secret_file", table.ims_secret_file)
    else:
        secret = secrets.find(f"{prefix}_PASSWORD", f"{key}.password_file", table.password_file)
    hooks = secrets.find(
        f"{prefix}_WEBHOOK_SECRET", f"{key}.webhook_secret_file", table.webhook_secret_file, needed=False
    )
    if any(not hook.startswith("whsec_") for hook in hooks.split()):
        problems.append(f"{key}.webhook_secret_file: a webhook secret begins with whsec_")
    workflows = [execution.workflow or f"mcSynch_{execution.account}" for execution in table.execution]
    problems += [
        f"{key}.execution.{i}.workflow: {name!r} is used twice"
        for i, name in enumerate(workflows)
        if name in workflows[:i]
    ]
    return CampaignSettings(
        instance=Instance(
            name=table.name,
            zone=table.zone,
            database_zone=table.database_zone or table.zone,
            mode=table.mode,
            poll=table.poll,
            windows=tuple(
                RestartWindow(at, table.zone, timedelta(), table.takes, timedelta()) for at in table.restart
            ),
            executions=tuple(
                _execution(execution, name)
                for execution, name in zip(table.execution, workflows, strict=True)
            ),
        ),
        url=table.url.rstrip("/"),
        login=table.login,
        secret=secret,
        ims=ImsSettings(table.ims.token_url, table.ims.client_id, table.ims.scope) if table.ims else None,
        ca_file=table.ca_file,
        deadline=table.deadline,
        webhook_secrets=tuple(hooks.split()),
        probe_urls={
            name: execution.url.rstrip("/")
            for execution, name in zip(table.execution, workflows, strict=True)
        },
    )


def _execution(table: _ExecutionTable, workflow: str) -> Execution:
    return Execution(
        account=table.account,
        workflow=workflow,
        windows=tuple(
            RestartWindow(at, table.zone, table.before, table.takes, table.margin) for at in table.restart
        ),
        tracking=table.tracking,
        probe=table.probe,
    )
