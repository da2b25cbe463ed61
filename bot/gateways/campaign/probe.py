"""Looks at an execution instance from outside, without logging on: is its web process there, in which zone?

`/nl/jsp/logon.jsp` needs the web process: a blank page means that it is away (Adobe, "failure to connect").
`/r/test` is answered by Apache alone, so it says nothing about that, but its date carries the offset.
Never a log-on: three refused ones lock the account (KA-16410).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from time import monotonic

from lxml import etree

from bot.domain.errors import CampaignError, NotSent, UnreadableAnswer
from bot.domain.sentence import say
from bot.gateways.campaign.answer import Kind, bounded, kind, readable, without_document_type
from bot.gateways.campaign.errors import border, is_about_us
from bot.gateways.campaign.exchange import Exchange, exchanging
from bot.gateways.campaign.transport import Answer, Transport

_MAX_BYTES = 256 * 1024
# Less than this is no use for a second request.
_LEAST_SECONDS = 0.2


class Web(StrEnum):
    """What one look says about the web process."""

    PRESENT = "present"
    AWAY = "away"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Look:
    """One look at an execution instance; when it was is known to whoever looked.

    Attributes:
        web: whether the web process answered.
        evidence: what was seen, in a few words, such as `a blank page` or `HTTP 503`.
        utc_offset: of the server's own clock, `None` where `/r/test` did not tell.
        build: the server's build number, `""` where `/r/test` did not tell.
    """

    web: Web
    evidence: str
    utc_offset: timedelta | None = None
    build: str = ""


def probe(url: str, *, ca_file: str | None = None, deadline_seconds: float = 5.0) -> Look:
    """Look once; never raises because of the server.

    Args:
        url: the base URL of the execution instance.
        ca_file: certificate authorities to trust instead of the public ones.
        deadline_seconds: for both requests together.
    """
    transport = Transport(ca_file=ca_file, max_bytes=_MAX_BYTES)
    base = url.rstrip("/")
    page = Exchange(f"{base}/nl/jsp/logon.jsp", say("a look at its log-on page"), deadline_seconds)
    try:
        web, evidence = _judge(page, transport)
        left = page.ends_at - monotonic()
        offset, build = _redirection_test(base, transport, left) if left > _LEAST_SECONDS else (None, "")
    finally:
        transport.close()
    return Look(web, evidence, offset, build)


def _judge(exchange: Exchange, transport: Transport) -> tuple[Web, str]:
    try:
        answer = _get(exchange, transport)
    except NotSent as error:
        if HTTPStatus.MULTIPLE_CHOICES <= exchange.status < HTTPStatus.BAD_REQUEST:
            return Web.PRESENT, f"HTTP {exchange.status} to another page"
        return (Web.UNKNOWN if is_about_us(error) else Web.AWAY), str(error)
    except UnreadableAnswer as error:
        return Web.UNKNOWN, str(error)
    except CampaignError as error:
        return Web.AWAY, str(error)
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Web.AWAY, f"HTTP {answer.status_code}"
    if answer.status_code != HTTPStatus.OK:
        return Web.UNKNOWN, f"HTTP {answer.status_code}"
    if not answer.content.strip():
        return Web.AWAY, "a blank page"
    return Web.PRESENT, "a page"


def _redirection_test(base: str, transport: Transport, seconds: float) -> tuple[timedelta | None, str]:
    """Read the server's offset and build from `<redir status='OK' date='2021-08-27 08:02:07.963-07' …/>`."""
    exchange = Exchange(f"{base}/r/test", say("a look at its redirection test"), seconds)
    try:
        answer = _get(exchange, transport)
        text = bounded(without_document_type(readable(answer.content)))
        if answer.status_code != HTTPStatus.OK or kind(text) is not Kind.XML:
            return None, ""
        test = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
        date = datetime.fromisoformat(test.get("date", ""))
    except (CampaignError, etree.XMLSyntaxError, ValueError):
        return None, ""
    return date.utcoffset(), test.get("build", "")


def _get(exchange: Exchange, transport: Transport) -> Answer:
    with exchanging(exchange), border(exchange):
        return transport.send("GET")
