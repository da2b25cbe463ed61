"""The border: whatever zeep, lxml, requests, urllib3 or the socket raises becomes an error of ours here.

What may have happened is decided by one fact, not by the type of the exception: until a connection was made,
the request surely was not sent; from then on it may have run. Types only choose the sentence.
"""

import http.client
import re
import socket
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING

import requests
import urllib3.exceptions
import zeep.exceptions
from lxml import etree

from bot.domain.errors import (
    CampaignError,
    CampaignFault,
    EmptyReturn,
    LogonRefused,
    NotSent,
    OutcomeUnknown,
    SessionExpired,
    UnreadableAnswer,
)
from bot.domain.sentence import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.gateways.campaign.exchange import Exchange

SESSION_EXPIRED = "XSV-350008"
LOGON_REFUSED = "XSV-350012"

_CODE = re.compile(r"\b[A-Z]{3}-\d{6}\b")

_TIMED_OUT = (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)
_TRANSPORT = (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError)
_PARSERS = (zeep.exceptions.Error, etree.LxmlError)
# What zeep and lxml trip over instead of saying so: an envelope without content, a password with a control
# character, a token that no header can carry.
_STUMBLES = (LookupError, AttributeError, TypeError, ValueError, RecursionError)


@contextmanager
def border(exchange: "Exchange") -> "Iterator[None]":
    """Let nothing foreign out of one exchange.

    Only the foreign libraries may run inside: a slip of our own would be taken for a bad answer.

    Raises:
        CampaignError: always one of its leaves; the foreign exception is dropped where it may quote an
            answer, since an answer may hold a session.
    """
    try:
        yield
    except CampaignError:
        raise
    except zeep.exceptions.Fault as fault:
        raise refused(exchange, str(fault.message or ""), _text(fault.detail)) from None
    except _TRANSPORT as error:
        raise _lost(exchange, error) from error
    except _PARSERS as error:
        raise _unreadable(exchange, _parser_reason(error)) from None
    except _STUMBLES as error:
        raise _unreadable(exchange, type(error).__name__) from None


def refused(exchange: "Exchange", message: str, detail: str = "") -> CampaignError:
    """Make an error of a refusal: a SOAP fault, or plain text that carries one of Campaign's codes.

    Args:
        exchange: what was asked.
        message: the outer text, such as `SOP-330011 Error while executing the method …`.
        detail: the root cause, `""` when there is none.
    """
    both = f"{message} {detail}"
    said = exchange.quote(detail or message)
    if SESSION_EXPIRED in both:
        return SessionExpired(
            say(
                "{host} does not accept the session any more ({what}): {said}",
                host=exchange.host,
                what=exchange.what,
                said=said,
            )
        )
    if LOGON_REFUSED in both:
        return LogonRefused(say("{host} refused the log-on: {said}", host=exchange.host, said=said))
    code = _CODE.search(message) or _CODE.search(detail)
    return CampaignFault(
        say(
            "{host} refused {what}: {said}",
            host=exchange.host,
            what=exchange.what,
            said=said or say("it gave no reason"),
        ),
        code=code[0] if code else "",
        detail=said,
    )


def has_code(text: str) -> bool:
    """Tell whether *text* carries a code of Campaign's, such as XSV-350008."""
    return _CODE.search(text) is not None


def empty(exchange: "Exchange", what_is_missing: str) -> EmptyReturn:
    """Make the error of an answer without content."""
    return EmptyReturn(
        say(
            "{host} answered {what} with {answer}.",
            host=exchange.host,
            what=exchange.what,
            answer=what_is_missing,
        )
    )


def is_about_us(error: CampaignError) -> bool:
    """Tell whether *error* came of a name or a certificate, and so says nothing about the server's health."""
    return any(isinstance(link, socket.gaierror | ssl.SSLError) for link in _chain(error))


def _lost(exchange: "Exchange", error: Exception) -> CampaignError:
    """Make an error of a request that got no whole answer."""
    if not exchange.connected:
        return NotSent(
            say(
                "{host} cannot be reached, so {what} was not sent: {reason}.",
                host=exchange.host,
                what=exchange.what,
                reason=_reason(error),
            )
        )
    if isinstance(error, _TIMED_OUT):
        return OutcomeUnknown(
            say(
                "{host} did not answer {what} within {seconds} seconds.",
                host=exchange.host,
                what=exchange.what,
                seconds=f"{exchange.seconds:g}",
            )
        )
    if any(isinstance(link, http.client.IncompleteRead) for link in _chain(error)):
        return UnreadableAnswer(
            say("The answer of {host} to {what} was cut short.", host=exchange.host, what=exchange.what)
        )
    return OutcomeUnknown(
        say(
            "The connection to {host} broke during {what}: {reason}.",
            host=exchange.host,
            what=exchange.what,
            reason=_reason(error),
        )
    )


def _unreadable(exchange: "Exchange", reason: str) -> CampaignError:
    if not exchange.connected:
        return NotSent(
            say(
                "{what} could not be put into words for {host}: {reason}.",
                what=exchange.what,
                host=exchange.host,
                reason=reason,
            )
        )
    return UnreadableAnswer(
        say(
            "The answer of {host} to {what} is not the XML it should be: {reason}.",
            host=exchange.host,
            what=exchange.what,
            reason=exchange.quote(reason),
        )
    )


def _parser_reason(error: Exception) -> str:
    """Give the parser's reason without the answer that zeep appends to it."""
    said = str(error.args[0]) if error.args else ""
    return said.partition("\nContent:")[0].strip().rstrip(".") or type(error).__name__


def _text(detail: etree._Element | bytes | str | None) -> str:
    if detail is None:
        return ""
    if isinstance(detail, bytes):
        return detail.decode("utf-8", "replace")
    return detail if isinstance(detail, str) else "".join(map(str, detail.itertext())).strip()


def _chain(error: BaseException) -> "Iterator[BaseException]":
    """Go from *error* to everything it wraps, in attributes, arguments and causes."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        link = waiting.pop()
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [link.__context__, link.__cause__, getattr(link, "reason", None), *link.args]


def _reason(error: Exception) -> str:
    """Say in a few words why a connection failed; never more than the operating system said."""
    links = tuple(_chain(error))
    for link in links:
        if isinstance(link, ssl.SSLCertVerificationError):
            why = getattr(link, "verify_message", None)
            return say("its certificate is not trusted ({why})", why=str(why) if why else say("no reason"))
        if isinstance(link, socket.gaierror):
            return say("its name cannot be resolved")
        if isinstance(link, http.client.RemoteDisconnected):
            return say("it was closed without an answer")
    for link in links:
        if isinstance(link, ssl.SSLError):
            why = getattr(link, "reason", None)
            return say("no secure connection ({why})", why=str(why) if why else say("handshake failed"))
        if isinstance(link, OSError) and link.strerror:
            return link.strerror.lower()
        if type(link) is OSError:
            # requests says so that the file of certificate authorities is not there.
            return str(link)
    # Last, since a refused connection is a kind of timeout to urllib3.
    if any(isinstance(link, _TIMED_OUT) for link in links):
        return say("it did not take the connection in time")
    return type(error).__name__
