"""How a single value of `mcsync.toml` is written, and the sentence for one that is written otherwise.

Pure. Which key takes which value is `bot/settings_file.py`.
"""

import re
from datetime import time, timedelta
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator

from bot.domain.chain import fold
from bot.languages import available

LONGEST_PHRASE = 80

_UNITS = {"s": 1, "m": 60, "h": 3600}
_SPAN = re.compile(r"([0-9]{1,6})\s*([smh])")
_TIME = re.compile(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?")
_LISTEN = re.compile(r"([^\s:]+|\[[0-9a-fA-F:]+\]):([0-9]{1,5})")
_ADDRESS = re.compile(r"https?://(?P<server>[^\s/?#]+)[^\s?#]*")
_HIGHEST_PORT = 65535


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
Some = BeforeValidator(_some)
"""For a list that needs an entry."""
