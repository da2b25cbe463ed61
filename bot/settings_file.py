"""What `mcsync.toml` may say: its tables and keys, and a sentence for whatever is wrong with one.

Pure: nothing is read in here but what is handed in. How a single value is written is
`bot/settings_values.py`; what becomes of the whole is `bot/settings_loading.py`.
"""

from collections.abc import Callable, Mapping
from datetime import time, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.domain.instance import Mode
from bot.languages import ENGLISH
from bot.settings_values import (
    Address,
    Channel,
    ClockTime,
    ClockTimes,
    Colour,
    Command,
    Emoji,
    Endpoint,
    Id,
    Label,
    Phrase,
    PositiveSpan,
    SlackId,
    Some,
    Span,
    SpokenLanguage,
    Zone,
)

MOST_PHRASES = 50
"""Each phrase is looked for in every line that is judged."""

SECRETS = frozenset(
    {"bot_token", "app_token", "signing_secret", "password", "ims_secret", "secret", "webhook_secret"}
)
"""Keys that people might expect; each secret has its own file or variable instead."""


# --- Tables ---------------------------------------------------------------------------------------


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class SlackTable(_Table):
    """`[slack]`."""

    mode: Literal["socket", "http"] = "socket"
    api_url: Address = "https://slack.com/api/"
    channel: Channel
    command: Command = "/mcsync"
    language: SpokenLanguage = ENGLISH
    thread_broadcast: bool = False
    approvers: tuple[SlackId, ...] = ()
    requesters: tuple[SlackId, ...] = ()
    administrators: tuple[SlackId, ...] = ()
    allow_self_approval: bool = False
    quorum: Annotated[int, Field(ge=1, le=20)] = 1
    expiry: PositiveSpan = timedelta(minutes=60)
    bot_token_file: Path | None = None
    app_token_file: Path | None = None
    signing_secret_file: Path | None = None


class StoreTable(_Table):
    """`[store]`."""

    url: str = "sqlite:///mcsync.db"
    password_file: Path | None = None


class WebTable(_Table):
    """`[web]`."""

    listen: Endpoint = ("127.0.0.1", 8080)


class DiagnosisTable(_Table):
    """`[diagnosis]`."""

    phrases: Annotated[tuple[Phrase, ...], Field(max_length=MOST_PHRASES)] = ()


class ImsTable(_Table):
    """`ims = { … }`."""

    token_url: Address
    client_id: str
    scope: str = ""


class ExecutionTable(_Table):
    """`[[campaign.execution]]`."""

    account: Id
    workflow: Id | None = None
    url: Address
    restart: Annotated[ClockTimes, Some]
    zone: Zone
    before: Span = timedelta(minutes=1)
    takes: PositiveSpan = timedelta(minutes=3)
    margin: Span = timedelta(minutes=1)
    tracking: ClockTime | None = None
    probe: bool = True


class CampaignTable(_Table):
    """`[[campaign]]`."""

    name: Id
    url: Address
    login: str = ""
    operator: str = ""
    ims: ImsTable | None = None
    password_file: Path | None = None
    ims_secret_file: Path | None = None
    webhook_secret_file: Path | None = None
    ca_file: Path | None = None
    zone: Zone
    database_zone: Zone | None = None
    restart: ClockTimes = (time(6),)
    takes: PositiveSpan = timedelta(minutes=3)
    mode: Mode = Mode.PROPOSE
    label: Label = ""
    colour: Colour = ""
    emoji: Emoji = ""
    poll: PositiveSpan = timedelta(seconds=60)
    deadline: PositiveSpan = timedelta(seconds=20)
    execution: Annotated[tuple[ExecutionTable, ...], Some]


class SettingsFile(_Table):
    """The whole file."""

    slack: SlackTable
    store: StoreTable = Field(default_factory=StoreTable)
    web: WebTable = Field(default_factory=WebTable)
    diagnosis: DiagnosisTable = Field(default_factory=DiagnosisTable)
    campaign: Annotated[tuple[CampaignTable, ...], Some]


# --- Reading --------------------------------------------------------------------------------------


def read(content: Mapping[str, Any]) -> tuple[SettingsFile | None, list[str]]:
    """Check the content of the file.

    Returns:
        The tables, `None` when something is wrong; and a sentence for each wrong key, which begins with the
        key and never repeats its value.
    """
    try:
        return SettingsFile.model_validate(content), []
    except ValidationError as error:
        return None, [_sentence(flaw) for flaw in error.errors(include_input=False, include_url=False)]


def _sentence(flaw: Any) -> str:  # noqa: ANN401 - pydantic's own dictionary
    place, kind = tuple(flaw["loc"]), flaw["type"]
    key = ".".join(str(part) for part in place)
    if kind == "extra_forbidden":
        return f"{key}: {_no_such_key(place)}"
    say = _SENTENCES.get(kind)
    return f"{key}: {say(place, flaw) if say else flaw['msg'].removeprefix('Value error, ')}"


def _no_such_key(place: tuple[str | int, ...]) -> str:
    last = str(place[-1])
    if last in SECRETS:
        file = ".".join(str(part) for part in (*place[:-1], f"{last}_file"))
        return f"a secret does not belong here; set the environment variable or the key {file}"
    near = get_close_matches(last, _TABLES[_names(place[:-1])].model_fields, n=1)
    return f"there is no such key{f'; did you mean {near[0]}?' if near else ''}"


def _names(place: tuple[str | int, ...]) -> tuple[str, ...]:
    return tuple(part for part in place if isinstance(part, str))


def _as_table(place: tuple[str | int, ...], _: Any) -> str:  # noqa: ANN401 - as above
    return f"write it as a table, [{'.'.join(_names(place))}]"


def _as_list(place: tuple[str | int, ...], _: Any) -> str:  # noqa: ANN401 - as above
    if _names(place) in _TABLES:
        return f"write it as [[{'.'.join(_names(place))}]]"
    return 'write a list, such as ["..."]'


_TABLES: dict[tuple[str, ...], type[_Table]] = {
    (): SettingsFile,
    ("slack",): SlackTable,
    ("store",): StoreTable,
    ("web",): WebTable,
    ("diagnosis",): DiagnosisTable,
    ("campaign",): CampaignTable,
    ("campaign", "ims"): ImsTable,
    ("campaign", "execution"): ExecutionTable,
}

_SENTENCES: dict[str, Callable[[tuple[str | int, ...], Any], str]] = {
    "missing": lambda _, __: "is missing",
    "model_type": _as_table,
    "model_attributes_type": _as_table,
    "tuple_type": _as_list,
    "too_long": lambda _, flaw: f"at most {flaw['ctx']['max_length']} entries",
    "string_type": lambda _, __: "write text in quotes",
    "path_type": lambda _, __: "write a path in quotes",
    "bool_type": lambda _, __: "write true or false",
    "bool_parsing": lambda _, __: "write true or false",
    "literal_error": lambda _, flaw: f"write {flaw['ctx']['expected']}",
    "enum": lambda _, flaw: f"write {flaw['ctx']['expected']}",
}
"""By pydantic's kind of flaw; a kind that is missing here speaks for itself."""
