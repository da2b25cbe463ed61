"""What `mcsync.toml` may say: its tables and keys, and a sentence for whatever is wrong with one.

Pure: nothing is read in here but what is handed in. What becomes of it is `bot/settings.py`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import time, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.domain.chain import fold
from bot.domain.instance import Mode
from bot.languages import ENGLISH, available

LONGEST_PHRASE = 80
MOST_PHRASES = 50
"""Each phrase is looked for in every line that is judged."""

SECRETS = frozenset(
    {"bot_token", "app_token", "signing_secret", "password", "ims_secret", "secret", "webhook_secret"}
)
"""Keys that people might expect; each secret has its own file or variable instead."""

_UNITS = {"s": 1, "m": 60, "h": 3600}
_SPAN = re.compile(r"([0-9]{1,6})\s*([smh])")
_TIME = re.compile(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?")
_LISTEN = re.compile(r"([^\s:]+|\[[0-9a-fA-F:]+\]):([0-9]{1,5})")
_ADDRESS = re.compile(r"https?://(?P<server>[^\s/?#]+)[^\s?#]*")
_HIGHEST_PORT = 65535


# --- Values ---------------------------------------------------------------------------------------


def _span(value: object) -> timedelta:
    match = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError('write a span such as "90s", "3m" or "1h"')
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta():
        raise ValueError("must be longer than 0")
    return value


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
    if not isinstance(value, str) or not value:
        _refuse_zone()
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        _refuse_zone()


def _refuse_zone() -> NoReturn:
    raise ValueError('write an IANA zone such as "Europe/Paris"')


def _address(value: str) -> str:
    match = _ADDRESS.fullmatch(value)
    if match is None:
        raise ValueError("write an address that begins with https:// (or http://)")
    if "@" in match["server"]:
        raise ValueError("leave login and password out of the address")
    return value


def _endpoint(value: object) -> tuple[str, int]:
    match = _LISTEN.fullmatch(value) if isinstance(value, str) else None
    if match is None or int(match[2]) > _HIGHEST_PORT:
        raise ValueError('write host and port, such as "127.0.0.1:8080"')
    return match[1].strip("[]"), int(match[2])


def _phrase(value: str) -> str:
    folded = fold(value)
    least = 4 if folded.isascii() else 2  # a shorter one would fit lines that say nothing of the kind
    if sum(sign.isalpha() for sign in folded) < least or len(folded) > LONGEST_PHRASE:
        raise ValueError(
            f"write the words as the journal does, 4 letters or more, at most {LONGEST_PHRASE} signs"
        )
    return value


def _language(value: str) -> str:
    if value not in available():
        raise ValueError(f"write one of {', '.join(available())}")
    return value


def _matching(pattern: str, sentence: str) -> AfterValidator:
    """Accept what fits *pattern*, and say *sentence* to anything else."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(sentence)
        return value

    return AfterValidator(check)


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _some(value: object) -> object:
    # Pydantic's own `min_length` also counts entries out that are wrong in themselves.
    if value == []:
        raise ValueError("needs at least one entry")
    return value


Span = Annotated[timedelta, BeforeValidator(_span)]
PositiveSpan = Annotated[timedelta, BeforeValidator(_span), AfterValidator(_positive)]
ClockTime = Annotated[time, BeforeValidator(_clock_time)]
ClockTimes = Annotated[tuple[ClockTime, ...], BeforeValidator(_listed)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Address = Annotated[str, AfterValidator(_address)]
Endpoint = Annotated[tuple[str, int], BeforeValidator(_endpoint)]
Phrase = Annotated[str, AfterValidator(_phrase)]
Id = Annotated[
    str,
    _matching(
        "[A-Za-z][A-Za-z0-9_-]{0,63}", "write a name of letters, digits, - and _ that begins with a letter"
    ),
]
Command = Annotated[
    str, _matching("/[a-z0-9_-]{1,31}", "write a slash and up to 31 small letters, such as /mcsync")
]
SpokenLanguage = Annotated[str, AfterValidator(_language)]
Label = Annotated[str, _matching(r"[^\s<>&](?:[^\n\r<>&]{0,38}[^\s<>&])?", "write 1 to 40 signs on one line")]
Colour = Annotated[str, _matching("[a-z]{1,12}", "write one word of small letters, such as red")]
Emoji = Annotated[str, _matching(r"[^\s\w<>&*_~`:]{1,8}", "write one emoji, as a sign and not as a :name:")]
Channel = Annotated[str, _matching("[CG][A-Z0-9]{2,}", "write the channel's id, such as C0123456789")]
SlackId = Annotated[
    str,
    _matching("[UWS][A-Z0-9]{2,}", "write the id of a user or of a user group, such as U012AB3CD"),
]


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
    restart: Annotated[ClockTimes, BeforeValidator(_some)]
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
    execution: Annotated[tuple[ExecutionTable, ...], BeforeValidator(_some)]


class SettingsFile(_Table):
    """The whole file."""

    slack: SlackTable
    store: StoreTable = Field(default_factory=StoreTable)
    web: WebTable = Field(default_factory=WebTable)
    diagnosis: DiagnosisTable = Field(default_factory=DiagnosisTable)
    campaign: Annotated[tuple[CampaignTable, ...], BeforeValidator(_some)]


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
